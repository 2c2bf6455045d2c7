"""Where the author's own words end: attribution lines, ruled banners and header blocks, in many languages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile

from outreach.inbound.quotes import LOOKED_AT, begins, folded, labels, words, wrote

MOST_BACK = 5  # lines over which a mail program wraps one attribution
MOST_TRIED = 3  # places of "wrote" in a line
_MARK = "-_=—–*~# "
_CLOSERS = (":", "：", "--", "——", "׃")  # what ends an attribution
_CLOCK = r"\d{1,2}[:.h時时시]\s?\d{2}(?!\d)"
_DAY = (
    r"\d{4}\s?[年년./-]\s?\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.?\s(?:de\s)?[^\W\d]{3,12}\.?,?\s(?:de\s|г\.?\s)?\d{4}"
    r"|[^\W\d]{2,12}\.?\s\d{1,2}(?:st|nd|rd|th)?\.?,?\s\d{4}|\d{4}\.?\s?[^\W\d]{3,12}\.?\s\d{1,2}"
)
_WHEN = re.compile(f"{_CLOCK}|{_DAY}")
_DAY_FIRST = re.compile(rf"(?:{_DAY})")
_ADDRESS = re.compile(r"[\w.+-]@[\w-]{1,63}\.|<mailto:|&lt;")
_ZOHO = re.compile(r"-{2,8} ?\S[^\n]{5,400}-{2,8}$")
_LOTUS = re.compile(r"\S[^\n]{1,60}? ?-{2,3}\d{1,4}[./-]\d{1,2}[./-]\d{2,4}[^\n]{0,30}?-{2,3}")
_RULE = re.compile(r"[_=\-—–*]{5,200}$")
_UNDERSCORES = re.compile(r"_{20,200}$")
_SENTENCE = re.compile(r"[^\W\d]{4}[.!?…]$|[。！？]$")
_BRACKETED = re.compile(r"\[[^\]]{0,80}\]|\([^)]{0,80}\)")
_LABEL = re.compile(r"[\s>*_|]{0,10}([^\W\d_][^:：\n]{0,28}?)[\s*_]{0,6}[:：]")
_ONE_LINE = re.compile(r"\s\*{0,2}([^\W\d_]{2,14}(?: [^\W\d_]{1,12})?)\*{0,2}\s?[:：]")
_HEADER_LINES = 14


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where something that is not the author's begins: lines `start` to `end` (not included) say so.

    `hard`: all after it is another mail; else it is an attribution, and what is quoted has marks of its own.
    """

    start: int
    end: int
    hard: bool


def mark_at(lines: Sequence[str], own: Sequence[bool], index: int, since: int) -> Mark | None:
    """The mark that the stripped line `index` is, or closes; `own`: not quoted; none starts before `since`."""
    line = lines[index]
    first = line[0]
    if first in "-_=—–*~#>" or line[-1] in ":：-—*":
        found = _banner(lines, index)
        if found:
            return found
    colon = max(line.find(":", 0, 45), line.find("：", 0, 45))
    if colon > 0:
        found = _headers(lines, own, index)
        if found:
            return found
    if _one_line(line):
        return Mark(index, index + 1, hard=True)
    if first.isdigit() or closes(line):
        start = _attribution(lines, own, index, since)
        if start is not None:
            return Mark(_with_headers(lines, start, since), index + 1, hard=False)
    return None


def closes(line: str) -> bool:
    """Whether a stripped line ends as attributions do, so that `mark_at` looks at those above it too."""
    if line[-1].isascii() and line[-1] not in ":-":  # most lines
        return False
    return folded(line[-4:]).endswith(_CLOSERS)


def _one_line(line: str) -> bool:
    """Whether an attribution stands in one line with what it quotes, or is one of Notes ("NAME ---DATE---...")."""
    if "---" in line and _LOTUS.match(line):
        return True
    if "@" not in line[:LOOKED_AT]:
        return False
    low = folded(line)
    if not begins("intro", low):
        return False
    heads = (
        low[: hit.start()]
        for hit in islice(wrote().finditer(low), MOST_TRIED)
        if low[hit.end() :].startswith((": ", " : "))
    )
    return any(_WHEN.search(head) and _ADDRESS.search(head) for head in heads)


def _with_headers(lines: Sequence[str], start: int, since: int) -> int:
    """The rule above the header lines that stand over an attribution, as Yandex writes them; else `start`."""
    for index in range(start - 1, max(since, start - _HEADER_LINES) - 1, -1):
        if _RULE.match(lines[index]) and index < start - 1:
            return index
        if not _meanings(lines[index]):
            break
    return start


def _banner(lines: Sequence[str], index: int) -> Mark | None:
    """A ruled line with words that say what follows, or a rule before a header block."""
    line = lines[index]
    if _UNDERSCORES.match(line):
        return Mark(index, _after_headers(lines, index + 1), hard=True)
    if len(line) > 120:
        return None
    core = folded(line).strip(_MARK + ">:： \t")
    if not core:
        following = next((i for i in range(index + 1, min(index + 4, len(lines))) if lines[i]), None)
        if following is not None and _RULE.match(line) and _headers(lines, None, following):
            return Mark(index, _after_headers(lines, following), hard=True)
        return None
    ruled = line[0] in "-_=—–*~#" and line[-1] in "-_=—–*~#:"
    core = _BRACKETED.sub("", core).strip(_MARK + ":")
    if core in words("banners") and (ruled or line[-1] in ":："):
        return Mark(index, _after_headers(lines, index + 1), hard=True)
    if ruled and line.startswith("--") and any(core.startswith(f"{each} ") for each in _long_banners(core)):
        return Mark(index, _after_headers(lines, index + 1), hard=True)
    return None


def _long_banners(core: str) -> list[str]:
    """The beginnings of two and three words of a banner that are known ("forwarded by NAME on DATE")."""
    parts = core.split(" ", 3)
    return [each for n in (2, 3) if (each := " ".join(parts[:n])) in words("banners")]


@lru_cache(maxsize=512)
def _meanings(line: str) -> frozenset[str]:
    """What the name of a header line may mean; nothing where it is no header line."""
    found = _LABEL.match(line, 0, 60)
    return labels().get(folded(found[1]), frozenset()) if found else frozenset()


def _headers(lines: Sequence[str], own: Sequence[bool] | None, index: int) -> Mark | None:
    """A block of header lines (From, Sent, To, Subject in any language) that begins here."""
    first = _meanings(lines[index])
    if not first:
        return None
    if "from" in first and len(lines[index]) > 60 and _in_one_line(lines[index]):
        return Mark(index, index + 1, hard=True)
    seen: list[frozenset[str]] = []
    blank = 0
    for i in range(index, min(index + _HEADER_LINES, len(lines))):
        if own is not None and not own[i]:
            break
        if not lines[i]:
            blank += 1
            if blank > 1 and i > index + 1 and not lines[i - 1]:
                break
            continue
        meanings = _meanings(lines[i])
        if meanings:
            seen.append(meanings)
    kinds = frozenset().union(*seen)
    strong = "from" in kinds and len(kinds & {"sent", "to", "subject"}) >= 2 and len(seen) >= 3
    short = "from" in first and len(seen) == 2 and "subject" in kinds and bool(_ADDRESS.search(lines[index]))
    return Mark(index, _after_headers(lines, index), hard=True) if strong or short else None


def _in_one_line(line: str) -> bool:
    """Whether a line holds a whole header block, as programs write it that lose line ends."""
    found = [labels().get(folded(hit[1]), frozenset()) for hit in _ONE_LINE.finditer(line[:LOOKED_AT])]
    kinds = frozenset().union(*found)
    return len(kinds & {"sent", "to", "subject"}) >= 2


def _after_headers(lines: Sequence[str], index: int) -> int:
    """The first line after a header block (its wrapped lines too) that may begin here."""
    end = min(index + _HEADER_LINES, len(lines))
    start = next((i for i in range(index, end) if lines[i]), end)
    if start >= len(lines) or not _meanings(lines[start]):
        return index
    return start + sum(1 for _ in takewhile(bool, lines[start : start + _HEADER_LINES]))


def _attribution(lines: Sequence[str], own: Sequence[bool], index: int, since: int) -> int | None:
    """The line where an attribution begins that ends with line `index`; None where it is none."""
    line = folded(lines[index])
    if not line.endswith(_CLOSERS):
        return index if _dated_name(lines, line, index) else None
    said, address = wrote().search(line), _ADDRESS.search(line) is not None
    complete = _complete(lines[index], line, said)
    if complete and _DAY_FIRST.search(line):
        return index
    if said or address or len(line) < 40:
        start = _wrapped(lines, own, index, since)
        if start is not None:
            return start
    if complete or (address and begins("quoting", line)):
        return index
    if (
        said
        and len(line) < 200
        and ((address and _nothing_else(line, said)) or _quoted_next(lines, own, index))
    ):
        return index
    intro = begins("intro", line) > 0 and _WHEN.search(line) is not None
    return index if (intro and _quoted_next(lines, own, index)) or _dated_name(lines, line, index) else None


def _quoted_next(lines: Sequence[str], own: Sequence[bool], index: int) -> bool:
    return next((not own[i] for i in range(index + 1, min(index + 4, len(lines))) if lines[i]), False)


def _nothing_else(line: str, said: re.Match[str]) -> bool:
    """Whether a folded line is "NAME <address> wrote:" or "wrote NAME <address>:", and no sentence."""
    bare = line.rstrip(":： -")
    return said.end() >= len(bare) - 12 or bare[-1:] in (">", ")", "]")


def _complete(line: str, low: str, said: re.Match[str] | None) -> bool:
    """Whether one line (`low`: folded) is an attribution in itself: when, who, and "wrote" or an address."""
    if len(low) > 400 or not _WHEN.search(low):
        return False
    address = _ADDRESS.search(low) is not None
    if not said:
        return address and low[-1] in ":：-"
    if address or begins("intro", low) or not low[0].isalpha() or _WHEN.match(low):
        return True
    timed = _DAY_FIRST.search(low) is not None and re.search(_CLOCK, low) is not None
    joined = said.end() >= len(low) - 3 and said[0][-1].upper() == said[0][-1].lower()  # 写道, 작성
    return timed and (joined or all(map(_named, line[: said.start()].split())))


def _named(word: str) -> bool:
    """Whether a word may be part of a name ("I" is none)."""
    return len(word) > 1 and not word[0].islower()


def _wrapped(lines: Sequence[str], own: Sequence[bool], index: int, since: int) -> int | None:
    """The line above where an attribution begins that was wrapped over a few lines, the last being `index`.

    It is the farthest line that may begin one, or the top of a paragraph that holds nothing else.
    """
    joined, blank, top, farthest = folded(lines[index]), 0, index, None
    for i in range(index - 1, max(since, index - 2 * MOST_BACK) - 1, -1):
        if (not own[i] and lines[i].strip("> ")) or len(joined) > LOOKED_AT or index - blank - i > MOST_BACK:
            break
        if not lines[i]:
            blank += 1
            if farthest is not None or blank > 2:
                break
            continue
        line = folded(lines[i])
        if _SENTENCE.search(line):
            break
        joined, top = f"{line} {joined}", i if not blank else top
        if _may_begin(line) and _WHEN.search(joined) and (_ADDRESS.search(joined) or wrote().search(joined)):
            farthest = i
    if farthest is not None:
        return farthest
    alone = top < index and not (top and lines[top - 1])
    joined = " ".join(map(folded, lines[top : index + 1]))
    return top if alone and _WHEN.search(joined) and _ADDRESS.search(joined) else None


def _may_begin(line: str) -> bool:
    """Whether a folded line may be the first of a wrapped attribution."""
    if line[:1].isdigit() or begins("intro", line):
        return any(map(str.isdigit, line))
    return _ADDRESS.search(line) is not None and wrote().search(line) is not None


def _dated_name(lines: Sequence[str], line: str, index: int) -> bool:
    """Whether a line without a colon is "DATE NAME <address>" alone, as Gmail wrote it in some languages."""
    if _ZOHO.match(line) and wrote().search(line):
        return True
    found = _DAY_FIRST.match(line)
    if not found or len(line) > 200 or line[-1] in ".!?。":
        return False
    alone = index + 1 >= len(lines) or not lines[index + 1]
    clock = re.search(_CLOCK, line[:60]) is not None
    address = _ADDRESS.search(line) is not None
    return alone and (address or (clock and ("gmt" in line or "utc" in line)))
