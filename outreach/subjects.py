"""Subjects without what mail programs write before them: "Re:", "AW:", "Отв:", "回复:", "[EXTERNAL]"."""

import re
import unicodedata
from functools import cache

from outreach.data import table

LOOKED_AT = 1_000  # characters; RFC 5322 ends a line there
_MOST = 20  # marks before one subject
_COUNT = r"\s{0,3}(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s{0,3}:"  # "Re[2]:", "Re(3) :", "Re^2:"


def marked(subject: str) -> bool:
    """Whether a subject begins as that of an answer or a forward, in any language.

    Compatibility forms and invisible characters hide nothing.
    """
    return _taken_off(_plain(subject))[1]


def bare(subject: str) -> str:
    """A subject's first LOOKED_AT characters without the marks before it, normalised (NFKC), for comparing.

    What a reader's mail server put there in brackets goes too: an answer is "RE: [EXTERNAL] ..." then.
    """
    return _taken_off(_plain(subject))[0]


def _plain(subject: str) -> str:
    text = unicodedata.normalize("NFKC", subject[:LOOKED_AT])
    return "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn")).strip()


def _taken_off(text: str) -> tuple[str, bool]:
    """The text after its marks, and whether one of them is that of an answer or a forward."""
    answered = False
    for _ in range(_MOST):
        mark = _mark().match(text)
        found = mark or _tag().match(text)
        if not found:
            break
        answered = answered or mark is not None
        text = text[found.end() :].lstrip()
    return text, answered


@cache
def _mark() -> re.Pattern[str]:
    kinds = table("subjects")
    forms = {form for kind in ("answer", "forward") for forms in kinds[kind].values() for form in forms}
    return re.compile(f"(?:{_any(forms)}){_COUNT}", re.IGNORECASE)


@cache
def _tag() -> re.Pattern[str]:
    words = _any(set(table("subjects")["outside"]["words"]))
    return re.compile(rf"(?:[\[({{<]|\*{{1,5}})\s?(?:{words})\s?(?:[\])}}>]|\*{{1,5}})\s?:?", re.IGNORECASE)


def _any(forms: set[str]) -> str:
    """A pattern for one of the forms, the longest first."""
    normal = {unicodedata.normalize("NFKC", form) for form in forms}
    return "|".join(re.escape(form) for form in sorted(normal, key=lambda form: (-len(form), form)))
