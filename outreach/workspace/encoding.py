"""The encoding of a text file: certain from its mark or its bytes, else the likeliest."""

import codecs
import re
from collections import Counter
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
_LATIN: Final = (
    *("cp1252", "cp1250", "cp1254", "mac_roman", "cp1257"),
    *("iso8859_2", "cp850", "cp852", "mac_latin2"),
)
_OTHERS: Final = (
    *("cp1251", "gb18030", "koi8_r", "cp932", "euc_kr", "big5", "cp1253", "cp1256", "cp1255"),
    *("cp866", "mac_cyrillic", "koi8_u", "euc_jp"),
)
OTHERS: Final = (*_LATIN, *_OTHERS)
"""What a file may be in whose guessed encoding gives no header."""
# Where a country's own letters are in another encoding than its neighbours': top-level domains of addresses.
_HOMES: Final = {
    **dict.fromkeys((b"cz", b"sk", b"pl", b"hu", b"si", b"hr", b"ba", b"ro"), "cp1250"),
    **dict.fromkeys((b"lt", b"lv", b"ee"), "cp1257"),
    b"tr": "cp1254",
}
_DOMAIN: Final = re.compile(rb"@[\w.-]*\.([a-z]{2})\b")
_AT_HOME: Final = 0.1  # what an encoding gains by it; related ones differ by less where letters are few
_MAC: Final = 0.2  # what those of a Mac gain where lines end in a carriage return only
_TYPOGRAPHIC: Final = frozenset("“”‘’„–—…€°§&«»·®™©ºª´")
_AFTER_NO_LETTER: Final = frozenset("§€°")
_RARE: Final = frozenset("þðýÞÐÝ")  # Icelandic in Windows-1252, everyday Turkish in Windows-1254
# Kazakh letters of kz1048 as Windows-1251 reads them: of three other alphabets, of which no text has two.
_AS_KAZAKH: Final = tuple(map(frozenset, ("ќЌѕЅ", "јЈ", "ўЎ", "єЄїЇґҐ")))
_SOUTH_SLAVIC: Final = frozenset("ѓЃљЉњЊџЏђЂ")
# The letters beyond ASCII of one language each: a name has those of one.
_ALPHABETS: Final = (
    *map(frozenset, ("äöüßåæøé", "àâæçéèêëîïôœùûüÿ", "áéíñóúüçàèïò", "áâãàçéêíóôõúü", "àèéìíòóùú")),
    *map(frozenset, ("áðéíóúýþæö", "ąćęłńóśźż", "áčďéěíňóřšťúůýžľĺŕôä", "áéíóöőúüű", "ăâîșțşţ", "čćđšž")),
    *map(frozenset, ("çğıi̇öşüâîû", "ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž")),
)
_COMMON_HANZI: Final = range(0xB0, 0xD8)  # first bytes of the 3,755 characters that GB 2312 puts first
_FEW: Final = 6  # letters that a name in capitals and small ones has
_LETTERS: Final = re.compile(rb"[A-Za-z\x80-\xff]+")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_KANA: Final = re.compile("[\u3041-\u30fa]")
_FOREIGN_LINES: Final = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")


def detect(path: Path) -> tuple[str, bool]:
    """The encoding of a file, and whether it is a guess. Reads the file once, in chunks.

    A byte order mark decides, else UTF-8 if the whole file is valid, else the likeliest for the lines that
    are not ASCII. Related encodings (Windows-1250 and 1252) differ in few letters: show a guess to the user.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        mac = b"\r" in head and b"\n" not in head
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
            return _guessed(_foreign_lines(path), mac=mac), True
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


def _guessed(lines: Sequence[bytes], *, mac: bool) -> str:
    """The encoding of lines that are not all UTF-8; `mac` says that they end as an old Mac's do."""
    if sum(map(_is_utf8, lines)) * 2 >= len(lines):
        return "utf-8"  # a few damaged lines; in another encoding all the others would be damaged
    from charset_normalizer import from_bytes  # takes longer to load than most files to read

    sample = b"\n".join(line for line in lines if not _is_utf8(line))
    found = [word for word in _LETTERS.findall(sample) if not word.isascii()]
    words = b" ".join(found)
    latin = sum(map(_ascii_letters, found)) * 2 > sum(map(len, found))
    if not latin and len(words) >= _FEW and all(0xE0 <= byte <= 0xFA or byte < 0x80 for byte in words):
        return "cp1255"  # Hebrew has these letters only; Russian has five more and capitals
    group = _LATIN if latin else _OTHERS
    domains = Counter(_DOMAIN.findall(sample.lower()))
    home = _HOMES.get(domains.most_common(1)[0][0]) if domains else None
    scores = {
        name: match.chaos
        - match.coherence / 4
        + _oddness(str(match), mixed=latin)
        + place / 50
        - _AT_HOME * (name == home)
        - _MAC * (mac and name.startswith("mac"))
        for match in from_bytes(sample, cp_isolation=list(group), threshold=0.8)
        for place, name in enumerate(group)
        if name in match.could_be_from_charset
    }
    return _relative(min(scores, key=lambda name: scores[name], default=group[0]), words)


def _relative(best: str, words: bytes) -> str:
    """The likeliest encoding, or one that shares most of its bytes and makes better sense."""
    if best == "cp1251" and _is_kazakh(words):
        best = "kz1048"
    if best in ("cp1251", "kz1048"):
        names = (best, "mac_cyrillic", "ptcp154")
        return min(names, key=lambda name: _oddness(words.decode(name, errors="replace")))
    if best == "gb18030" and _KANA.search(words.decode("euc_jp", errors="ignore")):
        return "euc_jp"  # where GB 2312 has the same syllables, which no Chinese list holds
    return best


def _ascii_letters(word: bytes) -> int:
    return sum(byte < 0x80 for byte in word)


def _is_kazakh(words: bytes) -> bool:
    """Whether what looks like Windows-1251 is its Kazakh variant, which has other letters in 18 places."""
    letters = frozenset(words.decode("cp1251", errors="replace"))
    kinds = [bool(letters & kind) for kind in _AS_KAZAKH]
    return (kinds[0] or sum(kinds) > 1) and not letters & _SOUTH_SLAVIC


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _oddness(text: str, *, mixed: bool = False) -> float:
    """How many of the letters beyond ASCII are not as in names: symbols, rare ones, capitals inside a word.

    Names without any capital, in a script that has them, are odd too. `mixed` counts words with letters of
    more than one language as well.
    """
    around = zip(f" {text}", text, f"{text[1:]} ", strict=False)
    foreign = [letters for letters in around if not letters[1].isascii()]
    odd = [
        char
        for before, char, after in foreign
        if char in _RARE
        or not (char.isalpha() or char in _TYPOGRAPHIC)
        or (before.isalpha() and char in _AFTER_NO_LETTER)
        or (before.isalpha() and char.isupper() and (after.islower() or before.islower()))
        or ("\u3400" <= char <= "\u9fff" and _is_rare_hanzi(char))
    ]
    letters = [char for _, char, _ in foreign if char.isalpha()]
    small = len(letters) >= _FEW and all(map(str.islower, letters)) and not any(map(str.isupper, text))
    return len(odd) / max(len(foreign), 1) + small + (_mixture(text) if mixed else 0)


def _mixture(text: str) -> float:
    """The share of the words with letters beyond ASCII whose letters are of no one language."""
    words = [word for word in _WORDS.findall(text.lower()) if not word.isascii()]
    foreign = [frozenset(letter for letter in word if not letter.isascii()) for word in words]
    strange = sum(not any(letters <= alphabet for alphabet in _ALPHABETS) for letters in foreign)
    return strange / max(len(foreign), 1)


def _is_rare_hanzi(char: str) -> bool:
    """Whether a Chinese character is not of the everyday ones; those of two random bytes seldom are."""
    return char.encode("gb2312", errors="replace")[0] not in _COMMON_HANZI
