"""What is asked of the history: whether the question can be, and what it was probably meant to be."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Final
from unicodedata import normalize

from outreach.errors import nearest
from outreach.segment.history import ANY, FUNCTIONS, LETTER, TAG, Fact, Names
from outreach.segment.names import described
from outreach.segment.tokens import SegmentError, Source, Token, shown

MAX_NAME: Final = 200
_LISTED: Final = 8
_MEANT: Final = {
    **dict.fromkeys(("tagged", "has_tag", "tags", "label", "labeled"), "tag"),
    **dict.fromkeys(("was_sent", "got", "received", "mailed", "contacted", "written"), "sent"),
    **dict.fromkeys(("days", "last_sent", "last", "since", "age", "days_ago"), "days_since"),
    **dict.fromkeys(("in_campaign", "enrolled", "campaigns"), "campaign"),
    **dict.fromkeys(("answered", "has_replied", "reply", "replies"), "replied"),
}
"""What people call these questions elsewhere."""


def checked(source: Source, token: Token, function: str, past: Names | None) -> str:
    """The name that a question is asked with, as it is kept; SegmentError at the text for one nobody knows.

    Tags come and go with people, so one that nobody has is no mistake; `unheard` tells of it.
    """
    about = FUNCTIONS[function].about
    name = normalize("NFC", str(token.value).strip())
    if about == TAG:
        name = "-".join(name.lower().split())
    if not name or len(name) > MAX_NAME:
        raise source.error(token.at, f"{function}(..) needs the name of a {about}", _example(function))
    if name == ANY or about == TAG:
        return name
    known = sorted(past(about)) if past else None
    if known is None or name in known:
        return name
    near = nearest(name, known)
    meant = f", did you mean `{shown(near)}`?" if near else ""
    message = f"there is no {about} `{shown(name)}`{meant}"
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    listed = ", ".join(shown(each) for each in known[:_LISTED]) or "none yet"
    hint = f"write {function}('{shown(near)}')" if near else f"known are: {listed}{more}"
    raise source.error(token.at, message, hint)


def unheard(facts: Iterable[Fact], tags: Collection[str]) -> list[str]:
    """What to tell of the tags that a condition asks for and nobody has, where `tags` are those that somebody has.

    A fair to come has no people yet, so a tag of the same letters (fair-2025, fair-2026) is not the one meant.
    """
    known, lines = sorted(tags), []
    for name in sorted(
        {fact.name for fact in facts if FUNCTIONS[fact.function].about == TAG} - {ANY, *known}
    ):
        near = nearest(name, known)
        meant = f", did you mean `{shown(near)}`?" if near and _letters(near) != _letters(name) else ""
        lines.append(f"nobody has the tag `{shown(name)}`{meant}")
    return lines


def _letters(name: str) -> str:
    """A name without its numbers: fair-2025 and fair-2026 are two, and neither is a misspelt one."""
    return "".join(filter(str.isalpha, name))


def no_argument(source: Source, token: Token, function: str) -> SegmentError:
    """The error for `token` where a question needs one name in quotes."""
    message = f"{function}(..) needs one name in quotes, not {described(token)}"
    if token.kind == "text":
        message = f"{function}(..) takes one name"
    return source.error(token.at, message, _example(function))


def unknown(source: Source, token: Token) -> SegmentError:
    """The error for a name before a parenthesis that is no question, with the nearest one."""
    word = token.text.lower()
    near = _MEANT.get(word) or next(iter(get_close_matches(word, FUNCTIONS, n=1)), "")
    message = f"unknown function `{shown(token.text)}`"
    if near:
        return source.error(token.at, f"{message}, did you mean `{near}`?", _example(near))
    examples = ", ".join(each.example for each in FUNCTIONS.values())
    return source.error(token.at, message, f"known are: {examples}")


def bare(source: Source, token: Token) -> SegmentError:
    """The error for the name of a question without its parenthesis."""
    function = token.text.lower()
    return source.error(token.at, f"`{function}` is asked with a name", _example(function))


def _example(function: str) -> str:
    any_ = f", or {function}('any')" if FUNCTIONS[function].about == LETTER else ""
    return f"write {FUNCTIONS[function].example}{any_ if 'any' not in FUNCTIONS[function].example else ''}"
