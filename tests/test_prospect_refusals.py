"""What a list says of those who want no letters: by the header of a column and the words in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import data
from outreach.prospect import columns
from outreach.prospect.columns import aliases, fold
from outreach.prospect.refusals import Role, Said, addresses, role, says
from outreach.prospect.remarks import unwanted
from tests.rowing import good, read


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("Unsubscribed", Role.OPT_OUT),
        ("Unsubscribed from all email", Role.OPT_OUT),
        ("Opted out of email: Marketing Information", Role.OPT_OUT),
        ("HasOptedOutOfEmail", Role.OPT_OUT),
        ("DO NOT E-MAIL", Role.OPT_OUT),
        ("UNSUB_TIME", Role.OPT_OUT),
        ("Отписан от рассылок", Role.OPT_OUT),
        ("已退订", Role.OPT_OUT),
        ("Unsubscribe reason", Role.OPT_OUT_TOLD),
        ("Consent marketing", Role.CONSENT),
        ("Opt-in", Role.CONSENT),
        ("Einwilligung Werbung", Role.CONSENT),
        ("Согласие на рассылку", Role.CONSENT),
        ("Email hard bounce reason", Role.BOUNCED_TOLD),
        ("Bounced", Role.BOUNCED),
        ("GDPR", Role.STATUS),
        ("Person - Marketing status", Role.STATUS),
        ("Do Not Call", None),
        ("Consent phone", None),
        ("SMS consent", None),
        ("Notes", None),
        ("Comment", None),
        ("Unsubscribed from SMS", None),
        ("", None),
    ],
)
def test_a_header_says_what_its_column_is_for(header: str, what: Role | None) -> None:
    assert role(header) is what


@pytest.mark.parametrize(
    ("what", "said", "cells"),
    [
        (Role.OPT_OUT, Said.OPTED_OUT, "yes|TRUE|1|x|✓|Ja|да|是|2026-03-04|2026-02-02 10:00:00|04.03.2026"),
        (Role.OPT_OUT, Said.OPTED_OUT, "unsubscribed|Do Not Allow|opted-out|1770026400|4 Mar 2026"),
        (Role.OPT_OUT, Said.NOTHING, "|no|FALSE|0|-|n/a|нет|否|Allow|subscribed|null| . "),
        (Role.OPT_OUT, Said.UNCLEAR, "maybe|by phone to Tom|✗|newsletter only"),
        (Role.OPT_OUT_TOLD, Said.OPTED_OUT, "too many letters|Newsletter 4|yes"),
        (Role.OPT_OUT_TOLD, Said.NOTHING, "|no|-|none"),
        (Role.CONSENT, Said.REFUSED, "no|FALSE|0|nein|no consent|NEVER SUBSCRIBED"),
        (Role.CONSENT, Said.AGREED, "yes|1|✓|ja"),
        (Role.CONSENT, Said.OPTED_OUT, "UNSUBSCRIBED|withdrawn|widerrufen"),
        (Role.CONSENT, Said.NOTHING, "|2026-01-01|by mail, see there"),
        (Role.BOUNCED, Said.BOUNCED, "hard|yes|1|2026-01-01|Bounced"),
        (Role.BOUNCED, Said.NOTHING, "soft|no|0|"),
        (Role.BOUNCED_TOLD, Said.BOUNCED, "UNKNOWN_USER|550 5.1.1 no such user"),
        (Role.STATUS, Said.OPTED_OUT, "Unsubscribed|opted out|do not contact|Отписан"),
        (Role.STATUS, Said.BOUNCED, "cleaned|bounced"),
        (Role.STATUS, Said.REFUSED, "No consent"),
        (Role.STATUS, Said.NOTHING, "yes|1|subscribed|open|Non-marketing contact|unsubscribed last year?"),
    ],
)  # fmt: skip
def test_a_cell_says_what_its_column_lets_it_say(what: Role, said: Said, cells: str) -> None:
    assert {cell: says(what, cell) for cell in cells.split("|")} == dict.fromkeys(cells.split("|"), said)


def test_no_header_of_a_field_is_for_opt_outs_too_and_no_word_says_two_things() -> None:
    table = data.table("refusals")
    for kind in ("opt_out", "opt_out_told", "consent", "bounced", "bounced_told"):
        assert not {fold(header) for header in table["columns"][kind]} & set(aliases())
    said: dict[str, str] = {}
    for kind, words in table["words"].items():
        for word in words:
            assert said.setdefault(fold(word), kind) == kind, word


def test_a_list_that_says_no_makes_the_consent_and_a_bounce_the_verdict() -> None:
    assert read(**{"Opt-in": "no"}).fields == {"opt_in": "no", "consent": False}
    assert read(**{"Opt-in": "yes", "Consent newsletter": "no"}).fields["consent"] is False
    assert read(Consent="nein").fields == {"consent": False}
    assert read(Consent="perhaps").warnings == ("unclear consent 'perhaps'",)
    assert read(**{"Hard bounce reason": "UNKNOWN_USER", "verified": "valid"}).fields["verified"] == "invalid"


def test_all_addresses_of_somebody_who_has_opted_out_are_found() -> None:
    found = columns(["Email", "Name", "Other email"])
    assert addresses(
        found, ["Ann Lee <ann@acme.example>; mailto:lee@acme.example?subject=x", "", "a@x.example"]
    ) == [
        "ann@acme.example",
        "lee@acme.example",
    ]
    assert addresses(found, ["n/a", "", "a@x.example (old)"]) == ["a@x.example"]
    assert addresses(found, ["nobody"]) == []


@given(st.sampled_from(Role), st.text(max_size=60))
@settings(deadline=None)
def test_whatever_a_cell_holds_it_says_something_or_nothing(what: Role, text: str) -> None:
    assert isinstance(says(what, text), Said)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("50", 50), ("1,200", 1200), ("1.200", 1200), ("1 200", 1200), ("1200.0", 1200), ("120 employees", 120),
        ("45 чел.", 45), ("500人", 500), ("10001", 10001),
    ],
)  # fmt: skip
def test_a_number_of_employees_is_read_as_it_is_meant(cell: str, number: int) -> None:
    row = read(employees=cell)
    assert (row.fields["employees"], row.warnings) == (number, ())


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("11-50", 11), ("51–200", 51), ("501 to 1,000 employees", 501), ("от 10 до 50", 10), ("500+", 500),
        ("10,001+", 10001), ("~50", 50), ("5K", 5000), ("1-5K", 1000), ("1.5k", 1500), (">250", 250),
    ],
)  # fmt: skip
def test_of_a_range_of_employees_the_lower_end_counts_and_it_is_said(cell: str, number: int) -> None:
    row = read(employees=cell)
    assert row.fields["employees"] == number
    assert row.warnings == (f"employees not exact, the lower number taken {cell!r}",)


@pytest.mark.parametrize(
    "cell", ["many", "Nov-50", "50-11", "2026-11-01", "<50", "5 Mio", "-5", "1,2", "9" * 70]
)
def test_a_person_comes_in_without_a_number_of_employees_that_is_none(cell: str) -> None:
    row = read(employees=cell)
    assert "employees" not in row.fields
    assert row.warnings[0].startswith("unknown number of employees")


def test_a_further_column_for_the_address_counts_where_the_first_is_empty() -> None:
    header = ["Рабочий e-mail", "Частный e-mail", "Другой e-mail"]
    row = good(header, ["", "anna@acme.example", "b@acme.example"])
    assert row.email == "anna@acme.example"
    assert row.warnings == ("address taken from another column 'Частный e-mail'",)
    assert good(header, ["c@acme.example", "anna@acme.example", ""]).email == "c@acme.example"
    twice = columns(["Email", "Name", "Email"])
    assert (twice.names, twice.spares) == (("email", "full_name", "email_2"), (2,))


def test_the_address_of_the_seller_is_nobodys_further_one() -> None:
    assert columns(["Email", "Owner email", "Contact owner"]).spares == ()


@pytest.mark.parametrize("cell", ["bob@acme.example ::: b@x.example", "bob@acme.example (old)"])
def test_what_stands_beside_an_address_is_left_out_and_said(cell: str) -> None:
    row = good(["email"], [cell])
    assert row.email == "bob@acme.example"
    assert row.warnings == (f"more in the cell than an address, the first taken {cell!r}",)


def test_a_title_beside_a_job_title_is_the_persons() -> None:
    row = good(["email", "Title", "Job title"], ["a@acme.example", "Dr.", "CEO"])
    assert row.fields == {"title_2": "Dr.", "title": "CEO", "honorific": "dr"}
    assert columns(["email", "Title", "Position"]).names == ("email", "title", "position")


@pytest.mark.parametrize(
    "text",
    """\
BITTE NICHT ANSCHREIBEN|Bitte nicht mehr per E-Mail anschreiben|will keine Werbung|bitte keine Mails mehr
do not contact|DO NOT E-MAIL!!!|Don’t contact|dont email|do_not_contact|met 2019 - does not want to be contacted
wants no emails|please do not send any more emails|unsubscribed 2023|remove from list please
не писать|Просил больше не писать!|не надо писать|не беспокоить до мая|Не пишите ей|отказ от рассылки
Ne pas contacter SVP|ne veut plus recevoir de mails|NO CONTACTAR|No desea recibir correos|non contattare
Não contatar|niet mailen|Proszę nie pisać|rahatsız etmeyin|хат жазбаңыз|不要联系他|连絡不要 連絡不要""".replace(
        "\n", "|"
    ).split("|"),
)
def test_a_remark_that_says_not_to_write_is_understood(text: str) -> None:
    assert unwanted(text)


@pytest.mark.parametrize(
    "text",
    """\
просила мне писать|не звонить, только почта|Не писать в WhatsApp|писать можно|keine E-Mail bekannt|no email
Please do not call, e-mail only|do not contact by phone|noch nicht kontaktiert|not contacted yet|no contact yet
will contact in May|wants to be contacted|please contact|bitte kontaktieren|nicht telefonisch kontaktieren
nicht vergessen|didn't contact us yet|wants emails with prices|contacter en mai|contactar en mayo|x|
https://x.example/do-not-contact?id=7|not-to-mail@x.example""".replace("\n", "|").split("|"),
)
def test_a_remark_about_something_else_is_none(text: str) -> None:
    assert not unwanted(text)


def test_a_long_remark_is_read_in_no_time() -> None:
    assert not any(unwanted(part * 100_000) for part in ("do not ", "ne ", "не больше ", " ", "不", "\ud800"))
