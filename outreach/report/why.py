"""Answers to "why?" on the screen and as JSON."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from outreach.model import Event, MessageStatus
from outreach.report.attempts import delivered, delivery_value
from outreach.report.explained import Answer, Chain, Life, Line, Outcome, Person, Rule, deciding
from outreach.report.lines import WIDTH, broken, fit, labelled, moment, number, padded
from outreach.report.rules import WORDS, Words
from outreach.report.waits import WAITS

LINES = 12  # of a history, on the screen
OTHER = 20  # columns of the name of a campaign that somebody is not in
KINDS = {"withdrawn": "launch taken back"}  # where the word for an event says too little
CHANGED = {"fields": "", "tagged": "tagged ", "untagged": "no longer "}  # what an edit names
OF_A_CAMPAIGN = ("segment", "exclude", "files", "campaign", "hold")  # rules that say nothing without its name


def text(answer: Answer, zone: str) -> str:
    """The screen: the verdict on one line, the rules in order, what has happened."""
    match answer:
        case Person():
            return _sections(_person(answer, zone))
        case Life():
            return _sections(_life(answer, zone))
        case Line():
            return _sections(_line(answer, zone))


def _sections(sections: Iterator[str]) -> str:
    """Sections with an empty line between them; the heading is wrapped, its further lines set in."""
    heading, *others = (section for section in sections if section)
    lines = [part for line in heading.splitlines() for part in broken(line, rest="  ")]
    return "\n\n".join(["\n".join(lines), *others])


def verdict(email: str, chains: Sequence[Chain], zone: str) -> str:
    """One line: what somebody gets next and when, or why nothing. What stands against it comes below."""
    chain = deciding(chains)
    if chain is None:
        return f"{email} gets nothing: there is no campaign"
    letter = f"{chain.letter} ({chain.campaign})"
    if chain.at:
        against = f"\nbut {_said(chain.against, zone)}" if chain.against else ""
        return f"{email} gets {letter} on {moment(chain.at, zone)}{against}"
    rule = chain.because
    if rule is not None and rule.rule == "underway":
        turn = "when its turn comes" if rule.facts["status"] == MessageStatus.CLAIMED else "right now"
        return f"{email} gets {letter} {turn}"
    why = _said(rule, zone) if rule else "nothing is left to send"
    if rule and rule.rule in OF_A_CAMPAIGN:
        why += f" ({chain.campaign})"
    if chain.not_before:
        return f"{email} gets nothing before {moment(chain.not_before, zone)}: {why}"
    return f"{email} gets nothing: {why}"


def _said(rule: Rule | None, zone: str) -> str:
    return next(iter(WORDS[rule.rule](rule.facts, rule.at, zone))) if rule else ""


def _person(person: Person, zone: str) -> Iterator[str]:
    yield verdict(person.email, person.chains, zone)
    decides = deciding(person.chains)
    others = [chain for chain in person.chains if chain is not decides and not chain.joined]
    for chain in person.chains:
        if chain is decides or chain.joined:
            yield _chain(chain, zone)
    if others:
        yield "\n".join(["other campaigns", *(line for each in others for line in _in_short(each, zone))])
    yield _history(person.history, zone)


def _chain(chain: Chain, zone: str) -> str:
    rows = [row for rule in chain.rules for row in _rows(rule, WORDS[rule.rule], zone)]
    return "\n".join([chain.campaign or "no campaign", *rows])


def _in_short(chain: Chain, zone: str) -> list[str]:
    """A campaign that somebody is not in, with what decides there; all its rules are in the JSON."""
    head = f"  {padded(chain.campaign, OTHER)} "
    return broken(_said(chain.because, zone), first=head, rest=" " * (OTHER + 3))


def _rows(rule: Rule, words: Words, zone: str, first: str = "") -> Iterator[str]:
    """A rule's lines: outcome, name, words, wrapped beside each other."""
    label = first or f"{rule.outcome:<6}{rule.rule:<12} "
    for said in words(rule.facts, rule.at, zone):
        for part in textwrap.wrap(said, WIDTH - len(label) - 2, break_on_hyphens=False):
            yield f"  {label}{part}".rstrip()
            label = " " * len(label)


def _history(events: Sequence[Event], zone: str) -> str:
    if not events:
        return ""
    left_out = len(events) - LINES
    head = (
        f"HISTORY (the last {LINES} of {len(events)}, all with --format json)" if left_out > 0 else "HISTORY"
    )
    return "\n".join([head, *(_event(event, zone) for event in events[-LINES:])])


def _event(event: Event, zone: str) -> str:
    detail = event.detail
    said = [str(detail[name]) for name in ("letter", "campaign", "name") if detail.get(name)]
    changed = ((lead, detail.get(name)) for name, lead in CHANGED.items())
    edits = [lead + ", ".join(map(str, names)) for lead, names in changed if isinstance(names, Sequence)]
    told = str(detail.get("answer") or detail.get("reason") or "") or ", ".join(edits)
    by = f"by {event.actor}" if event.actor else ""
    kind = KINDS.get(event.kind, event.kind)
    words = " ".join(filter(None, (kind, *dict.fromkeys(said), by))) + (f": {told}" if told else "")
    return fit(f"  {moment(event.at, zone):<17} {words}", WIDTH).rstrip()


def _life(life: Life, zone: str) -> Iterator[str]:
    message = life.message
    yield f"letter {message.id}, {message.letter} to {message.email}: {_fate(life, zone)}"
    yield _chain(life.chain, zone) if life.chain else ""
    yield delivered(life.deliveries, zone)
    yield _history(life.history, zone)
    yield labelled("NEXT", f"outreach message show {message.id}")


def _fate(life: Life, zone: str) -> str:
    """What became of a letter, or will."""
    message, chain = life.message, life.chain
    if message.sent_at:
        return f"left on {moment(message.sent_at, zone)}"
    if chain is None:
        return message.status + (f": {message.reason}" if message.reason else "")
    if chain.at:
        against = f"\nbut {_said(chain.against, zone)}" if chain.against else ""
        return f"leaves on {moment(chain.at, zone)}{against}"
    why = _said(chain.because, zone) or str(message.status)
    return f"not before {moment(chain.not_before, zone)}: {why}" if chain.not_before else why


def _line(line: Line, zone: str) -> Iterator[str]:
    waiting = sum(rule.facts["letters"] for rule in line.waits)
    against = f"\nbut {_said(line.sender, zone)}" if line.sender.outcome is Outcome.WAITS else ""
    if line.at:
        yield f"{line.campaign} sends {line.letter} to {line.email} on {moment(line.at, zone)}{against}"
    elif line.waits:
        most = max(line.waits, key=lambda rule: rule.facts["letters"])
        why = next(iter(WAITS[most.rule](most.facts, most.at, zone)))
        yield f"{line.campaign} sends nothing: {why}"
    else:
        yield f"{line.campaign} sends nothing: {STATES.get(line.status, 'no letter waits')}"
    rows = [
        row
        for rule in line.waits
        for row in _rows(rule, WAITS[rule.rule], zone, f"{rule.facts['letters']:>7,}  ")
    ]
    if rows:
        yield "\n".join([f"{number(waiting, 'letter')} to be sent", *rows])
    people = ", ".join(f"{count:,} {status.replace('_', ' ')}" for status, count in line.people.items())
    lines = [labelled("PEOPLE", people or "none yet"), labelled("SENDER", _said(line.sender, zone))]
    yield "\n".join(lines)
    yield _history(line.history, zone)
    yield labelled("NEXT", NEXT.get(line.status, "outreach calendar {0}").format(line.campaign))


NEXT = {"never": "outreach plan {0}", "ended": "outreach status"}
STATES = {"never": "it was not launched", "ended": "it has ended", "paused": "it is paused"}


def value(answer: Answer) -> dict[str, Any]:
    """The JSON of an answer; `kind` is "prospect", "message" or "campaign", times are ISO 8601 in UTC.

    prospect: `email`, `verdict`, `chains`, `history`. message: `message` (number), `email`, `letter`,
    `campaign`, `status`, `reason`, `sent_at`, `verdict` and `chain` (null once it is closed), `deliveries`,
    `history`. campaign: `campaign`, `status`, `next` (`letter`, `email`, `at`, or null), `waits` (rules with
    `letters`), `people` by status, `sender` (a rule), `history`.

    A verdict is `letter`, `campaign`, `at`, `not_before`, `because` (a rule or null); a chain the same with
    all its `rules`. A rule is `rule` (its name), `outcome` ("ok", "waits", "stops", "note"), `at`, `facts`.
    """
    match answer:
        case Person():
            return {
                "kind": "prospect",
                "email": answer.email,
                "verdict": _verdict_value(deciding(answer.chains)),
                "chains": [_chain_value(chain) for chain in answer.chains],
                "history": [event_value(event) for event in answer.history],
            }
        case Life():
            return _life_value(answer)
        case Line():
            following = {"letter": answer.letter, "email": answer.email, "at": answer.at}
            return {
                "kind": "campaign",
                "campaign": answer.campaign,
                "status": answer.status,
                "next": following if answer.at else None,
                "waits": [_rule_value(rule) for rule in answer.waits],
                "people": dict(answer.people),
                "sender": _rule_value(answer.sender),
                "history": [event_value(event) for event in answer.history],
            }


def _life_value(life: Life) -> dict[str, Any]:
    message = life.message
    return {
        "kind": "message",
        "message": message.id,
        "email": message.email,
        "letter": message.letter,
        "campaign": message.campaign,
        "status": message.status,
        "reason": message.reason,
        "sent_at": message.sent_at,
        "verdict": _verdict_value(life.chain),
        "chain": _chain_value(life.chain) if life.chain else None,
        "deliveries": [delivery_value(each) for each in life.deliveries],
        "history": [event_value(event) for event in life.history],
    }


def _verdict_value(chain: Chain | None) -> dict[str, Any] | None:
    if chain is None:
        return None
    return {
        "letter": chain.letter or None,
        "campaign": chain.campaign or None,
        "at": chain.at,
        "not_before": chain.not_before,
        "because": _rule_value(chain.because) if chain.because else None,
    }


def _chain_value(chain: Chain) -> dict[str, Any]:
    return {**(_verdict_value(chain) or {}), "rules": [_rule_value(rule) for rule in chain.rules]}


def _rule_value(rule: Rule) -> dict[str, Any]:
    return {"rule": rule.rule, "outcome": rule.outcome, "at": rule.at, "facts": dict(rule.facts)}


def event_value(event: Event) -> dict[str, Any]:
    """`id`, `at`, `kind`, `actor`, `detail`."""
    return {
        "id": event.id,
        "at": event.at,
        "kind": event.kind,
        "actor": event.actor,
        "detail": dict(event.detail),
    }
