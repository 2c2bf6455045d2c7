"""What the person wrote: a mail's text without what it quotes and without its signature."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from outreach.inbound import visible_signature as signature
from outreach.inbound.html import Line, marked_lines
from outreach.inbound.mime import legible
from outreach.inbound.quotes import bare, folded, wrote
from outreach.inbound.visible_marks import closes, mark_at

MOST_LINES = 2_500  # nobody writes more; what follows is taken for a quote
MOST_CLOSING = 200  # lines with a colon at the end, which take longest; the rest is taken for a quote too
MOST_CONTEXT = 12  # lines of a quote that are kept above the answer to them
MOST_GREETING = 5  # words
_BLANKS = re.compile(r"\n(?:[ \t\r]{0,200}\n){3,}")
_INITIALS = re.compile(r" ?[A-ZА-Я]{1,3}>")  # "AL> text": The Bat and programs of news groups
_GAPS = re.compile(r"\n{3,}")
_STUB = re.compile(r"html", re.IGNORECASE)
_STUB_SIZE = 300


@dataclass(frozen=True, slots=True)
class Visible:
    """A reply in pieces.

    `text` is what to show: the new text, and where the person answers between quoted lines, those lines with
    ">" before them. `said` is the new text alone, for rules that must never read the quoted letter; it is ""
    where a mail was only passed on. `quoted` and `signature` are what was taken out, in order.
    """

    text: str
    said: str
    quoted: str
    signature: str


@dataclass(slots=True)
class _Block:
    """Lines one after the other that are of one kind. `named`: the line before says who is quoted."""

    kind: str  # "own", "quote", "mark", "signature"
    lines: list[str]
    named: bool = False


@lru_cache(maxsize=4)
def visible(plain: str, html: str = "") -> Visible:
    """The pieces of a reply: from the plain text, or from the HTML where that has more to say.

    They are `mime.legible`. Those of the last mails are kept: who has read a mail asks for what it quotes next.
    """
    stub = not plain.strip() or (len(plain) < _STUB_SIZE and _STUB.search(plain) is not None)
    lines: Sequence[Line] = marked_lines(html) if html and stub else _plain_lines(plain)
    if html and stub and not any(line.text.strip() for line in lines):
        lines = _plain_lines(plain)
    rest = "\n".join(line.text for line in lines[MOST_LINES:])
    blocks, passed_on = _divided(lines[:MOST_LINES])
    signed = _signed(blocks)
    kept = _kept(signed)
    said = _joined(block.lines for block in signed if block.kind == "own")
    text = _joined(lines for lines in kept if lines)
    away = [
        block.lines
        for block, lines in zip(signed, kept, strict=True)
        if not lines and block.kind in ("quote", "mark")
    ]
    taken = _joined(block.lines for block in signed if block.kind == "signature")
    if not text:  # a mail that is nothing but a signature says something
        plain_sign = [line for line in taken.split("\n") if not signature.device(line.strip())]
        text = said = _joined([plain_sign])
        taken = "" if text else taken
    pieces = (text, "" if passed_on else said, _joined([*away, [rest]]), taken)
    return Visible(*map(legible, pieces))  # once more: HTML names characters that stood in no part


def _plain_lines(plain: str) -> list[Line]:
    """The lines of a plain text, those with ">" or somebody's initials and ">" marked as quoted."""
    text = plain.replace("\r\n", "\n").replace("\r", "\n")
    text = _BLANKS.sub("\n\n\n", text)
    lines = text.split("\n", MOST_LINES)
    initials = sum(_INITIALS.match(line) is not None for line in lines) > 1 if ">" in text else False
    found = []
    for line in lines:
        quoted = line.startswith(">") or (line.startswith((" >", "  >")) and "\n" not in line)
        quoted = quoted or (initials and _INITIALS.match(line) is not None)
        found.append(Line(line, ">" if quoted else ""))
    return found


def _divided(lines: Sequence[Line]) -> tuple[list[_Block], bool]:
    """The lines as blocks, and whether all of it is a mail passed on without a word."""
    texts = [bare(line.text) for line in lines]
    own = [not line.mark or _cut_off(line, text) for line, text in zip(lines, texts, strict=True)]
    kinds = [{"": "own", ">": "quote", "@": "mark", "-": "signature"}[line.mark] for line in lines]
    since, index, closing, passed_on, written = 0, 0, 0, False, False
    while index < len(lines):
        closing += own[index] and bool(texts[index]) and closes(texts[index])
        if closing > MOST_CLOSING:
            kinds[index:] = ["quote"] * (len(lines) - index)
            break
        mark = mark_at(texts, own, index, since) if own[index] and texts[index] else None
        if mark is None:
            index += 1
            continue
        written = written or any(texts[i] and own[i] and kinds[i] == "own" for i in range(since, mark.start))
        cut = mark.hard or not _quote_follows(texts, own, mark.end)
        if cut and written:
            kinds[mark.start :] = ["quote"] * (len(lines) - mark.start)
            break
        kinds[mark.start : mark.end] = ["mark"] * (mark.end - mark.start)
        passed_on = passed_on or mark.hard
        since = index = max(mark.end, index + 1)
    return _blocks([line.text for line in lines], kinds), passed_on


def _cut_off(line: Line, text: str) -> bool:
    """Whether ">:" or "> wrote:" is the end of a wrapped "<address>", not a quote."""
    if line.mark != ">" or len(text) > 40 or text[-1:] != ":":
        return False
    return text == ">:" or wrote().match(folded(text[1:])) is not None


def _quote_follows(texts: Sequence[str], own: Sequence[bool], index: int) -> bool:
    """Whether the next line that is not blank is marked as quoted."""
    return next((not own[i] for i in range(index, min(index + 8, len(texts))) if texts[i]), False)


def _blocks(texts: Sequence[str], kinds: Sequence[str]) -> list[_Block]:
    found: list[_Block] = []
    for text, kind in zip(texts, kinds, strict=True):
        if found and (found[-1].kind == kind or (not text.strip() and kind == "own")):
            found[-1].lines.append(text)
        else:
            named = bool(found) and found[-1].kind == "mark"
            found.append(_Block(kind, [text], named))
    return found


def _signed(blocks: Sequence[_Block]) -> list[_Block]:
    """The blocks with the signatures cut off those that the person wrote."""
    found: list[_Block] = []
    for block in blocks:
        if block.kind != "own":
            found.append(block)
            continue
        stripped = [bare(line) for line in block.lines]
        end = signature.begins(stripped, alone=not any(map(_speaks, found)))
        lines = [
            line
            for line, text in zip(block.lines[:end], stripped, strict=False)
            if not signature.device(text)
        ]
        found.append(_Block("own", lines))
        if any(stripped[end:]):
            found.append(_Block("signature", block.lines[end:]))
    return found


def _kept(blocks: Sequence[_Block]) -> list[list[str]]:
    """The lines of each block that are shown: the person's own, and a short quote above its answer."""
    speaking = [index for index, block in enumerate(blocks) if _speaks(block)]
    last_said = speaking[-1] if speaking else -1
    last_quote = max((index for index, block in enumerate(blocks) if block.kind == "quote"), default=-1)
    told = next((index for index in speaking if not _greets(blocks[index])), len(blocks))
    kept: list[list[str]] = []
    for index, block in enumerate(blocks):
        lines = [line for line in block.lines if line.strip("> \t")] if block.kind == "quote" else []
        first = told if index == last_quote else min(speaking, default=len(blocks))
        whole = block.named and index < first  # the answer stands below the whole letter
        if block.kind == "own":
            kept.append(block.lines)
        elif index < last_said and 0 < len(lines) <= MOST_CONTEXT and not whole:
            kept.append([_as_quote(line) for line in block.lines])
        else:
            kept.append([])
    return kept


def _as_quote(line: str) -> str:
    return f"> {line}" if line.strip() and not line.lstrip().startswith(">") else line


def _speaks(block: _Block) -> bool:
    return block.kind == "own" and any(map(bare, block.lines))


def _greets(block: _Block) -> bool:
    """Whether a block is a salutation alone ("Hello Ann,")."""
    lines = [line for line in map(bare, block.lines) if line]
    return len(lines) == 1 and lines[0][-1] in ",!.，،！。" and len(lines[0].split()) <= MOST_GREETING


def _joined(blocks: Iterable[Sequence[str]]) -> str:
    """Blocks as one text: a blank line between two, no more than one anywhere, none at the ends."""
    texts = ("\n".join(map(str.rstrip, lines)).strip("\n") for lines in blocks)
    return _GAPS.sub("\n\n", "\n\n".join(filter(None, texts)))
