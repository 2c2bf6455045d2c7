"""What the lines of a letter's end are, judged generously: addresses, firms, people's names, ways to answer."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from outreach import data
from outreach.lint.copy import WORD, words_in

_LONGEST = 240  # characters of a line that can hold an address; what is longer is prose
_CODE = re.compile(  # postal codes: US, DE; PL; PT; CN, RU; SE; UK; CA; KZ; NL; AT, LV; JP
    r"(?<![\w.,+-])(?:\d{5}(?:-\d{3,4})?|\d\d-\d{3}|\d{4}-\d{3}|\d{6}|\d{3} \d\d|"
    r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]\d\d[A-Z]\d[A-Z]\d|"
    r"\d{4} ?[A-Z]{2}|(?:[A-Z]{1,2}-)?\d{4,5}|〒?\d{3}-\d{4})(?![\w%]|[.,]\d)"
)
_PHONE = re.compile(
    r"(?<![\w.,/-])(?!\d\d[./]\d\d[./](?:19|20)\d\d)"  # no date
    r"(?:(?:\+|\(|0|8 ?\()\d(?:[ ().\-/–]{0,3}\d){5,14}|8[ -]\d{3}[ -]\d{3}[ -]?\d\d[ -]?\d\d|"
    r"\d{3}[ .-]\d{3}[ .-]\d{4}|\d{4}-\d{4})(?!\w)"
)
_DIGITS = re.compile(r"\d(?:[ ().\-/–]{0,3}\d){5,14}")
_DIGIT = re.compile(r"\d")
_DOT = re.compile(r"\.[^\W_]")  # as in a web address
_MAIL = re.compile(r"@(?<=\w@)([^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){1,5})")
_SITE = re.compile(
    r"https?://([^\s/<>\"'?#]{1,253})|"
    r"(?<![\w@.-])((?:[^\W_][\w-]{0,62}\.){1,4}(?:[a-z]{2,12}|рф|қаз|укр|мон))(?![\w@]|\.\w)",
    re.IGNORECASE,
)
_PART = re.compile(r"[,|·•;/\\\t—–。，、｜・]| - |(?<=[a-zа-я])\. ")
_SENTENCE = ("!", "?", "。", "！", "？", "…", ":", "：")
_PROSE_WORDS = 3  # a line with more, ending like a sentence, is prose,
_ABBREVIATED = 4  # unless its last word has no more letters than that
_NAME_WORDS = 6
_LONG_CODE = 6  # characters of a Chinese or Japanese postal code; a price such as "1600元" has fewer
_LISTED = 3  # commas and the like that make a list of a line, even if it ends like prose


class Names(NamedTuple):
    """The parts of a line that can be a person's or a firm's name, and whether a firm is named for sure."""

    parts: tuple[str, ...]
    firm: bool


@lru_cache(maxsize=1 << 12)
def names(line: str) -> Names:
    """The names in a line. Remembered, like `ways`, because the letters of one sender end alike."""
    listed = line.endswith(".") and len(_PART.findall(line)) >= _LISTED
    if len(line) > _LONGEST or (_is_prose(line) and not listed):
        return Names((), False)
    return Names(tuple(_names(line)), _is_firm(line))


@lru_cache(maxsize=1 << 12)
def ways(line: str) -> frozenset[str]:
    """The ways to reach somebody that a line gives: "e-mail", "web", "phone", "messenger", "post"."""
    words = _words(line)
    digits = _DIGIT.search(line)
    spoken = not _listed("contact", "phone").isdisjoint(words)
    found = {
        "e-mail": "@" in line and _MAIL.search(line),
        "web": _DOT.search(line) and _SITE.search(line),
        "phone": digits and (_DIGITS if spoken else _PHONE).search(line),
        "messenger": not _listed("contact", "messengers").isdisjoint(words),
        "post": digits and len(line) <= _LONGEST and _is_postal(line, words),
    }
    return frozenset(way for way, there in found.items() if there)


def mail_domains(text: str) -> set[str]:
    """The domains of the mail addresses in a text, in lower case."""
    return {domain.lower() for domain in _MAIL.findall(text)} if "@" in text else set()


def hosts(text: str) -> set[str]:
    """The hosts of the web pages in a text, in lower case, without "www."."""
    found = (match[1] or match[2] for match in _SITE.finditer(text)) if _DOT.search(text) else ()
    return {host.lower().removeprefix("www.") for host in found}


def _is_postal(text: str, words: set[str]) -> bool:
    """Whether a line with digits looks like a street and a number (no prose), or a postal code and a place."""
    street = not _listed("street", "words").isdisjoint(words) or any(
        word.endswith(_endings()) for word in words
    )
    if (street or _has("street", text)) and not _is_prose(text):
        return True
    return any(_beside_place(text, *code.span()) for code in _CODE.finditer(text))


def _beside_place(text: str, start: int, end: int) -> bool:
    """Whether a word with a capital stands next to [start, end); one of a script that has none: by a long code."""
    before, after = WORD.findall(text[:start]), WORD.findall(text[end:])
    beside = [word for word in (*before[-1:], *after[:1]) if _is_name(word)]
    return any(word[0].isupper() or end - start >= _LONG_CODE for word in beside)


def _names(text: str) -> Iterator[str]:
    """A few words, at least half of them with a capital where the script has any."""
    for part in _PART.split(text):
        words = WORD.findall(part)
        plain = "@" not in part and not _DIGIT.search(part)
        if plain and 0 < len(words) <= _NAME_WORDS and 2 * sum(map(_is_name, words)) >= len(words):
            yield part.strip()


def _is_prose(text: str) -> bool:
    """Whether a line ends like a sentence; "Northwind Shelving Ltd." and "Acme sp. z o.o." do not."""
    if text.endswith("."):
        words = WORD.findall(text)
        return len(words) > _PROSE_WORDS and len(words[-1]) > _ABBREVIATED
    return text.endswith(_SENTENCE)


def _is_firm(text: str) -> bool:
    capitals = (
        word.lower() for word in WORD.findall(text) if not word.islower()
    )  # "AS" is a firm, "as" is not
    if not firm_words().isdisjoint(capitals) or _has("firm", text):
        return True
    return not mail_domains(text) | hosts(text) <= data.words("consumer_domains")


def _is_name(word: str) -> bool:
    return word[0].isalpha() and not word[0].islower()


def _words(text: str) -> set[str]:
    return set(words_in(text.lower()))


def _has(kind: str, text: str) -> bool:
    """Whether a text has a word of a script without spaces."""
    return not text.isascii() and any(each in text for each in _listed(kind, "characters"))


def firm_words() -> frozenset[str]:
    """Legal forms and words of company names, in lower case."""
    return _listed("firm", "words")


@cache
def _endings() -> tuple[str, ...]:
    return tuple(data.table("identity")["street"]["endings"])


@cache
def _listed(kind: str, name: str) -> frozenset[str]:
    return frozenset(data.table("identity")[kind][name])
