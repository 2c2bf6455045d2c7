"""Which provider a mailbox is at: by its domain where that is certain, else by the domain's mail servers (MX)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from urllib.parse import quote

from outreach import data
from outreach.errors import MailboxError, did_you_mean

LOOK_UP = 3.0  # seconds for the MX records: longer than that a person types the servers faster
_RESERVED = (
    "test",
    "example",
    "invalid",
    "localhost",
)  # names that no DNS server is to be asked (RFC 6761 6)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's servers and logins, from `packs/providers.toml`, which explains the fields.

    `per_day` is None where no limit is published.
    """

    id: str
    title: str
    smtp: str
    imap: str
    logins: tuple[str, ...]
    page: str
    domains: frozenset[str] = frozenset()
    mx: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()
    per_day: int | None = None
    note: str = ""

    def urls(self, address: str) -> tuple[str, str]:
        """What `smtp` and `imap` of a mailbox there are."""
        return with_user(self.smtp, address), with_user(self.imap, address)


@cache
def known() -> Mapping[str, Provider]:
    """All providers by their ids."""
    found = {
        name: Provider(
            id=name,
            title=entry["title"],
            smtp=entry["smtp"],
            imap=entry["imap"],
            logins=tuple(entry["logins"]),
            page=entry["page"],
            domains=frozenset(entry.get("domains", ())),
            mx=frozenset(entry.get("mx", ())),
            aliases=frozenset(entry.get("aliases", ())),
            per_day=entry.get("per_day"),
            note=entry.get("note", ""),
        )
        for name, entry in data.table("providers").items()
    }
    return MappingProxyType(found)


def named(name: str) -> Provider:
    """The provider of that id, or of another name that people give it: an alias, or a domain that is its own.

    :raises MailboxError: there is none.
    """
    word = name.strip().lower()
    found = known().get(word) or of_domain(word) or _by_alias().get(word)
    if found is None:
        near = did_you_mean(word, (*known(), *_by_alias()))
        hint = "" if near else f"known are {', '.join(known())}; for others give --smtp and --imap"
        raise MailboxError(f"there is no provider {name[:40]}{near}", hint=hint)
    return found


@cache
def _by_alias() -> Mapping[str, Provider]:
    return MappingProxyType({alias: each for each in known().values() for alias in each.aliases})


def of_domain(domain: str) -> Provider | None:
    """The provider whose own domain that is."""
    return next((each for each in known().values() if domain.lower() in each.domains), None)


def of_servers(hosts: Iterable[str]) -> Provider | None:
    """The provider that mail servers with these names belong to, the longest ending first."""
    names = [host.lower().rstrip(".") for host in hosts]
    endings = sorted(
        ((ending, each) for each in known().values() for ending in each.mx),
        key=lambda pair: (-len(pair[0]), pair[0]),
    )
    for ending, each in endings:
        if any(name == ending or name.endswith(f".{ending}") for name in names):
            return each
    return None


def find(domain: str, seconds: float = LOOK_UP) -> Provider | None:
    """The provider of a domain; of one that is nobody's the network is asked, for that long at most."""
    return of_domain(domain) or of_servers(mail_servers(domain, seconds))


def mail_servers(domain: str, seconds: float = LOOK_UP) -> tuple[str, ...]:
    """The names in a domain's MX records, the preferred first; none where nobody can tell in time."""
    if domain.rpartition(".")[2] in _RESERVED:
        return ()
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(domain, "MX", lifetime=seconds)
        records = sorted((each.preference, str(each.exchange)) for each in answer)
    except (dns.exception.DNSException, OSError, ValueError):
        return ()
    return tuple(name.rstrip(".").lower() for _, name in records if name != ".")


def with_user(url: str, user: str) -> str:
    """A server's URL with the user's name in it: `smtps://ann%40northwind.example@smtp.gmail.com:465`."""
    scheme, _, host = url.partition("://")
    return f"{scheme}://{quote(user, safe='')}@{host}" if user else url
