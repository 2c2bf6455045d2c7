"""Requests to stop, in every language, and what only looks like one."""

import pytest

from outreach.inbound import optout
from outreach.inbound.mail import Mail, parse
from outreach.inbound.reading import Kind

REQUESTS = [
    "STOP",
    "stop.",
    "Unsubscribe",
    "Please unsubscribe me from this list.",
    "unsubscribe me please!",
    "Please remove me from your mailing list.",
    "Please remove my address from your database.",
    "Do not contact us again.",
    "Don't email me anymore.",
    "Please don't send me any more emails.",
    "Take me off your list!",
    "Stop emailing me.",
    "I don't want to receive these emails.",
    "I no longer wish to receive your messages.",
    "How can I unsubscribe?",
    "How can I unsubscribe my colleague?",
    "Not interested, please do not contact me again.",
    "Leave me alone",
    "Please delete my data.",
    "If you could remove me from your list, I'd be grateful.",
    "Hello,\nSTOP\nAnna",
    "No thanks, opt me out please.",
    "отписаться",
    "Отпишите меня, пожалуйста.",
    "Не пишите мне больше.",
    "Прошу больше не присылать писем.",
    "Удалите мой адрес из вашей базы.",
    "Прекратите слать мне этот спам!",
    "Хочу отписаться от рассылки.",
    "Не хочу получать ваши письма.",
    "退订",
    "请不要再给我发邮件。",
    "請勿再寄信，把我從名單中刪除",
    "如何取消订阅？",
    "abmelden",
    "Bitte nehmen Sie mich aus Ihrem Verteiler.",
    "Bitte löschen Sie meine Daten.",
    "Ich möchte keine weiteren E-Mails erhalten.",
    "Schreiben Sie mir nicht mehr.",
    "Keine Werbung mehr!",
    "Merci de me désinscrire.",
    "Ne m'écrivez plus.",
    "Je ne souhaite plus recevoir vos messages.",
    "Veuillez me retirer de votre liste",
    "Por favor, denme de baja.",
    "No me escriban más.",
    "No quiero recibir más correos.",
    "Cancellatemi dalla lista.",
    "Non voglio più ricevere le vostre mail.",
    "Por favor, remova-me da lista.",
    "Não quero receber mais e-mails.",
    "Proszę mnie usunąć z listy.",
    "Proszę więcej do mnie nie pisać.",
    "Nie chcę otrzymywać takich wiadomości.",
    "Bana bir daha mail atmayın.",
    "Beni listenizden çıkarın lütfen.",
    "E-posta almak istemiyorum.",
    "Відпишіть мене.",
    "Більше не пишіть мені.",
    "配信停止",
    "今後のご連絡は不要です。",
    "メールを送らないでください。",
    "수신거부",
    "더 이상 메일 보내지 마세요.",
    "Маған енді жазбаңыз.",
    "Мені тізімнен шығарыңыз.",
    "Надад дахиж битгий бичээрэй.",
    "Намайг жагсаалтаас хасна уу.",
    "Имэйл явуулахаа болино уу.",
    "Verwijder mij uit uw bestand.",
    "Ik wil geen mails meer ontvangen.",
    "Sluta skicka mejl till mig.",
    "Ta bort mig från listan.",
    "Ikke kontakt meg igjen.",
    "Fjern meg fra listen.",
    "Slet mig fra jeres liste.",
    "Poistakaa minut listalta.",
    "Älkää lähettäkö enää viestejä.",
    "Už mi nepište.",
    "Odhlaste mě prosím.",
    "Kérem, ne írjanak többet.",
    "Vegyenek le a listáról.",
    "Nu mai doresc să primesc mesaje.",
    "Vă rog să mă ștergeți din listă.",
    "لا تراسلني مرة أخرى",
    "إلغاء الاشتراك",
    "احذفوني من قائمتكم",
]

OTHERS = [
    "A short answer is enough to receive no more emails.",  # our own lines, where a mail program did not mark them
    "Just reply 'no' and you get no further letters.",
    "Ein kurzes Wort genügt, dann bekommen Sie keine weiteren Mails.",
    "Ответьте «нет», и мы больше не будем писать: прошу не писать никому другому.",
    "不想再收到的话，直接回复“退订”即可。",
    "今後の連絡は不要の場合は「不要」とご返信ください。",
    "Please don't stop.",
    "We run a non-stop service.",
    "The bus stop is next to our door.",
    "Stop by on Monday, we are open.",
    "Not interested.",
    "No, thank you.",
    "Kein Interesse.",
    "Не интересно.",
    "不需要，谢谢。",
    "We can't stop production for this.",
    "Let's talk on Monday.",
    "Please don't contact me before Monday.",
    "Please do not email me, write to anna@firm.example instead.",
    "Our unsubscribe rate went up last year, can you help?",
    "Do your letters have an unsubscribe link?",
    "If you no longer wish to receive our mails, reply with STOP.",
    "> reply with STOP to unsubscribe\nSounds good, call me.",
    "Please remove the second item from the quote.",
    "Can you remove the logo from page two?",
    "Customers ask us to stop sending paper invoices.",
    "We will stop sending samples in May.",
    "Мы не прекратим работу в праздники.",
    "Пожалуйста, не звоните до обеда, пишите на почту.",
    "Если вы не хотите получать письма, ответьте «стоп».",
    "Не могли бы вы удалить третью строку из сметы?",
    "Bitte nicht vor Montag anrufen.",
    "Bitte löschen Sie Position 3 aus dem Angebot.",
    "Wir hören nicht auf, Qualität zu liefern.",
    "Wenn Sie keine weiteren Mails wünschen, antworten Sie mit Stop.",
    "Nous ne pouvons pas arrêter la ligne.",
    "Non grazie.",
    "No, gracias, ya tenemos proveedor.",
    "Hasta luego",
    "Proszę o ofertę.",
    "Nie, dziękuję.",
    "Durun bakalım, teklif nedir?",
    "いいえ、結構です。",
    "資料を送ってください。",
    "請把報價寄給我。",
    "停车场在哪里？",
    "아니요, 괜찮습니다.",
    "Рахмет, қызық емес.",
    "Баярлалаа, сонирхохгүй байна.",
    "Nej tack.",
    "Ei kiitos.",
    "I don't want to be rude, but can you send the price list?",
    "Don't bother, I found the price on your site.",
    "Please do not send me the brochure, the price is enough.",
    "Why did you stop making the blue one?",
    "Remove the cover before you fit the part.",
    "Stop! That is great news, tell me more.",
    "We get a lot of unsolicited mail, but yours was good.",
    "Could you cancel the Monday meeting?",
]


def mail(subject: str = "Re: Shelves for your hall") -> Mail:
    return parse(f"From: Anna <a@b.example>\nSubject: {subject}\nTo: me@ours.example\n\n".encode())


@pytest.mark.parametrize("said", REQUESTS)
def test_a_request_to_stop_is_one(said: str) -> None:
    found = optout.read(mail(), said)
    assert found is not None
    assert (found.kind, found.recipients) == (Kind.OPT_OUT, ("a@b.example",))
    assert found.why.startswith("wording: ")


@pytest.mark.parametrize("said", OTHERS)
def test_anything_else_is_none(said: str) -> None:
    assert optout.read(mail(), said) is None


SUBJECTS = [
    "unsubscribe",
    "Unsubscribe",
    "STOP",
    "=?utf-8?b?0J7RgtC/0LjRgdCw0YLRjNGB0Y8=?=",
    "=?utf-8?b?6YCA6K6i?=",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_subject_of_a_mailto_link_is_a_request(subject: str) -> None:
    assert optout.read(mail(subject), "") is not None


@pytest.mark.parametrize("subject", ["Re: unsubscribe", "Bus stop", "Stop and go", "Unsubscribe rates", ""])
def test_a_subject_that_only_has_the_word_is_none(subject: str) -> None:
    assert optout.read(mail(subject), "Here is the list.") is None


@pytest.mark.parametrize("piece", ["stop ", "not ", "if you ", "。", "退订", "\n\n", "\udc80"])
def test_words_repeated_without_end_are_no_request(piece: str) -> None:
    assert optout.read(mail(), (piece * 200_000)[:200_000]) is None


@pytest.mark.parametrize("piece", ["not ", "if you ", "。", "\n\n", "\udc80"])
def test_a_request_is_one_however_long_the_rest_is(piece: str) -> None:
    found = optout.read(mail(), "Please remove me from your mailing list.\n\n" + piece * 50_000)
    assert found is not None
    assert found.kind is Kind.OPT_OUT
