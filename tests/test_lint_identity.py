"""The end of a letter: who sends it, from where, how to answer, how to make it stop."""

import time
from dataclasses import replace

import pytest

from outreach import data, policy
from outreach.lint.copy import Copy
from outreach.lint.finding import Finding
from outreach.lint.rules import identity
from outreach.model import Mailbox, Sender

SENDER = Sender(
    "Northwind Shelving Ltd", "12 Mill Lane\nLeeds LS1 4AB\nUnited Kingdom", "GB", "Europe/London"
)
MAILBOX = Mailbox("dana@northwind.example", "Dana Reed", phone="+44 113 496 0100")
BODY = """\
Hello Maria,

We make steel shelving for food shops and fit it overnight. Your shop would open the next morning as usual,
and a bay costs the same in every width. Spare parts stay in stock for years.

Would a price list of one page be useful?
"""
END = """\
Kind regards
Dana Reed
Northwind Shelving
12 Mill Lane, Leeds LS1 4AB
+44 113 496 0100 | dana@northwind.example

Not interested? Reply with the word STOP and I will not write again.
"""
# Ends of letters as they are written in many countries; fictional all of them.
ENDS = {
    "en": END,
    "en-US": """Best,
Dana Reed, Reed & Daughters LLC
400 W Main St, Suite 5, Springfield, IL 62701
(217) 555-0142, www.reed.example

To unsubscribe, reply STOP.""",
    "en-CA": """Dana Reed
Reed Tools Inc.
P.O. Box 77, Ottawa, ON K1A 0B1
dana@reed.example, 613-555-0142
Reply STOP.""",
    "de": """Mit freundlichen Grüßen
Jörg Müller
Müller Regalbau GmbH
Lindenstraße 5, 80331 München
Tel. 089 5550142, www.mueller.example

Kein Interesse? Antworten Sie mit STOP.""",
    "de-AT": """Beste Grüße
Eva Huber
Huber Tischlerei
Am Graben 7
1010 Wien
+43 1 5550142
eva@huber.example
STOP genügt.""",
    "fr": """Cordialement,
Jeanne Dubois
Dubois Étagères SARL
8 rue des Lilas, 69003 Lyon
04 72 55 01 42
jeanne@dubois.example

Pour ne plus recevoir de lettres, répondez STOP.""",
    "es": """Un saludo,
Lucía Pérez
Estanterías Pérez S.L.
C/ Mayor 5, 28013 Madrid
91 555 01 42 · lucia@perez.example

Si no desea más cartas, responda STOP.""",
    "it": """Cordiali saluti
Anna Rossi
Rossi Scaffali S.r.l.
Via Verdi 5, 20121 Milano
02 5550142, anna@rossi.example

Risponda STOP e non scriverò più.""",
    "pt": """Com os melhores cumprimentos,
Rita Sousa
Sousa Estantes Lda
Rua do Ouro 5, 1100-062 Lisboa
+351 21 555 0142
rita@sousa.example

Responda STOP e não escrevo mais.""",
    "pl": """Z poważaniem
Anna Kowalska
Kowalska Regały sp. z o.o.
ul. Prosta 5, 00-850 Warszawa
tel. 22 555 01 42, anna@kowalska.example

Proszę odpowiedzieć STOP.""",
    "tr": """Saygılarımla
Ayşe Yılmaz
Yılmaz Raf Sistemleri A.Ş.
Atatürk Cad. No: 5, 34367 Şişli/İstanbul
0212 555 01 42, ayse@yilmaz.example

İstemiyorsanız STOP yazın.""",
    "ru": """С уважением,
Анна Петрова
ООО «Гавань»
115114, г. Москва, ул. Летниковская, д. 5, офис 7
+7 495 555-01-42, anna@gavan.example

Если писать больше не нужно, ответьте СТОП.""",
    "uk": """З повагою
Олена Коваль
ТОВ «Гавань»
вул. Хрещатик, 5, 01001 Київ
+380 44 555 0142
olena@havan.example

Дайте відповідь СТОП.""",
    "kk": """Құрметпен,
Айгүл Сәрсенова
«Айлақ» ЖШС
Алматы қаласы, Абай даңғылы, 5-үй
+7 727 555 0142, aigul@ailaq.example

Хат алғыңыз келмесе, СТОП деп жауап беріңіз.""",
    "mn": """Хүндэтгэсэн,
Оюунаа Бат
«Айлаг» ХХК
Улаанбаатар, Сүхбаатар дүүрэг, 1-р хороо, Сөүлийн гудамж 5
7700-0142, oyunaa@ailag.example

ЗОГСОО гэж хариулна уу.""",
    "zh": """此致
王芳
北风货架有限公司
上海市浦东新区张江路100号
电话：021-55550142　邮箱：wang@beifeng.example

如不希望再收到来信，请回复“退订”。""",
    "ja": """よろしくお願いいたします。
山田花子
北風棚株式会社
〒100-0001 東京都千代田区千代田1-1
電話 03-5555-0142
yamada@kitakaze.example

ご不要でしたら「配信停止」とご返信ください。""",
    "nl": """Met vriendelijke groet
Jan de Vries
De Vries Stellingen BV
Keizersgracht 5
1015 CJ Amsterdam
020 555 0142
jan@devries.example
Antwoord met STOP.""",
    "pl, one line": "Anna Kowalska, Kowalska Regały sp. z o.o., ul. Prosta 5, 00-850 Warszawa, +48 22 555 01 42, "
    "anna@kowalska.example. STOP wystarczy.",
}


def finished(text: str, language: str = "en") -> Copy:
    return Copy("Shelving for York", text, language=language[:2], closing=text)


def findings(copy: Copy) -> list[Finding]:
    return list(identity.check(copy))


def codes(copy: Copy) -> set[str]:
    return {finding.code for finding in findings(copy)}


def without(line: str) -> Copy:
    """The finished letter without a line of its end."""
    assert line in END
    return finished(f"{BODY}\n{END.replace(line, '')}")


@pytest.mark.parametrize("country", ENDS)
def test_an_end_that_has_everything_passes_in_every_country(country: str) -> None:
    assert codes(finished(f"{BODY}\n{ENDS[country]}\n", country)) == set()


def test_where_nobody_knows_the_end_nothing_is_judged() -> None:
    assert codes(Copy("Shelving", "Hello", language="en", mailbox=Mailbox("a@gmail.com", "A"))) == set()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Dana Reed\nNorthwind Shelving\n", "IDN501"),
        ("12 Mill Lane, Leeds LS1 4AB\n", "IDN503"),
        ("Not interested? Reply with the word STOP and I will not write again.\n", "IDN504"),
    ],
)
def test_what_is_missing_is_found(line: str, code: str) -> None:
    assert code in codes(without(line))


def test_a_first_name_alone_is_no_sender() -> None:
    (found,) = findings(
        finished(f"{BODY}\nKind regards\nDana\n5 Mill Lane\n+44 113 496 0100\nReply STOP and that was it.")
    )
    assert found.code == "IDN501"
    assert "the company" in found.message


def test_a_name_in_the_greeting_is_not_the_senders() -> None:
    assert "IDN501" in codes(
        finished("Hello Maria Bell,\n\nwould a price list be of use?\n\nReply STOP to stop.\n")
    )


@pytest.mark.parametrize(
    "text",
    [
        "we deliver in 12 days and 300 shops use them",
        "the price of 12500 units is lower",
        "it takes 2 people, 5 hours and no drill.",
        "in 2019 we began with 40 bays",
        "The drive takes 2 hours and the box opens.",
    ],
)
def test_numbers_in_a_sentence_are_no_address(text: str) -> None:
    end = END.replace("12 Mill Lane, Leeds LS1 4AB", text)
    assert "IDN503" in codes(finished(f"{BODY}\n{end}"))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "zh",
            "李经理：\n\n我们为食品店提供钢制货架，一夜之间安装，每组 1600 元，不需要停业。\n\n需要报价单吗？\n\n",
        ),
        (
            "ja",
            "北川様\n\n当社では、食品店の棚を、一晩で交換しています。一枚 4200 円です。\n\nいかがでしょうか。\n\n",
        ),
    ],
)
def test_sentences_without_capitals_are_neither_names_nor_addresses(language: str, text: str) -> None:
    assert {"IDN501", "IDN503"} <= codes(finished(f"{text}STOP。\n", language))


def test_one_way_to_answer_is_not_enough() -> None:
    end = END.replace("+44 113 496 0100 | dana@northwind.example", "")
    (found,) = findings(finished(f"{BODY}\n{end}"))
    assert (found.code, "post" in found.message) == ("IDN502", True)


@pytest.mark.parametrize(
    "way", ["+44 113 496 0100", "dana@northwind.example", "www.northwind.example", "WhatsApp: dana"]
)
def test_any_two_ways_are_enough(way: str) -> None:
    end = END.replace("+44 113 496 0100 | dana@northwind.example", way)
    assert codes(finished(f"{BODY}\n{end}")) == set()


@pytest.mark.parametrize(
    "text",
    ["Meeting on 2026-05-14 at 10:30", "open from 01.05.2026", "invoice no. 12345", "we sold 120 000 000"],
)
def test_dates_and_figures_are_no_phone_number(text: str) -> None:
    end = END.replace("+44 113 496 0100 | dana@northwind.example", text)
    assert "IDN502" in codes(finished(f"{BODY}\n{end}"))


def test_contacts_under_a_page_of_small_print_are_buried() -> None:
    small = "\n".join(f"Remark {word}: prices are without tax." for word in "abcdefghijkl")
    text = f"{BODY}\n{END}".replace("Not interested", f"{small}\nNot interested")
    assert "IDN506" in codes(finished(text))


def test_quoted_lines_are_somebody_elses() -> None:
    quoted = "".join(f"> {line}\n" for line in END.splitlines())
    assert {"IDN502", "IDN503", "IDN504"} <= codes(finished(f"{BODY}\n{quoted}"))


def test_a_link_to_unsubscribe_is_a_way_to_stop() -> None:
    link = "https://northwind.example/preferences?u=17"
    end = END.replace("Not interested? Reply with the word STOP and I will not write again.", link)
    assert codes(finished(f"{BODY}\n{end}")) == set()


@pytest.mark.parametrize(
    "line",
    [
        "Should this be the wrong address, tell me and I will not use it again.",
        "Ist das nichts für Sie? Ein Wort genügt.",
        "Письмо не к месту? Скажите.",
        "打扰之处，不必回复。",
        "Gerekmezse bir sözcük yeter.",
    ],
)
def test_who_says_not_below_the_contacts_offers_to_stop(line: str) -> None:
    last = "Not interested? Reply with the word STOP and I will not write again."
    assert codes(finished(f"{BODY}\n{END.replace(last, line)}")) == set()


def test_not_above_the_contacts_is_no_offer_to_stop() -> None:
    line, last = (
        "Nothing of this is glued.",
        "Not interested? Reply with the word STOP and I will not write again.",
    )
    assert codes(finished(f"{BODY}\n{line}\n\n{END.replace(last, '')}")) == {"IDN504"}


def test_not_in_a_letter_without_contacts_is_no_offer_to_stop() -> None:
    assert "IDN504" in codes(
        finished("Hello Maria,\n\nwe do not sell glass. Would shelves help?\n\nDana Reed\n")
    )


def test_a_long_notice_is_no_line_on_how_to_stop() -> None:
    last = "Not interested? Reply with the word STOP and I will not write again."
    notice = "This message is not meant for others and nothing in it is binding. " * 6
    assert codes(finished(f"{BODY}\n{END.replace(last, notice)}")) == {"IDN504"}


def campaign(text: str, footer: str, **other: Sender | Mailbox | None) -> Copy:
    """A campaign's letter, with a footer below it that `text` does not hold."""
    known = replace(
        Copy("Shelving", text, language="en", closing=f"{text}\n{footer}\n"), sender=SENDER, mailbox=MAILBOX
    )
    return replace(known, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", sorted(data.table("footer")["language"]))
@pytest.mark.parametrize("text", [BODY, "Hello Maria,\n\nany news?\n"])
def test_our_own_footer_has_everything(language: str, text: str) -> None:
    sender = replace(
        SENDER, privacy_url="https://northwind.example/privacy", website="https://northwind.example"
    )
    footer = policy.footer(sender, MAILBOX, language, source="https://trade.example/fair")
    assert codes(campaign(text, footer, sender=sender)) == set()


def test_known_names_must_be_those() -> None:
    other = END.replace("Dana Reed", "Paul West").replace("Northwind Shelving", "Southwind")
    (found,) = (each for each in findings(campaign(BODY, other)) if each.code == "IDN501")
    assert '"Dana Reed"' in found.message
    assert '"Northwind Shelving Ltd"' in found.message
    assert "IDN501" not in codes(campaign(BODY, END))  # "Ltd" may be left out


def test_a_known_address_must_be_that_one() -> None:
    assert "IDN503" not in codes(campaign(BODY, END))
    assert "IDN503" in codes(
        campaign(BODY, END.replace("12 Mill Lane, Leeds LS1 4AB", "7 High Lane, Leeds LS2 7AA"))
    )


def test_free_mail_is_no_companys() -> None:
    free = replace(MAILBOX, address="northwind.shelving@gmail.com")
    assert "IDN505" in codes(campaign(BODY, END, mailbox=free))
    assert "IDN505" in codes(
        finished(f"{BODY}\n{END.replace('dana@northwind.example', 'northwind@gmail.com')}")
    )


@pytest.mark.parametrize(
    ("link", "foreign"),
    [
        ("https://shop.northwind.example/list", False),
        ("www.northwind.example", False),
        ("https://calendly.com/dana", False),
        ("https://southwind.example/list", True),
        ("https://northwind.example.evil.test", True),
        ("http://10.0.0.1/x", False),  # nobody's domain
        ("http://10.0.0.1/x https://southwind.example/list", True),
        ("https://24.southwind.example", True),
    ],
)
def test_links_lead_to_the_domain_that_writes(link: str, foreign: bool) -> None:
    assert ("IDN505" in codes(campaign(f"{BODY}\n{link}\n", END))) == foreign


def test_what_the_law_asks_for_cannot_be_hidden() -> None:
    assert {rule.code for rule in identity.RULES if rule.gate} == {"IDN501", "IDN503", "IDN504"}


def test_any_end_is_read_in_linear_time() -> None:
    size = 200_000
    units = (
        "a",
        "a.",
        "a@",
        "1",
        "1 ",
        "12345 ",
        "A1 ",
        "+",
        "-",
        ",",
        "https://",
        "a.b@c.",
        "\n",
        "Aa\n",
        "号",
        "(0",
    )
    for unit in (*units, "\ud800", "\0"):
        start = time.process_time()
        findings(finished((unit * size)[:size]))
        assert time.process_time() - start < 5, unit
