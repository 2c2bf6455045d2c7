"""A reply shows what the person wrote: no quote, no signature, nothing of it lost."""

import textwrap
import time

import pytest

from outreach.inbound.html import as_text
from outreach.inbound.visible import visible

ANSWER = "Thanks, that suits us.\nPlease send the price list."

ATTRIBUTIONS = """\
On Thu, Dec 3, 2026 at 10:00 AM Ann Lee <ann@firm.example> wrote:
On 3 Dec 2026, at 10:00, Ann Lee <ann@firm.example> wrote:
On 12/03/2026 10:00 AM, Ann Lee wrote:
On 2026-12-03 10:00, Ann Lee wrote:
On Thursday, December 3rd, 2026 at 10:00 AM, Ann Lee <ann@firm.example> wrote:
At 10:00 AM 12/3/2026 +0100, Ann Lee wrote:
In a message dated 12/3/2026 10:00:00 A.M. Eastern Standard Time, ann@firm.example writes:
--- On Thu, 12/3/26, Ann Lee <ann@firm.example> wrote:
---- On Thu, 03 Dec 2026 10:00:00 +0100 Ann Lee <ann@firm.example> wrote ----
Ann Lee <ann@firm.example> wrote:
Quoting Ann Lee <ann@firm.example>:
* Ann Lee <ann@firm.example> [2026-12-03 10:00]:
Le jeu. 3 déc. 2026 à 10:00, Ann Lee <ann@firm.example> a écrit :
Le 03/12/2026 à 10:00, Ann Lee a écrit :
Am Do., 3. Dez. 2026 um 10:00 Uhr schrieb Ann Lee <ann@firm.example>:
Am 03.12.2026 um 10:00 schrieb Ann Lee:
Ann Lee <ann@firm.example> schrieb am Do., 3. Dez. 2026, 10:00:
El jue, 3 dic 2026 a las 10:00, Ann Lee (<ann@firm.example>) escribió:
El 3 de diciembre de 2026, 10:00, Ann Lee <ann@firm.example> escribió:
Em qui., 3 de dez. de 2026 às 10:00, Ann Lee <ann@firm.example> escreveu:
Il giorno gio 3 dic 2026 alle ore 10:00 Ann Lee <ann@firm.example> ha scritto:
Il 03/12/2026 10:00, Ann Lee ha scritto:
Op do 3 dec. 2026 om 10:00 schreef Ann Lee <ann@firm.example>:
Ann Lee <ann@firm.example> heeft op 3 december 2026 om 10:00 het volgende geschreven:
czw., 3 gru 2026 o 10:00 Ann Lee <ann@firm.example> napisał(a):
W dniu 3 grudnia 2026 10:00 użytkownik Ann Lee <ann@firm.example> napisał:
Wiadomość napisana przez Ann Lee <ann@firm.example> w dniu 3 gru 2026, o godz. 10:00:
čt 3. 12. 2026 v 10:00 odesílatel Ann Lee <ann@firm.example> napsal:
Dne 3.12.2026 v 10:00 Ann Lee napsal(a):
št 3. 12. 2026 o 10:00 Ann Lee <ann@firm.example> napísal(a):
Ann Lee <ann@firm.example> ezt írta (időpont: 2026. dec. 3., Cs, 10:00):
2026-12-03 10:00 keltezéssel, Ann Lee írta:
În joi, 3 dec. 2026 la 10:00, Ann Lee <ann@firm.example> a scris:
чт, 3 дек. 2026 г. в 10:00, Ann Lee <ann@firm.example>:
3 декабря 2026 г., 10:00 пользователь Ann Lee <ann@firm.example> написал:
Четверг, 3 декабря 2026, 10:00 +03:00 от Ann Lee <ann@firm.example>:
03.12.2026, 10:00, "Ann Lee" <ann@firm.example>:
03.12.2026 10:00, Ann Lee пишет:
чт, 3 груд. 2026 р. о 10:00 Ann Lee <ann@firm.example> пише:
На чт, 3.12.2026 г. в 10:00 ч. Ann Lee <ann@firm.example> написа:
2026 ж. 3 жел., бс, 10:00 уақытында Ann Lee <ann@firm.example> былай деп жазды:
2026 оны 12-р сарын 3, Пү 10:00 цагт Ann Lee <ann@firm.example> дараахыг бичсэн:
čet, 3. pro 2026. u 10:00 Ann Lee <ann@firm.example> napisao je:
Ann Lee <ann@firm.example>, 3 Ara 2026 Per, 10:00 tarihinde şunu yazdı:
Den tors 3 dec. 2026 kl 10:00 skrev Ann Lee <ann@firm.example>:
3 dec. 2026 kl. 10:00 skrev Ann Lee <ann@firm.example>:
Den tor. 3. des. 2026 kl. 10.00 skrev Ann Lee <ann@firm.example>:
to 3. jouluk. 2026 klo 10.00 Ann Lee (ann@firm.example) kirjoitti:
Kuupäev N, 3. detsember 2026 kell 10:00 kirjutas Ann Lee (<ann@firm.example>):
Στις Πέμ, 3 Δεκ 2026 στις 10:00 π.μ., ο/η Ann Lee <ann@firm.example> έγραψε:
Pada tanggal Kam, 3 Des 2026 pukul 10.00 Ann Lee <ann@firm.example> menulis:
Vào Th 5, 3 thg 12, 2026 vào lúc 10:00 Ann Lee <ann@firm.example> đã viết:
في الخميس، 3 ديسمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Ann Lee <ann@firm.example>:
\u202bבתאריך יום ה׳, 3 בדצמ׳ 2026 ב-10:00 מאת \u202aAnn Lee\u202c\u200f <\u202aann@firm.example\u202c\u200f>:\u202c
เมื่อ พฤ. 3 ธ.ค. 2026 เวลา 10:00 Ann Lee <ann@firm.example> เขียนว่า:
Ann Lee <ann@firm.example> 于2026年12月3日周四 上午10:00写道：
在 2026年12月3日，上午10:00，Ann Lee <ann@firm.example> 写道：
Ann Lee <ann@firm.example> 於 2026年12月3日 週四 上午10:00寫道：
At 2026-12-03 10:00:00, "Ann Lee" <ann@firm.example> wrote:
2026年12月3日(木) 10:00 Ann Lee <ann@firm.example>:
2026/12/03 10:00、Ann Lee <ann@firm.example>のメール:
2026년 12월 3일 (목) 오전 10:00, Ann Lee <ann@firm.example>님이 작성:
2026. 12. 3. 오전 10:00, Ann Lee <ann@firm.example> 작성:
""".splitlines()


@pytest.mark.parametrize("quote", ["> Dear Bo,\n> we make shelves.", "Dear Bo,\n\nwe make shelves."])
@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_in_any_language_ends_the_answer(attribution: str, quote: str) -> None:
    found = visible(f"{ANSWER}\n\n{attribution}\n\n{quote}\n")
    assert found.text == found.said == ANSWER
    assert "shelves" in found.quoted


@pytest.mark.parametrize("width", [30, 60])
@pytest.mark.parametrize("attribution", [each for each in ATTRIBUTIONS if len(each) > 61 and " " in each])
def test_an_attribution_wrapped_by_the_client_is_found_too(attribution: str, width: int) -> None:
    wrapped = "\n".join(textwrap.wrap(attribution, width, break_long_words=False, break_on_hyphens=False))
    assert visible(f"{ANSWER}\n\n{wrapped}\n\n> we make shelves.\n").text == ANSWER


HEADERS = [
    ("From", "Sent", "To", "Subject"),
    ("Von", "Gesendet", "An", "Betreff"),
    ("De", "Envoyé", "À", "Objet"),
    ("De", "Enviado el", "Para", "Asunto"),
    ("De", "Enviada em", "Para", "Assunto"),
    ("Da", "Inviato", "A", "Oggetto"),
    ("Van", "Verzonden", "Aan", "Onderwerp"),
    ("Od", "Wysłano", "Do", "Temat"),
    ("Od", "Odesláno", "Komu", "Předmět"),
    ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    ("De la", "Trimis", "Către", "Subiect"),
    ("От", "Отправлено", "Кому", "Тема"),
    ("Від", "Надіслано", "Кому", "Тема"),
    ("Кімнен", "Жіберілді", "Кімге", "Тақырыбы"),
    ("Хэнээс", "Илгээсэн", "Хэнд", "Гарчиг"),
    ("Kimden", "Gönderildi", "Kime", "Konu"),
    ("Från", "Skickat", "Till", "Ämne"),
    ("Fra", "Sendt", "Til", "Emne"),
    ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    ("Από", "Στάλθηκε", "Προς", "Θέμα"),
    ("发件人", "发送时间", "收件人", "主题"),
    ("寄件者", "寄件日期", "收件者", "主旨"),
    ("差出人", "送信日時", "宛先", "件名"),
    ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    ("من", "تاريخ الإرسال", "إلى", "الموضوع"),
]


@pytest.mark.parametrize("form", ["{}: {}", "*{}:* {}", "**{}:** {}", "{} : {}", "{}：{}"])
@pytest.mark.parametrize("names", HEADERS)
def test_a_header_block_of_outlook_ends_the_answer(names: tuple[str, ...], form: str) -> None:
    values = ("Ann Lee <ann@firm.example>", "3.12.2026 10:00", "Bo Ek", "Shelves for the new hall")
    block = "\n".join(form.format(*pair) for pair in zip(names, values, strict=True))
    for rule in ("", "_" * 32 + "\n", "-----\n"):
        assert visible(f"{ANSWER}\n\n{rule}{block}\n\nDear Bo,\nwe make shelves.\n").text == ANSWER


@pytest.mark.parametrize(
    "banner",
    [
        "-----Original Message-----",
        "----- Original Message ----- ",
        "---------- Forwarded message ---------",
        "-----Ursprüngliche Nachricht-----",
        "-------- Message d'origine --------",
        "-------- Message d’origine --------",
        "-----Mensaje original-----",
        "-----Mensagem original-----",
        "-----Messaggio originale-----",
        "-----Oorspronkelijk bericht-----",
        "---------- Původní e-mail ----------",
        "-----Исходное сообщение-----",
        "-------- Пересылаемое сообщение --------",
        "-------- Вихідне повідомлення --------",
        "-----Бастапқы хабар-----",
        "-----Анхны мессеж-----",
        "-----Orijinal Mesaj-----",
        "-----Ursprungligt meddelande-----",
        "-----邮件原件-----",
        "------------------ 原始邮件 ------------------",
        "-----Original Message-----\nFrom: Ann Lee",
        "----元のメッセージ----",
        "-----원본 메시지-----",
        "Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
        "----- Forwarded by Ann Lee/Firm on 12/03/2026 10:00 AM -----",
        "_" * 47,
    ],
)
def test_a_banner_ends_the_answer(banner: str) -> None:
    assert visible(f"{ANSWER}\n\n{banner}\nDear Bo,\nwe make shelves.\n").text == ANSWER


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from Outlook for Android<https://aka.example/x>",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "Отправлено из мобильной Яндекс Почты",
        "Надіслано з iPhone",
        "iPhone'umdan gönderildi",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "发自我的iPhone",
        "發自我的 iPhone",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "-- \nBo Ek\nHall Ltd, buyer",
        "--\nBo Ek",
        "Best regards,\nBo Ek\nBuyer, Hall Ltd\n+44 20 7946 0000\nwww.hall.example",
        "С уважением,\nБо Эк\nТел. +7 495 000-00-00",
        "Mit freundlichen Grüßen\n\nBo Ek\nEinkauf\nTelefon: +49 30 0000000",
        "此致\n敬礼\n\n薄一\n电话：010-00000000",
        "Bo Ek\nHead of Purchasing | Hall Ltd\nm: +44 7700 900000\nbo@hall.example",
        "This e-mail and any files transmitted with it are confidential and intended solely for the use of the\n"
        "individual or entity to whom they are addressed. If you have received it in error, delete it.",
    ],
)
def test_a_signature_is_taken_off(line: str) -> None:
    found = visible(f"{ANSWER}\n\n{line}\n\nOn 3 Dec 2026, at 10:00, Ann Lee wrote:\n> we make shelves.\n")
    assert found.text == ANSWER
    assert visible(f"{ANSWER}\n\n{line}\n").text == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "On Monday he wrote: yes.\nIn 2019 we wrote to him at length: no answer came.",
        "We met at 10:30. I said:\n- two shelves\n- three boxes",
        "From: my side all is fine.\nTo: be honest, we are late.",
        "Sent from the warehouse on Tuesday, the boxes arrived today.",
        "Best regards to Ann, and call me on Monday.\n\nWe take 40 shelves.",
        "Thanks\nBo",
        "The total is:\n\n---\n\n40 shelves -- 1,200 EUR",
        "2026-12-03 is fine for us",
        "Отправлено вам вчера, проверьте.\n\nС уважением,\nБо",
        "Data: we need it by Friday.\nA: yes\nB: no",
        "Enviado ayer, saludos.",
        "This message is for Ann: we agree.",
        "Fine.\n\nBest regards,\nBo Ek\n+44 20 7946 0000\n\nP.S. Take me off your list",
        "Fine.\n\nBest regards,\nBo Ek\n+44 20 7946 0000\n\nPlease do not write to me again after this.",
    ],
)
def test_nothing_is_taken_from_a_text_that_only_looks_like_it(text: str) -> None:
    found = visible(text)
    assert found.text == found.said == text


def test_answers_between_quoted_lines_are_kept_with_what_they_answer() -> None:
    mail = (
        "Hello Ann,\n\nOn 3 Dec 2026, at 10:00, Ann Lee wrote:\n\n> Which day suits you?\n\nFriday.\n\n"
        "> How many shelves? Reply STOP to be left alone.\n\nForty.\n\nBo\n\n> -- \n> Ann Lee\n"
    )
    found = visible(mail)
    assert found.said == "Hello Ann,\n\nFriday.\n\nForty.\n\nBo"
    assert "> Which day suits you?\n\nFriday." in found.text
    assert "wrote" not in found.text
    assert "> Ann Lee" in found.quoted


def test_an_answer_below_the_whole_letter_is_shown_alone() -> None:
    mail = f"On 3 Dec 2026, Ann Lee <ann@firm.example> wrote:\n> Dear Bo,\n> we make shelves.\n\n{ANSWER}\n"
    assert visible(mail).text == ANSWER


def test_a_mail_passed_on_without_a_word_is_shown_but_nobody_said_it() -> None:
    banner = "---------- Forwarded message ---------"
    mail = f"{banner}\nFrom: Ann <ann@firm.example>\nDate: Thu, Dec 3\nSubject: x\nTo: Bo\n\nReply STOP."
    found = visible(mail)
    assert (found.text, found.said) == ("Reply STOP.", "")


def test_a_reply_that_is_only_a_signature_still_says_it() -> None:
    assert visible("Bo Ek\n+44 20 7946 0000\nhall.example").said == "Bo Ek\n+44 20 7946 0000\nhall.example"
    assert visible("Sent from my iPhone\n\n> we make shelves").text == ""


HTML_QUOTES = [
    '<div class="gmail_quote"><div class="gmail_attr">On X wrote:</div>'
    '<blockquote class="gmail_quote">QUOTED</blockquote></div>',
    '<hr><div id="divRplyFwdMsg">From: Ann</div><div>QUOTED</div>',
    '<div id="appendonsend"></div><p>QUOTED</p>',
    '<div id="yahoo_quoted_12" class="yahoo_quoted">QUOTED</div>',
    '<div class="moz-cite-prefix">Am X schrieb Y:</div><blockquote type="cite" cite="mid:1">QUOTED</blockquote>',
    "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in'>"
    "<p><b>From:</b> Ann</p></div><p>QUOTED</p>",
    '<div><br><blockquote type="cite"><div>On X, Y wrote:</div>QUOTED</blockquote></div>',
    '<div class="protonmail_quote">On X wrote:<blockquote type="cite">QUOTED</blockquote></div>',
    '<div>03.12.2026, 10:00, "Ann" &lt;ann@firm.example&gt;:</div><blockquote><p>QUOTED</p></blockquote>',
    '<blockquote style="border-left:1px solid #0857A6; margin:10px">QUOTED</blockquote>',
    "<p><b>Von:</b> Ann<br><b>Gesendet:</b> heute<br><b>An:</b> Bo<br><b>Betreff:</b> Regale</p><p>QUOTED</p>",
]


@pytest.mark.parametrize("quote", HTML_QUOTES)
def test_the_quoting_containers_of_mail_programs_are_left_out(quote: str) -> None:
    head = "<html><head><style>p {x:y}</style></head>"
    html = f"{head}<body><p>Thanks &amp; yes.</p><div>Friday<br>suits.</div>{quote}</body></html>"
    found = visible("", html)
    assert found.text == "Thanks & yes.\n\nFriday\nsuits."
    assert "QUOTED" in found.quoted
    assert "QUOTED" in as_text(html)


def test_html_shows_no_scripts_comments_and_hidden_text() -> None:
    html = (
        "<!-- c --><script>s()</script><title>t</title><div style='display: none'>h<br>h</div>"
        '<span style="font-size:0">z</span>'
        "<!--[if mso]><p>m</p><![endif]--><p>1 &lt; 2 and a<b>b</b></p><ul><li>one<li>two</ul>"
        "<pre>a\n  b</pre>3 < 4<img alt='a hidden gem'><b title='the hidden one'>!</b>"
    )
    assert as_text(html) == "1 < 2 and ab\n\none\ntwo\n\na\n  b\n\n3 < 4!"


def test_the_plain_part_is_preferred_unless_it_is_a_stub() -> None:
    assert visible("Yes.", "<p>No.</p>").text == "Yes."
    assert visible("Your mail program does not show HTML.", "<p>No.</p>").text == "No."


SIZE = 256 << 10
HOSTILE = [
    "\n",
    ">\n",
    "a\n",
    "a:\n",
    "1:\n",
    "on 1\n",
    "From: x\n",
    "--\n",
    "On Mon, Dec 3, 2026 at 10:00\n",
    "x wrote:\n",
    "\r",
    "-",
    "_",
    " ",
    "@",
    "<",
    "1. ",
    "> ",
    "a\n> b\n",
    "Best\n+4412345678\n",
    "de 1 2026 ",
    "On 10:00 ",
    "----a ",
    "(",
    "\ud800",
    "1/",
    "写道",
    "wrote:",
    "\u200b\nx wrote:\n",
    "On Mon wrote:\n",
    "On Mon 3 wrote: " * 7 + "\n",
    "2026年 wrote: " * 8 + "\n",
    "Am 3. schrieb x: " * 5 + "\n",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_takes_no_longer_than_its_size(unit: str) -> None:
    began = time.process_time()
    visible((unit * SIZE)[:SIZE])
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<!--",
        "<!-- a --",
        "<div>",
        "<div ",
        "<b><i>",
        "&",
        "&amp;",
        '<a b="',
        "<a b=c ",
        "<script>",
        "</b>",
        "<p>x",
        "<![CDATA[",
        "<pre>\n",
        "<blockquote type=cite>x",
        "<td>",
        "style=' ",
    ],
)
def test_hostile_html_takes_no_longer_than_its_size(unit: str) -> None:
    began = time.process_time()
    for html in (unit * (SIZE // len(unit)), "<div " + unit * (SIZE // len(unit)) + ">"):
        visible("", html)
    assert time.process_time() - began < 1
