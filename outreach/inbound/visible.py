"""What the person wrote: a mail's text without what it quotes and without its signature."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from outreach.inbound import visible_signature as signature
from outreach.inbound.html import Line, marked_lines
from outreach.inbound.quotes import folded, wrote
from outreach.inbound.visible_marks import mark_at

MOST_LINES = 2_500  # nobody writes more; what follows is taken for a quote
MOST_CONTEXT = 12  # lines of a quote that are kept above the answer to them
_BLANKS = re.compile(r"\n(?:[ \t\r]{0,200}\n){3,}")
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


def visible(plain: str, html: str = "") -> Visible:
    """The pieces of a reply: from the plain text, or from the HTML where that has more to say."""
    stub = not plain.strip() or (len(plain) < _STUB_SIZE and _STUB.search(plain) is not None)
    lines: Sequence[Line] = marked_lines(html) if html and stub else _plain_lines(plain)
    if html and stub and not any(line.text.strip() for line in lines):
        lines = _plain_lines(plain)
    rest = "\n".join(line.text for line in lines[MOST_LINES:])
    blocks, passed_on = _divided(lines[:MOST_LINES])
    signed = _signed(blocks)
    kept = [_kept(signed, index) for index in range(len(signed))]
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
    return Visible(text, "" if passed_on else said, _joined([*away, [rest]]), taken)


def _plain_lines(plain: str) -> list[Line]:
    """The lines of a plain text, those with ">" marked as quoted."""
    text = plain.replace("\r\n", "\n").replace("\r", "\n")
    text = _BLANKS.sub("\n\n\n", text)
    found = []
    for line in text.split("\n", MOST_LINES):
        quoted = line.startswith(">") or (line.startswith((" >", "  >")) and "\n" not in line)
        found.append(Line(line, ">" if quoted else ""))
    return found


def _divided(lines: Sequence[Line]) -> tuple[list[_Block], bool]:
    """The lines as blocks, and whether all of it is a mail passed on without a word."""
    texts = [line.text.strip() for line in lines]
    own = [not line.mark or _cut_off(line, text) for line, text in zip(lines, texts, strict=True)]
    kinds = [{"": "own", ">": "quote", "-": "signature"}[line.mark] for line in lines]
    since, index, passed_on = 0, 0, False
    while index < len(lines):
        mark = mark_at(texts, own, index, since) if own[index] and texts[index] else None
        if mark is None:
            index += 1
            continue
        written = any(texts[i] and own[i] and kinds[i] == "own" for i in range(since, mark.start)) or (
            "own" in {kinds[i] for i in range(since) if texts[i] and own[i]}
        )
        cut = mark.hard or not _quote_follows(texts, own, mark.end)
        if cut and written:
            kinds[mark.start :] = ["quote"] * (len(lines) - mark.start)
            break
        kinds[mark.start : mark.end] = ["mark"] * (mark.end - mark.start)
        passed_on = passed_on or mark.hard
        since = index = max(mark.end, index + 1)
    return _blocks([line.text for line in lines], kinds), passed_on


def _cut_off(line: Line, text: str) -> bool:
    """Whether "> wrote:" is the end of a wrapped "<address>", not a quote."""
    return (
        line.mark == ">"
        and len(text) < 40
        and text.endswith(":")
        and wrote().match(folded(text[1:])) is not None
    )


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
        stripped = [line.strip() for line in block.lines]
        end = signature.begins(stripped, alone=not any(map(_speaks, found)))
        lines = [
            line
            for line, bare in zip(block.lines[:end], stripped, strict=False)
            if not signature.device(bare)
        ]
        found.append(_Block("own", lines))
        if any(stripped[end:]):
            found.append(_Block("signature", block.lines[end:]))
    return found


def _kept(blocks: Sequence[_Block], index: int) -> list[str]:
    """The lines of a block that are shown: the person's own, and a short quote above its answer."""
    block = blocks[index]
    if block.kind == "own":
        return block.lines
    if block.kind != "quote":
        return []
    answered = any(_speaks(later) for later in blocks[index + 1 :])
    lines = [line for line in block.lines if line.strip("> \t")]
    if not answered or not lines or len(lines) > MOST_CONTEXT:
        return []
    spoken = any(_speaks(earlier) for earlier in blocks[:index])
    if block.named and not spoken:
        return []  # the answer stands below the whole letter
    return [
        f"> {line}" if line.strip() and not line.lstrip().startswith(">") else line for line in block.lines
    ]


def _speaks(block: _Block) -> bool:
    return block.kind == "own" and any(line.strip() for line in block.lines)


def _joined(blocks: Iterable[Sequence[str]]) -> str:
    """Blocks as one text: a blank line between two, no more than one anywhere, none at the ends."""
    texts = ("\n".join(map(str.rstrip, lines)).strip("\n") for lines in blocks)
    return _GAPS.sub("\n\n", "\n\n".join(filter(None, texts)))
