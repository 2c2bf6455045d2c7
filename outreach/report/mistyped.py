"""Addresses among a plan's new people whose domains look mistyped."""

from collections import Counter
from collections.abc import Iterator

from outreach.plan import Plan
from outreach.prospect import doubts
from outreach.report.lines import number

MOST = 3  # domains on the screen


def told(made: Plan) -> Iterator[str]:
    """ "3 addresses look mistyped: gmial.com (gmail.com?), gmx.dee (gmx.de?)", or nothing."""
    found = _domains(made)
    if not found:
        return
    shown = [f"{domain} ({doubts.mistyped(domain)}?)" for domain, _ in found.most_common(MOST)]
    more = [f"and {len(found) - MOST:,} more"] if len(found) > MOST else []
    addresses = number(found.total(), "address looks", "addresses look")
    yield f"{addresses} mistyped: {', '.join([*shown, *more])}"


def value(made: Plan) -> dict[str, str]:
    """Domain -> the one that may be meant, of the new people."""
    return {domain: doubts.mistyped(domain) for domain in sorted(_domains(made))}


def _domains(made: Plan) -> Counter[str]:
    domains = Counter(each.prospect.email.rpartition("@")[2] for each in made.new)
    return Counter({domain: count for domain, count in domains.items() if doubts.mistyped(domain)})
