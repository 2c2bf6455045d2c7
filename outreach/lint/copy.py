"""A letter as its reader gets it, taken apart once: lines, greeting, sentences, signature, links."""

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from outreach.lint.fact import fact
from outreach.lint.language import Words, detect, script_of, words
from outreach.lint.normal import Folded, fold, lower
from outreach.lint.sentences import sentences, trimmed
from outreach.model import Mailbox, Sender

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# The same for ASCII: an apostrophe without a letter on either side, and all else that parts words.
LOOSE = re.compile(r"'(?:(?<![A-Za-z0-9]')|(?![A-Za-z0-9]))")
_BREAKS = bytes(code if chr(code).isalnum() or chr(code) == "'" else 0x20 for code in range(256))
LINK = re.compile(
    "[HhWw](?:(?<=[Hh])[Tt][Tt][Pp][Ss]?://|(?<=[Ww])[Ww][Ww]\\.)"  # without IGNORECASE: a faster search
    "[^\\s<>\"'\u00ab\u00bb\u201c-\u201f\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]{1,2000}"
)
_LINK_ENDS = ".,;:!?)]*_…”"  # signs after an address that are none of it
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_CJK_CHARS_PER_WORD = 1.6
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_BULLET = re.compile(r"[ \t]*(?:[-*•·–—]|\d{1,2}[.)])\s")
_SIGN_LINES = 12  # a signature is looked for in the last lines only
_SIGN_CHARS, _SIGN_WORDS = 60, 6  # of the line that says goodbye
_CONTACT = re.compile(r"@[\w-]+\.\w|(?:https?://|www\.)\w|\+?\d[\d ()./-]{6,}\d")
_PARTINGS = frozenset(("--", "—", "__"))
_GREETING_CHARS = 80
_CLAUSE = re.compile(r"[^,!.?:，！。：、\n]{1,60}[,!.:，！。：、]+")
_MARKS = tuple(",!.:，！。：、")
_FORMULA_WORDS = 4  # "сайн ажиллаж байна уу?"
_NAME_WORDS = 3  # behind "Hello,"
_HONORIFICS = ("様", "さま", "御中", "さん", "先生", "殿", "各位", "女士", "经理", "經理")


class Piece(NamedTuple):
    """Characters [start, end) of the text."""

    start: int
    end: int


@dataclass(frozen=True)
class Copy:
    """A letter to be linted. Equal copies have the same findings: `html` is made from the same words.

    `subject` None: it goes on in the thread of the letter before. `language` is a tag ("" unknown).
    `first` is False for a follow-up; `reply` says that it really answers something. `closing` is the text
    in which the sender's identity, address and the way to opt out must stand (letter and footer together);
    None where nobody knows it.
    """

    subject: str | None
    text: str
    html: str | None = field(default=None, compare=False)
    language: str = ""
    first: bool = True
    reply: bool = False
    closing: str | None = None
    sender: Sender | None = None
    mailbox: Mailbox | None = None

    @fact
    def tongue(self) -> str:
        """The language whose rules hold: that of the tag without its region, else what the text looks like."""
        return self.language.lower().replace("_", "-").partition("-")[0] or detect(self.text)

    @fact
    def script(self) -> str:
        """The script most letters are in: "latin", "cyrillic", "cjk" or "other"."""
        return script_of(self.text)

    @fact
    def vocabulary(self) -> Words:
        """The words that open, close and turn a letter in its language."""
        return words(self.tongue)

    @fact
    def folded(self) -> Folded:
        """The text made comparable."""
        return fold(self.text)

    @fact
    def folded_subject(self) -> Folded:
        """The subject made comparable ("" where there is none)."""
        return fold(self.subject or "")

    @fact
    def words(self) -> int:
        """Words of the text without quotes and signature; 1.6 Chinese or Japanese characters count as one."""
        return count_words(self.own)

    @fact
    def own(self) -> str:
        """The text without signature and quoted lines."""
        body = self.text[: self.signature]
        return _QUOTED.sub("", body) if ">" in body else body

    @fact
    def lines(self) -> tuple[Piece, ...]:
        """All lines, without their ends."""
        found, start = [], 0
        for line in self.text.split("\n"):
            end = start + len(line)
            found.append(Piece(start, end - (line[-1:] == "\r")))
            start = end + 1
        return tuple(found)

    @fact
    def quoted(self) -> tuple[Piece, ...]:
        """Lines that quote another mail (`> `)."""
        if ">" not in self.text:
            return ()
        return tuple(Piece(*hit.span()) for hit in _QUOTED.finditer(self.text))

    @fact
    def greeting(self) -> Piece | None:
        """The first line with words if it greets, or as much of it as does: "Hi Anna, " before a sentence."""
        line = next((line for line in self.lines if self.said(line).strip()), None)
        if line is None:
            return None
        said = lower(self.text[line.start : min(line.end, line.start + 2 * _GREETING_CHARS)])
        bare = said.strip()
        opens = _begins(bare, self.vocabulary.greetings)
        if opens:
            end = line.start + _clauses(said, said.index(opens) + len(opens))
            return Piece(line.start, end if _rest_counts(self.text[end : line.end]) else line.end)
        if len(bare) > _GREETING_CHARS:
            return None
        greets = bare.endswith((",", "，", "：", ":", "、", *_HONORIFICS))
        return line if greets or _greets_last(bare, self.vocabulary.greetings) else None

    @fact
    def signature(self) -> int:
        """The offset at which the letter's signature begins.

        That is a line `-- `, one that says goodbye, or the last lines with contacts; else the end of the text.
        """
        worded = ((line, said) for line in reversed(self.lines) if (said := self.said(line).strip()))
        last = list(islice(worded, _SIGN_LINES))[::-1]
        for line, said in last[1:]:
            low = lower(said)
            if low in _PARTINGS or _says_goodbye(low, self.vocabulary.signoffs):
                return line.start
        lines = [line for line, _ in last]
        return self._contacts(lines)

    def _contacts(self, lines: list[Piece]) -> int:
        """Where the last block of short lines with a contact in it begins, at most one block before the last."""
        end = len(self.text)
        block: list[Piece] = []
        blocks = 0
        for line in reversed(lines[1:]):
            if block and "\n" in self.text[line.end : block[-1].start].replace("\r", "")[1:]:
                if len(block) > 1 and any(_CONTACT.search(self.said(each)) for each in block):
                    return block[-1].start
                block, blocks = [], blocks + 1
                if blocks > 1:
                    return end
            said = self.said(line).strip()
            block.append(line)
            if len(said) > _GREETING_CHARS or said.endswith(("?", "？")):
                return end
        return end

    @fact
    def body(self) -> Piece:
        """From behind the greeting to the signature."""
        start = self.greeting.end if self.greeting else 0
        return Piece(start, max(start, self.signature))

    @fact
    def paragraphs(self) -> tuple[Piece, ...]:
        """Blocks of lines between blank ones, in the body."""
        found, start, end = [], -1, 0
        first, last = self.body
        for line in self.lines:
            begin = max(line.start, first)
            inside = begin <= line.end <= last
            if inside and self.text[begin : line.end].strip():
                start = begin if start < 0 else start
                end = line.end
            elif start >= 0:
                found.append(Piece(start, end))
                start = -1
        if start >= 0:
            found.append(Piece(start, end))
        return tuple(Piece(*trimmed(self.text, *each)) for each in found)

    @fact
    def bullets(self) -> tuple[Piece, ...]:
        """Lines of lists, in the body."""
        start, end = self.body
        return tuple(
            line
            for line in self.lines
            if start <= line.start < end and _BULLET.match(self.text, line.start, line.end)
        )

    @fact
    def sentences(self) -> tuple[Piece, ...]:
        """The sentences of the body, trimmed; each item of a list is one."""
        return tuple(Piece(*each) for each in sentences(self.text, *self.body, self.tongue))

    @fact
    def links(self) -> tuple[Piece, ...]:
        """The web addresses in the text."""
        if "://" not in self.text and "www." not in self.text.lower():
            return ()
        return tuple(
            Piece(hit.start(), hit.start() + len(hit[0].rstrip(_LINK_ENDS)))
            for hit in LINK.finditer(self.text)
        )

    def said(self, piece: Piece) -> str:
        """The characters of a piece."""
        return self.text[piece.start : piece.end]


def _begins(said: str, beginnings: tuple[str, ...]) -> str:
    """The longest of some beginnings that a line of lower case has as whole words; "" if it has none."""
    if not said.startswith(beginnings):  # as of most lines, told at once
        return ""
    found = [
        each
        for each in beginnings
        if said.startswith(each) and (not said[len(each) : len(each) + 1].isalnum() or _CJK.match(each[-1:]))
    ]
    return max(found, key=len, default="")


def _clauses(said: str, place: int) -> int:
    """Where a greeting ends whose formula ends at `place`: behind the name, if there is one."""
    end = place
    if clause := _CLAUSE.match(said, place):
        return clause.end()
    if said[place : place + 1] in _MARKS:
        end = place + 1
        name = _CLAUSE.match(said, end)
        if name and len(name[0].split()) <= _NAME_WORDS and not _CJK.search(name[0]):
            return name.end()
    return end


def _rest_counts(rest: str) -> bool:
    """Whether what follows a greeting on its line is a sentence of its own."""
    return count_words(rest) > _NAME_WORDS


def _greets_last(said: str, greetings: tuple[str, ...]) -> bool:
    """Whether a line ends in a greeting: "Anna, hello!"."""
    end = said.rpartition(", ")[2] if ", " in said else ""
    return len(end.split()) <= _FORMULA_WORDS and bool(_begins(end, greetings))


def _says_goodbye(said: str, signoffs: tuple[str, ...]) -> bool:
    """Whether a line of lower case is a closing formula, perhaps with a name; not a sentence that begins so."""
    if len(said) > _SIGN_CHARS or not said.startswith(signoffs):
        return False
    formula = _begins(said, signoffs)
    if not formula:
        return False
    rest = count_words(said[len(formula) :])
    return rest <= (2 if said.endswith((".", "?", "!")) else _SIGN_WORDS)


def words_in(text: str) -> list[str]:
    """The words of a text in order: what `WORD` finds, several times faster where it is ASCII."""
    if not text.isascii():
        return WORD.findall(text)
    if "'" in text:
        text = LOOSE.sub(" ", text)
    return text.encode("ascii").translate(_BREAKS).decode("ascii").split()


def count_words(text: str) -> int:
    """Words of a text; 1.6 Chinese or Japanese characters count as one."""
    characters = 0 if text.isascii() else len(_CJK.findall(text))
    if not characters:
        return len(words_in(text))
    return len(words_in(_CJK.sub(" ", text))) + round(characters / _CJK_CHARS_PER_WORD)
