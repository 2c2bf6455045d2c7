"""Whether a literal suits the field it is compared with, and what to write when it does not."""

from datetime import date
from typing import Final

from outreach.model import FieldType
from outreach.segment.tokens import Literal, SegmentError, Source, Token, iso_date, shown

MAX_PATTERN: Final = 200

HOLDS: Final = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "numbers",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: "dates",
}
_IS: Final = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: "a date",
}
_ORDER: Final = ("<", "<=", ">", ">=")


def checked(source: Source, token: Token, value: Literal, name: str, kind: FieldType, symbol: str) -> Literal:
    """The literal as the field's type needs it: a quoted ISO date becomes a date for a date field.

    Raises SegmentError at the literal where the two cannot be compared by the operator `symbol`.
    """
    if value == "":
        hint = f"write `{name} is missing`, or `{name} is not missing`"
        raise source.error(token.at, "an empty value counts as missing", hint)
    if kind is FieldType.BOOLEAN and symbol in _ORDER:
        raise source.error(token.at, f"`{name}` is true or false, which has no order", _use(name, kind))
    if kind is FieldType.DATE and isinstance(value, str):
        return _date(source, token, value)
    if kind is not _type_of(value):
        raise _mismatch(source, token, value, name, kind, symbol)
    return value


def checked_pattern(source: Source, token: Token, value: Literal, name: str, kind: FieldType) -> str:
    """The pattern of `like`; raises SegmentError where field or pattern is not text, or it is too long."""
    if kind is not FieldType.TEXT:
        message = f"`like` works on text, and `{name}` holds {HOLDS[kind]}"
        raise source.error(token.at, message, _use(name, kind))
    if not isinstance(value, str):
        hint = f"write `{name} like '%{shown(token.text)}%'`"
        raise source.error(token.at, "`like` needs a pattern in quotes", hint)
    if len(value) > MAX_PATTERN:
        hint = "shorten it: % stands for any run of characters"
        raise source.error(token.at, f"the pattern is longer than {MAX_PATTERN} characters", hint)
    checked(source, token, value, name, kind, "like")
    return value


def day(source: Source, token: Token) -> date:
    """The day of date('...'); raises SegmentError at its text."""
    return _date(source, token, str(token.value))


def _date(source: Source, token: Token, text: str) -> date:
    found = iso_date(text)
    if found is None:
        hint = "write year-month-day, as in '2026-12-01'"
        raise source.error(token.at, f"'{shown(text)}' is not a date", hint)
    return found


def _type_of(value: Literal) -> FieldType:
    match value:
        case bool():
            return FieldType.BOOLEAN
        case str():
            return FieldType.TEXT
        case date():
            return FieldType.DATE
        case _:
            return FieldType.NUMBER


def _mismatch(
    source: Source, token: Token, value: Literal, name: str, kind: FieldType, symbol: str
) -> SegmentError:
    given = _type_of(value)
    message = f"`{name}` holds {HOLDS[kind]}, and {shown(token.text)} is {_IS[given]}"
    if kind is FieldType.TEXT and symbol in _ORDER and given is FieldType.NUMBER:
        # Quoting the number would be accepted and be wrong.
        hint = f"text is ordered letter by letter ('9' > '20'): import `{name}` as numbers to compare sizes"
        return source.error(token.at, message, hint)
    return source.error(token.at, message, _use(name, kind, symbol, value))


def _use(name: str, kind: FieldType, symbol: str = "", value: Literal = "") -> str:
    """How to write a comparison with a field of this type."""
    if kind is FieldType.BOOLEAN:
        return f"write `{name}` or `not {name}`"
    if kind is FieldType.TEXT:
        example = "'" + shown(str(value)).lower() + "'"
    elif kind is FieldType.DATE:
        example = "'2026-12-01'"
    else:
        example = shown(value) if isinstance(value, str) and value.strip().isdecimal() else "20"
    operand = f"[{example}]" if symbol in ("in", "not in") else example
    return f"write `{name} {symbol or '>='} {operand}`"
