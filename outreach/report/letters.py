"""A preview: the letters of one person as they would go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outreach.campaign import Campaign
from outreach.model import EnrollmentStatus, Hold, Prospect
from outreach.plan import Draft
from outreach.plan.letters import Letters
from outreach.report.lines import WIDTH, broken, moment, wrapped
from outreach.schedule.zones import day_of, zone, zone_of

STANDINGS: Mapping[str, str] = {
    "new": "new, a launch enrolls them",
    "held": "held, a launch leaves them out",
    "outside": "not in the segment, a launch leaves them out",
    EnrollmentStatus.ACTIVE: "in the campaign",
    EnrollmentStatus.PAUSED: "in the campaign, paused",
}
AS_NOW = "Written from the files as they are now; what was launched holds until the next launch."


@dataclass(frozen=True, slots=True)
class Preview:
    """One person's letters on the screen. `only` is the step to show (from 1), None for all of them.

    `numbers` are the messages that were sent, by letter; `changed` says that the files are not those launched.
    """

    letters: Letters
    campaign: Campaign
    zone: str
    only: int | None = None
    changed: bool = False
    numbers: Mapping[str, int] = field(default_factory=dict)

    @property
    def drafts(self) -> list[Draft]:
        """The letters to come that are to be shown."""
        return [each for each in self.letters.drafts if self.only in (None, each.step + 1)]


def text(preview: Preview) -> str:
    """Who it is and how they stand, the letters sent in a line each, the letters to come in full."""
    letters, person = preview.letters, preview.letters.person
    lines = [f"{person.email}  {preview.campaign.stem}: {standing(letters)}"]
    if letters.hold:
        lines.append(held(letters.hold))
    if preview.changed and letters.status == EnrollmentStatus.ACTIVE:
        lines.append(AS_NOW)
    for each in letters.sent:
        number_ = preview.numbers.get(each.letter)
        shown = f"   outreach message show {number_}" if number_ else ""
        lines.append(f"{each.letter}: sent {moment(each.sent_at, preview.zone)}{shown}")
    return "\n".join([*lines, *(part for each in preview.drafts for part in _letter(each, preview))])


def standing(letters: Letters) -> str:
    """How somebody stands in the campaign, in words."""
    return STANDINGS.get(letters.status, f"{letters.status}: gets no more letters")


def name_of(fields: Mapping[str, Any]) -> str:
    """A person's name from their fields, "" for none."""
    names = [str(fields[name]) for name in ("first_name", "last_name") if name in fields]
    return " ".join(names) or str(fields.get("full_name", ""))


def held(hold: Hold) -> str:
    """ "HELD: no first_name (fill the column and import the file again)"."""
    return f"HELD: {hold.reason}" + (f" ({hold.fix})" if hold.fix else "")


def _letter(draft: Draft, preview: Preview) -> Iterator[str]:
    """A letter as its reader gets it, under a line that says which and when."""
    steps = len(preview.campaign.steps)
    title = f"--- step {draft.step + 1} of {steps}: {draft.letter}, not before {not_before(draft, preview)} "
    *full, last = broken(title, WIDTH)
    yield "\n" + "\n".join((*full, f"{last} ".ljust(WIDTH, "-")))
    if draft.hold and not preview.letters.hold:
        yield held(draft.hold)
    if not draft.content.text:
        return
    yield from (f"{name}: {value}" for name, value in headers(draft, preview).items())
    yield f"\n{wrapped(draft.content.text.rstrip())}"
    if draft.content.html is not None:
        yield "--- the same as HTML ".ljust(WIDTH, "-")
        yield draft.content.html.rstrip()


def not_before(draft: Draft, preview: Preview) -> str:
    """ "Mon 23 Nov 04:00 (09:00 Almaty)": the earliest a letter leaves, as `when`."""
    return when(draft.opens_at, preview.letters.person, preview.zone)


def when(at: datetime, person: Prospect, here: str) -> str:
    """A moment in the zone `here`, and in brackets the reader's clock where it shows another time.

    Their day stands with it where it is another, too: "Sun 22 Nov 20:00 (Mon 09:00 Almaty)".
    """
    there = zone_of(person.fields, here)
    local = at.astimezone(zone(there))
    if local.utcoffset() == at.astimezone(zone(here)).utcoffset():
        return moment(at, here)
    city = there.rpartition("/")[2].replace("_", " ")
    weekday = "" if day_of(at, there) == day_of(at, here) else f"{local:%a} "
    return f"{moment(at, here)} ({weekday}{local:%H:%M} {city})"


def headers(draft: Draft, preview: Preview) -> dict[str, str]:
    """The headers that a reader or a mail program looks at, in words."""
    box, email = preview.letters.mailbox, preview.letters.person.email
    thread = {"In-Reply-To": draft.thread[-1], "References": " ".join(draft.thread)} if draft.thread else {}
    return {
        "From": f"{box.name} <{box.address}>",
        "To": f"{draft.to_name} <{email}>" if draft.to_name else email,
        "Subject": draft.subject,
        "Message-ID": draft.message_id,
        **thread,
    }


def value(preview: Preview, raws: Mapping[int, bytes]) -> dict[str, Any]:
    """One person's letters as JSON.

    `{"campaign", "email", "status", "language", "mailbox", "hold", "changed", "sent": [{"letter", "subject",
    "message_id", "sent_at", "number"}], "letters": [{"step", "letter", "from", "to", "subject", "message_id",
    "references", "text", "html", "not_before", "hold", "raw"}]}`. `hold` is null or `{"code", "reason",
    "fix"}`; `html` may be null; `raw` is the message with a placeholder for its date, null if not asked for.
    """
    letters = preview.letters
    return {
        "campaign": preview.campaign.stem,
        "email": letters.person.email,
        "status": letters.status,
        "language": letters.language,
        "mailbox": letters.mailbox.address,
        "hold": hold_value(letters.hold),
        "changed": preview.changed,
        "sent": [
            {
                "letter": each.letter,
                "subject": each.subject,
                "message_id": each.message_id,
                "sent_at": each.sent_at,
                "number": preview.numbers.get(each.letter),
            }
            for each in letters.sent
        ],
        "letters": [_value(each, preview, raws.get(each.step)) for each in preview.drafts],
    }


def _value(draft: Draft, preview: Preview, raw: bytes | None) -> dict[str, Any]:
    told = headers(draft, preview)
    return {
        "step": draft.step + 1,
        "letter": draft.letter,
        "from": told["From"],
        "to": told["To"],
        "subject": draft.subject,
        "message_id": draft.message_id,
        "references": list(draft.thread),
        "text": draft.content.text,
        "html": draft.content.html,
        "not_before": draft.opens_at,
        "hold": hold_value(draft.hold),
        "raw": raw.decode("ascii") if raw is not None else None,
    }


def hold_value(hold: Hold | None) -> dict[str, str] | None:
    """`{"code", "reason", "fix"}`, or null for none."""
    return {"code": hold.code, "reason": hold.reason, "fix": hold.fix} if hold else None
