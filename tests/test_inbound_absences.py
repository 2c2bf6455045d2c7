"""Absences that only their words tell, in every language, with the day of return."""

from datetime import date

import pytest

from outreach.inbound.reading import Kind
from tests.inthread import read

ABSENCES = """
We are closed from 24 December to 3 January. Happy holidays! Normal service resumes on Monday 4 January.|2027-01-04
I am on a business trip this week and will answer when I am back on Monday.|2026-11-30
I'm off sick today. My colleague Tom will help you: tom@b.example.|2026-11-26
I am on parental leave until the end of March 2027. Tom Ray covers for me in my absence.|2027-04-01
I am travelling and will have limited access to email until Thursday, 3 December.|2026-12-04
Ich bin erkrankt und voraussichtlich ab Montag, 30.11., wieder im Büro. Herr Muster vertritt mich.|2026-11-30
Unser Betrieb ist vom 23.12.2026 bis einschl. 6.1.2027 geschlossen. Ab 7. Januar sind wir wieder da.|2027-01-07
Ich bin bis Freitag auf Dienstreise und melde mich danach bei Ihnen.|2026-11-28
Betriebsferien vom 21.12. bis 8.1. In dringenden Fällen erreichen Sie uns unter Tel. 0555.|2027-01-09
Ich bin in Elternzeit bis Ende Februar. Meine Vertretung ist Frau Muster.|2027-03-01
Je suis en arrêt maladie jusqu'au vendredi 4 décembre. Marc me remplace.|2026-12-05
Nous sommes fermés du 24 décembre au 3 janvier inclus. Bonnes fêtes ! Réouverture le lundi 4 janvier.|2027-01-04
Je suis en déplacement toute la semaine, je vous répondrai à partir du lundi 30 novembre.|2026-11-30
Estoy de viaje hasta el viernes 4 de diciembre, le responderé a mi vuelta.|2026-12-05
Permaneceremos cerrados del 24 de diciembre al 6 de enero. Volvemos el 7 de enero. ¡Feliz Navidad!|2027-01-07
Me encuentro de baja médica. Luis me sustituye: luis@b.example.|None
Sono in trasferta fino a venerdì, risponderò al mio rientro.|2026-11-28
Gli uffici saranno chiusi dal 24 dicembre al 6 gennaio compresi. Riapriremo il 7 gennaio.|2027-01-07
Sono assente per malattia, rientro previsto lunedì 30 novembre. Per urgenze Luca: luca@b.example.|2026-11-30
Estou em viagem até sexta-feira, 4 de dezembro. Responderei quando voltar.|2026-12-05
Estaremos encerrados de 24 a 31 de dezembro. Retomamos a atividade no dia 4 de janeiro. Boas festas!|2027-01-04
Estou de licença médica. Em meu lugar responde a colega Rita.|None
Jestem w delegacji do piątku, odpiszę po powrocie.|2026-11-28
Biuro nieczynne od 24 grudnia do 1 stycznia. Wracamy 4 stycznia. Wesołych Świąt!|2027-01-04
Przebywam na zwolnieniu lekarskim do 4.12.2026 włącznie. Zastępuje mnie Jan Nowak.|2026-12-05
4 Aralık Cuma gününe kadar iş seyahatindeyim, döndüğümde size yazacağım.|2026-12-05
Ofisimiz 31 Aralık - 3 Ocak tarihleri arasında kapalıdır. 4 Ocak'ta mesaiye başlıyoruz. Mutlu yıllar!|2027-01-04
Я на больничном до 4 декабря включительно. Меня замещает Иван Петров.|2026-12-05
Компания не работает с 31 декабря по 8 января. Первый рабочий день 11 января. С наступающим Новым годом!|2027-01-11
Нахожусь на выставке, вернусь в офис в понедельник, 30 ноября. Тогда и отвечу.|2026-11-30
Я на лікарняному до 4 грудня. Мене заміщає Олена.|2026-12-05
Офіс зачинено з 31 грудня по 3 січня. Повертаємось до роботи 4 січня. Зі святами!|2027-01-04
Мен 4 желтоқсанға дейін іссапардамын, келген соң жауап беремін.|2026-12-05
Кеңсеміз 31 желтоқсаннан 4 қаңтарға дейін жабық. 5 қаңтарда жұмысқа кірісеміз. Жаңа жылыңызбен!|2027-01-05
Мен ауырып жатырмын, орныма Айгүл қалды. 7 желтоқсаннан бастап жұмыста боламын.|2026-12-07
Би 12 дугаар сарын 4 хүртэл томилолттой, ирээд хариу бичье.|2026-12-05
Манай компани 12 сарын 31-нээс 1 сарын 3 хүртэл амарна. 1 сарын 4-нөөс ажиллана. Шинэ жилийн мэнд!|2027-01-04
Би өвчтэй байна, миний оронд Дорж хариулна. 12 сарын 7-нд ажилдаа орно.|2026-12-07
我因病请假至12月4日，期间请联系李明。|2026-12-05
本公司12月31日至1月3日放假，1月4日恢复办公。祝您新年快乐！|2027-01-04
我正在出差，12月7日（星期一）回办公室后再回复您。|2026-12-07
本人現正休假，將於12月7日返回辦公室，急事請聯絡王小姐。|2026-12-07
我下周一回来，届时回复您。目前出差中。|2026-11-30
出張のため12月4日（金）まで不在です。戻り次第ご返信いたします。|2026-12-05
12月29日から1月3日まで年末年始休業とさせていただきます。1月4日より営業いたします。|2027-01-04
体調不良のため本日お休みをいただいております。急ぎの方は田中までご連絡ください。|2026-11-26
12월 4일까지 출장 중입니다. 급한 일은 김민수에게 연락 주세요.|2026-12-05
12월 31일부터 1월 3일까지 휴무이며 1월 4일부터 정상 근무합니다. 새해 복 많이 받으세요.|2027-01-04
병가 중이라 회신이 어렵습니다. 12월 7일(월) 복귀 예정입니다.|2026-12-07
Jag är på tjänsteresa t.o.m. fredag 4 december och svarar när jag är tillbaka.|2026-12-05
Vi har julstängt 24 december - 6 januari. Åter torsdag den 7 januari. God jul!|2027-01-07
Jag är hemma sjuk idag. Min kollega Erik hjälper dig: erik@b.example.|2026-11-26
Jeg er på messe til og med fredag 4. desember og svarer når jeg er tilbake.|2026-12-05
Vi holder stengt fra 24. desember til 3. januar. Tilbake mandag 4. januar. God jul!|2027-01-04
Jeg er på forretningsrejse til og med fredag d. 4. december og svarer, når jeg er tilbage.|2026-12-05
Kontoret holder lukket fra 24. december til 3. januar. Vi er tilbage mandag den 4. januar. Glædelig jul!|2027-01-04
Olen työmatkalla perjantaihin 4.12. asti, vastaan palattuani.|2026-12-05
Toimistomme on suljettu 24.12.–6.1. Palaamme torstaina 7.1. Hyvää joulua!|2027-01-07
Olen sairauslomalla. Sijaiseni on Matti: matti@b.example.|None
Ik ben op zakenreis tot en met vrijdag 4 december, ik antwoord daarna.|2026-12-05
Wij zijn gesloten van 24 december t/m 3 januari. Maandag 4 januari zijn we er weer. Prettige feestdagen!|2027-01-04
Ik ben ziek; mijn collega Jan neemt waar: jan@b.example. Vanaf 7 december ben ik weer aanwezig.|2026-12-07
Jsem na služební cestě do pátku 4. prosince, odpovím po návratu.|2026-12-05
Od 24. prosince do 3. ledna máme zavřeno. Opět otevíráme v pondělí 4. ledna. Veselé Vánoce!|2027-01-04
Jsem nemocná, zastupuje mě kolega Petr. Vracím se 7. 12.|2026-12-07
December 4-ig üzleti úton vagyok, visszatérésem után válaszolok.|2026-12-05
Irodánk december 24. és január 3. között zárva tart. Nyitás: január 4. Kellemes ünnepeket!|2027-01-04
Beteg vagyok, helyettesem Gábor. December 7-től ismét elérhető leszek.|2026-12-07
Sunt în deplasare până vineri, 4 decembrie, răspund la întoarcere.|2026-12-05
Biroul este închis în perioada 24 decembrie - 3 ianuarie. Revenim luni, 4 ianuarie. La mulți ani!|2027-01-04
Sunt în concediu medical. Mă înlocuiește Ion: ion@b.example. Revin pe 7 decembrie.|2026-12-07
أنا في رحلة عمل حتى يوم الجمعة 4 ديسمبر، وسأرد عليكم عند عودتي.|2026-12-05
مكاتبنا مغلقة من 31 ديسمبر إلى 3 يناير، ونعود إلى العمل يوم الاثنين 4 يناير. كل عام وأنتم بخير.|2027-01-04
أنا في إجازة مرضية، ينوب عني سامي. سأعود يوم 7 ديسمبر.|2026-12-07
I am currently on sabbatical and not reading mail. Please contact Tom at tom@b.example.|None
We've closed the workshop for the holidays and will be back on 4 January. Orders will be answered then.|2027-01-04
I'll be out of the office Thursday and Friday, returning Monday, November 30. If urgent, call Tom.|2026-11-30
I'm away at a conference until the 2nd of December with patchy email access.|2026-12-03
My working days are Monday to Wednesday. I will read your mail when I am back in on Monday.|2026-11-30
Thank you for your email. I'm on maternity leave and return in June 2027. Tom is covering for me.|2027-06-01
Out of the office from 23 Nov to 27 Nov inclusive. In my absence please contact sales@b.example.|2026-11-28
I am on jury duty this week and will reply once I return on 30 November.|2026-11-30
The office is closed today for a public holiday. We will reply tomorrow.|2026-11-26
Ich bin bis zum 4.12. krankgeschrieben. Ihre Nachricht wird nicht weitergeleitet.|2026-12-05
Ich habe bis einschließlich Freitag Urlaub und lese keine E-Mails. Meine Kollegin hilft Ihnen weiter.|2026-11-28
Unsere Praxis bleibt vom 21.12. bis 1.1. geschlossen. Frohe Weihnachten!|2027-01-02
Ich nehme an einer Schulung teil und kann Mails erst ab Donnerstag, 3.12., beantworten.|2026-12-03
Bin diese Woche im Homeoffice ohne Zugriff auf mein Postfach, Antwort ab Montag.|2026-11-30
Absente jusqu'au 4/12 inclus, je vous répondrai à mon retour. Merci de contacter Marc.|2026-12-05
L'entreprise ferme ses portes du 21 décembre au 1er janvier. Nous vous répondrons dès le 4 janvier.|2027-01-04
Je suis en formation jusqu'à jeudi. Pour toute urgence : marc@b.example.|2026-11-27
Me encuentro de vacaciones hasta el lunes 30 de noviembre inclusive. Saludos.|2026-12-01
Estoy fuera esta semana por un congreso; contestaré el lunes 30.|2026-11-30
Nuestra empresa cierra por vacaciones del 21 de diciembre al 3 de enero. Reapertura: 4 de enero.|2027-01-04
Sono fuori sede per una fiera fino al 27 novembre. Per urgenze: luca@b.example.|2026-11-28
L'azienda resterà chiusa per ferie dal 21 dicembre al 3 gennaio. Riapertura il 4 gennaio.|2027-01-04
Mi trovo in congedo parentale fino al 31 gennaio 2027; potete rivolgervi a Luca.|2027-02-01
Estarei de férias de 30 de novembro a 4 de dezembro. Qualquer urgência, contacte a Rita.|2026-12-05
Estou fora do país a trabalho e volto ao escritório no dia 7 de dezembro. Respondo nessa altura.|2026-12-07
A empresa estará em férias coletivas de 21/12 a 03/01. Retornaremos em 04/01.|2027-01-04
Ik ben vrij tot en met vrijdag en beantwoord uw mail maandag.|2026-11-28
Ons bedrijf is van 21 december tot en met 3 januari gesloten. Vanaf 4 januari weer bereikbaar.|2027-01-04
Jag är ledig till och med fredag. Vid akuta ärenden ring Erik.|2026-11-28
Jag är föräldraledig till den 1 mars 2027. Kontakta Erik på erik@b.example.|2027-03-02
Jeg har fri til og med fredag og leser ikke e-post. Ta kontakt med Kari.|2026-11-28
Jeg er i foreldrepermisjon til 1. mars 2027. Kari vikarierer for meg.|2027-03-02
Jeg har ferie fra den 30. november til den 4. december, begge dage inklusive. Kontakt Mette.|2026-12-05
Jeg er på barsel og vender tilbage den 1. marts 2027. Mette er min vikar.|2027-03-01
Olen vapaalla perjantaihin asti enkä lue sähköpostia. Kiireellisissä asioissa soita Matille.|2026-11-28
Olen vanhempainvapaalla 28.2.2027 saakka. Sijaisenani toimii Matti.|2027-03-01
Mam urlop do piątku włącznie, nie odbieram poczty. W pilnych sprawach proszę dzwonić do Jana.|2026-11-28
Jestem na urlopie macierzyńskim do końca lutego 2027. Zastępuje mnie Ewa.|2027-03-01
Firma będzie nieczynna w dniach 24.12–1.01. Na wiadomości odpowiemy od 4 stycznia.|2027-01-04
Mám volno do pátku, na zprávy odpovím v pondělí 30. listopadu.|2026-11-30
Jsem na mateřské dovolené, mou agendu převzal Petr, petr@b.example.|None
Szabin vagyok péntekig, utána válaszolok.|2026-11-28
Szülési szabadságon vagyok 2027. március 1-ig, helyettesem Gábor.|2027-03-02
Sunt în concediu de odihnă până vineri inclusiv și nu citesc mesajele. Contactați-l pe Ion.|2026-11-28
Sunt în concediu de maternitate; colega mea Ana mă înlocuiește.|None
Cuma gününe kadar izindeyim, e-postaları okuyamıyorum. Acil durumda Ali'yi arayın.|2026-11-28
Doğum iznindeyim, 1 Mart 2027'de döneceğim. Yerime Ayşe bakıyor.|2027-03-01
Fabrikamız 28 Aralık - 3 Ocak arası kapalı olacaktır. 4 Ocak'tan itibaren hizmetinizdeyiz.|2027-01-04
Я в отгуле до пятницы, почту не читаю. Срочное — Ивану, ivan@b.example.|2026-11-28
В декретном отпуске до 1 марта 2027 года. Мои дела передала Марии, maria@b.example.|2027-03-02
Магазин закрыт на инвентаризацию до 30 ноября включительно. Ответим 1 декабря.|2026-12-01
Нахожусь в дороге, интернета почти нет. Отвечу в четверг, 3 декабря.|2026-12-03
Я у відгулі до п'ятниці, пошту не читаю. Терміново — Олені.|2026-11-28
Я в декретній відпустці до 1 березня 2027 року, мої справи веде Олена.|2027-03-02
Жұмаға дейін демалыстамын, пошта оқымаймын. Шұғыл мәселе бойынша Айгүлге хабарласыңыз.|2026-11-28
Декреттік демалыстамын, 2027 жылғы 1 наурызда ораламын.|2027-03-01
Баасан гараг хүртэл чөлөөтэй байгаа тул имэйлээ уншихгүй. Яаралтай бол Батад хандана уу.|2026-11-28
Хүүхэд асрах чөлөөтэй, 2027 оны 3 сарын 1-нд ажилдаа орно.|2027-03-01
我在国外参加展会，网络不便，12月3日回来后回复。|2026-12-03
我目前正在休產假，預計2027年3月1日返回工作崗位，期間由王小姐代理。|2027-03-01
金曜日まで休暇をいただいております。お急ぎの場合は田中へお願いいたします。|2026-11-28
研修のため、12月3日（木）に出社いたします。それまでお返事できません。|2026-12-03
産休・育休中です。2027年4月1日に復帰予定です。|2027-04-01
금요일까지 휴가로 메일 확인이 어렵습니다. 급하시면 김민수 과장에게 연락 주십시오.|2026-11-28
육아휴직 중입니다. 2027년 3월 2일 복귀 예정이며 업무는 김민수가 대신합니다.|2027-03-02
أنا في إجازة حتى نهاية الأسبوع ولن أتمكن من قراءة البريد. للضرورة اتصلوا بسامي.|None
أنا في إجازة أمومة وسأعود في 1 مارس 2027. تنوب عني هند.|2027-03-01
Ik ben afwezig wegens ziekte. Voor vragen kunt u terecht bij Jan.|None
Wegens de feestdagen zijn wij gesloten tot 4 januari. Daarna helpen wij u graag verder.|2027-01-05
Estamos de vacaciones hasta el 4 de enero. Atenderemos su mensaje a la vuelta.|2027-01-05
En este momento no puedo atender su correo; estaré disponible a partir del 7 de diciembre.|2026-12-07
Je profite de quelques jours de repos et reviens le 7 décembre.|2026-12-07
Derzeit genieße ich meinen Urlaub. Ab dem 7. Dezember lese ich Ihre Mail.|2026-12-07
Ich bin zur Zeit nicht am Platz, am 7.12. bin ich wieder da. Eilige Fälle an Frau Muster.|2026-12-07
У меня отпуск по 4 декабря. Отвечу, когда вернусь.|2026-12-05
Қазір демалыстамын, 7 желтоқсанда ораламын.|2026-12-07
Мен 30 қарашадан 4 желтоқсанға дейін кеңседе болмаймын. Шұғыл болса, Айгүлге жазыңыз.|2026-12-05
目前休假，12月7日恢復上班，急件請洽同事。|2026-12-07
本公司春節休假自12月30日至1月3日，1月4日開工。|2027-01-04
ただいま夏季休業中です。12月7日（月）より順次対応いたします。|2026-12-07
申し訳ございませんが12月3日まで外出しており、返信が遅れます。|2026-12-04
I've finished for the year and will be back on Monday 4 January. Merry Christmas!|2027-01-04
I'm unable to check email this week. Normal service resumes 30 November.|2026-11-30
""".strip().splitlines()


@pytest.mark.parametrize("line", ABSENCES)
def test_an_absence_in_plain_words_is_no_answer_and_names_the_day_of_return(line: str) -> None:
    text, _, day = line.rpartition("|")
    found = read(text)
    assert found.kind is Kind.AUTO_REPLY
    assert found.return_date == (None if day == "None" else date.fromisoformat(day))


@pytest.mark.parametrize("line", ABSENCES)
def test_with_a_header_that_says_so_it_is_an_absence_and_never_a_departure(line: str) -> None:
    assert read(line.rpartition("|")[0], "Auto-Submitted: auto-replied").kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "text",
    [
        "I am on maternity leave until 1 March 2027 and no longer at the desk. Tom has taken over my work.",
        "Ich bin bis 1. März 2027 in Elternzeit und nicht mehr im Haus. Herr Muster ist mein Nachfolger.",
        "Я в декрете до 1 марта 2027 года и больше не работаю с письмами. Мои дела ведёт Иван.",
    ],
)
def test_who_names_a_day_of_return_has_not_left(text: str) -> None:
    found = read(text, "Auto-Submitted: auto-replied")
    assert (found.kind, found.return_date) == (Kind.AUTO_REPLY, date(2027, 3, 2))


@pytest.mark.parametrize("line", ABSENCES)
def test_the_same_with_a_wish_or_a_question_of_a_person_is_an_answer(line: str) -> None:
    text = line.rpartition("|")[0]
    assert read(f"{text}\nWhat is your price? Your offer is interesting.").kind is Kind.REPLY
