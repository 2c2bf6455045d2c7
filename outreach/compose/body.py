"""The body: text, or text and HTML as alternatives, each in the lightest encoding that is safe."""

import hashlib
import re
from binascii import b2a_base64, b2a_qp

from outreach.errors import ComposeError
from outreach.model import Outgoing

# Text that may travel as it is: short visible lines, none that a mail store or relay may touch.
_PLAIN = re.compile(r"(?:(?!From )(?:[\t -~]{0,77}[!-~])?\n)*")
_HIGH_BYTES = bytes(range(128, 256))
_QP_FROM = re.compile(rb"^From ", re.MULTILINE)
_QP_LONG = re.compile(rb"^(.{74})(=..)(?=\r$)", re.MULTILINE)


def body(outgoing: Outgoing) -> bytes:
    """The last headers, an empty line, and the text; or text and HTML as alternatives (RFC 2046 §5.1.4)."""
    text = _part("plain", outgoing.text)
    if outgoing.html is None:
        return text
    html = _part("html", document(outgoing.html))
    boundary = _boundary(outgoing.message_id, text + html)
    mark = f"--{boundary}".encode("ascii")
    head = (
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
        "Content-Transfer-Encoding: 7bit\r\n\r\n"
    )
    return b"%b%b\r\n%b\r\n%b\r\n%b\r\n%b--\r\n" % (head.encode("ascii"), mark, text, mark, html, mark)


def document(fragment: str) -> str:
    """The smallest complete HTML document around a letter."""
    head = '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>'
    return f"{head}\n{fragment}\n</body>\n</html>\n"


def canonical(text: str) -> str:
    """`text` with every line ended by a line feed."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.endswith("\n") else f"{text}\n"


def _part(subtype: str, text: str) -> bytes:
    """One text part: as it is, quoted-printable, or base64, whichever is safe and then shortest."""
    lines = canonical(text)
    if _PLAIN.fullmatch(lines):
        encoding, body = "7bit", lines.encode("ascii").replace(b"\n", b"\r\n")
    else:
        encoding, body = _encoded(lines)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + body


def _encoded(lines: str) -> tuple[str, bytes]:
    try:
        data = lines.encode().replace(b"\n", b"\r\n")
    except UnicodeEncodeError as exc:
        raise ComposeError(f"the letter holds half a character: {exc.object[exc.start]!r}") from exc
    if b"\0" in data:
        raise ComposeError("the letter holds the character U+0000", hint="Remove it.")
    foreign = len(data) - len(data.translate(None, _HIGH_BYTES))
    if foreign * 6 > len(data):  # quoted-printable adds 2 per such byte, base64 a third of all
        packed = b2a_base64(data, newline=False)
        return "base64", b"".join(packed[at : at + 76] + b"\r\n" for at in range(0, len(packed), 76))
    quoted = b2a_qp(data, istext=True)
    # Two things the encoder leaves: a white space it escaped at the very end of a full line makes it longer
    # than the 76 of RFC 2045 §6.7, and mail stores write ">From " where a line begins so.
    quoted = _QP_LONG.sub(rb"\1=\r\n\2", quoted)
    return "quoted-printable", _QP_FROM.sub(b"=46=\r\nrom ", quoted)


def _boundary(identifier: str, parts: bytes) -> str:
    """A boundary that follows from the Message-ID and occurs in no part."""
    seed = identifier.encode("ascii")
    while True:
        seed = hashlib.sha256(seed).hexdigest()[:32].encode("ascii")
        if seed not in parts:
            return f"=_{seed.decode('ascii')}"
