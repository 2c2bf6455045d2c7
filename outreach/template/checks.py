"""What an expression of a letter may be, and which fields it needs."""

import unicodedata
from typing import cast

from jinja2 import nodes

from outreach.errors import Problem, Where, did_you_mean
from outreach.template.filters import FILTERS
from outreach.template.source import CONTROL, Tape

Known = frozenset[str]
"""Fields that are certainly there at this place of the letter, because a condition said so."""

_PLAIN = "fields are plain values: write {{ field }} or {{ field | filter }}"
_ARITHMETIC = "letters do not count: put the result into a prospect field"
_REFUSED: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.Call: ("a letter cannot call anything", _PLAIN),
    nodes.Getattr: ("a field has no parts", _PLAIN),
    nodes.Getitem: ("a field has no parts", _PLAIN),
    nodes.Concat: ("`~` is not available in letters", "write the fields side by side: {{ a }} {{ b }}"),
    nodes.List: ("a list is not text", "lists stand only after `in`: {% if country in ['GB', 'IE'] %}"),
    nodes.Tuple: ("a list is not text", "lists stand only after `in`: {% if country in ['GB', 'IE'] %}"),
    nodes.BinExpr: ("arithmetic is not available in letters", _ARITHMETIC),
    nodes.UnaryExpr: ("arithmetic is not available in letters", _ARITHMETIC),
}
_YES_NO = (nodes.Compare, nodes.Not, nodes.Test)


class Checker:
    """Reads expressions in the order of the letter; gathers fields needed and problems.

    A field is required where it is used bare, optional where it is a condition, stands under
    `default`, or is used where a condition on it holds.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.problems: list[Problem] = []
        self.required: set[str] = set()
        self.uses: list[tuple[str, Where]] = []

    def output(self, node: nodes.Expr, known: Known) -> None:
        """An expression between {{ and }}."""
        if isinstance(node, _YES_NO) or (isinstance(node, nodes.Const) and isinstance(node.value, bool)):
            start = node.expr if isinstance(node, nodes.Compare) else node  # a comparison's place is its end
            self._refuse(start, "a yes/no is not text", "write {% if field %} ... {% endif %}")
        else:
            self.read(node, known)

    def read(self, node: nodes.Node, known: Known, soft: bool = False) -> None:
        """An expression; `soft` where a missing value does no harm (a condition, the value of `default`)."""
        match node:
            case nodes.Name():
                self._name(node, known, soft)
            case nodes.Const():
                self._const(node)
            case nodes.And() | nodes.Or():
                fallback = isinstance(node, nodes.Or)
                self.read(node.left, known, soft or fallback)
                self.read(node.right, known | holds(node.left, not fallback), soft)
            case nodes.Not():
                self.read(node.node, known, soft=True)
            case nodes.CondExpr():
                self._condition(node, known, soft)
            case nodes.Compare():
                self.read(node.expr, known)
                for operand in node.ops:
                    self._operand(operand, known)
            case nodes.Neg(node=nodes.Const()):
                self.read(node.node, known)
            case nodes.Filter():
                self._filter(node, known)
            case nodes.Test():
                self._test(node)
            case _:
                self._refuse_kind(node)

    def _refuse(self, node: nodes.Node, message: str, hint: str) -> None:
        self.problems.append(Problem(self.tape.where(node.lineno), message, hint))

    def _refuse_kind(self, node: nodes.Node) -> None:
        part = node.node if isinstance(node, nodes.Call) else node
        if isinstance(part, nodes.Getattr) and isinstance(part.node, nodes.Name) and part.attr in FILTERS:
            write = f"write {{{{ {part.node.name} | {part.attr} }}}}"
            self._refuse(part, f"`.{part.attr}` is not available in letters", write)
            return
        kind = next((each for each in type(node).__mro__ if each in _REFUSED), None)
        message, hint = _REFUSED[kind] if kind else ("this is not available in letters", _PLAIN)
        self._refuse(node, message, hint)

    def _name(self, node: nodes.Name, known: Known, soft: bool) -> None:
        if node.name == "self" or unicodedata.normalize("NFKC", node.name) != node.name:
            # `self` is Jinja's own; Python takes names that differ only by NFKC for one
            self._refuse(node, f"`{node.name}` cannot be a field's name", "rename the field")
            return
        self.uses.append((node.name, self.tape.where(node.lineno)))
        if not soft and node.name not in known:
            self.required.add(node.name)

    def _const(self, node: nodes.Const) -> None:
        if node.value is None:
            self._refuse(node, "letters have no `none`", "write {% if field is not defined %}")
        elif isinstance(node.value, str) and (bad := CONTROL.search(node.value)):
            self._refuse(node, f"character U+{ord(bad[0]):04X} cannot be in a letter", "delete it")

    def _condition(self, node: nodes.CondExpr, known: Known, soft: bool) -> None:
        self.read(node.test, known, soft=True)
        self.read(node.expr1, known | holds(node.test, True), soft)
        if node.expr2 is None:
            self._refuse(node, "this `if` has no `else`", "write {{ a if condition else b }}")
        else:
            self.read(node.expr2, known | holds(node.test, False), soft)

    def _operand(self, operand: nodes.Operand, known: Known) -> None:
        if operand.op in ("in", "notin") and isinstance(operand.expr, nodes.List | nodes.Tuple):
            for item in operand.expr.items:
                self.read(item, known)
        else:
            self.read(operand.expr, known)

    def _filter(self, node: nodes.Filter, known: Known) -> None:
        if node.name not in FILTERS:
            hint = f"letters know {', '.join(FILTERS)}"
            self._refuse(node, f"unknown filter `{node.name}`{did_you_mean(node.name, FILTERS)}", hint)
            return
        kind, given = FILTERS[node.name], len(node.args)
        if node.kwargs or node.dyn_args or node.dyn_kwargs or not kind.least <= given <= kind.most:
            many = str(kind.least) if kind.least == kind.most else f"{kind.least} to {kind.most}"
            self._refuse(node, f"`{node.name}` takes {many} values in brackets", _PLAIN)
            return
        for argument in node.args:
            self.read(argument, known)
        value = cast(nodes.Expr, node.node)
        if node.name == "default" and isinstance(value, nodes.Filter) and value.name != "default":
            self._refuse(node, "`default` comes first", 'write {{ field | default("words") | filter }}')
        self.read(value, known, soft=node.name == "default")

    def _test(self, node: nodes.Test) -> None:
        if node.name not in ("defined", "undefined") or node.args or node.kwargs:
            hint = "write `is defined`, or compare: {% if field == 'value' %}"
            self._refuse(node, f"`is {node.name}` is not available in letters", hint)
        elif not isinstance(node.node, nodes.Name):
            self._refuse(node, "`is defined` asks for a field", "write {% if field is defined %}")
        else:
            self._name(node.node, frozenset(), soft=True)


def holds(test: nodes.Node, outcome: bool) -> Known:
    """The fields that are certainly there when a condition comes out true (or false)."""
    match test:
        case nodes.Name():
            return frozenset([test.name]) if outcome else frozenset()
        case nodes.Test(node=nodes.Name(name=name)):
            return frozenset([name]) if (test.name == "defined") == outcome else frozenset()
        case nodes.Not():
            return holds(test.node, not outcome)
        case nodes.And() | nodes.Or():
            left, right = holds(test.left, outcome), holds(test.right, outcome)
            return left | right if isinstance(test, nodes.And) == outcome else left & right
        case _:
            return frozenset()
