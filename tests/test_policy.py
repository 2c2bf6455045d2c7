"""The footer: everything the law and a polite reader ask for, in their language, the same in both parts."""

import re
from html import unescape

import pytest

from outreach.data import table
from outreach.model import Content, Mailbox, Sender
from outreach.policy import footer, footer_html, with_footer

LANGUAGES = [
    *("en", "de", "fr", "es", "it", "pt", "pl", "tr", "ru", "uk", "kk", "mn", "zh", "zh-Hant", "ja", "nl")
]
SENDER = Sender(
    company="Northwind Shelving Ltd",
    address="1 Dock Road, Leeds LS1 4AB, United Kingdom",
    country="GB",
    timezone="Europe/London",
    privacy_url="https://northwind.example/privacy",
    website="https://northwind.example",
)
MAILBOX = Mailbox("ann@northwind.example", "Ann Lee", title="Sales", phone="+44 113 000 0000")


def test_english_footer_in_full() -> None:
    assert footer(SENDER, MAILBOX, "en", source="acme.example/contact").splitlines() == [
        "Ann Lee",
        "Sales, Northwind Shelving Ltd",
        "1 Dock Road, Leeds LS1 4AB, United Kingdom",
        "ann@northwind.example | +44 113 000 0000 | https://northwind.example",
        "",
        "I am writing to you because this may be useful in your work.",
        "Where I got your address: acme.example/contact",
        "Not interested? Reply with the word STOP and I will not write again.",
        "How we handle personal data: https://northwind.example/privacy",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_all_and_tells_how_to_stop(language: str) -> None:
    words = table("footer")["language"][language.lower()]
    text = footer(SENDER, MAILBOX, language, source="Leeds trade fair")
    for part in (
        *("Ann Lee", "Sales", "Northwind Shelving Ltd", "1 Dock Road", "ann@northwind.example"),
        *("+44 113 000 0000", "https://northwind.example", "/privacy", "Leeds trade fair"),
        *(words["stop"], words["why"]),
    ):
        assert part in text
    assert "{" not in text
    assert words["opt_out"].count("{stop}") == 1


def test_languages_differ_and_have_the_same_words() -> None:
    languages = table("footer")["language"]
    assert set(languages) == {language.lower() for language in LANGUAGES}
    assert len({frozenset(words) for words in languages.values()}) == 1
    for key in ("why", "consent", "customer", "source", "opt_out", "privacy"):
        assert len({words[key] for words in languages.values()}) == len(languages), key


@pytest.mark.parametrize(
    ("tag", "same_as"),
    [
        *[("de-AT", "de"), ("DE", "de"), ("pt_BR", "pt"), ("zh-CN", "zh"), ("zh-Hans-CN", "zh")],
        *[("zh-TW", "zh-Hant"), ("zh-Hant-HK", "zh-Hant"), ("xx", "en"), ("", "en"), ("den", "en")],
    ],
)
def test_a_language_tag_finds_its_words(tag: str, same_as: str) -> None:
    assert footer(SENDER, MAILBOX, tag) == footer(SENDER, MAILBOX, same_as)


@pytest.mark.parametrize(
    ("basis", "sentence"),
    [
        ("express_consent", "agreed to hear from us"),
        ("Express Consent", "agreed to hear from us"),
        ("soft_opt_in", "been in touch before"),
        ("legitimate_interest", "useful in your work"),
        ("", "useful in your work"),
    ],
)
def test_the_reason_given_is_the_one_on_record(basis: str, sentence: str) -> None:
    assert sentence in footer(SENDER, MAILBOX, "en", basis=basis)


def test_what_is_not_known_leaves_no_trace() -> None:
    bare = Sender("Northwind", "1 Dock Road\n  Leeds\n", "GB", "Europe/London")
    assert footer(bare, Mailbox("ann@northwind.example", "Ann Lee"), "en").splitlines() == [
        *("Ann Lee", "Northwind", "1 Dock Road", "Leeds", "ann@northwind.example", ""),
        "I am writing to you because this may be useful in your work.",
        "Not interested? Reply with the word STOP and I will not write again.",
    ]


def test_a_source_cannot_add_lines_or_fill_placeholders() -> None:
    text = footer(SENDER, MAILBOX, "en", source="list {url}\r\n\r\nBuy now {stop}")
    assert "Where I got your address: list {url} Buy now {stop}\n" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_says_exactly_what_the_text_says(language: str) -> None:
    mailbox = Mailbox("ann@northwind.example", 'Ann "<b>" & Co')
    html = footer_html(SENDER, mailbox, language, source="<script>alert(1)</script>")
    assert "<script" not in html
    text = unescape(re.sub(r"<[^>]+>", "", html.replace("</p>\n<p>", "\n\n")))
    assert text == footer(SENDER, mailbox, language, source="<script>alert(1)</script>")


def test_every_letter_ends_with_the_footer_in_both_parts() -> None:
    content = Content("Shelving", "Hello,\n\nKind regards\n\n", "<p>Hello,</p>\n")
    whole = with_footer(content, SENDER, MAILBOX, "en", source="a fair", basis="consent")
    below = footer(SENDER, MAILBOX, "en", source="a fair", basis="consent")
    assert whole.subject == "Shelving"
    assert whole.text == f"Hello,\n\nKind regards\n\n{below}\n"
    assert whole.html is not None
    assert whole.html.startswith("<p>Hello,</p>\n<p>Ann Lee<br>\n")
    assert all(line in whole.html for line in below.splitlines())
    assert with_footer(Content("S", "Hi"), SENDER, MAILBOX, "en").html is None
