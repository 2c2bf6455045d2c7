"""Who a plan leaves out, why, and what puts it right."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from outreach.campaign import Campaign
from outreach.plan import Held, Plan
from outreach.report.lines import LABEL, WIDTH, broken, number
from outreach.report.shell import word

# What puts a hold right, by its code. The others are no mistakes: suppressed, excluded, elsewhere.
FIXES: Mapping[str, str] = {
    "missing": "outreach plan {stem} --held held.csv",
    "paused": "who is paused, and why: outreach status, outreach why EMAIL",
    "replied": "write to them yourself; whom a reply keeps out: [limits] reply_stops in outreach.toml",
    "cool_off": "how long that lasts: [limits] cool_off in outreach.toml, or the campaign's",
    "undeliverable": "another address; or outreach prospects set EMAIL verified=valid",
    "consent": "who has agreed since: outreach prospects set EMAIL consent=yes",
    "company": "more people of a company: [limits] company_people in outreach.toml",
    **dict.fromkeys(("language", "window", "mailbox", "lint", "owner"), "{fix}"),
    **dict.fromkeys(("render", "header", "reply", "subject"), "{preview}"),
}
MOST = 3  # fixes and fields on the screen; reasons twice as many


def counted(held: Sequence[Held]) -> str:
    """ "41 people: 18 × no first_name, 14 × intro has no text in fr, zh, 9 × for other reasons"."""
    reasons: Counter[str] = Counter()
    languages: dict[str, dict[str, None]] = {}
    for each in held:
        said, _, language = (
            each.hold.reason.rpartition(" in ") if each.hold.code == "language" else ("", "", "")
        )
        reasons[said or each.hold.reason] += 1
        if said:
            languages.setdefault(said, {})[language] = None
    most = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[: 2 * MOST]
    parts = [(count, _grouped(reason, languages)) for reason, count in most]
    rest = len(held) - sum(count for count, _ in parts)
    parts += [(rest, "for other reasons")] if rest else []
    people = number(len(held), "person", "people")
    if len(parts) == 1:
        return f"{people}: {parts[0][1]}"
    return f"{people}: " + ", ".join(f"{count:,} × {reason}" for count, reason in parts)


def _grouped(reason: str, languages: Mapping[str, Mapping[str, None]]) -> str:
    return f"{reason} in {', '.join(sorted(languages[reason]))}" if reason in languages else reason


def fixes(held: Sequence[Held], stem: str) -> Iterator[str]:
    """What puts the most frequent holds right: commands, or what to write where."""
    codes = [code for code, _ in Counter(each.hold.code for each in held).most_common() if code in FIXES]
    found = (_fix(each, stem) for code in codes for each in held if each.hold.code == code)
    yield from list(dict.fromkeys(found))[:MOST]


def mending(held: Sequence[Held], stem: str) -> Iterator[str]:
    """`fixes` as lines beside a label; a command is never broken."""
    for fix in fixes(held, stem):
        if fix.startswith("outreach "):
            yield f"fix: {fix}"
        else:
            yield from broken(f"fix: {fix}", WIDTH - LABEL - 1, rest="  ")


def _fix(each: Held, stem: str) -> str:
    preview = f"outreach preview {stem} --prospect {each.email}"
    return FIXES[each.hold.code].format(stem=stem, fix=each.hold.fix, preview=preview)


def unknown(made: Plan) -> str:
    """ "2 people are out because a field is missing: employees 2, industry 1"."""
    fields = sorted(made.unknown.items(), key=lambda item: (-item[1], item[0]))
    names = ", ".join(f"{name} {count:,}" for name, count in fields[:MOST])
    more = f" and {number(len(fields) - MOST, 'more field')}" if fields[MOST:] else ""
    people = number(made.undecided, "person is", "people are")
    return f"{people} out because a field is missing: {names}{more}"


def remedy(made: Plan, campaign: Campaign) -> str:
    """What to do where a plan has nobody who can be written to; "" where nothing is wrong with it."""
    found = next(fixes(made.held, made.campaign), "")
    if found:
        mend = f"put right what is HELD, then outreach plan {made.campaign}"
        return found if found.startswith("outreach ") else mend
    segment = f"outreach segment {word(' '.join(campaign.segment.split()))}"
    return segment if made.held or not made.matched else ""
