"""The mails to the operator: the daily digest, and alerts. Of prospects they name addresses and subjects only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from outreach.report import status
from outreach.report.blocks import block
from outreach.report.came_back import came_back
from outreach.report.lines import moment, number
from outreach.report.needs import needs
from outreach.report.once import edited
from outreach.report.standing import Standing

SUBJECT = 120  # characters
END = (
    "This mail was made by `outreach run`, for [notify] in outreach.toml names you.\n"
    "An answer to it is read by nobody."
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """Letters that leave today from now on, and tomorrow, if nothing comes in between."""

    today: int
    tomorrow: int


@dataclass(frozen=True, slots=True)
class Digest:
    """A day in review. `edited` are campaigns whose files differ from the revision with that number."""

    standing: Standing
    ahead: Ahead
    edited: Mapping[str, int] = field(default_factory=dict)


def subject(made: Digest) -> str:
    """ "outreach: 2 things need you; 28 sent; 4 replies (1 interested)"."""
    standing = made.standing
    found = len(needs(standing))
    need = f"{number(found, 'thing needs', 'things need')} you" if found else "nothing needs you"
    sent = f"{standing.sent.first + standing.sent.follow_ups} sent"
    return titled("; ".join(filter(None, (need, sent, came_back(standing.came_back)))))


def text(made: Digest) -> str:
    """The status screen since the last digest, and what leaves today and tomorrow."""
    standing = made.standing
    ahead = f"{number(made.ahead.today, 'letter')} today, {made.ahead.tomorrow:,} tomorrow"
    lines = [
        f"How things stand on {moment(standing.now, standing.zone)}, since {status.since(standing)}.",
        "",
        status.text(standing),
        block("AHEAD", f"{ahead}, if nothing comes in between"),
        *([block("EDITED", *edited(made.edited))] if made.edited else []),
    ]
    return plain("\n".join([*lines, "", END, ""]))


def alert_subject(texts: Sequence[str]) -> str:
    """ "outreach: ann@... is paused: it cannot log in", or how many things there are."""
    if len(texts) == 1:
        return titled(texts[0])
    return titled(f"{number(len(texts), 'thing needs', 'things need')} you")


def alert(told: Sequence[tuple[str, str]], at: datetime, zone: str) -> str:
    """What needs a person: (text, command) each, the command on a line of its own."""
    lines = [f"On {moment(at, zone)}:", ""]
    for words, command in told:
        lines += [words, f"    {command}" if command else "", ""]
    return plain("\n".join([*lines, END, ""]))


def titled(words: str) -> str:
    """A subject: one line that may stand in a header."""
    line = " ".join(plain(words).split()).replace("=?", "= ?")
    return "outreach: " + (line if len(line) <= SUBJECT else line[: SUBJECT - 1] + "…")


def plain(words: str) -> str:
    """A text without what strangers may have put into it: controls, marks of direction, half characters."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in words)
