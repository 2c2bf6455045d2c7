"""Every person's letter linted, at the price of the few that differ.

Most values are plain (a name, a town): whatever they are, the rules find the same. A plain value is put
out of the way by a neutral word, and letters that are then equal are linted once. A value stays where it
could matter: marks, links, words in capitals or of asking, whatever the rules find anything in, a word of
some phrase that joins those around it, and any value that the letter's own characters are glued to or that
stands in brackets. The whole subject stays for the rules about subjects.
"""

import re
from bisect import bisect_right
from dataclasses import replace
from functools import lru_cache

from outreach.lint import terms
from outreach.lint.copy import Copy, Piece
from outreach.lint.finding import Finding, Level
from outreach.lint.language import detect, words
from outreach.lint.letters import located
from outreach.lint.linter import Linter
from outreach.lint.normal import fold
from outreach.lint.rules import disguise, form, links, merge, signs
from outreach.lint.rules import subject as subjects
from outreach.model import Rendered, Span
from outreach.template import Letter

KEPT = 2_000
"""Different letters that are remembered."""

_PLAIN = re.compile(r"[^\W_][\w .,'’&()/-]{0,39}")
_ENDS = re.compile(r"[\w.)]$")  # else its last mark meets the letter's: "Bob," before a comma
_LONE = re.compile(r"[^\W\d_](?:\W+[^\W_])*\W*")  # single letters may be part of a s p a c e d word
_HOST = re.compile(r"\.[^\W\d]")  # as in www.acme.example
_CAPITALS = re.compile(r"[^\W\d_]{2,}")
_BY_SUBJECT = frozenset(f"SUB00{number}" for number in range(1, 9))  # they look at the subject alone
_FAMILIES = (merge, disguise, links, form, signs)  # they judge words wherever they stand; phrases join them
_MANY_WORDS = 8
_ACRONYM = 4  # letters of a word in capitals that is no shouting
_AROUND = 60  # characters on either side that a phrase may begin or end in
_MARKS = ",.;:?!'\"()-‘’“”«»–—…，。；：？！、（）「」《》"  # ordinary ones: they join a value to nothing
_POSSESSIVE = ("'s", "’s")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")  # written without spaces
_BRACKETS = (("[", "]"), ("{", "}"), ("<", ">"), ("【", "】"), ("*|", "|*"))
_BRACKETED = 300  # characters of a line that a notation for a field may have before its value
_NEUTRAL = (
    (re.compile(r"[\d .,/-]+"), "40"),
    (re.compile("[\u0400-\u052f]"), "Гавань"),
    (_CJK, "海港"),
)


class Proof:
    """Lints the letters of many people with one linter, and remembers."""

    def __init__(self, linter: Linter) -> None:
        self.linter = linter
        self._seen: dict[tuple[str | None, str, str, bool], tuple[Finding, ...]] = {}
        self._plain = lru_cache(maxsize=1 << 17)(self._word)
        self._alone = lru_cache(maxsize=64)(_codes)
        self._touches = lru_cache(maxsize=1 << 17)(linter.touches)
        self._joins = lru_cache(maxsize=1 << 17)(self._joining)
        self._subjects = lru_cache(maxsize=1 << 16)(_subject_findings)

    def findings(
        self, rendered: Rendered, letter: Letter, *, first: bool = True, errors: bool = False
    ) -> list[Finding]:
        """What the rules find in one person's letter, at its place in the text and in the template; or its
        errors alone.

        The sums (spam, craft, the share of capitals) are the letter's own, not a person's: SPM110 and FMT201
        are among them only where the letter with a neutral word for each plain value has them.
        """
        content, language = rendered.content, letter.language or _tongue(letter.source)
        text, text_spans = self._neutral("text", content.text, rendered.text_map, language)
        subject, subject_spans = self._neutral(
            "subject", content.subject or "", rendered.subject_map, language
        )
        copy = Copy(None if content.subject is None else subject, text, content.html, language, first=first)
        found = [
            _moved(each, subject_spans, rendered.subject_map)
            if each.part == "subject"
            else _moved(each, text_spans, rendered.text_map)
            for each in self._linted(copy)
            if each.code not in _BY_SUBJECT and not (errors and each.level is not Level.ERROR)
        ]
        found += [
            each
            for each in self._subjects(content.subject, text, language, first)
            if not (errors and each.level is not Level.ERROR)
        ]
        return [located(each, rendered, letter.file) for each in found]

    def _linted(self, copy: Copy) -> tuple[Finding, ...]:
        key = (copy.subject, copy.text, copy.language, copy.first)  # not the copy: it holds all it worked out
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) >= KEPT:
                self._seen.clear()
            found = self._seen[key] = self.linter.lint(copy).findings
        return found

    def _neutral(
        self, name: str, text: str, spans: tuple[Span, ...], language: str
    ) -> tuple[str, list[tuple[int, int]]]:
        """The text of a part with plain values put out of the way, and where each span now stands."""
        said = [text[span.start : span.end] for span in spans]
        brackets = any(opening in text for opening, _ in _BRACKETS)
        places: list[tuple[int, int]] = []
        at = 0
        for number, span in enumerate(spans):
            if span.field:
                value = said[number].rstrip()  # the letter's last one has the line's end
                word = _stands_free(text, span.start, span.start + len(value), brackets) and self._plain(
                    value, language
                )
                if word and not (
                    self._touches(value, language)
                    and self._joins(name, value, *_around(spans, said, number), language)
                ):
                    said[number] = word + said[number][len(value) :]
            places.append((at, at + len(said[number])))
            at += len(said[number])
        return "".join(said), places

    def _word(self, value: str, language: str) -> str:
        """The neutral word for a value; "" where it may matter what the value is."""
        word = _plain(value, language)
        return word if word and _codes(value, language) == self._alone(word, language) else ""

    def _joining(self, name: str, value: str, before: str, after: str, language: str) -> bool:
        """Whether a phrase has words of a value that stands between these words of the letter."""
        around = before + value + after
        copy = (
            Copy(around, "", language=language)
            if name == "subject"
            else Copy(None, around, language=language)
        )
        start, end = len(before), len(before) + len(value)
        return any(each.start < end and start < each.end for each in self.linter.phrases(copy))


def _around(spans: tuple[Span, ...], said: list[str], number: int) -> tuple[str, str]:
    """The letter's own words on either side of a value, as far as a phrase may reach.

    Another value ends them, so that they are the same for everybody.
    """
    before = said[number - 1][-_AROUND:] if number and not spans[number - 1].field else ""
    after = said[number + 1][:_AROUND] if number + 1 < len(spans) and not spans[number + 1].field else ""
    return before, after


def _stands_free(text: str, start: int, end: int, brackets: bool) -> bool:
    """Whether blanks or ordinary marks part a value from what is around it, and none of the text's brackets is
    open before it.
    """
    if not brackets and text[start - 1 : start].isspace() and text[end : end + 1].isspace():
        return True  # as most do
    before = text[max(0, start - _AROUND) : start].rstrip(_MARKS)
    after = text[end : end + _AROUND]
    after = after[2 if after.startswith(_POSSESSIVE) else 0 :].lstrip(_MARKS)
    if not all(not each or each.isspace() or _CJK.match(each) for each in (before[-1:], after[:1])):
        return False
    if not brackets:
        return True
    first = max(0, start - _BRACKETED)
    first = max(first, text.rfind("\n", first, start) - 1)  # a bracket may end the line before
    return not any(
        (place := text.rfind(opening, first, start)) >= 0 and text.find(closing, place + 1, start) < 0
        for opening, closing in _BRACKETS
    )


@lru_cache(maxsize=256)
def _tongue(source: str) -> str:
    """The language of a letter whose file does not name it: looked at once, not for every value."""
    return detect(source)


def _plain(value: str, language: str) -> str:
    """The neutral word for a value; "" where it may matter what the value is."""
    if not _PLAIN.fullmatch(value) or _HOST.search(value) or not _ENDS.search(value) or _shouts(value):
        return ""
    if len(_CAPITALS.findall(value)) > _MANY_WORDS or fold(value).disguises or _asks(value, language):
        return ""
    if _LONE.fullmatch(value):
        return ""
    for pattern, neutral in _NEUTRAL:
        if (pattern.fullmatch if neutral.isdigit() else pattern.match)(value):
            return neutral
    return "Harbour"


def _codes(value: str, language: str) -> frozenset[str]:
    """What the rules find in a value alone, and where letters have values: greeting, sentence, subject."""
    greeting = words(Copy(None, value, language=language).tongue).greetings[0]
    text = f"{greeting} {value},\n\n{value}\n\nSteel from {value}, oak for {value} and {value}\n"
    copy = Copy(f"{value}, steel for {value}", text, language=language)
    return frozenset(each.code for family in _FAMILIES for each in family.check(copy))


def _asks(value: str, language: str) -> bool:
    """Whether a value has a word of asking, or one of how to get no more letters."""
    copy = Copy(None, value, language=language)
    said = terms.said(copy, Piece(0, len(value)))
    groups = (terms.asks(copy.tongue), terms.opt_outs(copy.tongue), terms.opt_outs("en"))
    return any(each.within(said.words, said.text) for each in groups)


def _shouts(value: str) -> bool:
    """Whether a value has words in capitals that are no acronym."""
    capitals = [word for word in _CAPITALS.findall(value) if word.isupper()]
    return len(capitals) > 1 or any(len(word) > _ACRONYM for word in capitals)


def _subject_findings(subject: str | None, text: str, language: str, first: bool) -> tuple[Finding, ...]:
    copy = Copy(subject, text, language=language, first=first)
    return tuple(each for each in subjects.check(copy) if each.code in _BY_SUBJECT)


def _moved(finding: Finding, from_: list[tuple[int, int]], to: tuple[Span, ...]) -> Finding:
    """The finding at its place in the real text: a place in a value is the whole value."""
    if not finding.end or finding.part == "html":
        return finding
    start = _mapped(finding.start, from_, to, last=False, otherwise=0)
    end = _mapped(finding.end - 1, from_, to, last=True, otherwise=start)
    return replace(finding, start=start, end=max(start, end))


def _mapped(
    at: int, from_: list[tuple[int, int]], to: tuple[Span, ...], *, last: bool, otherwise: int
) -> int:
    number = bisect_right(from_, at, key=lambda place: place[0]) - 1
    if number < 0 or at >= from_[number][1]:
        return otherwise
    span = to[number]
    if span.field:
        return span.end if last else span.start
    return span.start + at - from_[number][0] + last
