"""Links and pictures: deceit is found wherever it stands, honest contacts and ways out are not counted."""

import pytest

from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.rules import links
from outreach.model import Mailbox, Sender

TEXT = "Hello Anna,\n\nour shelving: {}\n\nShall I send the prices?\n\nKind regards,\nPaul Weston\n{}\n"
P = "<p>Hello Anna, " + "we make steel shelving for food shops and fit it overnight. " * 10 + "</p>"
SENDER = Sender("Northwind", "Leeds", "GB", "Europe/London", privacy_url="https://northwind.example/data")
MAILBOX = Mailbox("paul@northwind.example", "Paul Weston")


def found(body: str = "", closing: str = "", html: str | None = None, **given: object) -> list[Finding]:
    """The findings about the links of a letter with these in its body and below its signature."""
    copy = Copy("Shelving", TEXT.format(body, closing), html, language="en", **given)  # type: ignore[arg-type]
    return list(links.check(copy))


def codes(findings: list[Finding]) -> list[str]:
    return [each.code for each in findings]


def addresses(count: int) -> str:
    return " ".join(f"https://northwind.example/{number}" for number in range(count))


@pytest.mark.parametrize(
    ("count", "level"),
    [(0, None), (1, None), (2, Level.INFO), (3, Level.WARNING), (4, Level.ERROR), (9, Level.ERROR)],
)
def test_links_are_counted(count: int, level: Level | None) -> None:
    in_text = [each.level for each in found(addresses(count))]
    html = P + "".join(f"<a href='{address}'>x</a>" for address in addresses(count).split())
    in_html = [each.level for each in found(addresses(count), html=html)]
    assert in_text == in_html == ([level] if level else [])


@pytest.mark.parametrize(
    "closing",
    [
        "https://northwind.example\nwww.linkedin.example/in/paul",
        "https://northwind.example\nwww.linkedin.example/in/paul\nUnsubscribe: https://northwind.example/a?b=1",
        "https://northwind.example/unsubscribe?u=7",
        "How we handle personal data: https://northwind.example/privacy",
        "How we handle it: https://northwind.example/data",
    ],
)
def test_contacts_and_ways_out_are_not_counted(closing: str) -> None:
    assert found("https://northwind.example/range", closing, sender=SENDER) == []


def test_links_are_found_in_the_text_where_the_html_has_none() -> None:
    (finding,) = found("https://bit.ly/3xyz", html=P)
    assert (finding.code, finding.part) == ("LNK302", "text")


def test_a_list_of_links_below_the_signature_is_counted() -> None:
    assert codes(found("", addresses(4).replace(" ", "\n"))) == ["LNK301"]


@pytest.mark.parametrize(
    "address", ["https://bit.ly/3xyz", "https://www.tinyurl.com/abc", "https://CLCK.ru/1"]
)
def test_a_shortener_is_an_error(address: str) -> None:
    text = TEXT.format(address, "")
    (finding,) = found(address)
    assert (finding.code, finding.level) == ("LNK302", Level.ERROR)
    assert text[finding.start : finding.end] == address


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.10/prices",
        "https://3221225994/prices",
        "https://0xC000020A/prices",
        "https://[2001:db8::1]/prices",
        "https://northwind.example@192.0.2.10/",
        "https://northwind.example@other.test/prices",
        "https://nоrthwind.example/prices",  # the first o is Cyrillic
        "https://xn--nrthwind-65g.example/prices",  # the same as a program writes it
    ],
)
def test_a_suspect_host_is_an_error_with_points(address: str) -> None:
    (finding,) = found(address)
    assert (finding.code, finding.level, finding.points) == ("LNK304", Level.ERROR, 4)


@pytest.mark.parametrize(
    "address",
    [
        "https://xn--bcher-kva.example/",
        "https://пример.example/",
        "https://www.northwind.example:8443/a@b?c=1.2.3.4",
    ],
)
def test_a_name_in_one_script_is_no_suspect(address: str) -> None:
    assert found(address) == []


def test_a_link_without_encryption_is_a_warning_without_points() -> None:
    (finding,) = found("http://northwind.example/range")
    assert (finding.code, finding.level, finding.points) == ("LNK304", Level.WARNING, 0)


@pytest.mark.parametrize(
    ("shown", "href", "false"),
    [
        ("www.northwind.example", "https://tracker.test/x", True),
        ("https://northwind.example/range", "https://northwind.test/range", True),
        ("northwind.example", "https://shop.northwind.example/range", False),
        ("https://www.northwind.co.uk", "https://northwind.co.uk/", False),
        ("www.north.co.uk", "https://south.co.uk/", True),
        ("our range", "https://tracker.test/x", False),
        ("Range v2.0, page 3", "https://northwind.example/range", False),
        ("paul@northwind.example", "mailto:paul@northwind.example", False),
    ],
)
def test_a_link_must_lead_where_it_says(shown: str, href: str, false: bool) -> None:
    html = f"{P}<a href='{href}'>{shown}</a>"
    findings = [each for each in found(html=html) if each.code == "LNK303"]
    assert [html[each.start : each.end] for each in findings] == ([html[len(P) :]] if false else [])


IMAGE = "<img src='https://northwind.example/a.png' alt='Range' width='{}' height='{}'>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (P + IMAGE.format(250, 160), []),
        ("<p>Hello</p>" + IMAGE.format(120, 40), []),
        (P + IMAGE.format(120, 40) * 2, [("LNK305", Level.WARNING)]),
        ("<p>Hello</p>" + IMAGE.format(300, 200), [("LNK305", Level.ERROR)]),
        (P + IMAGE.format(600, 800), [("LNK305", Level.ERROR)]),
        (P + "<img src='https://northwind.example/a.png' width=90 height=90>", [("LNK306", Level.WARNING)]),
        (P + "<img src='https://northwind.example/a.png' alt='' width=90 height=90>", []),
        (
            P + "<img src='data:image/png;base64,iVBO' alt='x' width=90 height=90>",
            [("LNK307", Level.WARNING)],
        ),
        (P + "<img src='https://track.test/o.gif' width=1 height=1>", [("LNK308", Level.INFO)]),
    ],
)
def test_pictures_are_judged_by_number_size_and_words(html: str, expected: list[tuple[str, Level]]) -> None:
    assert [(each.code, each.level) for each in found(html=html)] == expected


def test_a_redirect_is_told_unless_it_is_the_sender_s_own() -> None:
    address = "https://click.northwind.example/r?to=https%3A%2F%2Fnorthwind.test"
    assert codes(found(address)) == ["LNK308"]
    assert found(address, mailbox=MAILBOX) == []
    assert codes(found("https://track.test/r?u=https://northwind.example", mailbox=MAILBOX)) == ["LNK308"]


@pytest.mark.parametrize(
    "address",
    [
        "https://northwind.example/r?id=anna@bread.example",
        "https://northwind.example/r?x=1&to=Anna.Lind%40bread.example",
        "https://northwind.example/r?u=,anna@bread.example#top",
    ],
)
def test_a_link_that_carries_its_readers_address_is_told(address: str) -> None:
    (in_text,) = found(address, mailbox=MAILBOX)
    (in_html,) = found(html=f"{P}<a href='{address}'>our range</a>", mailbox=MAILBOX)
    assert in_text.code == in_html.code == "LNK308"
    assert "mail address" in in_text.message
    assert in_text.hint


@pytest.mark.parametrize(
    "address",
    [
        "https://northwind.example/unsubscribe?id=anna@bread.example",
        "https://northwind.example/r?from=Paul@northwind.example",
        "https://northwind.example/@anna?at=5",
        "https://northwind.example/r?size=3@2&map=@53.9,1.1",
    ],
)
def test_a_way_out_and_the_senders_own_address_watch_nobody(address: str) -> None:
    assert found(address, mailbox=MAILBOX) == []


def test_a_short_link_comes_with_what_to_write() -> None:
    assert found("https://bit.ly/3xyz")[0].hint == "write the real address"


@pytest.mark.parametrize(
    "text",
    [
        "https://a.b/?" + "=a@b." * 30_000,
        "https://a.b/ " * 15_000,
        "http://" + "@" * 190_000,
        "http://" * 28_000,
        "www.\ud800.x/ " * 16_000,
        "https://[[[" * 9_000,
    ],
)
def test_hostile_links_are_read(text: str) -> None:
    found_all = found(text)
    assert all(0 <= each.start <= each.end <= len(TEXT) + len(text) for each in found_all)
