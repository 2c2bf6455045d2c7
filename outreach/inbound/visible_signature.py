"""Where a signature begins at the end of what a person wrote, by its look: no names are known."""

import re
from collections.abc import Sequence

from outreach.inbound.quotes import begins as begins_with
from outreach.inbound.quotes import endings, folded, words

MOST_LINES = 16  # of a signature without a mark before it
MOST_STEPS = 8  # disclaimers, rules and blocks of names one above the other
_DASHES = frozenset(("--", "—", "––", "-- ", "__", "- --"))
_CONTACT = re.compile(
    r"[\w.+-]@[\w-]{1,63}\.|https?://|www\.|\+?\(?\d[\d ()./–-]{6,20}\d"
    r"|(?:^|\s)(?:tel|mob|mobile|phone|cell|fax|тел|моб|電話|电话|手机|전화)\b"
)
_TRACKED = "ᐧ"  # what a tracking add-on of Gmail leaves
_AFTERWORDS = ("ps", "p.s", "p. s", "p.p.s", "nb", "зы", "п.с")
_MADE_WITH = re.compile(r"Sent (?:from|with|via|using)(?: [A-Z][\w.]{1,20}){1,3}[.!]?$")
_PICTURE = re.compile(
    r"\[(?:cid:|image|inline image|quoted text hidden|bild:|logo|картинка|изображение)[^\]\n]{0,200}\]$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?。！？][\s)]*$")
_WORD = re.compile(r"[^\W\d_]+")


def begins(lines: Sequence[str], alone: bool) -> int:
    """The index at which the signature begins in the stripped lines of one block; their number where none does.

    `alone`: the person wrote nothing before this block, so a mark at its top does not end it.
    """
    end = len(lines)
    for index, line in enumerate(lines):
        if line in _DASHES and (not alone or any(lines[:index])):
            end = index
            break
    for _ in range(MOST_STEPS):
        before, end = end, _tail(lines, end)
        if end == before:
            break
    return end


def device(line: str) -> bool:
    """Whether a line says only with what program or device the mail was written."""
    if not line or len(line) > 160:
        return False
    if _MADE_WITH.match(line):
        return True
    low = folded(line).replace("[", "").lstrip("(<*_-—> ")
    bare = low.rstrip(" .。!)]>*_")
    if not begins_with("device", low) and not (len(bare) <= 60 and bare.endswith(endings("device_ends"))):
        return False
    return any(each in low for each in words("device_needs")) and not line.endswith("?")


def _tail(lines: Sequence[str], end: int) -> int:
    """One step up from `end` over blank lines, rules, device lines, a disclaimer or a name block."""
    while end and (not lines[end - 1] or _ruled(lines[end - 1]) or device(lines[end - 1])):
        end -= 1
    start = _paragraph(lines, end)
    if not any(lines[:start]):
        return end if not _closing_block(lines, end) else _closing(lines, end)
    low = folded(lines[start]).lstrip("*_[( ")
    size = sum(map(len, lines[start:end]))
    if (size >= 100 and begins_with("disclaimers", low)) or begins_with("footers", low):
        return start
    if _closing_block(lines, end):
        return _closing(lines, end)
    return start if not _announced(lines, start) and _name_block(lines[start:end]) else end


def _announced(lines: Sequence[str], start: int) -> bool:
    """Whether what is above a paragraph ends with a colon: "my colleague decides:" and her name and telephone."""
    return next((line[-1] in ":：" for line in reversed(lines[:start]) if line), False)


def _paragraph(lines: Sequence[str], end: int) -> int:
    """The first line of the paragraph that ends before `end`."""
    start = end
    while start and lines[start - 1]:
        start -= 1
    return start


def _ruled(line: str) -> bool:
    """Whether a line holds no letters or digits: rules and ornaments, and what is left of a picture."""
    if _PICTURE.match(line):
        return True
    return line == _TRACKED or (len(line) > 1 and not any(map(str.isalnum, line)))


def _closing_block(lines: Sequence[str], end: int) -> bool:
    return _closing(lines, end) < end


def _closing(lines: Sequence[str], end: int) -> int:
    """The line with "Best regards" above short lines of which one is a telephone, site or address; else `end`."""
    contact, taken = False, 0
    for index in range(end - 1, max(-1, end - 2 * MOST_LINES), -1):
        line = lines[index]
        if not line:
            continue
        low = folded(line)
        if len(line) > 100 or taken > MOST_LINES:
            return end
        if line.endswith("?") or _says(line) or low.startswith(_AFTERWORDS):
            return end  # a wish below the name is not to be lost
        if taken and _is_signoff(low):
            while index and _is_signoff(folded(lines[index - 1])):  # two lines of it, as in Chinese
                index -= 1
            return index if contact and any(lines[:index]) else end
        contact = contact or _CONTACT.search(low) is not None
        taken += 1
    return end


def _says(line: str) -> bool:
    """Whether a line is a sentence rather than a name, a title or an address."""
    return _SENTENCE.search(line) is not None and (line[-1] == "。" or len(_WORD.findall(line)) > 5)


def _is_signoff(low: str) -> bool:
    """Whether a folded line is "Best regards," with at most a name after it."""
    end = begins_with("signoffs", low)
    return end > 0 and len(low) - end <= 40 and len(_WORD.findall(low[end:])) <= 4


def _name_block(lines: Sequence[str]) -> bool:
    """Whether a last paragraph is a name with contacts: short lines, no sentences, the first a name."""
    if lines and _PICTURE.match(lines[0]):
        lines = lines[1:]
    if not 2 <= len(lines) <= 10 or any(len(line) > 80 for line in lines):
        return False
    names = _WORD.findall(lines[0])
    if not 1 <= len(names) <= 5 or any(map(str.isdigit, lines[0])) or lines[0][-1] in ":?!.":
        return False
    if not all(name[0].isupper() or name.lower() == name.upper() for name in names):
        return False
    if any(map(_says, lines)):
        return False
    return any(_CONTACT.search(folded(line)) for line in lines[1:])
