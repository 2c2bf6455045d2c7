"""One person's letter as a terminal shows it to whoever steps through a campaign with keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from outreach.plan import Draft
from outreach.report.letters import AS_NOW, Preview, headers, held, name_of, standing
from outreach.report.lines import broken, fit, moment, width

KEYS = "n next  p back  up/down letter  space scroll  / find  h held  o outliers  a all"
MORE_KEYS = "b browser  t test letter to me  q quit"
_FOOT = 4  # lines below the letter: a rule, where we are, the keys


@dataclass(frozen=True, slots=True)
class Screen:
    """What is on the screen. `place` of `people` counts from 1; `top` is the first line of the letter shown.

    `view` names who is stepped through ("held"), "" for everybody; `said` is why somebody is an outlier, or what
    was done last; `step` is the campaign's (from 0) whose letter is wanted.
    """

    preview: Preview
    place: int
    people: int
    step: int = 0
    top: int = 0
    view: str = ""
    said: str = ""


def draft_of(screen: Screen) -> Draft | None:
    """The letter on the screen: that of the step, or the next where that has left; None where none is to come."""
    drafts = screen.preview.drafts
    return next((each for each in drafts if each.step >= screen.step), drafts[-1] if drafts else None)


def lines(screen: Screen, columns: int, rows: int) -> list[str]:
    """Exactly `rows` lines of exactly `columns` columns: who, which letter, its text, where we are, the keys."""
    head = _head(screen, columns)
    text = body(screen, columns)
    room = page(screen, columns, rows)
    top = min(screen.top, max(len(text) - room, 0))
    seen = text[top : top + room]
    foot = [_rule(columns), _status(screen, columns, len(text), room), KEYS, MORE_KEYS]
    shown = [*head, *seen, *([""] * (room - len(seen))), *foot]
    return [fit(_clean(each), columns) for each in (*shown[: rows - _FOOT], *shown[-_FOOT:])]


def furthest(screen: Screen, columns: int, rows: int) -> int:
    """The first line of the letter that is shown when it is scrolled to its end."""
    return max(len(body(screen, columns)) - page(screen, columns, rows), 0)


def page(screen: Screen, columns: int, rows: int) -> int:
    """How many lines of the letter the screen shows."""
    return max(rows - len(_head(screen, columns)) - _FOOT, 1)


def _head(screen: Screen, columns: int) -> list[str]:
    """Who it is, how they stand, which of their letters this is."""
    letters = screen.preview.letters
    fields = letters.person.fields
    who = ", ".join(filter(None, (name_of(fields), str(fields.get("company", "")))))
    draft = draft_of(screen)
    hold = letters.hold or (draft.hold if draft else None)
    told = broken(held(hold), columns)[:3] if hold else [standing(letters)]
    told += [AS_NOW] if screen.preview.changed and letters.sent else []
    return [f"{letters.person.email}  {who}".rstrip(), *told, _steps(screen), _rule(columns)]


def _steps(screen: Screen) -> str:
    """The letters in a line, the one on the screen in brackets; those that have left before."""
    zone, drafts, current = screen.preview.zone, screen.preview.drafts, draft_of(screen)
    sent = [f"{each.letter} sent {moment(each.sent_at, zone)}" for each in screen.preview.letters.sent]
    to_come = [
        f"[{each.step + 1} {each.letter}, not before {moment(each.opens_at, zone)}]"
        if each is current
        else f"{each.step + 1} {each.letter}"
        for each in drafts
    ]
    return "  ".join((*sent[-1:], *to_come)) or "no letter is to come"


def body(screen: Screen, columns: int) -> list[str]:
    """The letter as its reader gets it, in lines of at most so many columns."""
    draft = draft_of(screen)
    if draft is None:
        return []
    if not draft.content.text:
        return ["There is no text yet: it is written when that is mended."]
    told = headers(draft, screen.preview)
    head = [f"{name}: {told[name]}" for name in ("From", "To", "Subject")]
    text = draft.content.text.rstrip().split("\n")
    return list(_fitting([*head, "", *text], columns))


def _fitting(text: Sequence[str], columns: int) -> Iterator[str]:
    for line in map(_clean, text):
        yield from [line] if width(line) <= columns else broken(line, columns)


def _status(screen: Screen, columns: int, length: int, room: int) -> str:
    """ "3 of 212, outlier: longest text (182 words, usually 58)", and at the right "1-14/40", the lines shown."""
    view = f"{screen.view}: " if screen.view else ""
    left = f"{view}{screen.place:,} of {screen.people:,}" + (f", {screen.said}" if screen.said else "")
    if length <= room:
        return left
    top = min(screen.top, length - room)
    right = f" {top + 1}-{top + room}/{length}"
    return fit(left, columns - len(right)) + right


def _rule(columns: int) -> str:
    return "-" * columns


def _clean(text: str) -> str:
    """Without anything that could move the cursor or turn the text: a letter is data."""
    return "".join(char if char.isprintable() else " " for char in text)
