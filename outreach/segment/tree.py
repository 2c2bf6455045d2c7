"""A parsed condition: its tree, and what can be asked of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from outreach.model import Fields, FieldType
from outreach.segment.compare import Match, Verdict, fits
from outreach.segment.history import Fact
from outreach.segment.tokens import shown

NOUNS = {
    FieldType.TEXT: "a text",
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: "a date",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A leaf: the piece of text the user wrote, the field it asks about, and how to answer."""

    text: str
    name: str
    kind: FieldType
    match: Match = field(repr=False, compare=False)
    fact: Fact | None = None  # where the history is asked, not a field
    texts: tuple[str, ...] = ()  # what the field is compared with


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of its part; unknown stays unknown."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Junction:
    """`and` (one False decides) or `or` (one True decides) over two or more parts."""

    decisive: bool
    parts: tuple["Node", ...]


Node: TypeAlias = Comparison | Not | Junction


class Row(NamedTuple):
    """One comparison against one prospect, for `why`."""

    text: str
    value: str
    result: Verdict


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition. `fields` are all it asks about, those of its named segments included.

    `uses` are the facts among them: whoever matches people gathers a History for these and has it `tell` each
    person's fields. Without one they are missing.
    """

    text: str
    fields: frozenset[str]
    uses: frozenset[Fact]
    _tree: Node = field(repr=False)
    _match: Match = field(repr=False, compare=False)

    @property
    def texts(self) -> frozenset[tuple[str, str]]:
        """Each field with a text that it is compared with; patterns of `like` are none."""
        return frozenset((leaf.name, text) for leaf in _leaves(self._tree) for text in leaf.texts)

    def match(self, fields: Fields) -> Verdict:
        """Whether a prospect with these fields is in the segment; None if a missing field leaves it open."""
        return self._match(fields)

    def unknown(self, fields: Fields) -> frozenset[str]:
        """The fields whose absence made the result None; empty when the result is known."""
        return _answer(self._tree, fields)[1]

    def explain(self, fields: Fields) -> tuple[Row, ...]:
        """One row per comparison, in the order of the text: the piece, the field's value, the result."""
        distinct = dict.fromkeys(_leaves(self._tree))
        return tuple(Row(leaf.text, _value(leaf, fields), leaf.match(fields)) for leaf in distinct)


def condition(text: str, tree: Node) -> Condition:
    """The Condition of a tree, compiled."""
    leaves = tuple(_leaves(tree))
    fields = frozenset(leaf.name for leaf in leaves)
    uses = frozenset(leaf.fact for leaf in leaves if leaf.fact)
    return Condition(text, fields, uses, tree, _compiled(tree))


def _compiled(node: Node) -> Match:
    match node:
        case Comparison():
            return node.match
        case Not():
            return _opposite(_compiled(node.part))
        case Junction():
            return _joined(node.decisive, tuple(_compiled(part) for part in node.parts))


def _opposite(part: Match) -> Match:
    def run(fields: Fields) -> Verdict:
        verdict = part(fields)
        return None if verdict is None else not verdict

    return run


def _joined(decisive: bool, parts: tuple[Match, ...]) -> Match:
    otherwise = not decisive

    def run(fields: Fields) -> Verdict:
        result: Verdict = otherwise
        for part in parts:
            verdict = part(fields)
            if verdict is decisive:
                return decisive
            if verdict is None:
                result = None
        return result

    return run


def _answer(node: Node, fields: Fields) -> tuple[Verdict, frozenset[str]]:
    """The verdict, and where it is unknown the fields that made it so."""
    match node:
        case Comparison():
            verdict = node.match(fields)
            return verdict, frozenset({node.name} if verdict is None else ())
        case Not():
            verdict, absent = _answer(node.part, fields)
            return (None if verdict is None else not verdict), absent
        case Junction():
            answers = [_answer(part, fields) for part in node.parts]
            if any(verdict is node.decisive for verdict, _ in answers):
                return node.decisive, frozenset()
            absent = frozenset().union(*(fields for _, fields in answers))
            return (None if absent else not node.decisive), absent


def _leaves(node: Node) -> Iterator[Comparison]:
    match node:
        case Comparison():
            yield node
        case Not():
            yield from _leaves(node.part)
        case Junction():
            for part in node.parts:
                yield from _leaves(part)


def _value(leaf: Comparison, fields: Fields) -> str:
    value: object = fields.get(leaf.name)
    if value is None or value == "":
        return "missing"
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = f"'{shown(value)}'"
    else:
        text = shown(str(value))
    return text if fits(leaf.kind, value) else f"{text} (not {NOUNS[leaf.kind]})"
