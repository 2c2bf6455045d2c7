"""The encoding of a text file: certain from its mark or its bytes, else the likeliest."""

import codecs
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The likeliest first. Alphabets are told apart by bytes before charset-normalizer chooses among them.
_LATIN: Final = ("cp1252", "cp1250", "cp1254", "mac_roman")
_OTHERS: Final = ("cp1251", "gb18030", "koi8_r", "shift_jis", "euc_kr", "big5", "cp1253", "cp1256", "cp1255")
_TYPOGRAPHIC: Final = frozenset("“”‘’„–—…€°§&«»·®™©ºª´")
_RARE: Final = frozenset("þðýÞÐÝ")  # Icelandic in Windows-1252, everyday Turkish in Windows-1254
_LETTERS: Final = re.compile(rb"[A-Za-z\x80-\xff]+")
_FOREIGN_LINES: Final = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")


def detect(path: Path) -> tuple[str, bool]:
    """The encoding of a file, and whether it is a guess. Reads the file once, in chunks.

    A byte order mark decides, else UTF-8 if the whole file is valid, else the likeliest for the lines that
    are not ASCII. Related encodings (Windows-1250 and 1252) differ in few letters: show a guess to the user.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        for mark, name in MARKS:
            if head.startswith(mark):
                return name, False
        if name := unmarked_utf16(head):
            return name, True
        try:
            while head:
                decoder.decode(head)
                head = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _guessed(_foreign_lines(path)), True
    return "utf-8", False


def unmarked_utf16(head: bytes) -> str:
    """The UTF-16 without a mark that a text in mostly Latin letters shows by its zero bytes, else ""."""
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, rest = head[start::2].count(0), head[1 - start :: 2].count(0)
        if zeros > len(head) / 5 and rest == 0:
            return name
    return ""


def _foreign_lines(path: Path) -> list[bytes]:
    """The first lines that are not ASCII, a sample's worth: only they tell encodings apart."""
    lines: list[bytes] = []
    missing = _SAMPLE
    with path.open("rb") as file:
        while missing > 0 and (chunk := file.read(_CHUNK)):
            for found in _FOREIGN_LINES.finditer(chunk):
                lines.append(found[0][:missing])
                missing -= len(lines[-1])
                if missing <= 0:
                    break
    return lines


def _guessed(lines: Sequence[bytes]) -> str:
    """The encoding of lines that are not all UTF-8."""
    if sum(map(_is_utf8, lines)) * 2 >= len(lines):
        return "utf-8"  # a few damaged lines; in another encoding all the others would be damaged
    from charset_normalizer import from_bytes  # takes longer to load than most files to read

    sample = b"\n".join(lines)
    words = b"".join(word for word in _LETTERS.findall(sample) if not word.isascii())
    latin = sum(map(str.isascii, map(chr, words))) * 2 > len(words)
    group = _LATIN if latin else _OTHERS
    scores = {
        name: match.chaos - match.coherence / 4 + _oddness(str(match)) + place / 50
        for match in from_bytes(sample, cp_isolation=list(group), threshold=0.8)
        for place, name in enumerate(group)
        if name in match.could_be_from_charset
    }
    return min(scores, key=lambda name: scores[name], default=group[0])


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _oddness(text: str) -> float:
    """How many of the letters beyond ASCII are not as in names: symbols, rare ones, capitals inside a word."""
    around = zip(f" {text}", text, f"{text[1:]} ", strict=False)
    foreign = [letters for letters in around if not letters[1].isascii()]
    odd = [
        char
        for before, char, after in foreign
        if char in _RARE
        or not (char.isalpha() or char in _TYPOGRAPHIC)
        or (before.isalpha() and char.isupper() and after.islower())
    ]
    return len(odd) / max(len(foreign), 1)
