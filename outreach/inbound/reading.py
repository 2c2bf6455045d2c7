"""What one mail that came back says, as values."""

from dataclasses import dataclass, replace
from datetime import date

from outreach.inbound.headers import clean
from outreach.model import Kind as Kind

MOST_QUOTED = 20_000  # characters of an answered mail that are kept

UNREAD = "it could not be read"
"""Why a mail is unrelated that a person must look at."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a report says of one recipient.

    `recipient` is an address in lower case, "" where none is named; `code` the enhanced status code
    (RFC 3463), else the reply code, else ""; `reason` a word of packs/reasons.toml; `text` what the server
    said, in one line.
    """

    kind: Kind
    recipient: str
    code: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one mail is. `why` names the rule and the words that led to it, for people.

    `notices` has one for each recipient of a report, the first being the worst. `text` is what a person
    wrote, with lines quoted in between, or what a server said; `said` are the person's own words alone;
    `quoted` is the rest of what a person sent, that is what was answered, MOST_QUOTED characters of it.
    `return_date` is the day an absent person is back; `successor` an address to write to instead;
    `original_message_id` that of the mail this one is about ("" unknown, no brackets). `trouble` says what
    could not be read of it.
    """

    kind: Kind
    why: str
    notices: tuple[Notice, ...] = ()
    text: str = ""
    said: str = ""
    quoted: str = ""
    original_message_id: str = ""
    return_date: date | None = None
    successor: str = ""
    trouble: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses that a report is about."""
        return tuple(dict.fromkeys(notice.recipient for notice in self.notices if notice.recipient))

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons that the notices give."""
        return tuple(dict.fromkeys(notice.reason for notice in self.notices))

    @property
    def permanent(self) -> bool:
        """Whether the address will not work later either."""
        return self.kind in (Kind.HARD_BOUNCE, Kind.MOVED)


def cleaned(reading: Reading) -> Reading:
    """The same with texts that databases and terminals take: what a mail says may hold anything."""
    notices = tuple(
        Notice(each.kind, clean(each.recipient), clean(each.code), clean(each.reason), clean(each.text))
        for each in reading.notices
    )
    return replace(
        reading,
        why=clean(reading.why),
        notices=notices,
        text=clean(reading.text),
        said=clean(reading.said),
        quoted=clean(reading.quoted[:MOST_QUOTED]),
        original_message_id=clean(reading.original_message_id),
        successor=clean(reading.successor),
        trouble=clean(reading.trouble),
    )
