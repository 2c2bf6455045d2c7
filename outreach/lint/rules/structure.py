"""STR: the letter's build. Length, sentences, paragraphs, lists; whom it speaks to is in `craft`."""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence

from outreach.lint import terms
from outreach.lint.copy import Copy, Piece, count_words
from outreach.lint.finding import Finding, Level
from outreach.lint.rule import Rule
from outreach.lint.rules import craft
from outreach.lint.rules.readability import SCALES, grade
from outreach.lint.terms import Said

_LENGTH = Rule("STR401", "length", Level.WARNING)
_SENTENCE = Rule("STR403", "long-sentence", Level.INFO)
_GRADE = Rule("STR404", "hard-to-read", Level.INFO)
_PARAGRAPH = Rule("STR408", "no-paragraphs", Level.WARNING)
_CATALOGUE = Rule("STR411", "catalogue", Level.INFO)
_GREETING = Rule("STR412", "no-greeting", Level.INFO)
RULES: tuple[Rule, ...] = (
    *(_LENGTH, _SENTENCE, _GRADE, _PARAGRAPH, _CATALOGUE, _GREETING),
    *craft.RULES,
)

_SHORT = 25  # words
_LONG = ((300, Level.ERROR), (180, Level.WARNING), (125, Level.INFO))  # more words than these
_SENTENCE_WORDS = 25
_SENTENCE_CHARACTERS = 60  # Chinese and Japanese
_TABLE_LINE = 40  # characters: lines this short on average are a table or an address, not a sentence
_PARAGRAPH_WORDS = 80
_ONE_BLOCK_WORDS = 60
_MOST_BULLETS = 7
_PRICE_LINES = 3
_PRICE_LINE = 60  # characters; a longer line is prose that names a price
_BLANK_LINE = re.compile(r"\n[ \t\r\u3000]*\n")
_FIGURE = re.compile(r"\d")
_NO_FIGURES = bytes(code for code in range(256) if chr(code) not in "0123456789\n")
_MONEY = re.compile(
    r"[$€£¥￥₽₸₮₴]|\b(?:USD|EUR|GBP|CHF|RUB|KZT|MNT|CNY|RMB|JPY|PLN|TRY|UAH|TL)\b|"
    r"\b(?:руб|тг\b|тенге|теңге|төгрөг|грн|zł)|\d ?[元円万]"
)
_CHARACTER = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def check(copy: Copy) -> Iterator[Finding]:
    """The STR findings of a letter, but for those that are phrases (STR405, 406, 410)."""
    own = [piece for piece in copy.sentences if not (copy.quoted and _is_quoted(copy, piece))]
    sentences = [terms.said(copy, piece) for piece in own]
    yield from _length(copy)
    yield from _sentences(copy, sentences)
    yield from _readability(copy, sentences)
    yield from _paragraphs(copy, sentences)
    yield from _catalogue(copy)
    yield from _no_greeting(copy)
    yield from craft.check(copy, sentences)


def _is_quoted(copy: Copy, piece: Piece) -> bool:
    """Whether a sentence runs into a line that quotes another mail."""
    place = bisect_left(copy.quoted, piece.end, key=lambda line: line.start) - 1
    return place >= 0 and copy.quoted[place].end > piece.start


def _length(copy: Copy) -> Iterator[Finding]:
    if not copy.words:
        yield _LENGTH.found("the letter has no text", level=Level.ERROR, hint="name the offer and one fact")
        return
    if copy.words < _SHORT:
        message, hint = f"{copy.words} words: too few to say who, what and why", "name the offer and one fact"
        yield _LENGTH.found(message, level=Level.INFO, hint=hint)
        return
    for most, level in _LONG:
        if copy.words > most:
            hint = "keep the offer, one proof and one question; the rest belongs in the answer"
            yield _LENGTH.found(f"{copy.words} words: 50-125 are read best", level=level, hint=hint)
            return


def _sentences(copy: Copy, sentences: Sequence[Said]) -> Iterator[Finding]:
    most, unit = (_SENTENCE_CHARACTERS, "characters") if copy.script == "cjk" else (_SENTENCE_WORDS, "words")
    for each in sentences:
        size = len(_CHARACTER.findall(each.text)) if copy.script == "cjk" else len(each.words)
        if size > most and copy.script != "cjk":  # "7,200" and "e-mail" are one word to a reader
            size = sum(any(map(str.isalnum, word)) for word in each.text.split())
        if size > most and not _is_table(each.text):
            start, end = each.piece
            message = f"a sentence of {size} {unit}: more than {most}"
            yield _SENTENCE.found(message, start=start, end=end, hint="make two of it")


def _is_table(text: str) -> bool:
    """Whether a sentence is rather a column of short lines."""
    breaks = text.count("\n")
    return breaks >= 2 and len(text) / (breaks + 1) < _TABLE_LINE


def _readability(copy: Copy, sentences: Sequence[Said]) -> Iterator[Finding]:
    years = grade(copy.tongue, [each.words for each in sentences])
    if years is not None and years > SCALES[copy.tongue].good:
        message = f"reads like school year {years:.1f}: up to {SCALES[copy.tongue].good:g} is easy"
        yield _GRADE.found(message, hint="use shorter sentences and everyday words")


def _paragraphs(copy: Copy, sentences: Sequence[Said]) -> Iterator[Finding]:
    if copy.words <= _ONE_BLOCK_WORDS:
        return
    if not _BLANK_LINE.search(copy.own.strip()):
        hint = "put an empty line between greeting, offer and question"
        yield _PARAGRAPH.found(f"{copy.words} words without an empty line", hint=hint)
        return
    items = set(_items(copy))
    rest = deque(sentences)  # none of them runs over the end of a paragraph
    for start, end in copy.paragraphs:
        size = 0
        while rest and rest[0].piece.start < end:
            each = rest.popleft()
            size += 0 if each.piece.start in items else _words(copy, each)
        if size > _PARAGRAPH_WORDS:
            message = f"a paragraph of {size} words: more than {_PARAGRAPH_WORDS}"
            yield _PARAGRAPH.found(message, start=start, end=end, hint="one thought, one paragraph")


def _items(copy: Copy) -> Iterator[int]:
    """Where the sentences of a list begin: at the mark of each item."""
    for line in copy.bullets:
        text = copy.said(line)
        yield line.end - len(text.lstrip())


def _words(copy: Copy, sentence: Said) -> int:
    return count_words(sentence.text) if copy.script == "cjk" else len(sentence.words)


def _catalogue(copy: Copy) -> Iterator[Finding]:
    hint = "an introduction, not the full description: name two or three, offer the list"
    if len(copy.bullets) > _MOST_BULLETS:
        start, end = copy.bullets[_MOST_BULLETS].start, copy.bullets[-1].end
        yield _CATALOGUE.found(f"a list of {len(copy.bullets)} items", start=start, end=end, hint=hint)
        return
    start, end = copy.body
    if not _has_figures(copy.text[start:end]):
        return
    items = {line.start for line in copy.bullets}
    lines = [line for line in copy.lines if start <= line.start < end and _FIGURE.search(copy.text, *line)]
    priced = [line for line in lines if _prices(copy.said(line), line.start in items)]
    if len(priced) >= _PRICE_LINES:
        start, end = priced[0].start, priced[-1].end
        yield _CATALOGUE.found(f"a table of {len(priced)} prices", start=start, end=end, hint=hint)


def _has_figures(text: str) -> bool:
    """Whether a text has figures in enough lines for a table; told quickly where it is ASCII."""
    figures = text.encode("ascii", "replace").translate(None, _NO_FIGURES)
    return not text.isascii() or sum(map(bool, figures.split(b"\n"))) >= _PRICE_LINES


def _prices(line: str, item: bool) -> bool:
    """Whether a line with digits is one of a price list: short, or an item, with a price."""
    return (item or len(line) <= _PRICE_LINE) and bool(_MONEY.search(line))


def _no_greeting(copy: Copy) -> Iterator[Finding]:
    """A finished letter (it is its own closing) may have been greeted by whoever sends it."""
    if copy.greeting is None and copy.words and copy.closing != copy.text:
        yield _GREETING.found("no greeting", hint="begin with the reader's name")
