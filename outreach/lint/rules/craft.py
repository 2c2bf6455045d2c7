"""What a letter does with its reader: says who writes and what for, asks for one thing, speaks of "you"."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain

from outreach.lint import terms
from outreach.lint.copy import WORD, Copy, Piece
from outreach.lint.finding import Finding, Level
from outreach.lint.language import words
from outreach.lint.normal import fold
from outreach.lint.rule import Rule
from outreach.lint.terms import Said

RULES = (
    Rule("STR402", "no-introduction", Level.WARNING),
    Rule("STR407", "not-one-ask", Level.WARNING),
    Rule("STR409", "we-before-you", Level.INFO),
)
_INTRODUCTION, _ASK, _WE = RULES

_OPENING_SENTENCES = 2
_OPENING = {"cjk": 120}  # characters of the opening; elsewhere:
_OPENING_DEFAULT = 250
_MOST_QUESTIONS = 2
_WE_PER_YOU = 2
_FEWEST_PERSONS = 6  # words of both kinds that a ratio can be made of
_NAME = 3  # letters a part of a name must have to be looked for
_BREAKS = 1  # empty lines between two requests that are still one: the deed, and the question about it
_LEAD_IN = 30  # characters of a question such as "Not interested?"
_BLANK_LINE = re.compile(r"\n[ \t\r\u3000]*\n")
_MARKS = "\"'”’»)]」』 \n\t"


def check(copy: Copy, sentences: Sequence[Said]) -> Iterator[Finding]:
    """The findings about who speaks to whom, given the body's sentences."""
    if sentences:
        yield from _introduction(copy, sentences)
        yield from _asks(copy, sentences)
        yield from _persons(copy, sentences)


def _introduction(copy: Copy, sentences: Sequence[Said]) -> Iterator[Finding]:
    if not copy.first and copy.subject is None:
        return  # the first letter stands below it in the thread
    opening = _opening(copy, sentences)
    missing = []
    if copy.first and not _says_who(copy, opening):
        missing.append("who writes")
    if not _says_what(copy, opening):
        missing.append("what is offered")
    if missing:
        yield _INTRODUCTION.found(
            f"the opening does not say {' and '.join(missing)}",
            start=opening.piece.start,
            end=opening.piece.end,
            hint="say who you are and what you offer in the first two sentences",
        )


def _opening(copy: Copy, sentences: Sequence[Said]) -> Said:
    """The first sentences, with the words of the greeting: some introduce themselves there."""
    first = sentences[0].piece.start
    reach = first + _OPENING.get(copy.script, _OPENING_DEFAULT)
    head = [
        each for place, each in enumerate(sentences) if place < _OPENING_SENTENCES or each.piece.start < reach
    ]
    parts = [terms.said(copy, copy.greeting), *head] if copy.greeting else head
    words = [word for part in parts for word in part.words]
    return Said(Piece(first, head[-1].piece.end), " ".join(part.text for part in parts), words)


def _says_who(copy: Copy, opening: Said) -> bool:
    """Whether the opening has an "I" or "we", or a name of the sender: one we know, or one that signs."""
    if persons(copy.tongue, "we", opening):
        return True
    company = copy.sender.company if copy.sender else ""
    known = f"{copy.mailbox.name} {company}" if copy.mailbox else company
    capitals = (word for word in WORD.findall(copy.text[: opening.piece.end]) if not word[0].islower())
    if _names(WORD.findall(fold(known).text), fold(" ".join(capitals)).text.split()):
        return True
    signers = signed(copy)
    if copy.script == "cjk" and any(len(name) > 1 and name[:2] in opening.text for name in signers):
        return True  # names of people have one to three characters, and no spaces around them
    return _names(signers, opening.words)


def _names(parts: Sequence[str], said: Sequence[str]) -> bool:
    """Whether a part of a name is among some words; its ending may differ, as in Russian."""
    stems = tuple(part[: max(_NAME, len(part) - 2)] for part in parts if len(part) >= _NAME)
    return bool(stems) and any(word.startswith(stems) for word in said)


def signed(copy: Copy) -> list[str]:
    """The words of the signature's first lines, where the writer's name and company stand."""
    lines = [line for line in copy.lines if line.start >= copy.signature][1:4]
    return [word for line in lines for word in terms.said(copy, line).words]


def _says_what(copy: Copy, opening: Said) -> bool:
    return terms.offers(copy.tongue).within(opening.words, opening.text)


def _asks(copy: Copy, sentences: Sequence[Said]) -> Iterator[Finding]:
    """One request: a question or a sentence with a word of asking, in one place."""
    requests = _requests(copy, sentences)
    questions = [each for each in requests if _is_question(each)]
    groups = list(_groups(copy, requests))
    if len(questions) > _MOST_QUESTIONS:
        start, end = questions[1].piece.start, questions[-1].piece.end
        hint = "keep the one that matters most"
        yield _ASK.found(f"{len(questions)} questions: a reader answers one", start=start, end=end, hint=hint)
    elif len(groups) > 1:
        start, end = groups[-1]
        hint = "ask for one thing, at the end"
        yield _ASK.found(f"{len(groups)} requests in different places", start=start, end=end, hint=hint)
    elif not groups:
        start, end = sentences[-1].piece
        yield _ASK.found(
            "the letter asks for nothing", start=start, end=end, hint="end with one easy question"
        )


def _groups(copy: Copy, requests: Sequence[Said]) -> Iterator[Piece]:
    """The requests of a letter; those in one paragraph or in neighbouring ones belong together."""
    group: Piece | None = None
    for start, end in (each.piece for each in requests):
        if group and len(_BLANK_LINE.findall(copy.text, group.end, start)) > _BREAKS:
            yield group
            group = None
        group = Piece(group.start if group else start, end)
    if group:
        yield group


def _requests(copy: Copy, sentences: Sequence[Said]) -> list[Said]:
    """The sentences that ask for something: not how to stop the letters, nor the "Not interested?" before that."""
    asks, leaves = terms.asks(copy.tongue), terms.opt_outs(copy.tongue)
    found: list[Said] = []
    for each, after in zip(sentences, (*sentences[1:], None), strict=True):
        if not (_is_question(each) or asks.within(each.words, each.text)):
            continue
        leading = after is not None and len(each.text) <= _LEAD_IN and leaves.within(after.words, after.text)
        if not leading and not leaves.within(each.words, each.text):
            found.append(each)
    return found


def _is_question(each: Said) -> bool:
    return each.text.rstrip(_MARKS).endswith(("?", "？"))


def _persons(copy: Copy, sentences: Sequence[Said]) -> Iterator[Finding]:
    text = "\n".join(each.text for each in sentences)
    whole = Said(copy.body, text, [*chain.from_iterable(each.words for each in sentences)])
    we, you = persons(copy.tongue, "we", whole), persons(copy.tongue, "you", whole)
    if we + you >= _FEWEST_PERSONS and we > _WE_PER_YOU * you:
        yield _WE.found(
            f'"I" and "we" {we} times, "you" {you} times',
            hint="say what the reader gets, not what you do",
        )


def persons(language: str, who: str, said: Said) -> int:
    """How many words for the writer (`who` "we") or the reader ("you") are said."""
    forms, pattern = _persons_of(language, who)
    if pattern is not None:
        return len(pattern.findall(said.text))
    return sum(map(forms.__contains__, said.words))


@cache
def _persons_of(language: str, who: str) -> tuple[frozenset[str], re.Pattern[str] | None]:
    """The folded words, and for a language without spaces the pattern that finds them anywhere."""
    forms = frozenset(fold(form).text for form in getattr(words(language), who))
    if language not in ("zh", "ja") or not forms:
        return forms, None
    return forms, re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
