"""What a user may write for a duration, a window or an address, and what is refused with which remedy."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.model import Delay, Gap
from outreach.prospect import address_or_domain
from outreach.workspace import addresses, dates, values
from outreach.workspace.schema import RefusedError

DAY = timedelta(days=1)


def refusal(parse: Callable[[Any], object], value: object) -> str:
    with pytest.raises(RefusedError) as caught:
        parse(value)
    return f"{caught.value.message} | {caught.value.hint}"


@pytest.mark.parametrize(
    ("value", "delay"),
    [
        ("3 business days", Delay(days=3, business=True)),
        ("1 business day", Delay(days=1, business=True)),
        ("2 days", Delay(days=2)),
        (" 2  Days ", Delay(days=2)),
        ("2 weeks", Delay(days=14)),
        ("4 hours", Delay(seconds=14400)),
        ("30 min", Delay(seconds=1800)),
        ("90s", Delay(seconds=90)),
        ("365 days", Delay(days=365)),
    ],
)
def test_delays(value: str, delay: Delay) -> None:
    assert values.delay(value) == delay


@settings(deadline=None)
@given(st.integers(1, 365), st.booleans())
def test_a_delay_reads_back_what_it_shows(days: int, business: bool) -> None:
    assert values.delay(str(Delay(days=days, business=business))) == Delay(days=days, business=business)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("3 busines days", 'is not a delay: "3 busines days" | write it like "3 business days"'),
        ("2 business weeks", "is not a delay"),
        ("days", "is not a delay"),
        ("-2 days", "is not a delay"),
        ("1.5 days", "is not a delay"),
        ("2 business hours", "is not a delay"),
        ("0 days", "must be more than nothing and at most 365 days"),
        ("366 days", "must be more than nothing and at most 365 days"),
        (3, 'must be text with a unit, not 3 | write the unit too, in quotes: "3 days"'),
    ],
)
def test_what_is_no_delay(value: object, said: str) -> None:
    assert said in refusal(values.delay, value)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("3-10 min", 180, 600),
        ("90-180 s", 90, 180),
        ("5 min", 300, 300),
        ("0 s", 0, 0),
        ("1 – 2 hours", 3600, 7200),
    ],
)
def test_gaps(value: str, low: int, high: int) -> None:
    assert values.gap(value) == Gap(timedelta(seconds=low), timedelta(seconds=high))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("10-3 min", 'runs backwards: "10-3 min" | write it "3-10 min"'),
        ("3-10", 'is not a pause: "3-10" | write it like "3-10 min"'),
        ("3 days", "is not a pause"),
        ("25 h", "must be at most a day"),
        (5, "must be text with a unit, not 5"),
    ],
)
def test_what_is_no_gap(value: object, said: str) -> None:
    assert said in refusal(values.gap, value)


def test_grace() -> None:
    assert values.grace("10 min") == timedelta(minutes=10)
    assert values.grace("0 min") == timedelta(0)
    assert values.grace("1 day") == DAY
    assert 'is not a time span: "10" | write it like "10 min"' in refusal(values.grace, "10")
    assert "must be at most 7 days" in refusal(values.grace, "8 days")


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("mon,wed,fri", {0, 2, 4}),
        ("Mon-Thu, sat", {0, 1, 2, 3, 5}),
        ("tuesday - thursday", {1, 2, 3}),
        ("sat-mon", {5, 6, 0}),
        ("sun", {6}),
    ],
)
def test_weekdays(value: str, days: set[int]) -> None:
    assert dates.weekdays(value) == days


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("mon-fry", 'holds "fry", which is no weekday, did you mean `friday`?: "mon-fry" | write it like'),
        ("mon,,tue", "holds an empty place"),
        ("", "holds an empty place"),
        (["mon"], "must be text, not a list"),
    ],
)
def test_what_is_no_weekday(value: object, said: str) -> None:
    assert said in refusal(dates.weekdays, value)


def test_clock_times() -> None:
    assert dates.clock("09:05") == dates.clock("9:05") == dates.clock(time(9, 5)) == time(9, 5)
    assert dates.clock("24:00") == dates.clock("00:00") == time(0)
    assert dates.start_clock("00:00") == time(0)
    for value in ("24:01", "09:60", "9", "25:00", "9:5", 9, ""):
        assert "must be a time of day" in refusal(dates.clock, value)
    assert 'midnight at the start is "00:00"' in refusal(dates.start_clock, "24:00")


def test_blackout_dates() -> None:
    found = dates.blackout([date(2026, 12, 24), "2026-12-31..2027-01-02", "2026-11-30"])
    assert found == {
        date(2026, 12, 24),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 1, 2),
        date(2026, 11, 30),
    }
    assert dates.blackout([]) == frozenset()
    assert "must be a list of dates" in refusal(dates.blackout, "2026-12-24")
    assert 'holds "24.12.2026", which is no date' in refusal(dates.blackout, ["24.12.2026"])
    assert "runs backwards" in refusal(dates.blackout, ["2027-01-02..2026-12-31"])
    assert "more than a year" in refusal(dates.blackout, ["2026-01-01..2028-01-01"])


def test_zones_and_countries() -> None:
    assert values.zone("Asia/Almaty") == "Asia/Almaty"
    assert values.window_zone("prospect") == "prospect"
    assert "did you mean `Europe/Berlin`?" in refusal(values.zone, "Europe/Berln")
    assert "did you mean `prospect`?" in refusal(values.window_zone, "prospects")
    assert "is no time zone" in refusal(values.zone, "prospect")
    assert "is no time zone" in refusal(values.zone, "../../etc/passwd")
    assert values.country("gb") == "GB"
    assert '"GB" for the United Kingdom' in refusal(values.country, "UK")
    assert "must be an ISO country code" in refusal(values.country, "Germany")


def test_numbers_flags_and_choices() -> None:
    assert values.whole(1, 50)(50) == 50
    assert "must be from 1 to 50, not 51" in refusal(values.whole(1, 50), 51)
    assert "must be a number without quotes | write 30" in refusal(values.whole(1, 50), "30")
    assert "must be a whole number, not true" in refusal(values.whole(1, 50), True)
    assert "must be a whole number, not 2.5" in refusal(values.whole(1, 50), 2.5)
    assert 'must be true or false, not "yes"' in refusal(values.flag, "yes")
    assert 'must be "launch" or "nightly", not "nightli", did you mean `nightly`?' in refusal(
        values.choice("launch", "nightly"), "nightli"
    )


def test_text_holds_nothing_that_could_become_a_header() -> None:
    assert values.text("  Zoë  ") == "Zoë"
    assert "holds the control character U+000A" in refusal(values.text, "Ann\nBcc: all@acme.example")
    assert "holds the control character U+2028" in refusal(values.text, "Ann\u2028x")
    assert "holds the control character U+000D" in refusal(values.lines, "1 Dock Road\r\nLeeds")
    assert values.lines("1 Dock Road\nLeeds") == "1 Dock Road\nLeeds"
    assert "is empty" in refusal(values.text, "  ")
    assert "must be text in quotes, not 3" in refusal(values.text, 3)


def test_a_list_names_the_entry_that_is_wrong() -> None:
    with pytest.raises(RefusedError) as caught:
        values.texts(["a", "b", "a"])
    assert (caught.value.message, caught.value.at) == ('names "a" twice', (2,))
    with pytest.raises(RefusedError) as caught:
        values.texts(["a", 3])
    assert (caught.value.message, caught.value.at) == ("entry 2 must be text in quotes, not 3", (1,))


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        ("Ann@Acme.Example", "ann@acme.example"),
        ("acme.example", "acme.example"),
        ("@ACME.example", "acme.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("o'neil+x@acme.co.uk", "o'neil+x@acme.co.uk"),
    ],
)
def test_an_exclude_entry_is_an_address_or_a_domain(entry: str, kept: str) -> None:
    assert address_or_domain(entry) == kept


@pytest.mark.parametrize(
    "entry", ["Acme Ltd", "acme", "ann@", "a b@acme.example", "a..b@acme.example", "x@y@z.example"]
)
def test_what_is_neither(entry: str) -> None:
    with pytest.raises(ValueError, match="is neither an address nor a domain"):
        address_or_domain(entry)


@pytest.mark.parametrize(
    "url",
    [
        "smtps://ann@smtp.northwind.example:465",
        "smtp://ann%40northwind.example@smtp.northwind.example:587",
        "smtps://ann@northwind.example@smtp.northwind.example",
        "smtp://127.0.0.1:2525",
        "smtp://[::1]:2525",
    ],
)
def test_smtp_urls(url: str) -> None:
    assert addresses.mail_url("smtp")(url) == url


@pytest.mark.parametrize(
    ("protocol", "url", "said"),
    [
        ("smtp", "smtps://ann:hunter2@smtp.example:465", "holds a password | secrets never stand here"),
        ("smtp", "smtps://ann:@smtp.example:465", "holds a password"),
        ("smtp", "imaps://ann@imap.example", "must start with smtps://"),
        ("smtp", "smtp.example:465", 'is no URL | write "smtps://'),
        ("smtp", "smtps://", "lacks a host"),
        ("smtp", "smtps://ann@smtp.example:99999", "is no URL"),
        ("smtp", "smtps://ann@smtp.example/?tls=no", "must end after the host and port"),
        ("smtp", "smtps://an n@smtp.example", "lacks a host"),
        ("imap", "imap://ann@imap.example:143", "would read mail without TLS | use imaps:// and port 993"),
        ("imap", "imap://ann@127.0.0.1.evil.example", "would read mail without TLS"),
    ],
)
def test_what_is_no_mail_url_and_never_is_a_secret_shown(protocol: str, url: str, said: str) -> None:
    found = refusal(addresses.mail_url(protocol), url)
    assert said in found
    assert "hunter2" not in found


def test_imap_without_tls_is_for_loopback_only() -> None:
    assert addresses.mail_url("imap")("imap://ann@localhost:1143") == "imap://ann@localhost:1143"


def test_store_urls() -> None:
    for url in ("sqlite:///outreach.db", "postgresql+psycopg://me@db.example/outreach"):
        assert addresses.store_url(url) == url
    for url in (
        "postgresql+psycopg://me:hunter2@db/o",
        "postgresql+psycopg://db/o?user=me&password=hunter2",
        "postgresql+psycopg://db/o?sslkey=k&sslpassword=hunter2",
    ):
        found = refusal(addresses.store_url, url)
        assert "holds a password" in found
        assert "hunter2" not in found
    assert "is no database URL" in refusal(addresses.store_url, "postgresql+psycopg://db:port/o")
    for url in ("outreach.db", "sqlite:///", "mysql://db/o"):
        assert "must be sqlite:///FILE" in refusal(addresses.store_url, url)


def test_web_urls() -> None:
    assert addresses.web_url("https://northwind.example/privacy") == "https://northwind.example/privacy"
    assert "is no URL" in refusal(addresses.web_url, "northwind.example")
    assert "must start with https://" in refusal(addresses.web_url, "ftp://northwind.example")
    assert "holds a password" in refusal(addresses.web_url, "https://me:x@northwind.example")
