"""E-mail addresses: which are taken, how, and what makes one doubt them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach import data
from outreach.prospect import address, company_key, undeliverable
from outreach.prospect.address import validated
from outreach.prospect.doubts import mistyped
from tests.rowing import read, reason


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Ann.Lee+x@Acme.Example", "ann.lee+x@acme.example"),
        ("ann@shop.test", "ann@shop.test"),
        ("ann@example.com", "ann@example.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@XN--bcher-kva.example", "ann@xn--bcher-kva.example"),
    ],
)
def test_addresses_are_stored_in_lower_case_with_an_ascii_domain(text: str, stored: str) -> None:
    assert address(text) == stored


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("acme.example", "must have an @-sign"),
        ("аня@acme.example", "before the @-sign are not supported"),
        ("ann..lee@acme.example", "two periods"),
        ("ann@acme", "should have a period"),
        ("ann@test", "should have a period"),
        ("ann@printer.local", "special-use"),
        ("Ann <ann@acme.example>", "display name"),
        ("ann@acme.example, bob@acme.example", "@"),
        ('"ann lee"@acme.example', "Quoting"),
        ("ann@[192.0.2.1]", "bracketed IP"),
        ("a" * 65 + "@acme.example", "too long before"),
        ("a@" + ".".join(["b" * 60] * 5) + ".example", "too long"),
        ("ann@acme.example\r\nBcc: eve@evil.example", "."),
    ],
)
def test_other_addresses_are_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        address(text)


_ascii = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70)
_label = st.text("abcXYZ019-_", min_size=1, max_size=65) | st.sampled_from(
    ["xn--bcher-kva", "ab--c", "a" * 63]
)
_top = st.sampled_from(
    ["com", "EXAMPLE", "test", "local", "arpa", "onion", "invalid", "c", "123", "x1", "co.uk", ""]
)
_addresses = st.builds(
    lambda local, labels, top: f"{local}@{'.'.join([*labels, top])}",
    st.text("aZ0.!+'-_=/", min_size=1, max_size=66) | _ascii,
    st.lists(_label, max_size=5),
    _top,
)


@given(_addresses | _ascii | st.text(max_size=20))
@example("a@local")
@example("a@b.local.com")
@example("a@nonlocal.com")
@example("a" * 64 + "@" + ("b" * 60 + ".") * 3 + "c" * 3 + ".com")
@example("a" * 64 + "@" + ("b" * 60 + ".") * 3 + "cc.com")
@example("a@b.c\n")
@settings(deadline=None, max_examples=500)
def test_the_fast_check_agrees_with_email_validator(text: str) -> None:
    def outcome(check: object) -> str:
        try:
            return str(check(text))  # type: ignore[operator]
        except ValueError as error:
            return f"refused: {error}"

    assert outcome(address) == outcome(validated)


@pytest.mark.parametrize(
    ("email", "company", "key"),
    [
        ("ann@acme.example", "", "acme.example"),
        ("ann@gmail.com", "", "ann@gmail.com"),
        ("ann@yandex.kz", "", "ann@yandex.kz"),
        ("ann@qq.com", "", "ann@qq.com"),
        ("ann@gmail.com", "Acme Ltd", "acme ltd"),
        ("ann@acme.example", " ACME　 Ｌｔｄ ", "acme ltd"),
        ("ann@acme.example", "Straße GmbH", "strasse gmbh"),
    ],
)
def test_colleagues_have_one_company_key(email: str, company: str, key: str) -> None:
    assert company_key(email, company) == key


def test_consumer_domains_are_domains() -> None:
    domains = data.words("consumer_domains")
    assert len(domains) > 150
    assert {address(f"a@{domain}") for domain in domains} == {f"a@{domain}" for domain in domains}


@pytest.mark.parametrize(
    "cell",
    [
        "mailto:Ann@Acme.example",
        "MAILTO:ann@acme.example?subject=Hello%20there",
        "Ann Lee <ann@acme.example>",
        '"Lee, Ann" <ann@acme.example>;',
        "<ann@acme.example>",
        "'ann@acme.example'",
        "ann＠acme.example",
        "ann@acme.example.",
        "ann@acme.example; ann@acme.example",
    ],
)
def test_the_address_of_a_link_or_of_a_mail_program_is_taken_out(cell: str) -> None:
    assert read(email=cell).email == "ann@acme.example"


@pytest.mark.parametrize(
    "cell",
    ["a@x.example; b@x.example", "a@x.example, b@x.example", "A <a@x.example> / B <b@x.example>"],
)
def test_several_addresses_in_a_cell_are_nobodys(cell: str) -> None:
    assert "several addresses in one cell (a@x.example, b@x.example)" in reason(["email"], [cell])


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("ann@gmail,com", "ann@gmail.com"), ("ann @acme.example", "ann@acme.example")],
)
def test_an_address_with_a_slip_is_bad_and_the_likely_one_is_said(cell: str, meant: str) -> None:
    assert f"did you mean {meant}?" in reason(["email"], [cell])


@pytest.mark.parametrize(
    "cell",
    [
        "Ann ann@acme.example",
        "ann(x)lee@acme.example",
        "ann@acme.example (Ann) Lee",
        "a" * 70 + "@x.example",
        '"ann@acme.example',
        "@" * 400,
        "\ud800@x.example",
    ],
)
def test_no_address_is_made_of_a_part_of_a_cell(cell: str) -> None:
    assert reason(["email"], [cell])


@pytest.mark.parametrize("local", ["noreply", "no-reply", "donotreply", "postmaster", "abuse", "noreply+7"])
def test_addresses_that_nobody_reads_are_bad(local: str) -> None:
    assert reason(["email"], [f"{local.title()}@acme.example"]) == f"email: nobody reads {local}@acme.example"


def test_people_whose_name_begins_like_a_task_are_people() -> None:
    for local in ("norbert", "abuseva", "infante", "postma", "salesz", "officer.lee"):
        assert read(email=f"{local}@acme.example").warnings == ()


@pytest.mark.parametrize(
    "local",
    ["info", "sales", "office", "Kontakt", "buchhaltung", "info2", "info.berlin", "sales-team", "satinalma"],
)
def test_role_addresses_are_flagged(local: str) -> None:
    warning = f"role address '{local.lower()}@acme.example'"
    assert read(email=f"{local}@acme.example").warnings == (warning,)


def test_consumer_addresses_are_flagged() -> None:
    assert read(email="ann@gmx.de").warnings == ("consumer address 'ann@gmx.de'",)
    assert read(email="info@gmail.com").warnings == (
        "role address 'info@gmail.com'",
        "consumer address 'info@gmail.com'",
    )


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yahooo.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("mial.ru", "mail.ru"),
        ("maill.ru", "mail.ru"),
        ("tonline.de", "t-online.de"),
        ("acme.con", "acme.com"),
        ("acme.cmo", "acme.com"),
    ],
)
def test_a_mistyped_domain_is_kept_with_a_warning_that_says_what_was_meant(domain: str, meant: str) -> None:
    row = read(email=f"ann@{domain}")
    assert row.email == f"ann@{domain}"
    assert row.warnings == (f"likely mistyped domain {domain!r} ({meant}?)",)


@pytest.mark.parametrize(
    "domain",
    [
        *("mail.com", "ymail.com", "email.com", "gmx.com", "gmx.net", "live.com", "yahoo.ca", "outlook.ie"),
        *(
            "mall.ru",
            "main.ru",
            "life.com",
            "cloud.com",
            "gmail.example",
            "webb.com",
            "acme.co",
            "16.com",
            "qqq.de",
        ),
        *("a.com", "com.com", "x.co", "shop.cm", "libero.com", "live.nl", "orange.com", "weber.de", "wem.de"),
    ],
)
def test_real_domains_raise_no_alarm(domain: str) -> None:
    assert not mistyped(domain)


def test_no_consumer_domain_is_taken_for_a_mistyped_one() -> None:
    assert [domain for domain in data.words("consumer_domains") if mistyped(domain)] == []


def test_what_a_checker_found_is_one_of_three_words() -> None:
    found = {
        "deliverable": "valid",
        "Catch-All": "risky",
        "accept_all": "risky",
        "do_not_mail": "invalid",
        "OK": "valid",
    }
    for cell, verdict in found.items():
        assert read(verification=cell).fields == {"verified": verdict}
    assert read(email_status="spamtrap").fields == {"verified": "invalid"}


def test_an_unknown_verdict_is_left_out_with_a_warning() -> None:
    row = read(Проверка="hmm")
    assert (row.fields, row.warnings) == ({}, ("unknown verification result 'hmm'",))


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [("undeliverable", "invalid"), ("Invalid", "invalid"), ("Open", None), ("unknown", None)],
)
def test_a_column_named_status_is_a_verdict_only_where_its_words_are(cell: str, verdict: str | None) -> None:
    fields = read(Status=cell).fields
    assert (fields["status"], fields.get("verified")) == (cell, verdict)


def test_who_cannot_be_reached_is_told_by_the_fields() -> None:
    assert undeliverable({"verified": "invalid"})
    assert not undeliverable({"verified": "risky"})
    assert not undeliverable({})
