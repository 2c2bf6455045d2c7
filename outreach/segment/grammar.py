"""From a condition's text to its tree: names looked up, types checked, named segments put in.

any        = all { "or" all }
all        = negation { "and" negation }
negation   = { "not" } ( "(" any ")" | segment | comparison )
comparison = asked [ order value | ["not"] "in" "[" value { "," value } "]" | ["not"] "like" text
                   | "is" ["not"] "missing" ]
asked      = field | ( "sent" | "days_since" | "tag" | "campaign" | "replied" ) "(" text ")"
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from unicodedata import normalize

from outreach.model import FieldType
from outreach.segment import compare, functions, literals, names
from outreach.segment.history import FUNCTIONS, Fact, Names
from outreach.segment.tokens import Literal, SegmentError, Source, Token, tokens
from outreach.segment.tree import Comparison, Condition, Junction, Node, Not, condition

MAX_DEPTH: Final = 50
MAX_COMPARISONS: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Part:
    """A named segment, parsed: its tree, its comparisons, and how many levels it nests."""

    node: Node
    comparisons: int
    height: int


@dataclass(frozen=True, slots=True)
class _Known:
    """The names a condition may use, by their NFC form, with the name as it is kept."""

    types: Mapping[str, tuple[str, FieldType]]
    named: Mapping[str, tuple[str, str]]
    past: Names | None
    parts: dict[str, _Part] = field(default_factory=dict)


def parse(
    text: str,
    *,
    types: Mapping[str, FieldType],
    named: Mapping[str, str] | None = None,
    past: Names | None = None,
) -> Condition:
    """The condition that `text` says.

    `types` are the fields that exist, with their types; `named` the conditions of `[segments]`, by name; `past`
    gives the letters, tags and campaigns that may be asked for (None: whichever), and is asked only where a
    condition does.
    Raises SegmentError for the first thing that cannot be understood. Bounded: 10,000 characters for each
    text, 50 levels of nesting and 1,000 comparisons with the named segments put in.
    """
    known = _Known(
        {normalize("NFC", name): (name, kind) for name, kind in types.items()},
        {normalize("NFC", name): (name, source) for name, source in (named or {}).items()},
        past,
    )
    return condition(text, _Parser(Source(text), known, (), 0).whole())


class _Parser:
    """One pass over one text. `chain` are the named segments it stands in, `depth` the levels above it."""

    def __init__(self, source: Source, known: _Known, chain: tuple[str, ...], depth: int) -> None:
        self.source = source
        self.known = known
        self.chain = chain
        self.depth = depth
        self.deepest = depth
        self.comparisons = 0
        self.texts: list[str] = []  # of the comparison that is being read
        self.words = tuple(tokens(source))
        self.at = 0

    @property
    def next(self) -> Token:
        return self.words[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += 1
        return token

    def taken(self, *texts: str) -> bool:
        """Whether the next word is one of these; if so it is behind us now."""
        found = self.next.says(*texts)
        self.at += found
        return found

    def whole(self) -> Node:
        """The tree of the whole text."""
        if self.next.kind == "end":
            hint = "write one, such as `industry == 'retail'`; for everybody: `email is not missing`"
            raise self.source.error(0, "the condition is empty", hint)
        node = self.joined("or")
        if self.next.kind != "end":
            raise names.leftover(self.source, self.next, self.words[self.at - 1])
        return node

    def joined(self, word: str) -> Node:
        parts = [self.joined("and") if word == "or" else self.negation()]
        while self.taken(word):
            parts.append(self.joined("and") if word == "or" else self.negation())
        return parts[0] if len(parts) == 1 else Junction(word == "or", tuple(parts))

    def negation(self) -> Node:
        odd = False
        while self.taken("not"):
            odd = not odd
        node = self.operand()
        return Not(node) if odd else node

    def operand(self) -> Node:
        token = self.next
        if token.says("("):
            return self.parenthesis()
        if token.kind != "name":
            raise names.no_start(self.source, token)
        self.take()
        name = normalize("NFC", token.text)
        if self.next.says("(") and name.lower() in FUNCTIONS:
            self.count(token, 1)
            return self.asked(token, name.lower())
        if name in self.known.named:
            if name in self.known.types:
                message = f"`{name}` is both a field and a segment"
                raise self.source.error(token.at, message, "give the segment in [segments] another name")
            return self.segment(token, name)
        if name in self.known.types:
            self.count(token, 1)
            return self.comparison(token, *self.known.types[name])
        if name.lower() == "date" and self.next.says("("):
            raise names.no_start(self.source, token)
        raise self.unknown(token)

    def unknown(self, token: Token) -> SegmentError:
        """The error for a name that stands for nothing."""
        if self.next.says("("):
            return functions.unknown(self.source, token)
        if token.text.lower() in FUNCTIONS:
            return functions.bare(self.source, token)
        fields = (kept for kept, _ in self.known.types.values())
        return names.unknown_name(self.source, token, fields, (kept for kept, _ in self.known.named.values()))

    def asked(self, token: Token, function: str) -> Node:
        """The comparison of an answer of the history; the function's name is behind us."""
        self.take()
        text = self.next
        if text.kind != "text" or not self.words[self.at + 1].says(")"):
            raise functions.no_argument(self.source, text, function)
        self.at += 2
        fact = Fact(function, functions.checked(self.source, text, function, self.known.past))
        return self.comparison(token, fact.key, FUNCTIONS[function].kind, fact)

    def parenthesis(self) -> Node:
        opened = self.take()
        self.depth += 1
        self.reach(opened, self.depth)
        node = self.joined("or")
        self.depth -= 1
        if self.next.kind == "end":
            raise self.source.error(opened.at, "this parenthesis is never closed", "close it with `)`")
        if not self.taken(")"):
            raise names.leftover(self.source, self.next, self.words[self.at - 1])
        return node

    def segment(self, token: Token, name: str) -> Node:
        """The tree of a named segment, parsed once however often it is named."""
        if name in self.chain:
            ring = " -> ".join((*self.chain[self.chain.index(name) :], name))
            message = f"segment `{name}` uses itself: {ring}"
            raise self.source.error(token.at, message, "take one of them out of the ring")
        if self.next.says("in", "like", "is", *compare.ORDER):
            hint = f"write `{name}` or `not {name}`"
            raise self.source.error(token.at, f"`{name}` is a segment and is used alone", hint)
        below = self.depth + 1
        self.reach(token, below)
        if name not in self.known.parts:
            kept, text = self.known.named[name]
            parser = _Parser(Source(text, kept), self.known, (*self.chain, name), below)
            node = parser.whole()
            self.known.parts[name] = _Part(node, parser.comparisons, parser.deepest - below)
        part = self.known.parts[name]
        self.count(token, part.comparisons)
        self.reach(token, below + part.height)
        return part.node

    def comparison(self, token: Token, name: str, kind: FieldType, fact: Fact | None = None) -> Node:
        """The comparison of the field (or fact) `name`, whose tokens are behind us."""
        operator, self.texts = self.next, []
        if operator.says(*compare.ORDER):
            self.take()
            literal = self.value(name, kind, operator.text)
            match = compare.value_match(name, kind, compare.order_test(kind, operator.text, literal))
        elif self.taken("is"):
            match = compare.missing_match(name, kind, wanted=self.missing(name))
        elif operator.says("in", "like", "not"):
            inverse = self.taken("not")
            if not self.next.says("in", "like"):
                message = f"expected `in` or `like` after `not`, not {names.described(self.next)}"
                raise self.source.error(
                    self.next.at, message, f"write `{name} not in [..]`, or `not {name} ..`"
                )
            test = self.in_list(name, kind) if self.taken("in") else self.like(name, kind)
            match = compare.value_match(name, kind, compare.negated(test) if inverse else test)
        elif kind is FieldType.BOOLEAN and not names.starts_value(operator):
            match = compare.value_match(name, kind, bool)
        else:
            raise names.no_operator(self.source, token, operator, name, kind)
        piece = self.source.text[token.at : self.words[self.at - 1].end]
        return Comparison(re.sub(r"\s*\n\s*", " ", piece), name, kind, match, fact, tuple(self.texts))

    def value(self, name: str, kind: FieldType, symbol: str) -> Literal:
        """A literal that suits the field."""
        token, literal = self.literal(name)
        value = literals.checked(self.source, token, literal, name, kind, symbol)
        if isinstance(value, str):
            self.texts.append(value)
        return value

    def literal(self, name: str) -> tuple[Token, Literal]:
        token = self.next
        if token.kind in ("text", "number"):
            self.take()
            return token, token.value
        if self.taken("true", "false"):
            return token, token.text == "true"
        if token.kind == "name" and token.text.lower() == "date" and self.words[self.at + 1].says("("):
            return self.date_call()
        raise names.no_value(self.source, token, name, self.known.types)

    def date_call(self) -> tuple[Token, Literal]:
        start = self.take()
        self.take()
        text = self.next
        if text.kind != "text" or not self.words[self.at + 1].says(")"):
            raise self.source.error(text.at, "date(..) needs one text in quotes", "write date('2026-12-01')")
        self.at += 2
        whole = self.source.text[start.at : self.words[self.at - 1].end]
        return Token("text", whole, start.at, self.words[self.at - 1].end), literals.day(self.source, text)

    def in_list(self, name: str, kind: FieldType) -> compare.Test:
        opened = self.next
        if not self.taken("["):
            hint = f"write `{name} in ['a', 'b']`, in square brackets"
            raise self.source.error(opened.at, f"`in` needs a list, not {names.described(opened)}", hint)
        found = []
        while not self.taken("]"):
            found.append(self.value(name, kind, "in"))
            if not self.next.says("]") and not self.taken(","):
                if self.next.kind == "end":
                    raise self.source.error(opened.at, "this list is never closed", "close it with `]`")
                message = f"expected `,` or `]`, not {names.described(self.next)}"
                raise self.source.error(self.next.at, message, "separate the values of a list with commas")
        if not found:
            raise self.source.error(
                opened.at, "the list is empty", "nobody is in it; name at least one value"
            )
        return compare.in_test(kind, found)

    def like(self, name: str, kind: FieldType) -> compare.Test:
        self.take()
        token, literal = self.literal(name)
        return compare.like_test(literals.checked_pattern(self.source, token, literal, name, kind))

    def missing(self, name: str) -> bool:
        """What `is` asks: True for missing, False for not missing."""
        wanted = not self.taken("not")
        token = self.take()
        if token.kind == "name" and token.text.lower() == "missing":
            return wanted
        hint = f"write `{name} is missing` or `{name} is not missing`; to compare use == or !="
        raise self.source.error(token.at, f"expected `missing`, not {names.described(token)}", hint)

    def count(self, token: Token, comparisons: int) -> None:
        self.comparisons += comparisons
        if self.comparisons > MAX_COMPARISONS:
            hint = "mark the people with a field when you import them, or use `in [..]`"
            message = f"more than {MAX_COMPARISONS:,} comparisons, with named segments put in"
            raise self.source.error(token.at, message, hint)

    def reach(self, token: Token, depth: int) -> None:
        self.deepest = max(self.deepest, depth)
        if depth > MAX_DEPTH:
            hint = "take parentheses away, or use fewer segments inside segments"
            raise self.source.error(token.at, f"nested deeper than {MAX_DEPTH} levels", hint)
