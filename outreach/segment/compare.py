"""One comparison: a field's value against literals, as a fast function of the fields."""

import operator
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final, TypeAlias
from unicodedata import normalize

from outreach.model import Fields, FieldType

Verdict: TypeAlias = bool | None
"""True, False, or None for unknown."""

Match: TypeAlias = Callable[[Fields], Verdict]
Test: TypeAlias = Callable[[Any], bool]

TYPES: Final[dict[FieldType, frozenset[type]]] = {
    # Exact types: bool is an int and datetime is a date for isinstance, but not for a field.
    FieldType.TEXT: frozenset({str}),
    FieldType.NUMBER: frozenset({int, float}),
    FieldType.BOOLEAN: frozenset({bool}),
    FieldType.DATE: frozenset({date}),
}
ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def fold(text: str) -> str:
    """Text as it is compared: case-folded, in one Unicode form (canonical caseless match, Unicode D145)."""
    if text.isascii():
        return text.lower()
    return normalize("NFC", normalize("NFD", text).casefold())


def fits(kind: FieldType, value: object) -> bool:
    """Whether a value can be compared: of the field's type, not empty and not NaN."""
    return type(value) in TYPES[kind] and value == value and value != ""


def order_test(kind: FieldType, symbol: str, literal: Any) -> Test:
    """The test `value symbol literal`, for the six operators of `ORDER`."""
    compare = ORDER[symbol]
    if kind is FieldType.TEXT:
        folded = fold(literal)
        return lambda value: compare(fold(value), folded)
    return lambda value: compare(value, literal)


def in_test(kind: FieldType, literals: Iterable[Any]) -> Test:
    """The test `value in [literals]`."""
    if kind is FieldType.TEXT:
        folded = frozenset(map(fold, literals))
        return lambda value: fold(value) in folded
    chosen = frozenset(literals)
    return lambda value: value in chosen


def like_test(pattern: str) -> Test:
    """The test `value like pattern`, in time linear in the value for a pattern of bounded length."""
    fullmatch = like_regex(fold(pattern)).fullmatch
    return lambda value: fullmatch(fold(value)) is not None


def like_regex(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression that never tries a run twice.

    The text between two `%` has a fixed length, so its leftmost place is as good as any other: each is
    matched in an atomic group, and only the last run looks for the end.
    """
    pieces = [""]
    for part in re.findall(r"\\[%_\\]|.", pattern, re.DOTALL):
        if part == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if part == "_" else re.escape(part[-1])
    first, *middle = pieces
    if not middle:
        return re.compile(first, re.DOTALL)
    last = middle.pop()
    runs = "".join(f"(?>.*?{piece})" for piece in middle if piece)
    return re.compile(f"{first}{runs}.*{last}", re.DOTALL)


def negated(test: Test) -> Test:
    """The opposite test."""
    return lambda value: not test(value)


def value_match(name: str, kind: FieldType, test: Test) -> Match:
    """The test as a function of the fields: unknown where the field is missing."""
    types = TYPES[kind]

    def run(fields: Fields) -> Verdict:
        value = fields.get(name)
        # `fits`, written out: this line runs for every comparison of every prospect.
        if type(value) in types and value == value and value != "":
            return test(value)
        return None

    return run


def missing_match(name: str, kind: FieldType, *, wanted: bool) -> Match:
    """`is missing` (wanted) or `is not missing`: always known."""
    return lambda fields: fits(kind, fields.get(name)) is not wanted
