"""Headers of hostile mail: encoded words, addresses and Message-IDs, in time linear in their length."""

import re
from base64 import b64decode
from binascii import Error
from quopri import decodestring

LONGEST = 10_000  # characters of a header that are looked at
_ENCODED = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\s]{0,1000})\?=")
_BETWEEN = re.compile(r"(?<=\?=)\s{1,20}(?==\?)")  # RFC 2047 6.2: white space between encoded words goes
_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_MESSAGE_ID = re.compile(r"<\s?([^<>\s]{1,500})\s?>")


def decoded(value: str) -> str:
    """A header's value unfolded, encoded words read (RFC 2047), control characters taken out."""
    value = " ".join(value[:LONGEST].split())
    value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "=?" in value:
        value = _ENCODED.sub(_word, _BETWEEN.sub("", value))
    return value if value.isprintable() else "".join(filter(str.isprintable, value))


def _word(hit: re.Match[str]) -> str:
    charset, encoding, text = hit.groups()
    try:
        if encoding in "bB":
            data = b64decode(text + "=" * (-len(text) % 4))
        else:
            data = decodestring(text.replace("_", " ").encode("ascii", "replace"))
        return data.decode(charset, "replace")
    except (Error, LookupError, ValueError):
        return hit[0]


def addresses(value: str) -> tuple[str, ...]:
    """The mail addresses in a header's value, lower case, in order; those in brackets first."""
    found = [hit[0].lower() for hit in _ADDRESS.finditer(value[:LONGEST])]
    angled = [each for each in found if f"<{each}>" in value.lower()]
    return tuple(dict.fromkeys((*angled, *found)))


def message_ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a header's value, without brackets, in order."""
    return tuple(_MESSAGE_ID.findall(value[:LONGEST]))


def clean(text: str) -> str:
    """Text that databases and terminals take: no lone surrogates, no control characters but line ends and tabs."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(char for char in whole if char in "\n\t" or char.isprintable())
