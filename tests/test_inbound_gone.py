"""People who left, and people who want no more letters, in every language."""

import pytest

from outreach.inbound.reading import Kind
from tests.inthread import read

GONE = """
I have retired as of 1 November. Please direct all mail to tom@b.example.|tom@b.example
Anna Example left our company on 30 September. Her work is now done by Tom Ray (tom@b.example).|tom@b.example
This e-mail address is no longer in use. Please write to info@b.example.|info@b.example
Frau Example hat unser Unternehmen zum 30.9. verlassen. Nachfolger: muster@b.example.|muster@b.example
Ich bin seit Oktober im Ruhestand. Bitte schreiben Sie an info@b.example.|info@b.example
Diese E-Mail-Adresse wird nicht mehr verwendet. Neue Adresse: anna@neu.example.|anna@neu.example
Mme Example a quitté notre société. Merci d'écrire à marc@b.example.|marc@b.example
Je suis à la retraite depuis octobre. Mon successeur : marc@b.example.|marc@b.example
Anna Example ha dejado la compañía. Escriba a luis@b.example.|luis@b.example
Me he jubilado. Mi sucesor es Luis: luis@b.example.|luis@b.example
Anna Example non fa più parte della nostra azienda. Contattate luca@b.example.|luca@b.example
Questa casella non è più attiva, scrivete a info@b.example.|info@b.example
A Anna Example já não trabalha connosco. Escreva para rita@b.example.|rita@b.example
Deixei a empresa no final de outubro. Contacto: rita@b.example.|rita@b.example
Anna Example werkt niet meer bij ons. Mail naar jan@b.example.|jan@b.example
Ik ben met pensioen. Mijn opvolger is Jan: jan@b.example.|jan@b.example
Anna Example har slutat hos oss. Kontakta erik@b.example.|erik@b.example
Jag har gått i pension, skriv till erik@b.example.|erik@b.example
Anna Example har sluttet i firmaet. Kontakt kari@b.example.|kari@b.example
Jeg er fratrådt min stilling. Skriv til mette@b.example.|mette@b.example
Anna Example ei enää työskentele meillä. Ota yhteyttä: matti@b.example.|matti@b.example
Olen jäänyt eläkkeelle. Seuraajani on matti@b.example.|matti@b.example
Anna Example nie pracuje już w naszej firmie. Proszę pisać do jan@b.example.|jan@b.example
Przeszłam na emeryturę, moje obowiązki przejął jan@b.example.|jan@b.example
Anna Example u nás již nepracuje. Pište na petr@b.example.|petr@b.example
Odešla jsem do důchodu, pište na petr@b.example.|petr@b.example
Anna Example már nem dolgozik cégünknél. Kérjük, írjon ide: gabor@b.example.|gabor@b.example
Nyugdíjba mentem, utódom: gabor@b.example.|gabor@b.example
Anna Example nu mai lucrează la noi. Scrieți la ion@b.example.|ion@b.example
M-am pensionat. Contactați ion@b.example.|ion@b.example
Anna Example şirketimizden ayrılmıştır. ali@b.example adresine yazınız.|ali@b.example
Emekli oldum. Yerime gelen: ali@b.example.|ali@b.example
Анна Иванова уволилась. Пишите на ivan@b.example.|ivan@b.example
Я вышла на пенсию, по всем вопросам ivan@b.example.|ivan@b.example
Данный почтовый ящик больше не обслуживается, пишите на info@b.example.|info@b.example
Анна більше у нас не працює. Звертайтеся: olena@b.example.|olena@b.example
Анна бізден кетті, енді мұнда жұмыс істемейді. aigul@b.example мекенжайына жазыңыз.|aigul@b.example
Мен зейнетке шықтым. Орныма: aigul@b.example.|aigul@b.example
Анна манай байгууллагаас гарсан. bat@b.example хаягаар бичнэ үү.|bat@b.example
Би тэтгэвэрт гарсан. bat@b.example|bat@b.example
我已于上月从公司离职，请联系 li@b.example。|li@b.example
王小姐已離職，請改寄 li@b.example。|li@b.example
私は10月末で退職いたしました。後任は tanaka@b.example です。|tanaka@b.example
저는 10월 말로 퇴사하였습니다. 후임자: kim@b.example|kim@b.example
لقد تقاعدت. يرجى مراسلة sami@b.example.|sami@b.example
لم تعد آنا تعمل في شركتنا. راسلوا sami@b.example.|sami@b.example
""".strip().splitlines()

REQUESTS = """
Please don't send any more emails to this address.
Kindly refrain from contacting us in future.
I'd like to be taken off whatever list this is.
Please stop this, I never signed up.
We do not wish to be contacted again, delete our details.
Bitte sehen Sie von weiteren E-Mails ab.
Ich wünsche keine Kontaktaufnahme mehr.
Bitte um Löschung meiner Adresse.
Bitte keine weiteren Angebote an uns.
Merci de ne plus nous solliciter.
Prière de supprimer mon adresse de vos fichiers.
Je m'oppose à tout démarchage, ne m'écrivez plus.
Ruego eliminen mi correo de su base de datos.
No me envíen más publicidad.
Dejen de escribirme, por favor.
La prego di non inviarmi altre mail.
Vi chiedo di cancellare il mio indirizzo dal vostro database.
Non desidero essere contattato.
Agradeço que não me enviem mais emails.
Por favor, retirem o meu endereço da vossa base de dados.
Não tenho interesse, não mandem mais mensagens.
Graag geen mails meer.
Wilt u mijn adres uit uw bestand verwijderen?
Ik wil niet meer benaderd worden.
Vänligen ta bort min adress ur ert register.
Jag undanber mig fler utskick.
Vennligst slett adressen min fra listen.
Vi ønsker ikke flere henvendelser.
Slet mig venligst fra jeres mailliste.
Jeg ønsker ikke at modtage flere mails.
Pyydän poistamaan osoitteeni rekisteristänne.
Emme halua enää yhteydenottoja teiltä.
Proszę o usunięcie mojego adresu z Państwa bazy.
Nie życzę sobie dalszych maili.
Prosimy nie wysyłać do nas więcej ofert.
Žádám o vymazání mé adresy z databáze.
Nezasílejte nám už prosím žádné nabídky.
Kérem, töröljék a címemet a listájukról.
Nem kérek több levelet Önöktől.
Vă rog să îmi ștergeți adresa din baza de date.
Nu mai trimiteți emailuri, vă rog.
Lütfen adresimi listenizden silin.
Artık bana mail göndermeyin.
Просим исключить нас из вашей рассылки.
Не присылайте мне больше предложений.
Больше не пишите на этот адрес.
Прошу удалить мои данные из базы.
Просимо видалити нашу адресу з вашої бази.
Будь ласка, не надсилайте мені більше листів.
Мекенжайымды тізімнен өшіріңіз.
Маған бұдан былай хат жібермеңізші.
Миний хаягийг жагсаалтаасаа хасна уу.
Дахиж надад имэйл бүү явуулаарай.
请把我的邮箱从您的名单里删掉。
以后请不要再发邮件过来了。
請停止寄送郵件給我們。
麻煩將我從名單中移除。
今後、このようなメールは送らないでください。
配信先から削除をお願いいたします。
営業メールはお断りしております。
앞으로 메일을 보내지 말아 주세요.
수신 거부 처리 부탁드립니다.
제 주소를 명단에서 삭제해 주시기 바랍니다.
أرجو عدم إرسال المزيد من الرسائل.
احذفوا عنواني من قائمتكم من فضلكم.
لا نرغب في تلقي رسائلكم.
Take us off this list, we're not interested.
Please cease all communication.
Do not write to me any more at this address.
Remove this contact from your CRM, please.
I'm not interested and would appreciate not hearing from you again.
Wir haben kein Interesse und bitten Sie, uns nicht mehr anzuschreiben.
Nehmen Sie unsere Adresse bitte aus Ihrem Verteiler.
Hören Sie auf, mir zu schreiben!
Ich widerspreche der Nutzung meiner Daten zu Werbezwecken.
Pas intéressé, merci de me retirer de votre liste de diffusion.
Arrêtez de m'envoyer des mails.
Je souhaite ne plus recevoir de messages de votre part.
No nos interesa, bórrennos de su lista por favor.
Deje de mandarme correos.
Le pido que no me vuelva a escribir.
Dennos de baja de su lista.
Non sono interessato, mi tolga dalla sua lista.
Per favore smettetela di scrivermi.
Non inviatemi più nulla.
Não tenho interesse, favor remover meu email da lista.
Parem de me enviar e-mails.
Não volte a contactar-me.
Geen interesse, schrijf mij alstublieft uit.
Stuur mij geen e-mails meer.
Haal mij van uw lijst af.
Wij stellen geen prijs op uw mails.
Ik wens geen verdere berichten te ontvangen.
Inget intresse, ta bort oss från listan.
Sluta mejla mig.
Skicka inga fler mejl.
Ikke interessert, fjern oss fra listen.
Slutt å sende meg e-post.
Ikke send flere mailer til oss.
Ingen interesse, slet os fra listen.
Hold op med at skrive til mig.
Send ikke flere mails.
Ei kiinnosta, poistakaa meidät listalta.
Lopettakaa viestien lähettäminen.
Älkää enää kirjoittako.
Nie jesteśmy zainteresowani, proszę nas usunąć z listy.
Proszę więcej nie przysyłać ofert.
Przestańcie do mnie pisać.
Nemáme zájem, vyřaďte nás prosím ze seznamu.
Už mi prosím nic neposílejte.
Přestaňte mi psát.
Nem érdekel, vegyenek le a listáról.
Kérem, többet ne írjanak.
Ne küldjenek több ajánlatot.
Nu ne interesează, scoateți-ne din listă.
Nu îmi mai scrieți.
Vă rog să nu ne mai contactați.
İlgilenmiyoruz, bizi listenizden çıkarın.
Bir daha yazmayın.
Bu tür e-postalar almak istemiyoruz.
Не интересно, исключите нас из списка.
Больше нам не пишите.
Прошу исключить мой адрес из базы рассылки.
Не цікаво, приберіть нас зі списку.
Більше нам не пишіть.
Прошу виключити мою адресу з розсилки.
Қызық емес, бізді тізімнен шығарыңыз.
Енді жазбаңыз.
Бұл хаттарды алғым келмейді.
Сонирхохгүй байна, биднийг жагсаалтаас хасна уу.
Дахиж бичихгүй байна уу.
Ийм имэйл авахыг хүсэхгүй байна.
不感兴趣，请把我们从列表中移除。
请不要再给我们发邮件了。
别再发了，谢谢。
沒有興趣，請勿再來信。
請將我的信箱從發送名單刪除。
興味がありませんので、今後のご連絡はご遠慮ください。
メールの送付を止めていただけますか。
リストから外してください。
관심 없습니다. 더 이상 보내지 마세요.
메일 발송 목록에서 빼 주세요.
앞으로 연락하지 말아 주세요.
لسنا مهتمين، يرجى حذفنا من القائمة.
توقفوا عن مراسلتي.
لا أريد رسائل منكم بعد الآن.
""".strip().splitlines()

STILL_THERE = """
We have received your request. Please do not reply: this mailbox is not monitored.
Your ticket 4711 has been created. This e-mail address is not monitored.
Thank you for your message. This email has been automatically generated. Do not reply to this address.
I am on leave. My email is not being checked until Monday.
My mailbox is not read during my holiday.
Dieses Postfach wird nicht gelesen. Ihre Anfrage wurde erfasst.
Ihre Nachricht ist eingegangen. Diese E-Mail-Adresse wird nicht überwacht, bitte nicht antworten.
Cette adresse n'est pas consultée. Votre demande a été enregistrée.
Esta dirección no es atendida, no responda a este correo. Hemos recibido su solicitud.
Questo indirizzo non è monitorato. Abbiamo ricevuto la sua richiesta.
Dit e-mailadres wordt niet gelezen. Wij hebben uw bericht ontvangen.
Этот адрес не проверяется, не отвечайте на письмо. Ваша заявка принята.
Этот ящик не обслуживается, не отвечайте на письмо. Ваша заявка принята.
Бұл мекенжай тексерілмейді. Өтінішіңіз қабылданды.
此邮箱无人值守，请勿回复。您的请求已受理。
このメールアドレスは送信専用です。お問い合わせを受け付けました。
Denna adress läses inte. Ditt ärende har registrerats.
Ten adres nie jest obsługiwany, prosimy nie odpowiadać. Otrzymaliśmy zgłoszenie.
Tato adresa není sledována. Váš požadavek byl přijat.
Bu e-posta adresi izlenmemektedir. Talebiniz alınmıştır.
Our new email address for support is support@b.example. We have received your ticket 99.
I'm away until Monday. Our office has changed its address to 4 Mill Lane.
I am no longer at my desk today. Please call Tom.
Ich bin heute nicht mehr im Büro. Bitte wenden Sie sich an Frau Muster.
Ich bin diese Woche nicht mehr im Hause.
Ik ben vandaag niet meer op kantoor.
Je ne suis plus au bureau aujourd'hui.
Ya no estoy en la oficina hoy.
Сегодня я больше не работаю в офисе.
Doğum iznine ayrıldım, yerime Ayşe bakıyor.
Ушла в декретный отпуск, мои дела ведёт Мария.
Odešla jsem na mateřskou dovolenou, zastupuje mě Petr.
Jag är inte kvar på kontoret idag.
Tom has taken over my tasks while I am on leave.
Se ha recibido su mensaje. Lo atenderemos mañana.
Este trámite se ha modificado; estoy de baja.
Již není možné odpovědět dnes, jsem na dovolené.
""".strip().splitlines()


@pytest.mark.parametrize("line", GONE)
def test_who_left_is_named_with_the_one_to_write_to(line: str) -> None:
    text, _, successor = line.rpartition("|")
    found = read(text, "Auto-Submitted: auto-replied")
    assert (found.kind, found.successor, found.recipients) == (Kind.MOVED, successor, ("a@b.example",))


@pytest.mark.parametrize("text", REQUESTS)
def test_a_wish_for_no_more_letters_is_an_opt_out(text: str) -> None:
    found = read(text)
    assert (found.kind, found.recipients) == (Kind.OPT_OUT, ("a@b.example",))


@pytest.mark.parametrize("text", STILL_THERE)
def test_who_left_for_a_while_and_a_desk_that_nobody_reads_have_not_gone(text: str) -> None:
    """A good address must never be marked dead."""
    found = read(text, "Auto-Submitted: auto-replied")
    assert (found.kind, found.successor) == (Kind.AUTO_REPLY, "")
