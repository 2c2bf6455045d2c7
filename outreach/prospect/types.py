"""The types of columns of the user's own: guessed with care from the first file, then fixed."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from outreach.model import FieldType, Value
from outreach.prospect.columns import Columns, is_text

MAX_DIGITS: Final = 15  # what a float holds exactly; longer digit strings are account numbers and the like
_SEEN: Final = 10_000  # values of a column that are not looked at twice
_BOOLEANS: Final = {"true": True, "yes": True, "false": False, "no": False}
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# With full stops the day stands first everywhere; "12/11/2026" is November to one reader and December to another.
_DOTTED_DATE: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_COUNT: Final = re.compile(rf"0|[1-9][0-9]{{0,{MAX_DIGITS - 1}}}")  # most numbers there are
# "1,234" is a thousand to one reader and 1.2 to another.
_AMBIGUOUS: Final = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
# A form of numbers, what groups its thousands, and its decimal separator. None has leading zeros or a plus
# sign: those are post codes and phone numbers.
_NUMBERS: Final = (
    (re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"), "", "."),
    (re.compile(r"-?(?:0|[1-9][0-9]*),[0-9]+"), "", ","),
    (re.compile(r"-?[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})"), ",", "."),
    (re.compile(r"-?[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})"), ".", ","),
    (re.compile(r"-?[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]+)?"), " ", ","),
)


def convert(text: str, kind: FieldType) -> Value:
    """The value of a cell that is not empty, as that type. Raises ValueError with what the text is not."""
    return CONVERTERS[kind](text)


def infer_types(
    columns: Columns, rows: Iterable[Sequence[str]], fixed: Mapping[str, FieldType]
) -> dict[str, FieldType]:
    """The types of the columns that are the user's own and not yet `fixed`, from all rows: what all cells of a
    column that are not empty agree on, else text.

    Numbers are not read into digits with leading zeros or a plus sign, longer than 15 digits, or grouped in a
    way that has two readings ("1,234"); dates are 2026-12-31 and 31.12.2026 only; booleans true, false, yes
    and no. Rows are read only as long as something is open. Columns without any value are left out.
    """
    places = dict(enumerate(columns.names))
    places = {at: name for at, name in places.items() if name in columns.own and name not in fixed}
    text_only = {at for at in places if is_text(columns.headers[at])}
    found: dict[str, FieldType] = {}
    seen: dict[int, set[str]] = {at: set() for at in places}  # values that have had their say
    for cells in rows if places else ():
        for at in tuple(places):
            if at < len(cells) and cells[at] not in seen[at] and (text := cells[at].strip()):
                if len(seen[at]) < _SEEN:
                    seen[at].add(cells[at])
                name = places[at]
                found[name] = FieldType.TEXT if at in text_only else _narrowed(found.get(name), text)
                if found[name] is FieldType.TEXT:
                    del places[at]
        if not places:
            break
    return found


def _narrowed(kind: FieldType | None, text: str) -> FieldType:
    """The type of a column that was of `kind` so far (None: nothing seen) and now has `text` too."""
    if kind is None:
        return next(guess for guess in CONVERTERS if _fits(text, guess))
    return kind if _fits(text, kind) else FieldType.TEXT


def _fits(text: str, kind: FieldType) -> bool:
    if " " in text and kind is not FieldType.TEXT:
        return False  # more often a phone number than an amount
    try:
        convert(text, kind)
    except ValueError:
        return False
    return True


def _number(text: str) -> Value:
    if _COUNT.fullmatch(text):
        return int(text)
    if _AMBIGUOUS.fullmatch(text):
        raise ValueError(f"{shown(text)} can be read in two ways: write it without separators")
    for form, group, point in _NUMBERS:
        if form.fullmatch(text):
            if sum(map(str.isdigit, text)) > MAX_DIGITS:
                raise ValueError(f"{shown(text)} has more than {MAX_DIGITS} digits")
            plain = text.replace(group, "") if group else text
            plain = plain.replace(point, ".")
            return float(plain) if "." in plain else int(plain)
    raise ValueError(f"{shown(text)} is not a number")


def _boolean(text: str) -> Value:
    try:
        return _BOOLEANS[text.lower()]
    except KeyError as exc:
        raise ValueError(f"{shown(text)} is not true, false, yes or no") from exc


def _date(text: str) -> Value:
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
        if found := _DOTTED_DATE.fullmatch(text):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
    except ValueError as exc:
        raise ValueError(f"{shown(text)} is not a date: there is no such day") from exc
    raise ValueError(f"{shown(text)} is not a date written as 2026-12-31 or 31.12.2026")


def _text(text: str) -> Value:
    return text


def shown(text: str) -> str:
    """A cell as a reason repeats it: quoted, short, and without characters a terminal would act on."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


CONVERTERS: Final[Mapping[FieldType, Callable[[str], Value]]] = {
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.TEXT: _text,
}
"""How a cell that is not empty becomes a value of each type, text last; ValueError where it cannot."""
