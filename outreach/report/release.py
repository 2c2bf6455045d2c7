"""A release: what was found out about a store that is held, what would go, and that it goes on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outreach.report.lines import broken, labelled, moment, number
from outreach.report.standing import Next

SHOWN = 5  # people, mailboxes, departures named on the screen; JSON has all
MANUAL = (
    "its folders are not read (no imap in outreach.toml)"  # why a mailbox is blind that no password opens
)


@dataclass(frozen=True, slots=True)
class Overdue:
    """Letters of a campaign from one mailbox that should have left by now, and since when the first of them."""

    campaign: str
    mailbox: str
    letters: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Survey:
    """What a person should know before a held store goes on.

    `hold` is why it is held ("": it is not), `behind` whether letters may have left that it does not know.
    `missing` counts these where this machine has sent them (None: nobody knows), `found` the ones that the Sent
    folders show and that now count as sent. `blind` names the mailboxes whose Sent folder proves nothing, and
    why. `unknown` counts letters there that the store knows nothing of; `paused` and `strangers` had them,
    in the store or not. Paused, too, is who had another first letter than the one that waits for them. From the
    blind mailboxes that are `unlaunched` this store has launched nothing.
    """

    hold: str
    behind: bool
    due: Sequence[Overdue]
    waiting: int
    first: Sequence[Next] = ()
    missing: int | None = None
    found: int = 0
    unknown: int = 0
    blind: Mapping[str, str] = field(default_factory=dict)
    unlaunched: Sequence[str] = ()
    paused: Sequence[str] = ()
    strangers: Sequence[str] = ()
    news: Sequence[str] = ()
    relearned: int = 0
    trouble: str = ""

    @property
    def unproved(self) -> str:
        """Why letters may leave a second time if this store goes on; "" where the Sent folders answer for all."""
        if not self.behind:
            return ""
        if self.blind:
            return f"nobody can see what {', '.join(self.blind)} sent after the copy was made"
        if self.missing is not None and self.missing > self.seen:
            missing = number(self.missing, "letter")
            return f"{missing} left after the copy was made, the Sent folders show {self.seen:,}"
        return ""

    @property
    def seen(self) -> int:
        """Letters in the Sent folders that this store had not sent."""
        return self.found + self.unknown

    @property
    def closed(self) -> list[str]:
        """The blind mailboxes whose folders could be read, with a password or once their server answers."""
        return [address for address, why in self.blind.items() if why != MANUAL]


def ways(survey: Survey) -> list[str]:
    """What a person can do where something is unproved, the best first."""
    found = []
    if survey.closed:
        tests = ", ".join(f"outreach mailbox test {address}" for address in survey.closed[:SHOWN])
        found.append(f"give {', '.join(survey.closed)} its password, or mend what that says: {tests}")
    if survey.unlaunched:
        found.append(
            f"if nothing was ever sent from {', '.join(survey.unlaunched)}, take its [[mailbox]] out of "
            "outreach.toml"
        )
    return [*found, f"{'or ' if found else ''}take it upon you, for all mailboxes: --without-inbox"]


def screen(survey: Survey, zone: str, *, dry_run: bool = False) -> str:
    """What is known, for a person who decides."""
    lines = [labelled("DRY RUN", "nothing was changed; without --dry-run:")] if dry_run else []
    lines += _told("HELD", survey.hold)
    lines += [line for label, text in _found_out(survey, dry_run=dry_run) for line in _told(label, text)]
    due = sum(each.letters for each in survey.due)
    if due:
        oldest = moment(min(each.oldest for each in survey.due), zone)
        are = number(due, "letter is overdue", "letters are overdue")
        lines += _told("DUE", f"{are}, the oldest since {oldest}; no burst: caps, gaps and windows hold")
    for each in survey.due[:SHOWN]:
        since = moment(each.oldest, zone)
        lines += _told("", f"{each.campaign} from {each.mailbox}: {each.letters:,}, since {since}")
    if len(survey.due) > SHOWN:
        lines.append(labelled("", f"and {len(survey.due) - SHOWN:,} more: --format json"))
    lines += _departures(survey, zone)
    return "\n".join(lines)


def _found_out(survey: Survey, *, dry_run: bool) -> Iterator[tuple[str, str]]:
    if survey.missing:
        yield "MISSING", _missing(survey.missing, survey.seen)
    if survey.found:
        letters = number(survey.found, "letter")
        count = "would count as sent" if dry_run else "count as sent now"
        yield "FOUND", f"{letters} in Sent that this store had not sent: they {count}"
    if survey.unknown and dry_run:  # what comes after a letter is known once that one counts as sent
        letters = number(survey.unknown, "letter")
        what = "whoever had a later letter of a campaign goes on after it, whoever had another is paused"
        yield "IN SENT", f"{letters} more that this store does not know yet: {what}"
    if survey.paused:
        people = number(len(survey.paused), "person", "people")
        words = "had a letter of which this store knows nothing, or another first letter"
        yield "PAUSED", f"{people} {words}: {_some(survey.paused)}"
    if survey.strangers:
        addresses = number(len(survey.strangers), "address", "addresses")
        words = f"{addresses} had a letter and are not in this store: {_some(survey.strangers)}"
        yield "UNKNOWN", f"{words}; do not import and launch them again (all of them: --format json)"
    for text in survey.news:
        yield "INBOX", text
    if survey.relearned:
        yield "JOURNAL", f"{number(survey.relearned, 'suppression')} from after the copy"
    if survey.trouble:
        yield "JOURNAL", survey.trouble
    for mailbox, why in list(survey.blind.items())[:SHOWN]:
        yield "BLIND", f"{mailbox}: {why}"
    if survey.unproved:
        yield "CAUTION", f"{survey.unproved}; what left then would leave again"
        for way in ways(survey):
            yield "", way


def _missing(missing: int, seen: int) -> str:
    letters = f"{number(missing, 'letter')} left from here that this store had not sent"
    if seen >= missing:
        return f"{letters}: {'it is' if missing == 1 else 'all are'} in Sent"
    return f"{letters}: {seen:,} of them in Sent" if seen else letters


def _departures(survey: Survey, zone: str) -> Iterator[str]:
    if not survey.first:
        waits = number(survey.waiting, "letter waits", "letters wait")
        yield labelled("FIRST", f"nothing leaves in the next days ({waits})")
        return
    shown = (f"{moment(each.at, zone)} {each.letter} to {each.email}" for each in survey.first[:SHOWN])
    yield labelled("FIRST", *shown)


def _told(label: str, text: str) -> Iterator[str]:
    yield from broken(text, first=f"{label:<9} ", rest=" " * 10)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def nothing() -> str:
    """The screen where no hold is in force."""
    return "\n".join(
        (labelled("NOTHING", "to release: this store is not held"), labelled("NEXT", "outreach status"))
    )


def would(survey: Survey) -> str:
    """The end of a dry run's screen: what to call."""
    if survey.unproved and not survey.closed:
        return labelled("NEXT", "outreach release --without-inbox")
    tests = (f"outreach mailbox test {address}" for address in survey.closed[:SHOWN])
    return labelled("NEXT", *tests, "outreach release")


def released(survey: Survey) -> str:
    """The end of the screen: it goes on."""
    letters = number(survey.waiting, "letter waits", "letters wait")
    return "\n".join(
        (
            labelled("RELEASED", f"{letters}; to stop it again: outreach pause --all"),
            labelled("NEXT", "outreach status"),
        )
    )


def value(survey: Survey, *, released: bool, dry_run: bool) -> dict[str, Any]:
    """`hold` (why it was held, ""), `behind` (whether it may lack letters that left), `missing` (how many, null
    where nobody knows), `found` (of those: seen in Sent, now sent), `unknown` (letters in Sent of which it knows
    nothing), `blind` (mailbox -> why its Sent folder proves nothing), `unlaunched` (those of them that this store
    has launched nothing from), `unproved` (why letters may leave twice, ""), `paused` and `strangers` (readers of
    unknown letters), `news` (of the inboxes), `relearned` (suppressions from the journal), `trouble` (of the
    journal), `due` (`campaign`, `mailbox`, `letters`, `oldest`), `waiting`, `first` (`at`, `email`, `letter`,
    `campaign`, `mailbox`), `released`, `dry_run`.
    """
    plain = ("hold", "behind", "missing", "found", "unknown", "unproved", "waiting", "relearned", "trouble")
    departures = ("at", "email", "letter", "campaign", "mailbox")
    overdue = ("campaign", "mailbox", "letters", "oldest")
    return {
        **{name: getattr(survey, name) for name in plain},
        **{name: list(getattr(survey, name)) for name in ("paused", "strangers", "news", "unlaunched")},
        "blind": dict(survey.blind),
        "due": [{name: getattr(each, name) for name in overdue} for each in survey.due],
        "first": [{name: getattr(each, name) for name in departures} for each in survey.first],
        "released": released,
        "dry_run": dry_run,
    }
