"""One person's letter as a terminal shows it to whoever steps through a campaign with keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from outreach.plan import Draft
from outreach.report.letters import AS_NOW, Preview, headers, held, name_of, not_before, standing
from outreach.report.lines import broken, fit, moment, width

KEYS = "n next  p back  up/down letter  space scroll  / find  h held  o outliers  a all"
MORE_KEYS = "1-9 letter  j k line  b browser  t test letter to me  ? keys  q quit"
HELP: Sequence[tuple[str, str]] = (
    ("n, Enter, right", "the next person"),
    ("p, left", "the person before"),
    ("down, up", "the next letter to the same person, the one before"),
    ("1, 2, 3 ...", "the first letter, the second, the third ..."),
    ("space", "a page further down in the letter"),
    ("j, k", "a line down, a line up"),
    ("/", "find people by words of their address, name or company; Esc leaves it"),
    ("h", "only who is held"),
    ("o", "only the outliers, whose letters are unlike the others"),
    ("a", "everybody again"),
    ("b", "everybody's letters as a page in the browser"),
    ("t", "send this letter as a test to the mailbox it comes from; asks first"),
    ("q, Esc, Ctrl-C", "the end; nothing was sent by looking"),
)
_BELOW = 3  # lines at the foot with the status: a rule and the keys
_STATUS = 3  # lines of the status at most
_SPAN = 14  # columns at its right for " 1-14/40", the lines shown


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
    foot = [_rule(columns), *_status(screen, columns, len(text), room), KEYS, MORE_KEYS]
    shown = [*head, *seen, *([""] * (room - len(seen)))]
    return [fit(_clean(each), columns) for each in (*shown[: rows - len(foot)], *foot)]


def status_lines(screen: Screen, columns: int) -> int:
    """How many lines above the keys say where we are and what was done."""
    return len(_standing(screen, columns))


def help_lines(columns: int, rows: int) -> list[str]:
    """Exactly `rows` lines of exactly `columns` columns: what each key does."""
    said = [f"{keys:<16} {what}" for keys, what in HELP]
    room = max(rows - 4, 1)
    shown = ["The keys", "", *said[:room], *([""] * (room - len(said))), _rule(columns), "any key goes back"]
    return [fit(each, columns) for each in shown]


def furthest(screen: Screen, columns: int, rows: int) -> int:
    """The first line of the letter that is shown when it is scrolled to its end."""
    return max(len(body(screen, columns)) - page(screen, columns, rows), 0)


def page(screen: Screen, columns: int, rows: int) -> int:
    """How many lines of the letter the screen shows."""
    foot = _BELOW + status_lines(screen, columns)
    return max(rows - len(_head(screen, columns)) - foot, 1)


def _head(screen: Screen, columns: int) -> list[str]:
    """Who it is, how they stand, which of their letters this is."""
    letters = screen.preview.letters
    fields = letters.person.fields
    who = ", ".join(filter(None, (name_of(fields), str(fields.get("company", "")))))
    draft = draft_of(screen)
    hold = letters.hold or (draft.hold if draft else None)
    told = broken(held(hold), columns)[:3] if hold else [standing(letters)]
    told += [AS_NOW] if screen.preview.changed and letters.sent else []
    return [f"{letters.person.email}  {who}".rstrip(), *told, *_steps(screen, columns), _rule(columns)]


def _steps(screen: Screen, columns: int) -> list[str]:
    """The letters in a line, or two, the one on the screen in brackets; those that have left before."""
    preview, current = screen.preview, draft_of(screen)
    sent = [f"{each.letter} sent {moment(each.sent_at, preview.zone)}" for each in preview.letters.sent]
    to_come = [
        f"[{each.step + 1} {each.letter}, not before {not_before(each, preview)}]"
        if each is current
        else f"{each.step + 1} {each.letter}"
        for each in preview.drafts
    ]
    line = "  ".join((*sent[-1:], *to_come)) or "no letter is to come"
    return [line] if width(line) <= columns else broken(line, columns)[:2]


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


def _status(screen: Screen, columns: int, length: int, room: int) -> list[str]:
    """ "3 of 212, outlier: longest text (182 words, usually 58)", and at its end "1-14/40", the lines shown."""
    *others, last = _standing(screen, columns)
    if length > room:
        top = min(screen.top, length - room)
        right = f" {top + 1}-{top + room}/{length}"
        last = fit(last, max(columns - len(right), 1)) + right
    return [*others, last]


def _standing(screen: Screen, columns: int) -> list[str]:
    """Where we are and what is to be said of it, in so many lines whatever part of the letter is shown."""
    view = f"{screen.view}: " if screen.view else ""
    told = f"{view}{screen.place:,} of {screen.people:,}" + (f", {screen.said}" if screen.said else "")
    room = max(columns - _SPAN, columns // 2)
    return broken(_clean(told), room)[:_STATUS]


def _rule(columns: int) -> str:
    return "-" * columns


def _clean(text: str) -> str:
    """Without anything that could move the cursor or turn the text: a letter is data."""
    return "".join(char if char.isprintable() else " " for char in text)
