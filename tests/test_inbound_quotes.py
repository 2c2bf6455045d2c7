"""What programs put around a quote in many languages is left out; a sentence that only looks like it is not."""

import pytest

from outreach.inbound.html import as_text
from outreach.inbound.visible import visible

ANSWER = "Thank you, this is interesting.\nPlease call me next week."
QUOTE = "Dear Jonas,\n\nwe make shelves for shops.\n\nAnn Lee"

ATTRIBUTIONS = """\
On Tue, 2026-11-24 at 09:12 +0000, Ann Lee wrote:
On November 24, 2026 9:12:00 AM GMT+01:00, Ann Lee <ann@firm.example> wrote:
Am Dienstag, 24. November 2026, 09:12:00 MEZ hat Ann Lee <ann@firm.example> Folgendes geschrieben:
Ann Lee <ann@firm.example> hat am 24.11.2026 09:12 CET geschrieben:
Le mardi 24 novembre 2026 à 09:12:00 UTC+1, Ann Lee <ann@firm.example> a écrit :
En martes, 24 de noviembre de 2026, 09:12:00 CET, Ann Lee <ann@firm.example> escribió:
Em 24 de nov. de 2026, à(s) 09:12, Ann Lee <ann@firm.example> escreveu:
Op 24 nov. 2026, om 09:12 heeft Ann Lee <ann@firm.example> het volgende geschreven:
Den 2026-11-24 kl. 09:12, skrev Ann Lee:
Ann Lee kirjoitti 24.11.2026 klo 9.12:
2026. nov. 24. dátummal, 9:12 időpontban Ann Lee <ann@firm.example> írta:
Pe 24 nov. 2026, la 09:12, Ann Lee <ann@firm.example> a scris:
Вы писали 24 ноября 2026 г., 9:12:00:
24 лист. 2026 р. о 09:12 Ann Lee <ann@firm.example> написав(-ла):
24 Kas 2026 tarihinde 09:12 saatinde, Ann Lee <ann@firm.example> şunları yazdı:
في ٢٤ نوفمبر ٢٠٢٦، الساعة ٩:١٢ ص، كتب/كتبت Ann Lee <ann@firm.example>:
2026년 11월 24일 오전 9:12에 Ann Lee 이(가) 쓴 글:
Ann Lee 於 2026/11/24 上午 09:12 寫道:
-------- Вихідний лист --------
-------- Бастапқы хат --------
##- Please type your reply above this line -##
Ann Lee ---24/11/2026 09:12:00---Dear Jonas, we make shelves
On Tue, Nov 24, 2026 at 9:12, Ann Lee<ann@firm.example> wrote:   Dear Jonas,
----------------\\nКому: jonas@hall.example;\\nТема: Стеллажи;\\n24.11.2026, 09:12, "Ann Lee" <ann@firm.example>:
""".splitlines()


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_a_line_that_says_who_wrote_what_follows_ends_the_answer(attribution: str, marked: bool) -> None:
    quote = "\n".join(f"> {line}" for line in QUOTE.split("\n")) if marked else QUOTE
    above = attribution.replace("\\n", "\n")
    assert visible(f"{ANSWER}\n\n{above}\n\n{quote}\n").text == ANSWER


@pytest.mark.parametrize(
    "names",
    [
        ("De", "Fecha", "Para", "Asunto"),
        ("Lähettäjä", "Päiväys", "Vastaanottaja", "Aihe"),
        ("De la", "Data", "Către", "Subiect"),
        ("Кімнен", "Күні", "Кімге", "Тақырып"),
        ("Илгээгч", "Огноо", "Хэнд", "Гарчиг"),
        ("Nuo", "Išsiųsta", "Kam", "Tema"),
        ("从", "日期", "到", "主题"),
        ("보낸사람", "날짜", "받는사람", "제목"),
        ("من", "التاريخ", "إلى", "الموضوع"),
    ],
)
@pytest.mark.parametrize("between", [(": ", "\n"), (":\t", "\n"), (": ", "\n\n")])
def test_header_lines_end_the_answer_however_they_are_spaced(
    names: tuple[str, ...], between: tuple[str, str]
) -> None:
    values = ("Ann Lee <ann@firm.example>", "24.11.2026 09:12", "Jonas Berg", "Shelving")
    block = between[1].join(f"{name}{between[0]}{value}" for name, value in zip(names, values, strict=True))
    assert visible(f"{ANSWER}\n\n{block}\n\n{QUOTE}\n").text == ANSWER


@pytest.mark.parametrize(
    "line",
    [
        "Samsung Galaxy akıllı telefonumdan gönderildi.",
        "Az iPhone-omról küldve",
        "Odesláno z iPhonu",
        "我的 iPhone 傳送",
        "Androidスマートフォンから送信",
        "나의 Galaxy에서 보냄",
        "Get [Outlook for Android](https://aka.example/x)",
        "Sent with Unibox",
        "[Quoted text hidden]",
        "Diese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.\nwww.avast.example",
        "[cid:image001.png@01D00000.00000000]",
        "[image: logo]\nJonas Berg\nHall Ltd\n+44 113 000 0001",
    ],
)
def test_what_a_program_or_a_signature_left_is_taken_off(line: str) -> None:
    assert visible(f"{ANSWER}\n\n{line}\n").text == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "You can reach my colleague:\n\nMia Roth\nmia@hall.example\n+44 113 000 0002",
        "We would like the following:\n\n   Item     Count\n   Shelf A  10\n   www.hall.example/plan",
        "As I wrote to Ann Lee <ann@firm.example> last week:\nwe want the small ones.",
        'We spoke on 12/03/2026 10:00 AM, Mia said:\n"buy it". So we buy.',
        "A> B is how we sort them.\nFine.",
        "The parcel was sent, and here is what was gönderildi",
    ],
)
def test_a_person_s_words_that_look_like_a_mark_are_kept(text: str) -> None:
    assert visible(text).text == text


def test_lines_with_initials_before_them_are_quotes() -> None:
    found = visible(
        "Hello Ann,\n\nOn 24.11.2026, 9:12, you wrote:\n\nAL> Do you need shelves?\nAL> Or boxes?\n\nNo.\n"
    )
    assert found.said == "Hello Ann,\n\nNo."
    assert "AL> Or boxes?" in found.quoted


def test_the_line_above_a_quote_in_html_is_no_part_of_it() -> None:
    quote = '<blockquote class="gmail_quote"><div>Is Monday ok?</div></blockquote>'
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On Tue Ann wrote:<br></div>'
        f"{quote}<div>Yes.</div>{quote.replace('Is Monday ok', 'And the price')}<div>Too high.</div></div>"
    )
    assert visible("", html).text == "Yes.\n\n> And the price?\n\nToo high."
    assert visible("", html).quoted == "On Tue Ann wrote:\n\nIs Monday ok?"
    assert as_text(html).startswith("On Tue Ann wrote:")


@pytest.mark.parametrize("unseen", ["\u200b", "\u200f \ufeff", "\xa0\u202c"])
def test_a_line_of_which_nothing_is_seen_is_a_blank_one(unseen: str) -> None:
    mail = f"{ANSWER}\n{unseen}\n3.12.2026\n{unseen}\nAnn Lee <ann@firm.example> wrote:\n\n> {QUOTE}"
    assert visible(mail).said.startswith(ANSWER)
    assert "wrote" not in visible(mail).text


def test_a_quote_below_a_salutation_alone_is_not_shown_again() -> None:
    mail = "Hello Ann,\n\nOn 24 Nov 2026, Ann Lee wrote:\n> Dear Jonas,\n> we make shelves.\n\nNot needed.\n"
    assert visible(mail).text == "Hello Ann,\n\nNot needed."
