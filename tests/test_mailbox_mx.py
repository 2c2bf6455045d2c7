"""Which mail domains take mail, asked of a real DNS server over UDP."""

import asyncio

import pytest

from outreach.mailbox import mx
from outreach.mailbox.mx import NO_DOMAIN, NO_SERVER, NULL_MX, TAKES, UNKNOWN, Mail
from tests.dnsd import FAILING, NONSENSE, SILENT, Zone, dns_server

ZONE: Zone = {
    "mail.com": {"MX": "10 mx.mail.com.; 20 mx2.mail.com."},
    "null.com": {"MX": "0 ."},
    "half-null.com": {"MX": "0 .; 10 mx.half-null.com."},
    "address.com": {"A": "192.0.2.1"},
    "address6.com": {"AAAA": "2001:db8::1"},
    "text.com": {"TXT": '"nothing here"'},
    "silent.com": SILENT,
    "failing.com": FAILING,
    "nonsense.com": NONSENSE,
}


def asked(*domains: str, zone: Zone = ZONE, limit: float = 2.0) -> dict[str, Mail]:
    with dns_server(zone) as server:
        return asyncio.run(mx.look_up(domains, server.resolver, limit=limit))


@pytest.mark.parametrize(
    ("domain", "verdict"),
    [
        ("mail.com", TAKES),
        ("null.com", NULL_MX),  # RFC 7505
        ("half-null.com", TAKES),  # a null MX beside others is none
        ("address.com", TAKES),  # RFC 5321, 5.1: an address counts as an MX
        ("address6.com", TAKES),
        ("text.com", NO_SERVER),
        ("nowhere.com", NO_DOMAIN),
        ("failing.com", UNKNOWN),
    ],
)
def test_what_the_dns_says_of_a_domain(domain: str, verdict: Mail) -> None:
    assert asked(domain) == {domain: verdict}


@pytest.mark.parametrize("domain", ["silent.com", "nonsense.com"])
def test_who_does_not_answer_in_time_keeps_nobody_waiting_and_nobody_out(domain: str) -> None:
    found = asked(domain, "mail.com", limit=0.5)
    assert found == {domain: UNKNOWN, "mail.com": TAKES}


def test_names_that_are_for_examples_are_not_asked_about() -> None:
    domains = ["acme.example", "acme.test", "acme.invalid", "acme.localhost", "localhost"]
    with dns_server({}) as server:
        assert asyncio.run(mx.look_up(domains, server.resolver)) == dict.fromkeys(domains, TAKES)
        assert not server.asked


def test_each_domain_is_asked_once_however_many_there_are() -> None:
    zone: Zone = {f"firm{number}.com": {"MX": "1 mx.firm.com."} for number in range(200)}
    told = []
    with dns_server(zone) as server:
        found = asyncio.run(mx.look_up(list(zone) * 2, server.resolver, told=lambda: told.append(1)))
    assert found == dict.fromkeys(zone, TAKES)
    assert set(server.asked.values()) == {1}
    assert len(told) == 200


def test_where_nobody_answers_not_all_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mx, "LIFETIME", 0.2)
    zone: Zone = {f"firm{number}.com": SILENT for number in range(500)}
    told = []
    with dns_server(zone) as server:
        found = asyncio.run(mx.look_up(list(zone), server.resolver, told=lambda: told.append(1)))
    assert found == dict.fromkeys(zone, UNKNOWN)
    assert mx.DEAF <= len(told) < mx.DEAF + mx.AT_ONCE
