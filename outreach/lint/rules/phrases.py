"""What is found by phrases: SPM, and stock subjects, filler, buzzwords, greetings (SUB009, STR4xx, SEQ803)."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType

from outreach.lint import builtin
from outreach.lint.characters import has_characters
from outreach.lint.copy import Copy, Piece
from outreach.lint.finding import Finding, Level
from outreach.lint.index import Pack, pack
from outreach.lint.language import LANGUAGES
from outreach.lint.match import Hit, Matcher, words_of
from outreach.lint.phrase import CATEGORIES, CHARACTER_LANGUAGES, Phrase
from outreach.lint.rule import Rule

STOCK, STOCK_SUBJECT, DEFENCE, TOTAL = "SPM101", "SUB009", "SPM107", "SPM110"

RULES: tuple[Rule, ...] = (
    Rule(STOCK, "stock-phrase", Level.WARNING, craft=False),
    Rule("SPM102", "urgency", Level.WARNING, craft=False),
    Rule("SPM103", "free-bait", Level.WARNING, craft=False),
    Rule("SPM104", "money-bait", Level.WARNING, craft=False),
    Rule("SPM105", "hype", Level.WARNING, craft=False),
    Rule("SPM106", "prize", Level.WARNING, craft=False),
    Rule(DEFENCE, "self-defence", Level.WARNING, craft=False),
    Rule("SPM108", "shady-goods", Level.ERROR, craft=False),
    Rule("SPM109", "empty-link-text", Level.INFO, craft=False),
    Rule(TOTAL, "spam-likeness", Level.WARNING, craft=False),
    Rule(STOCK_SUBJECT, "stock-subject", Level.ERROR),
    Rule("STR405", "filler-opener", Level.WARNING),
    Rule("STR406", "buzzword", Level.INFO),
    Rule("STR410", "generic-greeting", Level.WARNING),
    Rule("SEQ803", "empty-follow-up", Level.WARNING),
)
_RULES = {rule.code: rule for rule in RULES}

# (what it is, what to do where the phrase itself does not say)
_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        STOCK: ("a stock phrase", "say what exactly you offer, to whom and at what terms"),
        "SPM102": ("urgency", "name the real date and its reason, or leave it out"),
        "SPM103": ("free bait", "say what it costs and what is included"),
        "SPM104": ("a money promise", "give the price or one figure that you can prove"),
        "SPM105": ("hype", "give a fact the reader can check: a figure, a customer, a standard"),
        "SPM106": ("an advance-fee phrase", "leave it out: filters and readers know it from fraud"),
        DEFENCE: ("self-defence", "leave it out, and say in one line how to stop your letters"),
        "SPM108": ("what no filter lets through", "leave it out"),
        "SPM109": ("a link text that says nothing", "name what the reader finds there"),
        STOCK_SUBJECT: ("a stock heading in the subject", "name the thing: what, for whom, where"),
        "STR405": ("a filler opening", "begin with why you write to this company"),
        "STR406": ("a buzzword", "say what it does, in plain words"),
        "STR410": ("a generic greeting", "greet the person by name, or the team by its work"),
        "SEQ803": ("a follow-up that says nothing new", "add a fact, an answer or a simpler question"),
    }
)
_Group = tuple[str, ...]  # languages that are looked for together
_ENGLISH = ("en",)
_CYRILLIC = ("ru", "kk", "mn", "uk")  # mixed within letters; phrases are long enough to need no telling apart
_LATIN = frozenset(LANGUAGES) - {*_ENGLISH, *_CYRILLIC, *CHARACTER_LANGUAGES}
_ASCII = re.compile("[\0-\x7f]+")
_CYRILLIC_LETTER = re.compile("[\u0400-\u052f]")


class Finder:
    """Finds the phrases of the built-in packs and `own` ones, which may belong to further `rules`.

    `packs` gives the built-in phrases of a language.
    """

    def __init__(
        self,
        own: Iterable[Phrase] = (),
        *,
        rules: Iterable[Rule] = (),
        packs: Callable[[str], Pack] = builtin.pack,
    ) -> None:
        self._own = tuple(own)
        self._rules = {**_RULES, **{rule.code: rule for rule in rules}}
        self._packs = packs
        self._matchers: dict[_Group, Matcher] = {}

    def check(self, copy: Copy) -> Iterator[Finding]:
        """A finding for each phrase and place; the first of a phrase has its points, further ones have none."""
        counted: set[int] = set()
        for part, hit in self.hits(copy):
            points = 0.0 if id(hit.phrase) in counted else hit.phrase.weight
            counted.add(id(hit.phrase))
            yield self._finding(copy, part, hit, points)

    def hits(self, copy: Copy) -> Iterator[tuple[str, Hit]]:
        """The phrases of a letter in order, with the part they stand in; places are those of the letter itself."""
        groups = _active(copy)
        if copy.subject:
            for hit in self._longest(copy.folded_subject.text, groups):
                if hit.phrase.scope in ("", "subject"):
                    yield "subject", Hit(hit.phrase, *copy.folded_subject.original(hit.start, hit.end))
        asks: list[Piece] = []
        for hit in self._longest(copy.folded.text, groups):
            placed = Hit(hit.phrase, *copy.folded.original(hit.start, hit.end))
            if not _counts(copy, placed):
                continue
            if hit.phrase.scope == "ask":
                asks = asks or _asks(copy)
                if not _within(placed, asks):
                    continue
            yield "text", placed

    def touches(self, text: str, language: str) -> bool:
        """Whether a word of the text is one of some phrase's: if not, the text can be no part of a phrase."""
        copy = Copy(None, text, language=language)
        folded, words = copy.folded.text, words_of(copy.folded.text)
        return any(self._matcher(group).knows(folded, words) for group in _active(copy))

    def _longest(self, text: str, groups: Iterable[_Group]) -> list[Hit]:
        """The phrases of a folded text without those within another: spam and craft are looked at apart."""
        words = words_of(text)
        every = [hit for group in groups for hit in self._matcher(group).every(text, words)]
        kept, reached = [], {True: 0, False: 0}
        for hit in sorted(every, key=lambda hit: (hit.start, -hit.end, -hit.phrase.weight)):
            scored = hit.phrase.weight > 0
            if hit.end > reached[scored]:
                kept.append(hit)
                reached[scored] = hit.end
        return kept

    def _finding(self, copy: Copy, part: str, hit: Hit, points: float) -> Finding:
        phrase = hit.phrase
        in_subject = part == "subject" and phrase.code == STOCK
        rule = self._rules[STOCK_SUBJECT if in_subject else phrase.code]
        what, hint = _KINDS.get(rule.code) or (rule.name.replace("-", " "), f"outreach rule {rule.code}")
        text = (copy.subject or "") if part == "subject" else copy.text
        minor = phrase.weight == 1 and rule.level is Level.WARNING
        # In a subject a phrase that may also name an honest trade is warned of, not held.
        trade = in_subject and phrase.weight < CATEGORIES[STOCK].weight
        return rule.found(
            f"{' '.join(text[hit.start : hit.end].split())!r} is {what}",
            part,
            hit.start,
            hit.end,
            level=Level.INFO if minor else Level.WARNING if trade else None,
            hint=phrase.hint or hint,
            rewrite=phrase.rewrite,
            points=points * 2 if in_subject else points,
        )

    def _matcher(self, group: _Group) -> Matcher:
        found = self._matchers.get(group)
        if found is None:
            own = pack(phrase for phrase in self._own if phrase.language in group)
            found = self._matchers[group] = Matcher((*map(self._packs, group), own))
        return found


BUILTIN = Finder()
"""The one without phrases of one's own."""

check = BUILTIN.check


def _active(copy: Copy) -> list[_Group]:
    """The languages whose phrases are looked for: its own, English, and those of each script it has."""
    tongue = copy.tongue
    found: list[_Group] = [_ENGLISH, (tongue,)] if tongue in _LATIN else [_ENGLISH]
    if not copy.text.isascii() or not (copy.subject or "").isascii():
        strange = _ASCII.sub("", copy.folded_subject.text + copy.folded.text)
        if _CYRILLIC_LETTER.search(strange):
            found.append(_CYRILLIC)
        if has_characters(strange):
            found.append(("ja",) if tongue == "ja" else ("zh",))
    return found


def _counts(copy: Copy, hit: Hit) -> bool:
    """Whether the sender says it himself, and where the phrase matters."""
    if hit.phrase.scope == "subject" or _within(hit, copy.quoted):
        return False
    # What defends a mail stands at its foot: such phrases are looked for there too.
    return hit.phrase.code == DEFENCE or hit.start < copy.signature


def _within(hit: Hit, pieces: Sequence[Piece]) -> bool:
    """Whether a phrase begins in one of the pieces, which are in order and apart."""
    place = bisect_right(pieces, hit.start, key=attrgetter("start")) - 1
    return place >= 0 and hit.start < pieces[place].end


def _asks(copy: Copy) -> list[Piece]:
    """The sentences that ask for something, and the last one."""
    signs = ("?", "？", *copy.vocabulary.asks)
    said = [(piece, copy.said(piece).casefold()) for piece in copy.sentences]
    asking = [piece for piece, text in said[:-1] if any(sign in text for sign in signs)]
    return [*asking, *copy.sentences[-1:]]
