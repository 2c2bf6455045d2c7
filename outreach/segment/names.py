"""What a word that cannot stay where it is was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from outreach.model import FieldType
from outreach.segment.compare import fold
from outreach.segment.literals import HOLDS
from outreach.segment.tokens import SegmentError, Source, Token, shown

_LISTED: Final = 12
_MISSING: Final = frozenset({"missing", "null", "none", "nil", "empty", "blank", "na"})
_TAGS: Final = frozenset({"tags", "tagged", "label", "labels"})
_OPERATORS: Final = "use == != < <= > >= in, like or `is missing`"
_FOREIGN_OPERATORS: Final = {
    **dict.fromkeys(("contains", "includes", "has", "matches", "ilike"), "like '%word%'"),
    **dict.fromkeys(("starts", "startswith", "starts_with", "begins"), "like 'word%'"),
    **dict.fromkeys(("ends", "endswith", "ends_with"), "like '%word'"),
    **dict.fromkeys(("equals", "equal", "eq"), "== 'word'"),
}


def unknown_name(
    source: Source, token: Token, fields: Iterable[str], segments: Iterable[str]
) -> SegmentError:
    """The error for a name that is neither a field nor a segment, with the nearest one."""
    if token.text.lower() in _TAGS:
        return source.error(
            token.at, f"unknown field `{shown(token.text)}`: tags are asked for by name", "write `tag('hot')`"
        )
    kinds = dict.fromkeys(fields, "") | dict.fromkeys(segments, "the segment ")
    folded = {fold(name): name for name in kinds}
    message = f"unknown field `{shown(token.text)}`"
    if near := get_close_matches(fold(token.text), folded, n=1):
        name = folded[near[0]]
        return source.error(token.at, f"{message}, did you mean {kinds[name]}`{name}`?", f"write `{name}`")
    known = sorted(kinds)
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return source.error(
        token.at, message, f"known are: {', '.join(known[:_LISTED]) or 'no fields yet'}{more}"
    )


def no_operator(source: Source, field: Token, token: Token, name: str, kind: FieldType) -> SegmentError:
    """The error for a field that is followed by `token` where an operator is needed."""
    if not starts_value(token):
        hint = f"{_OPERATORS}; for everybody who has one: `{name} is not missing`"
        return source.error(field.at, f"`{name}` holds {HOLDS[kind]}: it needs a comparison", hint)
    message = f"expected an operator after `{name}`, not {described(token)}"
    word = token.text.lower()
    if word == "between":
        return source.error(token.at, message, f"write `{name} >= 10 and {name} <= 50`")
    meant = _FOREIGN_OPERATORS.get(word)
    return source.error(token.at, message, f"write `{name} {meant}`" if meant else _OPERATORS)


def starts_value(token: Token) -> bool:
    """Whether the word can only be (the start of) a value, or a word that is no operator here."""
    return token.kind in ("name", "text", "number") or token.says("true", "false", "(", "[")


def no_value(source: Source, token: Token, name: str, fields: Iterable[str]) -> SegmentError:
    """The error for `token` where the value to compare the field `name` with is needed."""
    if token.kind == "name":
        if token.text in fields:
            message = f"a field is compared with a value, and `{shown(token.text)}` is a field"
            return source.error(token.at, message, "put it in quotes if you mean the text")
        if token.text.lower() in _MISSING:
            hint = f"write `{name} is missing`, or `{name} is not missing`"
            return source.error(token.at, f"`{shown(token.text)}` is not a value", hint)
        return source.error(token.at, "text needs quotes", f"write '{shown(token.text)}'")
    if token.says("["):
        return source.error(token.at, "a list needs `in`", f"write `{name} in ['a', 'b']`")
    hint = "write a text in quotes, a number, true, false or date('2026-12-01')"
    return source.error(token.at, f"expected a value, not {described(token)}", hint)


def no_start(source: Source, token: Token) -> SegmentError:
    """The error for `token` where a comparison should start."""
    if token.says("true", "false"):
        hint = "for everybody write `email is not missing`"
        return source.error(token.at, f"`{token.text}` is not a condition", hint)
    if token.kind in ("text", "number", "name"):
        hint = (
            "write `employees >= 20`; for several values repeat the field or write `industry in ['a', 'b']`"
        )
        return source.error(token.at, "a comparison starts with a field, not with a value", hint)
    hint = "write a comparison such as `industry == 'retail'`"
    return source.error(token.at, f"expected a field or a segment, not {described(token)}", hint)


def leftover(source: Source, token: Token, before: Token) -> SegmentError:
    """The error for `token` after a complete comparison that ended with `before`."""
    if token.says(")"):
        return source.error(token.at, "this parenthesis was never opened", "delete it, or open it with `(`")
    if token.says(",") and before.kind == "number":
        return source.error(token.at, "numbers have no thousands separator", "write 1000, not 1,000")
    if token.kind == "symbol" and token.text not in ("(", "[", "]", ","):
        hint = "write each on its own: `employees >= 10 and employees <= 50`"
        return source.error(token.at, "comparisons cannot be chained", hint)
    hint = "join comparisons with `and` or `or`; a quote inside a text is written twice: 'O''Brien'"
    return source.error(token.at, f"expected `and` or `or`, not {described(token)}", hint)


def described(token: Token) -> str:
    """The word as an error names it."""
    return "the end" if token.kind == "end" else f"`{shown(token.text)}`"
