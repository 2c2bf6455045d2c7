"""MRG: fields that were not filled in, and what is left where a value was missing."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from outreach.data import table
from outreach.lint.copy import LINK, Copy, Piece
from outreach.lint.finding import Finding, Level
from outreach.lint.rule import Rule

UNRESOLVED = Rule("MRG601", "unresolved-field", Level.ERROR, gate=True)
HOLE = Rule("MRG602", "missing-value", Level.ERROR, gate=True)
NO_FALLBACK = Rule("MRG603", "field-without-fallback", Level.WARNING)
IMPERSONAL = Rule("MRG604", "no-personal-field", Level.INFO)
RULES: tuple[Rule, ...] = (UNRESOLVED, HOLE, NO_FALLBACK, IMPERSONAL)

# The notations of the tools that letters are copied from. What stands in brackets must be made of words
# for fields: `name`. Alternatives in braces are "spintax", {Hi|Hello}.
# The first mark stands before all of them, so that the search skips other characters quickly.
_MARKED = re.compile(
    r"[{[<%$*#【](?:"
    r"(?<=\{)\{.{0,80}?\}\}|(?<=\{)%.{0,80}?%\}|(?<=\$)\{\w{1,40}\}|(?<=<)<\s?\w[\w .-]{0,40}>>|"
    r"(?<=\*)\|[^|\n]{1,40}\|\*|"
    # both: a link with escapes, ?q=a%20b%20c; behind a figure it is a share, 100%off%
    r"(?<=%)(?<!\d%)(?:(?![0-9a-fA-F]{2})\w{2,40}%|\w{2,40}%(?![0-9a-fA-F]{2}))|"
    r"(?<=\{)[^\W\d][\w.-]{0,40}(?: [\w.-]{1,40}){0,2}\}|"
    r"(?<=\{)[^\W\d][^{}|\n]{0,60}\|[^{}\n]{1,200}\}|"
    r"(?<=\[)\s?(?P<square>[^\W\d][^\[\]{}<>\n]{1,40})\]|"
    r"(?<=【)(?P<corner>[^【】\n]{1,20})】|"
    r"(?<=<)\s?(?P<angle>[^\W\d][^\[\]{}<>\n]{1,40})>|"
    r"(?<=#)(?P<hash>[^\W\d]\w{1,40})#)"
)
_OPENING = "{[<%$*#【"
_WINDOWS = frozenset(("%path%", "%temp%", "%appdata%", "%userprofile%", "%programfiles%", "%windir%"))
_FIELD_WORD = re.compile(r"[\s_./-]+")
_STAND_IN = re.compile(r"(?<![^\W_])(?:[XХ]{3,12}|[xх]{3,12}|N\.N\.)(?![^\W_])")
_LOREM = "lorem ipsum"

_NOTHINGS = ("None", "NONE", "null", "NULL", "nan", "NaN", "undefined")
_NOTHING = re.compile(r"(?<![\w'’])(?:None|NONE|null|NULL|nan|NaN|undefined)(?![\w'’])")
_GIVEN = re.compile(
    r"(?<![\w'’])(?:in|at|for|with|from|by|about|like|near|dear|hi|hello|hey)[ \t]+"
    r"(?P<value>(?:None|NaN|nan)(?=[ \t]*(?:[,.!?;:)]|$)|['’]s\b|[ \t]+(?:is|has|team|could|can)\b)"
    r"|(?:null|undefined)(?=[ \t]*(?:[,.!?;:)]|$)|['’]s\b))",
    re.MULTILINE,
)
_FOREIGN_NOTHING = re.compile(r"(?<![\w'’])(?:None|NaN|null)(?![\w'’])")
_SUBJECT_NOTHING = re.compile(r"[ \t]*(?:None|null|nan|NaN|undefined)(?=[ \t]*(?:[,:;!?—–]|-\s|$)|['’]s\b)")
_OBJECT = re.compile(r"\[object Object\]", re.IGNORECASE)
_DOUBLED = re.compile(r"[,;:，、：](?<=[\w)].)[ \t\u3000]+[,.!?;:，。！？、：](?![.\w()|/\\*-])")
_EMPTY = re.compile(r"«\s?»|“\s?”|「\s?」|『\s?』|《\s?》|„\s?“")
_ENDING = re.compile(r"['’](?<=\S[ \t].)(?:s|nin|nın|nun|nün|de|da|te|ta)(?=\s)")
_SPACED_MARK = re.compile(r"[ \t](?<=\w.)[ \t]*+[,.;!?](?=\s|$)")
# A space before a mark or another space: what every hole leaves.
_ODD_SPACE = re.compile("[ \t\u3000][ \t\u3000,.!?;:'’，。！？、：]")
_SPACED_COMMA = re.compile(r"\s[,，]")
_WIDE_GAP = re.compile(r"[ \t](?<=[\w,].)[ \t]++(?=\w)")
_BESIDE = 60  # characters on either side of a gap: more than the words there have
_PUNCTUATION = ",.!:;，。！：；、 \t\u3000"
_SPACE_BEFORE_MARKS = "fr"  # "Bonjour !" is right there


class _Hole(NamedTuple):
    start: int
    end: int
    what: str


def check(copy: Copy) -> Iterator[Finding]:
    """The findings of subject and text; what belongs to a template is not judged here."""
    for part, text in (("subject", copy.subject or ""), ("text", copy.text)):
        for hole in _unresolved(copy, part, text):
            yield UNRESOLVED.found(
                hole.what, part, hole.start, hole.end, hint="fill it in, or fix the name of the field"
            )
        for hole in _holes(copy, part, text):
            yield HOLE.found(
                hole.what,
                part,
                hole.start,
                hole.end,
                hint="give the field a fallback, or leave such people out",
            )


def _unresolved(copy: Copy, part: str, text: str) -> Iterator[_Hole]:
    opened = any(map(text.__contains__, _OPENING))
    marked = [hit for hit in _MARKED.finditer(text) if _is_field(hit, text)] if opened else []
    if marked:
        links = copy.links if part == "text" else [Piece(*hit.span()) for hit in LINK.finditer(text)]
        for hit in marked:
            if not _within(links, hit.start()):
                yield _Hole(*hit.span(), f"unresolved field {hit[0]!r}")
    if part == "text" and copy.greeting:
        for hit in _STAND_IN.finditer(text, *copy.greeting):
            yield _Hole(*hit.span(), f"{hit[0]!r} stands where a name should be")
    if "orem" in text and (place := text.lower().find(_LOREM)) >= 0:
        yield _Hole(place, place + len(_LOREM), "filler text")


def _within(pieces: Sequence[Piece], place: int) -> bool:
    before = bisect_right(pieces, place, key=lambda piece: piece.start)
    return before > 0 and place < pieces[before - 1].end


def _is_field(hit: re.Match[str], text: str) -> bool:
    before = text[hit.start() - 1 : hit.start()]
    if before in ("`", "\\"):
        return False
    inner = hit["square"] or hit["corner"] or hit["angle"] or hit["hash"]
    if inner:
        return _names_a_field(inner) and not (hit["angle"] and f"</{inner}>" in text)  # a tag, closed
    if hit[0].startswith("%"):
        return hit[0].lower() not in _WINDOWS and not hit[0].strip("%").isdigit()
    return not (hit[0].startswith("{") and (before.isalnum() or before in tuple("/$%_^{}")) and before)


def _names_a_field(said: str) -> bool:
    names, beside = _fields()
    words = [word for word in _FIELD_WORD.split(said.lower().strip()) if word]
    if words[:1] == ["insert"]:
        return True
    if said.lower() in ("first", "last", "full", "contact"):
        return True
    return not names.isdisjoint(words) and all(word in names or word in beside for word in words)


def _holes(copy: Copy, part: str, text: str) -> Iterator[_Hole]:
    yield from _nothing(copy, part, text)
    tongue = copy.tongue
    opener = _nameless(copy) if part == "text" else None
    if opener:
        yield opener
    if not text.isascii() and any(map(text.__contains__, "«“「『《„")):
        yield from (_Hole(*hit.span(), "nothing between the quotes") for hit in _EMPTY.finditer(text))
    if not _ODD_SPACE.search(text):
        return
    if not opener:
        yield from (_Hole(*hit.span(), "nothing between two marks") for hit in _DOUBLED.finditer(text))
    if tongue in ("en", "tr") and (" '" in text or " ’" in text):
        yield from (_Hole(*hit.span(), "an ending without its word") for hit in _ENDING.finditer(text))
    yield from _gaps(text, opener.end if opener else 0, tongue)


def _nothing(copy: Copy, part: str, text: str) -> Iterator[_Hole]:
    """What programs write for a missing value, where a value should be."""
    found = {hit.span() for hit in _OBJECT.finditer(text)} if "[" in text else set()
    if not any(map(text.__contains__, _NOTHINGS)) and not found:
        return
    if part == "subject" and (hit := _SUBJECT_NOTHING.match(text)):
        found.add(hit.span())
    if part == "text" and copy.greeting:
        found |= {
            hit.span()
            for hit in _NOTHING.finditer(text, *copy.greeting)
            if not text.startswith(" of", hit.end()) and not text.startswith(" the", hit.end())
        }
    if copy.tongue not in ("en", "de"):
        found |= {hit.span() for hit in _FOREIGN_NOTHING.finditer(text)}
    else:
        found |= {hit.span("value") for hit in _GIVEN.finditer(text)}
    yield from (
        _Hole(start, end, f"{text[start:end]!r} where a value should be") for start, end in sorted(found)
    )


def _nameless(copy: Copy) -> _Hole | None:
    """The greeting, if its name is missing: "Dear ,", "Hi ,", "Уважаемый !"."""
    line = next((line for line in copy.lines if copy.said(line).strip()), None)
    if line is None or line.end - line.start > 80:
        return None
    said = copy.said(line).rstrip().lower()
    bare = " ".join(said.strip(_PUNCTUATION).split())
    nameless = bare in _openers() and (said != bare or bare in ("尊敬的", "亲爱的", "敬爱的"))
    said = said.lstrip()
    if not nameless and _SPACED_COMMA.search(said) and said.startswith(copy.vocabulary.greetings):
        rests = (said[len(each) :] for each in copy.vocabulary.greetings if said.startswith(each))
        nameless = any(rest[:1].isspace() and rest.lstrip()[:1] in (",", "，") for rest in rests)
    return _Hole(line.start, line.end, "the greeting has no name") if nameless else None


def _gaps(text: str, start: int, tongue: str) -> Iterator[_Hole]:
    """Words that something must follow, with nothing behind them: "shops in ?", "for  in"."""
    before = _before(tongue)
    if before is None:
        return
    # Where the first gap is not one of these, not all of them are, and so none is told.
    spaced = _SPACED_MARK.search(text, start)
    if spaced and before.search(text, max(start, spaced.start() - _BESIDE), spaced.end() + _BESIDE):
        ends = [hit for hit in before.finditer(text, start) if hit["mark"]]
        if tongue == _SPACE_BEFORE_MARKS:
            ends = [hit for hit in ends if hit["mark"] in ",."]
        if ends and len(ends) >= len(_SPACED_MARK.findall(text, start)):  # else it is how the writer types
            yield from (_Hole(*hit.span(), f"nothing after “{hit['word']}”") for hit in ends)
    gap = _WIDE_GAP.search(text, start) if "  " in text else None
    if gap and before.search(text, max(start, gap.start() - _BESIDE), gap.end() + _BESIDE):
        wide = [hit for hit in before.finditer(text, start) if hit["next"]]
        if wide and len(wide) >= len(_WIDE_GAP.findall(text, start)):
            yield from (_Hole(hit.start(), hit.end("next"), f"nothing after “{hit['word']}”") for hit in wide)


@cache
def _before(tongue: str) -> re.Pattern[str] | None:
    words = table("blanks")["before"].get(tongue)
    if not words:
        return None
    one = "|".join(sorted(words.split(), key=len, reverse=True))
    return re.compile(
        rf"(?<![\w'’-])(?P<word>{one})(?:[ \t]+(?P<mark>[,.;!?])(?=\s|$)(?![ \t]*\.)"
        rf"|[ \t]{{2,3}}(?P<next>{one})(?!\w))",
        re.IGNORECASE,
    )


@cache
def _openers() -> frozenset[str]:
    return frozenset(" ".join(opener.split()) for opener in table("blanks")["openers"]["all"].split(";"))


@cache
def _fields() -> tuple[frozenset[str], frozenset[str]]:
    listed = table("blanks")["fields"]
    return frozenset(listed["names"].split()), frozenset(listed["beside"].split())
