"""`prospects import --check-mx`: nobody comes in whose domain takes no mail."""

from collections.abc import Iterator

import dns.asyncresolver
import dns.resolver
import pytest

from outreach.mailbox import mx
from tests.cli import Shell
from tests.dnsd import FAILING, Server, Zone, dns_server
from tests.people import emails, shown

LIST = """\
email,first_name
bob@mail.com,Bob
eva@mail.com,Eva
tom@null.com,Tom
ida@gone.com,Ida
kim@failing.com,Kim
ann@text.com,Ann
joe@acme.example,Joe
not an address,X
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The DNS server that the system names."""
    zone: Zone = {
        "mail.com": {"MX": "10 mx.mail.com."},
        "null.com": {"MX": "0 ."},
        "text.com": {"TXT": '"x"'},
        "failing.com": FAILING,
    }
    monkeypatch.setattr(mx, "LIFETIME", 0.3)
    with dns_server(zone) as found:
        monkeypatch.setattr(dns.asyncresolver, "default_resolver", found.resolver)
        yield found


@pytest.fixture
def listed(shell: Shell) -> Shell:
    shell.fill()
    shell.write("list.csv", LIST)
    return shell


def test_domains_that_take_no_mail_make_bad_rows(listed: Shell, server: Server) -> None:
    out = " ".join(listed.ok("prospects", "import", "list.csv", "--check-mx").split())
    assert emails(listed) == ["bob@mail.com", "eva@mail.com", "kim@failing.com", "joe@acme.example"]
    assert "line 4: email: null.com takes no mail: it says so by a null MX (RFC 7505)" in out
    assert "line 5: email: gone.com is no domain: the DNS does not know it" in out
    assert "line 7: email: text.com has no mail server" in out
    assert "1 mail domain could not be looked up, such as 'failing.com' in line 6" in out
    assert server.asked["mail.com", "MX"] == 1
    assert ("acme.example", "MX") not in server.asked
    errors = (listed.folder / "list.errors.csv").read_text(encoding="utf-8-sig")
    assert "tom@null.com" in errors


def test_nobody_is_asked_unless_it_is_wanted(listed: Shell, server: Server) -> None:
    assert shown(listed, "prospects", "import", "list.csv")["bad"] == 1
    assert not server.asked


def test_a_dry_run_can_look_too(listed: Shell, server: Server) -> None:
    assert shown(listed, "prospects", "import", "list.csv", "--check-mx", "--dry-run")["bad"] == 4
    assert emails(listed) == []


def test_without_a_dns_server_nothing_is_imported(listed: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "get_default_resolver", none)
    code, _, err = listed.run("prospects", "import", "list.csv", "--check-mx")
    assert code == 1
    assert "the system names no DNS server" in err
    assert "without --check-mx" in err
    assert emails(listed) == []
