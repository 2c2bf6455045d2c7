"""Whose mailbox it is: by the address where that is sure, by the domain's mail servers else."""

import pytest

from outreach.engine import signin
from outreach.errors import MailboxError
from outreach.mailbox import providers
from outreach.mailbox.wire import endpoint
from outreach.model import Mailbox


@pytest.mark.parametrize("provider", providers.known().values(), ids=lambda each: str(each.id))
def test_every_provider_has_servers_that_a_mailbox_takes(provider: providers.Provider) -> None:
    smtp, imap = provider.urls("ann@northwind.example")
    assert endpoint(smtp).user == endpoint(imap, "imap").user == "ann@northwind.example"
    assert endpoint(smtp).tls != "none"
    assert provider.domains or provider.mx
    assert provider.logins
    assert set(provider.logins) <= {"app password", "password", "oauth"}
    assert provider.page.startswith("https://")
    assert provider.per_day is None or provider.per_day >= 100
    if "oauth" in provider.logins:
        signin.provider(Mailbox("ann@northwind.example", "Ann", smtp=smtp, imap=imap))


def test_no_domain_and_no_server_is_of_two_providers() -> None:
    for kind in ("domains", "mx"):
        names = [name for each in providers.known().values() for name in getattr(each, kind)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("hosts", "found"),
    [
        (["aspmx.l.google.com"], "google-workspace"),
        (["smtp.google.com."], "google-workspace"),
        (["northwind-example.mail.protection.outlook.com"], "microsoft365"),
        (["mx.zoho.eu", "mx2.zoho.eu"], "zoho-eu"),
        (["in1-smtp.messagingengine.com"], "fastmail"),
        (["mx00.kundenserver.de"], "ionos-de"),
        (["mxbiz1.qq.com"], "exmail"),
        (["EMX.MAIL.RU"], "mailru"),
        (["notgoogle.com"], ""),
        (["mail.northwind.example"], ""),
        ([], ""),
    ],
)
def test_mail_servers_tell_whose_domain_it_is(hosts: list[str], found: str) -> None:
    provider = providers.of_servers(hosts)
    assert (provider.id if provider else "") == found


def test_a_certain_domain_is_never_looked_up_and_a_reserved_one_neither(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dns.resolver.resolve", lambda *args, **kwargs: pytest.fail("asked the network"))
    found = providers.find("gmail.com")
    assert found
    assert found.id == "gmail"
    assert providers.find("northwind.example") is None


def test_an_unknown_name_has_a_nearest_one() -> None:
    with pytest.raises(MailboxError, match="did you mean `fastmail`"):
        providers.named("fastmial")
    assert providers.named(" GMail ").id == "gmail"


@pytest.mark.parametrize(
    ("word", "found"), [("hotmail", "outlook"), ("Hotmail.com", "outlook"), ("Office365", "microsoft365")]
)
def test_a_provider_goes_by_what_people_call_it(word: str, found: str) -> None:
    assert providers.named(word).id == found


def test_no_alias_is_of_two_providers() -> None:
    names = [alias for each in providers.known().values() for alias in each.aliases]
    assert len(names) == len(set(names))
    for alias in names:
        assert alias == alias.lower()
        assert alias not in providers.known()
        assert providers.of_domain(alias) is None
