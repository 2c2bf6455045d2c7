"""Reports in other languages than English: their subjects, their words, what they say of the address."""

import pytest

from outreach.inbound import parse
from outreach.inbound.classify import classify
from tests.reports import HARD, LETTER, misread

# By name: who writes, the subject, what it is, the text before the letter that came back.
TOLD = {
    "sina": (
        "MAILER-DAEMON@sina.example",
        "系统退信/Systems bounce",
        HARD,
        """\
抱歉，您的邮件被退回来了……

收件人：bo@example.com
退信原因：550 5.1.1 user not exist
""",
    ),
    "163": (
        "Postmaster@163.example",
        "系统退信",
        HARD,
        """\
抱歉，您的邮件被退回来了……
原邮件信息：
收件人：bo@example.com
主 题：Pumps
退信原因： 收件人邮件地址（bo@example.com）不存在，邮件无法送达。
英文说明:SMTP error, RCPT TO: 550 User not found: bo@example.com
""",
    ),
    "qq": (
        "PostMaster@qq.example",
        "来自qq.example的退信",
        HARD,
        """\
尊敬的用户，您好！
很抱歉您的邮件被退回，以下是该邮件的相关信息：
被退回邮件
主题：Pumps
收件人：bo@example.com
退信原因：发往 bo@example.com 的邮件被收件方拒收
host mx.example.com said: 550 Mailbox not found (in reply to RCPT TO command)
""",
    ),
    "korean": (
        "postmaster@naver.example",
        "메일 전송 실패 안내",
        HARD,
        """\
메일이 전송되지 못했습니다.
받는사람: bo@example.com
실패 사유: 존재하지 않는 메일 주소입니다. 550 5.1.1 No such user
""",
    ),
    "polish": (
        "MAILER-DAEMON@wp.example",
        "Niedostarczona wiadomość",
        HARD,
        """\
Wiadomość nie może być dostarczona do:

bo@example.com
550 5.1.1 Nie ma takiego użytkownika
""",
    ),
    "french": (
        "MAILER-DAEMON@mx.example.net",
        "Échec de la remise",
        HARD,
        """\
Votre message n'a pas pu être remis aux destinataires suivants :

bo@example.com
550 5.1.1 Adresse inconnue
""",
    ),
    "german exim": (
        "Mailer-Daemon@mx.example.net",
        "Mail delivery failed: returning message to sender",
        HARD,
        """\
Diese Nachricht wurde automatisch erstellt.
Eine Nachricht konnte nicht zugestellt werden:

  bo@example.com
    Unrouteable address
""",
    ),
    "dutch": (
        "postmaster@mx.example.net",
        "Onbestelbaar: Pumps",
        HARD,
        """\
Bezorging is mislukt bij de volgende geadresseerden of groepen:

bo@example.com

Diagnostische gegevens voor beheerders:
Bronserver: mx.example.net
bo@example.com
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##
""",
    ),
    "portuguese": (
        "postmaster@mx.example.net",
        "Não entregue: Pumps",
        HARD,
        """\
Falha na entrega a estes destinatários ou grupos:

bo@example.com

Informações de diagnóstico para administradores:
Servidor de origem: mx.example.net
bo@example.com
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##
""",
    ),
    "turkish": (
        "MAILER-DAEMON@mx.example.net",
        "Teslim edilemedi: Pumps",
        HARD,
        """\
İletiniz teslim edilemedi:

bo@example.com
550 5.1.1 Kullanıcı bulunamadı
""",
    ),
}


@pytest.mark.parametrize("form", TOLD)
def test_a_report_in_words_is_read(form: str) -> None:
    assert not misread(*TOLD[form])


SUBJECTS = [
    "Unzustellbar: Pumpen", "Non délivré : Pompes", "No se puede entregar: Bombas",
    "Não é possível entregar: Bombas", "Impossibile recapitare: Pompe", "Onbestelbaar: Pompen",
    "Nie można dostarczyć: Pompy", "Не удается доставить: Насосы", "配信不能: ポンプ", "无法传递: 泵",
    "無法傳遞: 泵", "배달되지 않음: 펌프", "Teslim Edilemedi: Pompalar", "Det går inte att leverera: Pumpar",
    "Kan ikke leveres: Pumper", "Ei voi toimittaa: Pumput", "Nelze doručit: Čerpadla", "Nelivrabil: Pompe",
    "Kézbesíthetetlen: Szivattyúk", "Не може бути доставлено: Насоси", "Tidak Dapat Dikirim: Pompa",
    "Δεν είναι δυνατή η παράδοση: Αντλίες", "Không gửi được: Bơm", "לא ניתן למסירה: משאבות",
    "تعذر التسليم: مضخات", "Жеткізілмеді: сорғылар", "Хүргэгдсэнгүй: насос",
]  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_report_is_known_by_its_subject_in_many_languages(subject: str) -> None:
    head = f"From: postmaster@mx.example.net\nTo: ann@sender.example\nSubject: {subject}\n"
    found = classify(parse(f"{head}\n\nbo@example.com\n550 5.1.1 ...\n\n{LETTER}".encode()))
    assert (found.kind, found.recipients) == (HARD, ("bo@example.com",)), found.why
