"""Automatic answers told from people's, and what they say: absences, receipts, people who left, challenges."""

from datetime import date
from email.header import Header

import pytest

from outreach.inbound import automatic, challenge, moved
from outreach.inbound.mail import Mail, parse
from outreach.inbound.reading import Kind


def mail(body: str, subject: str = "Re: Shelves for your hall", *headers: str) -> Mail:
    """A mail written on Wednesday, 25 November 2026."""
    title = Header(subject, "utf-8").encode(maxlinelen=998)
    head = ["From: Anna Example <a@b.example>", "To: me@ours.example", f"Subject: {title}"]
    head += ["Date: Wed, 25 Nov 2026 10:00:00 +0000", "In-Reply-To: <1@ours.example>", *headers]
    head += ["Content-Type: text/plain; charset=utf-8"]
    return parse(("\n".join(head) + "\n\n" + body).encode("utf-8", "replace"))


AWAY = """
Thank you for your email. I am out of the office until 3 December.
I am currently out of the office with limited access to email. For urgent matters please call Tom.
I'm on annual leave and will reply to your message when I return on 7 December.
I will be out of the office starting 11/24/2026 and will not return until 12/05/2026. I will respond when I return.
This is an automatic reply. I am away until Monday.
Our office is closed until 4 January. Thank you for your message.
Vielen Dank für Ihre Nachricht. Ich bin bis einschließlich 4.12. nicht im Büro.
Ich befinde mich im Urlaub. In dringenden Fällen wenden Sie sich bitte an Frau Muster.
Ich bin derzeit in Elternzeit. Ihre E-Mail wird nicht weitergeleitet.
Ich bin ab dem 7.12. wieder erreichbar. Vielen Dank für Ihre Nachricht.
Bonjour, je suis absent jusqu'au 3 décembre. En cas d'urgence, veuillez contacter Marc.
Je suis actuellement en congés. Merci de votre message, je vous répondrai à mon retour.
Estoy fuera de la oficina hasta el 3 de diciembre. Para asuntos urgentes, contacte con Luis.
Gracias por su mensaje. Estaré de vacaciones del 3 al 14 de diciembre.
Sono in ferie fino al 3 dicembre. Per urgenze potete contattare Luca.
Grazie per il messaggio. Sono fuori ufficio e risponderò al mio rientro.
Estou de férias até 3 de dezembro. Em caso de urgência, contacte a Rita.
Obrigado pela sua mensagem. Estarei ausente de 1 a 4 de dezembro.
Jestem na urlopie do 3 grudnia. W pilnych sprawach proszę o kontakt z Janem.
Dziękuję za wiadomość. Jestem poza biurem, odpowiem po powrocie.
Yıllık izindeyim, 3 Aralık'a kadar ofis dışında olacağım. Acil durumlarda Ali ile iletişime geçebilirsiniz.
Mesajınız için teşekkür ederim. 7 Aralık tarihine kadar izinliyim.
Здравствуйте! Я в отпуске до 3 декабря. По срочным вопросам обращайтесь к Ивану.
Спасибо за ваше письмо. Нахожусь в командировке, отвечу после возвращения.
Буду отсутствовать на рабочем месте с 1 по 4 декабря. Отвечу вам по возвращении.
Дякую за ваш лист. Я у відпустці до 3 грудня.
Перебуваю у відрядженні. З термінових питань звертайтесь до Олени.
Хатыңызға рахмет. Мен 3 желтоқсанға дейін демалыстамын.
Қазір іссапардамын. Шұғыл мәселелер бойынша Айгүлге хабарласыңыз.
Би 12 сарын 3 хүртэл амралттай байна. Яаралтай асуудлаар Батад хандана уу.
Захидал илгээсэнд баярлалаа. Би томилолттой байна, буцаж ирээд хариу өгнө.
您好，我正在休假，12月7日回来后尽快回复您。如有急事请联系李明。
感谢您的来信。我出差至12月4日，无法及时回复。
您好，我目前不在辦公室，如有緊急事項請聯絡王小姐。
メールありがとうございます。12月3日まで不在にしております。お急ぎの方は田中までご連絡ください。
ただいま休暇中です。戻り次第ご連絡いたします。
12월 3일까지 휴가입니다. 급한 일은 김민수에게 연락 바랍니다.
메일 감사합니다. 현재 부재중이며 복귀 후 회신드리겠습니다.
Tack för ditt mejl. Jag är på semester till och med 3 december.
Jag är inte på kontoret. Vid brådskande ärenden, kontakta Erik.
Takk for din e-post. Jeg er på ferie til og med 3. desember.
Jeg er ikke på kontoret. Ved hastesaker, ta kontakt med Kari.
Tak for din mail. Jeg holder ferie til 3. december.
Jeg er ikke på kontoret. Ved hastesager kontakt venligst Mette.
Kiitos viestistäsi. Olen lomalla 3.12. asti.
En ole toimistolla. Kiireellisissä asioissa ota yhteyttä Mattiin.
Bedankt voor uw bericht. Ik ben afwezig tot en met 3 december.
Ik ben met vakantie. Neem bij dringende zaken contact op met Jan.
Děkuji za Vaši zprávu. Jsem na dovolené do 3. prosince.
Jsem mimo kancelář. V naléhavých případech kontaktujte Petra.
Köszönöm levelét. December 3-ig szabadságon vagyok.
Jelenleg nem vagyok az irodában. Sürgős esetben keresse Gábort.
Vă mulțumesc pentru mesaj. Sunt în concediu până la 3 decembrie.
Nu sunt la birou. Pentru urgențe, vă rog să contactați pe Ion.
شكرا لرسالتك. أنا في إجازة حتى 3 ديسمبر.
أنا خارج المكتب حاليا. للأمور العاجلة يرجى التواصل مع سامي.
""".strip().splitlines()

SUBJECTS = """
Automatic reply: Shelves
Out of Office AutoReply: Shelves
Out of Office: Re: Shelves
Automatische Antwort: Shelves
Abwesenheitsnotiz: Shelves
Réponse automatique : Shelves
Respuesta automática: Shelves
Risposta automatica: Shelves
Resposta automática: Shelves
Automatisch antwoord: Shelves
Automatiskt svar: Shelves
Automatisk svar: Shelves
Automaattinen vastaus: Shelves
Automatyczna odpowiedź: Shelves
Automatická odpověď: Shelves
Automatikus válasz: Shelves
Răspuns automat: Shelves
Otomatik yanıt: Shelves
Автоматический ответ: Shelves
Автоматична відповідь: Shelves
Автоматты жауап: Shelves
Автомат хариу: Shelves
自动答复: Shelves
自動回覆: Shelves
自動応答: Shelves
자동 회신: Shelves
رد تلقائي: Shelves
Re: Shelves (Automatic Response)
""".strip().splitlines()

PEOPLE = """
I was out of the office last week, sorry. Here is the drawing you asked for.
Thank you for your message. When I am out of the office, please call Tom.
Vielen Dank für Ihre Nachricht. Wenn Sie im Urlaub sind, wenden Sie sich bitte nach dem 7.12. an mich.
I'm out of the office on Monday, let us talk on Tuesday.
Can we meet when you are back from holiday?
Thanks for your email. Could you send the price for 40 shelves?
I'm out of the office on Monday, so let us talk on Tuesday?
When I am out of the office Tom takes the calls, so write to both of us.
Sorry for the late answer, I have been on vacation. We would like an offer.
We are back in the hall since Monday and have time on Thursday.
Please contact Tom, he buys the shelves.
Is your office closed on Friday?
Enjoy your holiday! We can speak in January.
If you are out of office next week, send the contract today.
We are interested. Limited space, though: can you do 2 metres?
Our automatic door needs service, do you do that too?
Not now, ask me again in March.
Letzte Woche war ich im Urlaub, jetzt habe ich Zeit. Passt Donnerstag?
Wenn Sie im Urlaub sind, wer vertritt Sie?
Vielen Dank für Ihre Nachricht. Bitte senden Sie mir die Preisliste.
Wir suchen genau so etwas, bitte rufen Sie mich an.
J'étais en congés la semaine dernière. Pouvez-vous m'envoyer le devis ?
Merci de votre message. Nous avons déjà un fournisseur.
Gracias por su correo, ¿cuánto cuesta el envío?
La semana pasada estuve fuera de la oficina. ¿Seguimos el jueves?
Grazie per il messaggio, mi mandi il listino.
La settimana scorsa ero in ferie, possiamo sentirci domani?
Obrigado pela mensagem. Qual é o prazo de entrega?
Dziękuję za wiadomość, proszę o ofertę na 40 regałów.
W zeszłym tygodniu byłem na urlopie, wracam do tematu. Jaka cena?
Mesajınız için teşekkürler, fiyat listesini gönderir misiniz?
Спасибо за ваше письмо. Пришлите, пожалуйста, прайс.
Я был в отпуске на прошлой неделе. Вопрос ещё актуален?
Когда вы вернётесь из отпуска, позвоните мне.
По срочным вопросам лучше звонить. А цена какая?
Дякую за ваш лист, надішліть прайс.
Хатыңызға рахмет, бағасын жіберіңізші.
Захидал илгээсэнд баярлалаа. Үнийн санал явуулна уу?
感谢您的来信，请把报价发给我。
上周我在休假，刚看到您的邮件，请问价格多少？
メールありがとうございます。価格表を送ってください。
先週は休暇中でした。見積もりをお願いできますか。
메일 감사합니다. 견적서를 보내 주세요.
지난주에 휴가였습니다. 가격이 얼마인가요?
Tack för ditt mejl, skicka gärna en offert.
Takk for din e-post, hva koster 40 hyller?
Bedankt voor uw bericht, stuur mij de prijslijst.
Děkuji za zprávu, pošlete mi ceník.
Köszönöm levelét, kérem küldjön ajánlatot.
شكرا لرسالتك، ما هو السعر؟
""".strip().splitlines()


@pytest.mark.parametrize("body", AWAY)
def test_an_absence_is_known_by_its_words_alone(body: str) -> None:
    reading = automatic.read(mail(body))
    assert reading is not None
    assert reading.kind is Kind.AUTO_REPLY
    assert reading.text == body
    assert reading.original_message_id == "1@ours.example"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_subject_that_mail_programs_write_is_enough(subject: str) -> None:
    assert automatic.read(mail("Hello.", subject)) is not None


@pytest.mark.parametrize("body", PEOPLE)
def test_a_person_who_speaks_of_holidays_stays_a_person(body: str) -> None:
    assert automatic.read(mail(body)) is None
    assert moved.read(mail(body)) is None
    assert challenge.read(mail(body)) is None


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-replied (zimbra; vacation)",
        "Auto-Submitted: auto-generated; owner-email=a@b.example",
        "X-Autoreply: yes",
        "X-Autorespond: Shelves",
        "X-Apple-Action: VACATION/1",
        "Precedence: auto_reply",
        "X-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: a@b.example",
    ],
)
def test_headers_that_only_programs_set_decide(header: str) -> None:
    assert automatic.read(mail("Hello.", "Shelves", header)) is not None


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: bulk",
        "Precedence: list\nList-Id: <talk.lists.example>",
        "Return-Path: <>",
        "X-Auto-Response-Suppress: All",
        "X-MS-Exchange-Inbox-Rules-Loop: a@b.example",
        "X-Autoreply: no",
        "Auto-Submitted: auto-generated\nX-Zendesk-From-Account-Id: 1",  # a person of a desk wrote it
    ],
)
def test_headers_that_ordinary_mail_has_too_do_not(header: str) -> None:
    assert automatic.read(mail("We take 40 shelves.", "Re: Shelves", header)) is None


def test_the_day_of_return_comes_with_it() -> None:
    found = automatic.read(mail("Thank you for your email. I am out of the office until 3 December."))
    assert found is not None
    assert found.return_date == date(2026, 12, 4)


def test_a_desk_that_took_the_mail_in_is_automatic_without_a_day() -> None:
    body = "We have received your request and will answer by 3 December. Please do not reply to this mail."
    found = automatic.read(mail(body, "[#12345] Shelves"))
    assert found is not None
    assert found.return_date is None


AUTO = "Auto-Submitted: auto-replied"
MOVED = [
    ("Anna Example no longer works here. Please write to tom@b.example.", AUTO, "tom@b.example"),
    ("Anna Example has left the company.", AUTO, ""),
    ("This mailbox is no longer monitored. Please use sales@b.example instead.", AUTO, "sales@b.example"),
    (
        "Frau Example ist nicht mehr im Unternehmen. Bitte wenden Sie sich an t@b.example.",
        AUTO,
        "t@b.example",
    ),
    ("Анна больше не работает в компании. Пишите на tom@b.example.", AUTO, "tom@b.example"),
    ("Anna ne fait plus partie de la société. Contactez tom@b.example.", AUTO, "tom@b.example"),
    ("Anna ya no trabaja en la empresa.", AUTO, ""),
    ("Anna nie pracuje już w firmie.", AUTO, ""),
    ("Анна жұмыстан шықты.", AUTO, ""),
    ("Анна ажлаас гарсан.", AUTO, ""),
    ("本人已离职，请联系 tom@b.example", AUTO, "tom@b.example"),
    ("田中は退職いたしました。tom@b.example までお願いします。", AUTO, "tom@b.example"),
    ("I have left the company, my successor is tom@b.example.", "", "tom@b.example"),
    ("My email address has changed, please use anna@new.example.", "", "anna@new.example"),
    ("Anna Example no longer works here.", "", ""),
]


@pytest.mark.parametrize(("body", "header", "successor"), MOVED)
def test_who_has_left_and_who_comes_after(body: str, header: str, successor: str) -> None:
    found = moved.read(mail(body, "Shelves", *filter(None, [header])))
    assert found is not None
    assert (found.kind, found.successor, found.recipients) == (Kind.MOVED, successor, ("a@b.example",))


@pytest.mark.parametrize(
    "body",
    [
        "Please write to tom@b.example instead, I am not responsible.",
        "Bob Sample has left the company. I do his work now: what do you offer?",
        "We have moved to a new hall, so we do need shelves.",
        "Our old supplier no longer works with steel.",
        "Bitte wenden Sie sich an tom@b.example, ich bin nicht zuständig.",
        "Это не ко мне, напишите tom@b.example.",
    ],
)
def test_a_person_who_sends_us_to_somebody_has_answered(body: str) -> None:
    assert moved.read(mail(body)) is None


CHALLENGES = [
    ("Your message is being held. Please click the link below to verify that you are a real person.", ""),
    ("To control spam, I now allow mail only from approved senders. Your message has not been delivered yet. "
     "Click here to be added to my guest list.", ""),
    ("Your email is waiting. Reply to this message to confirm that you are not a spammer.", ""),
    ("Ihre Nachricht wurde nicht zugestellt. Bitte bestätigen Sie die Mail einmalig, um Spam zu verhindern.", ""),
    ("Votre message est en attente. Cliquez ici pour confirmer que vous n'êtes pas un robot.", ""),
    ("Ваше письмо задержано системой антиспам. Перейдите по ссылке, чтобы подтвердить отправку.", ""),
    ("AntiSpam UOL: para que sua mensagem seja entregue, clique no link e confirme.", ""),
    ("Please confirm your message by replying.", "X-TMDA-Fingerprint: x"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "header"), CHALLENGES)
def test_a_machine_that_wants_proof_of_a_person(body: str, header: str) -> None:
    found = challenge.read(mail(body, "Re: Shelves", *filter(None, [header])))
    assert found is not None
    assert found.kind is Kind.CHALLENGE


@pytest.mark.parametrize(
    "body",
    [
        "Please confirm your subscription to our newsletter: click the link below.",
        "Your mail landed in my spam folder. Can you confirm the price?",
        "We get less spam since our filter holds messages back. Please send the offer.",
        "Click the link below to verify your account.",
    ],
)
def test_other_confirmations_are_no_challenge(body: str) -> None:
    assert challenge.read(mail(body)) is None


@pytest.mark.parametrize(
    "piece", ["i am ", "out of the office ", "not ", "<div", "1.", "until 3 ", "不在", "[" * 9]
)
def test_words_repeated_without_end_are_no_automatic_mail(piece: str) -> None:
    huge = mail((piece * 262_144)[:262_144])
    assert [reader(huge) for reader in (automatic.read, moved.read, challenge.read)] == [None, None, None]


@pytest.mark.parametrize("piece", ["not ", "<div", "1.", "until 3 ", "[" * 9])
def test_what_stands_first_counts_however_long_the_rest_is(piece: str) -> None:
    body = f"I am out of the office until 3 December.\n\n{piece * 50_000}"
    found = automatic.read(mail(body, "Automatic reply: Shelves"))
    assert found is not None
    assert (found.kind, found.return_date) == (Kind.AUTO_REPLY, date(2026, 12, 4))
