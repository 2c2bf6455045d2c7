"""Words with letters of two scripts, and Latin words all in lookalikes: brought back to one script."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from outreach.data import table
from outreach.lint.spelled import Disguise, Edit, known

_LATIN = "A-Za-z\u00c0-\u024f"
_OTHER = (
    "\u0370-\u03ff\u0400-\u052f\u0251\u0261\u0585"  # Greek, Cyrillic, and single letters of IPA and Armenian
)
_HAS_OTHER = re.compile(f"[{_OTHER}]")
_MEETS = re.compile(f"[{_LATIN}](?:(?=[{_OTHER}])|(?<=[{_OTHER}].))")
_LETTERS = re.compile(f"[{_LATIN}{_OTHER}]+")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_LETTERS = re.compile(f"[{_LATIN}]+")
_CYRILLIC = re.compile("[\u0400-\u052f]+")
_ALONE = re.compile(r"[\s(«\"][a-z]{1,15}(?:[\s)»\"!?]|[,.:;](?!\w))")  # no address, file or name
# A foreign word as a whole with an ending of the language: "SMSка", "VIPы"; in Cyrillic text also "emailа".
_ACRONYM = re.compile("[A-Z]{2,20}[а-яёәғқңөұүһі]{1,6}")
_INFLECTED = re.compile("[A-Za-z]{3,20}[а-яёәғқңөұүһі]{1,3}")
_WHOLE_MIN = 3  # letters of a word all in lookalikes that is reported: syllables are named in earnest


def foreign(text: str) -> tuple[list[Edit], list[Disguise]]:
    """The words of a text to be spelled in one script, and where they are.

    A word is one run of letters: of "IT-отдел" each part is judged alone. A word that can be spelled in both
    scripts gets the one of the text, one that can be spelled in none is left (a brand, a unit). A word wholly
    in another script is left as well, but for one of the list of disguised words amid Latin ones.
    """
    if not _HAS_OTHER.search(text):
        return [], []
    mixed, whole = _MEETS.search(text), _whole(text)
    if not mixed and not whole:
        return [], []
    in_cyrillic = mostly_cyrillic(text)
    edits = _mixed(text, in_cyrillic) if mixed else []
    found: list[Disguise] = [
        ("mixed", start, end) for start, end, _ in edits if end - start > 1 and not text[start:end].isascii()
    ]
    if whole and not in_cyrillic:
        edits = sorted(edits + whole)
        found += [("mixed", start, end) for start, end, _ in whole if end - start >= _WHOLE_MIN]
    return edits, found


def _mixed(text: str, in_cyrillic: bool) -> list[Edit]:
    """The words of two scripts; in Cyrillic text that has some, Latin words of lookalikes as well."""
    edits = []
    for hit in _WORD.finditer(text):
        word = hit[0]
        if word.isascii() and (not in_cyrillic or not _ALONE.match(text, hit.start() - 1)):
            continue
        new = one_script(word, in_cyrillic)
        if new and new != word:
            edits.append(Edit(*hit.span(), new))
    return edits if any(_MEETS.search(text, edit.start, edit.end) for edit in edits) else []


def _whole(text: str) -> list[Edit]:
    """Words without a Latin letter that stand between Latin words and read as one of the list."""
    edits = []
    for hit in _between().finditer(text):
        new = in_latin(hit["word"])
        if new in ("a", "i") or known(new):
            edits.append(Edit(*hit.span("word"), new))
    return edits


def mostly_cyrillic(text: str) -> bool:
    """Whether a text has more Cyrillic letters than Latin ones."""
    return len("".join(_CYRILLIC.findall(text))) > len("".join(_LATIN_LETTERS.findall(text)))


@lru_cache(maxsize=4096)
def one_script(word: str, in_cyrillic: bool) -> str:
    """The word in one script, that of the text if it can be; "" where it is in one or fits none."""
    if not _LETTERS.fullmatch(word):
        return ""
    to_latin, to_cyrillic = _pairs("latin"), _pairs("cyrillic")
    latin = sum(1 for char in word if "A" <= char <= "z" or "\u00c0" <= char <= "\u024f")
    other = len(word) - latin
    if not latin or not other:  # Cyrillic and Greek ones are names more often than disguises
        return _spelled_with(word, to_cyrillic) if latin and in_cyrillic else ""
    if _ACRONYM.fullmatch(word):
        return ""
    if not in_cyrillic:
        return _spelled_with(word, to_latin) or _spelled_with(word, to_cyrillic)
    return _spelled_with(word, to_cyrillic) or (
        "" if _INFLECTED.fullmatch(word) else _spelled_with(word, to_latin)
    )


def in_latin(word: str) -> str:
    """The word with Latin letters for all that look like them; "" where others are left."""
    return _spelled_with(word, _pairs("latin"))


def _spelled_with(word: str, pairs: Mapping[str, str]) -> str:
    """The word with all letters of the other script replaced; "" where one has no lookalike."""
    new = "".join(pairs.get(char, char) for char in word)
    return new if _LATIN_LETTERS.fullmatch(new) or _CYRILLIC.fullmatch(new) else ""


@cache
def _between() -> re.Pattern[str]:
    """Lookalikes of lower case with a Latin word on either side: no name, no acronym, nothing in quotes."""
    alike = "".join(char for char in _pairs("latin") if char.islower())
    return re.compile(f"[ \n](?<=[{_LATIN},].)(?P<word>[{alike}]{{1,20}})(?=,?[ \n][{_LATIN}])", re.DOTALL)


@cache
def _pairs(script: str) -> Mapping[str, str]:
    """Letter -> the one of `script` that looks like it."""
    return {pair[0]: pair[1] for pair in table("confusables")["letters"][script].split()}
