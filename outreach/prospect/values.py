"""What a cell may hold: clean text, and the fields that have a vocabulary or a danger of their own."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import Final, TypeAlias

from outreach import data
from outreach.model import FieldType, Value
from outreach.prospect import persons, places
from outreach.prospect.address import address, written_address
from outreach.prospect.columns import KNOWN, fold
from outreach.prospect.doubts import unread
from outreach.prospect.headcount import headcount
from outreach.prospect.nothing import ANY, NAME, THING, is_firm, no_name, no_value, unescaped
from outreach.prospect.refusals import agreed
from outreach.prospect.types import CONVERTERS, shown

MAX_CELL: Final = 500  # characters

Converter: TypeAlias = Callable[[str], Value]
"""A cell's value, "" for an empty one. Raises ValueError, of which an UnknownValueError spares the row."""


class UnknownValueError(ValueError):
    """A value that means nothing to its field: the row is kept without it, or with what stands `instead`, and the
    user is told.
    """

    def __init__(self, message: str, instead: Value = "") -> None:
        super().__init__(message)
        self.instead = instead


# Zero-width characters, soft hyphens and byte order marks come from web pages and stay invisible: they go at
# the ends, and inside too but for the joiners (U+200C, U+200D), which Persian, Hindi and emoji need.
_HIDDEN: Final = "\u00ad\u200b\u2060\ufeff"
_WIDE_SPACES: Final = "\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_ENDS: Final = f" \t\r\n{_WIDE_SPACES}{_HIDDEN}\u200c\u200d"
_REPLACED: Final = str.maketrans({**dict.fromkeys(_WIDE_SPACES, " "), **dict.fromkeys(_HIDDEN, "")})
# What would break a header or a terminal, or show a reader something else than is there.
_REFUSED: Final = (
    (re.compile("[\r\n\x0b\x0c\x85\u2028\u2029]"), "a line break"),
    (re.compile("\t"), "a tab"),
    (re.compile("[\x00-\x1f\x7f-\x9f]"), "a control character"),
    (re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"), "a hidden change of text direction"),
    (re.compile("[\ud800-\udfff]"), "half a character"),
)
_REPLACEMENT: Final = "\ufffd"  # what a decoder leaves where it could not read a byte
_FORMULA: Final = re.compile(r"[=＝]|[+\-@＋－＠](?:\s*[A-Za-z.]+\(|.*\|)")
_SPOOF: Final = re.compile(r"[<>@＜＞＠]|://|\bwww\.", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"([a-z]{2})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?", re.IGNORECASE)

# What a spreadsheet makes of a name such as "1-2-26".
_LETTERS_LOST: Final = re.compile(r"\?\?|\?(?=[^\W\d_])")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]00:00(?::00)?)?|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d\d)")

_BREAKS: Final = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
_ASIDE: Final = re.compile(r"(?<=\S)\s+\([^()@]*\)$")  # "ann@acme.com (old)"
_FURTHER: Final = " ::: "  # between the values of one label in Google's contacts

# Excel shows a long number so, and saves it so: its last digits are gone.
_SHORTENED: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE]\+?([0-9]{1,3})")
_LONG: Final = 9  # from that exponent on it was no amount that somebody wrote so


def clean(text: str) -> str:
    """Text in NFC without white space and zero-width characters at its ends; odd spaces become plain ones.

    Raises ValueError for what has no place in a letter: line breaks and other controls inside, hidden changes
    of text direction, unreadable characters, RFC 2047 encoded words, more than 500 characters. What is
    escaped as web pages have it (&uuml;) is read.
    """
    if "&" in text and len(text) <= MAX_CELL:
        text = unescaped(text)
    text = text.strip() if text.isprintable() else _repaired(text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if _REPLACEMENT in text:
            raise ValueError(f"holds {_REPLACEMENT}: the file's encoding is wrong or mixed")
    if len(text) > MAX_CELL:
        raise ValueError(f"is {len(text):,} characters long, {MAX_CELL} are the most")
    if "=?" in text:
        raise ValueError("holds =?, the start of an encoded word (RFC 2047)")
    return text


def _repaired(text: str) -> str:
    """Text with characters that do not print, without the harmless ones; ValueError for the others."""
    text = text.strip(_ENDS).translate(_REPLACED)
    for pattern, what in () if text.isprintable() else _REFUSED:
        if found := pattern.search(text):
            raise ValueError(f"holds {what} (U+{ord(found[0]):04X})")
    return text


def converter(field: str, kind: FieldType, header: str = "") -> Converter:
    """How a cell of that field becomes its value; `kind` counts for fields that are not KNOWN.

    `header` is the column's, of which the language may tell what a letter means: H is a man in Spanish.
    """
    if field == "gender":
        return partial(gender, header=header)
    if field in _BY_FIELD:
        return _BY_FIELD[field]
    kind = KNOWN.get(field, kind)
    if kind is FieldType.TEXT:
        return clean if field in KNOWN else own_text
    return _typed(CONVERTERS[kind])


def _typed(make: Converter) -> Converter:
    def value(text: str) -> Value:
        text = _valued(clean(text), ANY)
        return make(text) if text else text

    return value


def _valued(text: str, kind: str) -> str:
    """The text of a cell. Raises UnknownValueError for one that stands for no value, such as "N/A"."""
    if text and no_value(text, kind):
        raise UnknownValueError(f"left out as no value {shown(text)}")
    return text


def email(text: str) -> str:
    """A cell's address, as `written_address` returns it; ValueError for one that nobody reads too.

    Raises UnknownValueError, with the address, where something else stands beside it: a remark in brackets, or
    further addresses of the same person as Google's address books have them.
    """
    text = clean(_BREAKS.sub(" ", text))
    if not text:
        return text
    first = _ASIDE.sub("", text.partition(_FURTHER)[0])
    try:
        found = address(first)
    except ValueError:
        found = written_address(first)
    if unread(found):
        raise ValueError(f"nobody reads {found}")
    if first != text:
        raise UnknownValueError(
            f"more in the cell than an address, the first taken {shown(text)}", instead=found
        )
    return found


def consent(text: str) -> Value:
    """Whether somebody has agreed to get letters. Raises UnknownValueError."""
    text = clean(text)
    found = agreed(text)
    if text and found is None:
        raise UnknownValueError(f"unclear consent {shown(text)}")
    return "" if found is None else found


def employees(text: str) -> Value:
    """How many people a firm has. Raises UnknownValueError for a range, with its lower end, and for no number."""
    text = _valued(clean(text), ANY)
    if not text:
        return text
    found = headcount(text)
    if found is None:
        raise UnknownValueError(f"unknown number of employees {shown(text)}")
    if not found[1]:
        raise UnknownValueError(
            f"employees not exact, the lower number taken {shown(text)}", instead=found[0]
        )
    return found[0]


def own_text(text: str) -> str:
    """A text of a column of the user's own. Raises UnknownValueError for a long number that lost its digits."""
    text = clean(text)
    if text[:1] <= "9" and (found := _SHORTENED.fullmatch(text)) and int(found[1]) >= _LONG:
        raise UnknownValueError(f"number shortened by a spreadsheet {shown(text)}")
    return text


def phone(text: str) -> str:
    """A phone number as it is written. Raises UnknownValueError for one that lost its digits."""
    text = _valued(clean(text), ANY)
    if text[:1] <= "9" and _SHORTENED.fullmatch(text):
        raise UnknownValueError(f"phone number shortened by a spreadsheet {shown(text)}")
    return text


def company(text: str) -> str:
    """A name of a company or a job, which is not a formula of a spreadsheet."""
    text = clean(text)
    if not text[:1].isalnum() and _FORMULA.match(text):
        raise ValueError(f"{shown(text)} looks like a spreadsheet formula")
    return text


@lru_cache(maxsize=4096)
def thing(text: str) -> str:
    """A company, a job or a place. Raises UnknownValueError for what stands for no value, for a date, and for one
    whose letters a program could not save and replaced: "Sklep ?ó??".
    """
    text = _valued(company(text), THING)
    if "?" in text and _LETTERS_LOST.search(text):
        raise UnknownValueError(
            f"left out as letters were lost in saving (CSV UTF-8 keeps them) {shown(text)}"
        )
    if text[:1] <= "9" and _DATE.fullmatch(text):
        raise UnknownValueError(f"left out as a date {shown(text)}")
    return text


def person(text: str) -> str:
    """Words about a person, which no mail program can take for an address or a link.

    Raises UnknownValueError for those that it can.
    """
    if text.isalpha() and text.isascii() and len(text) <= MAX_CELL:
        return text
    text = company(text)
    if _SPOOF.search(text):
        raise UnknownValueError(f"left out as no name {shown(text)}")
    return text


def opening(text: str) -> str:
    """A whole opening of a letter. Raises UnknownValueError for what stands for no value."""
    return _valued(person(text), ANY)


def full_name(text: str) -> str:
    """A whole name. Raises UnknownValueError for what stands for no value, and for what is surely no name."""
    text = _valued(company(text), NAME)
    if text and (no_name(text) or all(no_value(word, NAME) for word in text.split())):
        raise UnknownValueError(f"left out as no name {shown(text)}")
    return text


def last_name(text: str) -> str:
    """A part of a name. Raises UnknownValueError as `full_name` does, and for the name of a firm."""
    text = full_name(text).rstrip(" ,;")
    if " " in text and is_firm(text):
        raise UnknownValueError(f"left out as no name {shown(text)}")
    return text


def first_name(text: str) -> str:
    """A given name. Raises UnknownValueError as `last_name` does, and for a whole name ("Berg, Anna")."""
    text = last_name(text)
    if "," in text:
        raise UnknownValueError(f"left out as no name {shown(text)}")
    return text


@lru_cache(maxsize=4096)
def country(text: str) -> str:
    """The ISO 3166 code (alpha-2) of a country's code or name in any common language. Raises UnknownValueError."""
    text = clean(text)
    code = places.country_code(text) if text else ""
    if text and not code:
        raise UnknownValueError(f"unknown country {shown(text)}")
    return code


def honorific(text: str) -> str:
    """A form of address in our words, "ms dr"; a whole opening, "Sehr geehrte Frau Berg", stays as it is.

    Raises UnknownValueError for another single word.
    """
    text = person(text)
    found = persons.honorific(text)
    if text and not found and " " not in text:
        raise UnknownValueError(f"unknown form of address {shown(text)}")
    return found or text


def gender(text: str, header: str = "") -> str:
    """`female`, `male` or `other`, in a column with that header. Raises UnknownValueError."""
    text = clean(text)
    found = persons.gender(text, fold(header))
    if text and not found:
        raise UnknownValueError(f"unknown gender {shown(text)}")
    return found


def verified(text: str) -> str:
    """What an address checker found: `valid`, `risky` or `invalid`. Raises UnknownValueError."""
    text = clean(text)
    found = verdicts().get(fold(text), "")
    if text and not found:
        raise UnknownValueError(f"unknown verification result {shown(text)}")
    return found


@lru_cache(maxsize=4096)
def timezone(text: str) -> str:
    """The IANA name of a zone, found without regard to case. Raises UnknownValueError."""
    text = clean(text)
    name = _zones().get(text.lower().replace(" ", "_"), "")
    if text and not name:
        raise UnknownValueError(f"unknown time zone {shown(text)}")
    return name


@lru_cache(maxsize=4096)
def language(text: str) -> str:
    """The BCP 47 tag of a language (two letters), script and region: de-AT, zh-Hans-CN.

    A language's name, in any common language, gives its code. Raises UnknownValueError for anything else.
    """
    text = clean(text)
    if text:
        text = places.language_code(text) or text
    found = _LANGUAGE.fullmatch(text)
    if text and not found:
        raise UnknownValueError(f"unknown language (write a code such as de) {shown(text)}")
    primary, script, region = found.groups() if found else ("", "", "")
    parts = (primary.lower(), (script or "").title(), (region or "").upper())
    return "-".join(filter(None, parts))


@cache
def verdicts() -> Mapping[str, str]:
    """Folded word of an address checker -> `valid`, `risky` or `invalid`."""
    table = data.table("addresses")["verified"]
    return {fold(word): verdict for verdict in ("valid", "risky", "invalid") for word in table[verdict]}


@cache
def _zones() -> Mapping[str, str]:
    """Lower-case zone name -> zone name."""
    return {name.lower(): name for name in data.zone_names()}


_BY_FIELD: Final[Mapping[str, Converter]] = {
    "email": email,
    "first_name": first_name,
    "last_name": last_name,
    "middle_name": last_name,
    "full_name": full_name,
    "honorific": honorific,
    "salutation": opening,
    "company_short": thing,
    "phone": phone,
    "verified": verified,
    "consent": consent,
    "employees": employees,
    "company": thing,
    "title": thing,
    "city": thing,
    "region": thing,
    "country": country,
    "language": language,
    "timezone": timezone,
}
