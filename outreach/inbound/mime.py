"""MIME by its grammar (RFC 2045, 2046): bytes to headers, parts and text, in time linear in their length.

The standard library's parser builds a tree of objects, goes through every line in Python, compiles a pattern for
each boundary and recurses as deep as a mail tells it to. Here a part is found with one search for its boundary,
and the caller says how deep and how far to go.
"""

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator
from email.message import Message
from email.utils import collapse_rfc2231_value
from functools import cache
from quopri import decodestring
from string import ascii_letters, digits

from outreach.inbound.headers import characters

MOST_HEADERS = 64 << 10  # bytes of one part's headers
MOST_VALUE = 4_000  # characters of a Content-Type that are looked at
_FIELD = re.compile(r"([!-9;-~]+)[ \t]{0,9}:[ \t]*")
_ESCAPED = re.compile(r"\\(.)")
# What ends a line in some texts: NEL, LINE SEPARATOR and the like; the terminal is never to see them.
_LINE_ENDS = "\r\v\f\x85\u2028\u2029"
# Nobody sees these, and a terminal obeys them: controls (C0, C1), overrides and isolates of the direction of
# writing (UAX 9, 2.1-2.5). Joiners and direction marks stay, words of some scripts need them. Half a surrogate
# pair is no character and cannot be stored.
_AWAY = (
    *(range(0x09), range(0x0E, 0x20), range(0x7F, 0xA0), range(0x202A, 0x202F), range(0x2066, 0x206A)),
    range(0xD800, 0xE000),
)
_LEGIBLE = {
    **dict.fromkeys((code for codes in _AWAY for code in codes), None),
    **dict.fromkeys(map(ord, _LINE_ENDS), "\n"),
}
_CONTROLS = bytes(code for code, kept in _LEGIBLE.items() if code < 0x80 and kept is None)
_ENDED = bytes.maketrans(b"\r\v\f", b"\n\n\n")
_ILLEGIBLE = re.compile(
    rf"[{_LINE_ENDS}" + "".join(f"{chr(codes[0])}-{chr(codes[-1])}" for codes in _AWAY) + "]"
)
_NOT_BASE64 = bytes(set(range(256)) - set(ascii_letters.encode() + digits.encode() + b"+/"))

Headers = tuple[tuple[str, str], ...]


def divided(raw: bytes) -> tuple[Headers, bytes]:
    r"""A mail or part whose lines end with "\n": its headers, and its body.

    Names and values are as they came, folds and all, bytes above 127 as surrogates. Headers end at an empty
    line or at the first line that is none; the body begins with the latter. MOST_HEADERS of them are read.
    """
    if raw[:1] == b"\n":
        return (), raw[1:]
    head, _, body = raw.partition(b"\n\n")
    if len(head) > MOST_HEADERS:
        head = head[:MOST_HEADERS].rpartition(b"\n")[0]
    found: list[tuple[str, str]] = []
    folds: list[str] = []
    lines = head.decode("ascii", "surrogateescape").split("\n")
    for index, line in enumerate(lines):
        if line[:1] in (" ", "\t"):
            folds.append(line)
            continue
        if folds:
            _unfold(found, folds)
        hit = _FIELD.match(line)
        if hit:
            found.append((hit[1], line[hit.end() :]))
        elif line and not line.startswith((":", "From ", ">From ")):
            return tuple(found), raw[sum(len(each) + 1 for each in lines[:index]) :]
    if folds:
        _unfold(found, folds)
    return tuple(found), body


def _unfold(found: list[tuple[str, str]], folds: list[str]) -> None:
    """The lines that go on a header are added to the last one; they belong to none at the very top."""
    if found:
        name, value = found[-1]
        found[-1] = (name, "\n".join((value, *folds)))
    folds.clear()


def first(headers: Headers, name: str) -> str:
    """The first header of a lower-case name as it came, "" where there is none."""
    return next((value for key, value in headers if len(key) == len(name) and key.lower() == name), "")


def content_type(headers: Headers, otherwise: str = "text/plain") -> str:
    """The content type in lower case; `otherwise` where none is given, text/plain where it is malformed."""
    value = first(headers, "content-type")
    if not value:
        return otherwise
    kind = value.partition(";")[0].strip().lower()
    return kind if kind.count("/") == 1 else "text/plain"


def parameter(value: str, name: str) -> str:
    """A parameter of a Content-Type, RFC 2231 forms too; "" where there is none."""
    hit = _parameter(name).search(value[:MOST_VALUE])
    if not hit:
        return ""
    if hit[1]:
        return _extended(value[:MOST_VALUE], name)
    return _ESCAPED.sub(r"\1", hit[2][1:].removesuffix('"')) if hit[2][:1] == '"' else hit[2]


@cache
def _parameter(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"""(?:^|[;\s"]){name}(\*?)[\d*]{{0,5}}\s{{0,9}}=\s{{0,9}}("(?:[^"\\]|\\.){{0,1000}}"?|[^;\s"]{{0,400}})""",
        re.IGNORECASE,
    )


def _extended(value: str, name: str) -> str:
    """A parameter in pieces or with a charset (RFC 2231), as the standard library reads it."""
    message = Message()
    message["Content-Type"] = " ".join(value.split())
    try:
        found = message.get_param(name, "")
        return collapse_rfc2231_value(found) if found else ""
    except (ValueError, LookupError, TypeError, IndexError):  # it was not written for hostile headers
        return ""


def parts(body: bytes, boundary: str, most: int) -> list[bytes]:
    """The first `most` parts between the lines "--BOUNDARY"; none where no such line is there."""
    separator = b"\n--" + boundary.encode("utf-8", "surrogateescape")
    body = b"\n" + body
    found: list[bytes] = []
    start = len(body)  # of the part that was begun
    at = body.find(separator)
    while at >= 0 and len(found) < most:
        after = at + len(separator)
        end = body.find(b"\n", after)
        end = end if end >= 0 else len(body)
        rest = body[after:end].strip(b" \t")
        if rest in (b"", b"--"):
            if start < len(body):
                found.append(body[start:at])
            start = end + 1
            if rest:
                return found
        at = body.find(separator, end)
    return [*found, body[start:]] if start < len(body) and len(found) < most else found


def content(headers: Headers, body: bytes) -> bytes:
    """A body without its transfer encoding; as it is where that is unknown."""
    encoding = first(headers, "content-transfer-encoding").strip().lower()
    if encoding == "quoted-printable":
        return decodestring(body)
    if encoding == "base64":
        try:
            return a2b_base64(body)
        except Error:
            plain = body.translate(None, _NOT_BASE64)
            return a2b_base64(plain[: len(plain) // 4 * 4])
    return body


def text(headers: Headers, body: bytes, most: int) -> str:
    """The characters of a text part, `most` of them, whatever charset it names, cleaned by `legible`."""
    data = content(headers, body)[: 4 * most]
    charset = parameter(first(headers, "content-type"), "charset").strip().lower()
    return legible(characters(data, charset)[:most])


def legible(text: str) -> str:
    """A text that terminals, files and databases take: lines end with "\\n", no control characters but tabs,
    no overrides of the direction of writing, no lone surrogates.
    """
    text = text.replace("\r\n", "\n")
    if text.isascii():  # the most of all mail: as bytes it takes no time
        return text.encode().translate(_ENDED, _CONTROLS).decode()
    return text.translate(_LEGIBLE) if _ILLEGIBLE.search(text) else text


def blocks(data: bytes) -> Iterator[Headers]:
    """The blocks of fields of a report's machine-readable part."""
    for block in data.split(b"\n\n"):
        found = divided(block.lstrip(b"\n"))[0]
        if found:
            yield found
