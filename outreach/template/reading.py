"""From the source of a subject or body to compiled pieces: includes put in, every output with its place."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from jinja2 import nodes

from outreach.errors import Problem, Where, did_you_mean
from outreach.template.checks import Checker, Known, holds
from outreach.template.pieces import Piece
from outreach.template.source import LIMIT, PARTIAL, Tape, clean
from outreach.template.syntax import Root, Token, compile_root, parse

DEPTH = 8
"""How deep partials may include each other."""


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled subject or body: `root` yields (index of the piece, its value or None for own words)."""

    pieces: tuple[Piece, ...]
    tree: nodes.Template
    root: Root
    line_at: Callable[[int], int]  # a Python line of `root` -> offset on the tape, for run-time errors
    tape: Tape


@dataclass(frozen=True, slots=True)
class _Source:
    """One file, or a part of it, while it is walked."""

    expressions: list[tuple[int, str]]  # offset of each `{{`, and what it says
    chain: tuple[str, ...]  # the partials it was included through
    partials: bool  # whether it may include


class Reader:
    """Reads a letter's parts and what they include onto one tape, collecting pieces and problems."""

    def __init__(self, language: str, folder: str, partials: Mapping[str, str]) -> None:
        self.tape = Tape()
        self.checker = Checker(self.tape)
        self.problems = self.checker.problems
        self.included: dict[str, str] = {}
        self._languages = tuple(dict.fromkeys((language, language.partition("-")[0]))) if language else ()
        self._folder = folder
        self._partials = partials
        self._names = {name.lower(): name for name in partials}
        self._pieces: list[Piece] = []
        self._full = False

    def part(self, text: str, base: int, *, partials: bool) -> Part | None:
        """Compile a subject or body that starts at offset `base`; None when it has problems."""
        self._pieces = []
        before = len(self.problems)
        try:
            tree = nodes.Template(self._parse(text, base, (), partials, frozenset()), lineno=base)
            if len(self.problems) > before:
                return None
            root, line_at = compile_root(tree)
        except (RecursionError, MemoryError, SyntaxError):  # the last two are Python's words for the first
            self.problems.append(Problem(self.tape.where(base), "nested too deep", "write it flat"))
            return None
        return Part(tuple(self._pieces), tree, root, line_at, self.tape)

    def _parse(
        self, text: str, base: int, chain: tuple[str, ...], partials: bool, known: Known
    ) -> list[nodes.Node]:
        tree, stream, problems = parse(text, base, self.tape)
        self.problems += problems
        return self._walk(tree.body, _Source(_expressions(text, base, stream), chain, partials), known)

    def _walk(self, body: Iterable[nodes.Node], source: _Source, known: Known) -> list[nodes.Node]:
        """The same nodes with outputs numbered and includes replaced by what they include."""
        found: list[nodes.Node] = []
        for node in body:
            if isinstance(node, nodes.Output):
                found.append(self._output(node, source, known))
            elif isinstance(node, nodes.If):
                found.append(self._if(node, source, known))
            elif isinstance(node, nodes.Include):
                found += self._include(node, source, known)
        return found

    def _output(self, node: nodes.Output, source: _Source, known: Known) -> nodes.Output:
        children: list[nodes.Expr] = []
        for child in node.nodes:
            index = nodes.Const(len(self._pieces), lineno=child.lineno)
            value: nodes.Expr = nodes.Const(None, lineno=child.lineno)
            if isinstance(child, nodes.TemplateData):
                text, at, expression = child.data, child.lineno, ""
            else:
                self.checker.output(child, known)
                text, value = None, child
                at, expression = source.expressions[bisect_right(source.expressions, (child.lineno,)) - 1]
            where = self.tape.where(at)
            self._pieces.append(Piece(text, at, (where.file, where.line, where.column, expression)))
            children.append(nodes.Tuple([index, value], "load", lineno=child.lineno))
        return nodes.Output(children, lineno=node.lineno)

    def _if(self, node: nodes.If, source: _Source, known: Known) -> nodes.If:
        self.checker.read(node.test, known, soft=True)
        body = self._walk(node.body, source, known | holds(node.test, True))
        known |= holds(node.test, False)
        others = []
        for other in node.elif_:
            others.append(self._if(other, source, known))
            known |= holds(other.test, False)
        return nodes.If(node.test, body, others, self._walk(node.else_, source, known), lineno=node.lineno)

    def _include(self, node: nodes.Include, source: _Source, known: Known) -> list[nodes.Node]:
        where = self.tape.where(node.lineno)
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        hint = 'write {% include "_signature.txt" %}'
        if not source.partials:
            return self._refuse(where, "a subject includes nothing", "write its words into the header block")
        if not isinstance(name, str) or node.ignore_missing or not node.with_context:
            return self._refuse(where, "an include names one file, nothing more", hint)
        if not PARTIAL.fullmatch(name):
            return self._refuse(where, f"`{name:.80}` is not the name of a partial", hint)
        found = self._find(name)
        if not found:
            guess = did_you_mean(name, self._partials)
            return self._refuse(where, f"there is no `{name}` beside this letter{guess}", "write the file")
        if found in source.chain or len(source.chain) == DEPTH:
            return self._refuse(
                where, f"includes go too deep: {' -> '.join((*source.chain, found))}", "undo one"
            )
        text, problems = clean(self._folder + found, self._partials[found])
        if problems:
            self.problems += problems
            return []
        if self.tape.length + len(text) > LIMIT:
            first, self._full = not self._full, True
            message = f"with `{name}` the letter has more than {LIMIT} characters"
            return self._refuse(where, message, "write a letter") if first else []
        self.included[found] = self._partials[found]
        base = self.tape.add(self._folder + found, text)
        return self._parse(text, base, (*source.chain, found), True, known)

    def _find(self, name: str) -> str:
        """The partial of that name, in the letter's language if there is one; empty when there is none."""
        for language in self._languages:
            if found := self._names.get(f"{name.removesuffix('.txt')}.{language}.txt".lower()):
                return found
        return name if name in self._partials else ""

    def _refuse(self, where: Where, message: str, hint: str) -> list[nodes.Node]:
        self.problems.append(Problem(where, message, hint))
        return []


def _expressions(text: str, base: int, stream: list[Token]) -> list[tuple[int, str]]:
    """The offset of each `{{` and the expression behind it."""
    found: list[tuple[int, str]] = []
    opening, begin = 0, 0
    for at, kind, sign in stream:
        if kind == "variable_begin":
            opening, begin = at, at - base + len(sign)
        elif kind == "variable_end":
            found.append((opening, text[begin : at - base].strip()))
    return found
