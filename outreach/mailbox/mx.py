"""Does a mail domain take mail? Asked of the DNS once each; no mail server is ever tried."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from outreach.errors import MailboxError

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver

AT_ONCE: Final = 20  # questions under way: a resolver at home stumbles over more
LIFETIME: Final = 5.0  # seconds for one question with all its tries
DEAF: Final = 2 * AT_ONCE  # questions without any answer after which nobody else is asked about
LIMIT: Final = 300.0  # seconds for all domains of a file
# Names that no DNS server is to be asked about (RFC 6761, section 6).
_RESERVED: Final = ("test", "example", "invalid", "localhost")


@dataclass(frozen=True, slots=True)
class Mail:
    """Whether a domain takes mail, and why not; `takes` is None where nobody can tell now."""

    takes: bool | None
    reason: str = ""


TAKES: Final = Mail(True)
UNKNOWN: Final = Mail(None)
NO_DOMAIN: Final = Mail(False, "is no domain: the DNS does not know it")
NULL_MX: Final = Mail(False, "takes no mail: it says so by a null MX (RFC 7505)")
NO_SERVER: Final = Mail(False, "has no mail server: neither MX nor address records (RFC 5321, 5.1)")


async def look_up(
    domains: Collection[str],
    resolver: "Resolver | None" = None,
    *,
    limit: float = LIMIT,
    told: Callable[[], object] = lambda: None,
) -> dict[str, Mail]:
    """What the DNS says of each domain (ASCII); UNKNOWN for those it has not told in `limit` seconds,
    and for all others where it has told nothing of the first ones.

    `told` is called after each answer. `resolver` is dnspython's; None for the system's. Raises MailboxError
    where the system names no DNS server.
    """
    found = dict.fromkeys(domains, UNKNOWN)
    found |= {domain: TAKES for domain in found if domain.rpartition(".")[2] in _RESERVED}
    waiting = iter([domain for domain, mail in found.items() if mail is UNKNOWN])
    using = resolver or _systems()

    answers = Counter[bool]()

    async def ask() -> None:
        for domain in waiting:
            if not answers[True] and answers[False] >= DEAF:
                return  # no network: it would take hours to find out about each
            found[domain] = await _asked(domain, using)
            answers[found[domain] is not UNKNOWN] += 1
            told()

    askers = [asyncio.create_task(ask()) for _ in range(AT_ONCE)]
    try:
        await asyncio.wait(askers, timeout=limit)
    finally:
        for asker in askers:
            asker.cancel()
        await asyncio.gather(*askers, return_exceptions=True)
    return found


def _systems() -> "Resolver":
    import dns.asyncresolver
    import dns.resolver

    try:
        return dns.asyncresolver.get_default_resolver()
    except dns.resolver.NoResolverConfiguration as exc:
        raise MailboxError(
            "the system names no DNS server, so no mail domain can be looked up",
            hint="connect to a network, or import without --check-mx",
        ) from exc


async def _asked(domain: str, resolver: "Resolver") -> Mail:
    from dns.exception import DNSException

    try:
        return await _mail(domain, resolver)
    except (DNSException, OSError):  # a timeout, a server that fails or answers nonsense, no network
        return UNKNOWN


async def _mail(domain: str, resolver: "Resolver") -> Mail:
    """What the MX records say; without any the addresses count as one (RFC 5321, section 5.1)."""
    import dns.name
    from dns.resolver import NXDOMAIN, NoAnswer

    name = dns.name.from_text(domain)  # absolute: no search list
    try:
        servers = [record.exchange for record in await resolver.resolve(name, "MX", lifetime=LIFETIME)]
    except NXDOMAIN:
        return NO_DOMAIN
    except NoAnswer:
        for kind in ("A", "AAAA"):
            try:
                await resolver.resolve(name, kind, lifetime=LIFETIME)
            except NXDOMAIN:  # some servers say so of a name that has no records of that kind
                continue
            except NoAnswer:
                continue
            return TAKES
        return NO_SERVER
    return NULL_MX if servers == [dns.name.root] else TAKES
