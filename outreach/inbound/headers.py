"""Headers of hostile mail: encoded words, addresses and Message-IDs, in time linear in their length."""

import re
from base64 import b64decode
from binascii import Error
from codecs import lookup
from functools import lru_cache
from quopri import decodestring
from unicodedata import category

LONGEST = 10_000  # characters of a header that are looked at
# What programs write under these names is the wider set of characters (WHATWG Encoding, 4.2).
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
# Codecs of Python that no mail is written in; some take time that grows with the square of the length.
_NO_CHARSETS = ("punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "unicode-escape")
_ENCODED = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\s]{0,1000})\?=")
_BETWEEN = re.compile(r"(?<=\?=)\s{1,20}(?==\?)")  # RFC 2047 6.2: white space between encoded words goes
_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_MESSAGE_ID = re.compile(r"<\s?([^<>\s]{1,500})\s?>")


@lru_cache(maxsize=128)
def decoded(value: str) -> str:
    """A header's value unfolded, encoded words read (RFC 2047), control characters taken out.

    The last are kept: those of an enclosed mail are wanted twice.
    """
    value = " ".join(value[:LONGEST].split())
    if not value.isascii():
        value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "=?" in value:
        value = _ENCODED.sub(_word, _BETWEEN.sub("", value))
    return clean(value).replace("\n", "").replace("\t", "") if not value.isprintable() else value


def _word(hit: re.Match[str]) -> str:
    charset, encoding, text = hit.groups()
    try:
        if encoding in "bB":
            data = b64decode(text + "=" * (-len(text) % 4))
        else:
            data = decodestring(text.replace("_", " ").encode("ascii", "replace"))
        return data.decode(_codec(charset), "replace")
    except (Error, LookupError, ValueError):
        return hit[0]


@lru_cache(maxsize=256)
def _codec(charset: str) -> str:
    """The codec for a charset's name, the wider one that programs mean by it; LookupError for none."""
    try:
        name = lookup(charset).name
        b"a".decode(name, "replace")  # LookupError where Python's codec makes no text
    except ValueError as exc:  # NUL bytes or surrogates in it
        raise LookupError(charset) from exc
    if name in _NO_CHARSETS:
        raise LookupError(charset)
    return _WIDER.get(name, name)


def characters(data: bytes, charset: str) -> str:
    """Bytes as the characters they were meant as, whatever charset they are said to be in.

    That charset, else UTF-8 where all fits; else the charset where only a few bytes do not (a broken
    character must not make all others unreadable); else Windows-1252.
    """
    named = []
    for name in (charset, "utf-8"):
        try:
            named.append(_codec(name))
            return data.decode(named[-1])
        except (LookupError, ValueError):
            continue
    for name in named:
        text = data.decode(name, "replace")
        if 2 * text.count("\ufffd") <= len(text) - len(text.encode("ascii", "ignore")):
            return text
    return data.decode("cp1252", "replace")


def addresses(value: str) -> tuple[str, ...]:
    """The mail addresses in a header's value, lower case, in order; those in brackets first."""
    found = [hit[0].lower() for hit in _ADDRESS.finditer(value[:LONGEST])]
    angled = [each for each in found if f"<{each}>" in value.lower()]
    return tuple(dict.fromkeys((*angled, *found)))


def nameless(text: str) -> str:
    """A text without the mail addresses in it: for what outlives the person it is about."""
    return _ADDRESS.sub("...", text)


def message_ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a header's value, without brackets, in order."""
    return tuple(_MESSAGE_ID.findall(value[:LONGEST]))


# Persian, Hindi and others are not themselves without the joiners.
_KEPT = {"\n", "\t", "\u200c", "\u200d"}


def clean(text: str) -> str:
    """Text that databases and terminals take: no lone surrogates, no control characters but line ends and tabs,
    no invisible ones but joiners.

    White space of all kinds becomes a plain space.
    """
    if text.isprintable():
        return text
    whole = text.encode("utf-8", "replace").decode("utf-8")
    odd = {char for char in set(whole) if not char.isprintable()} - _KEPT
    return (
        whole.translate({ord(char): " " if category(char) == "Zs" else None for char in odd})
        if odd
        else whole
    )
