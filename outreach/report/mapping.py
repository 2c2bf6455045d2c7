"""Which column of a file becomes which field: the screen before an import."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outreach.model import FieldType
from outreach.report.lines import LABEL, WIDTH, broken, labelled, number, table

MOST = 40  # columns that the screen shows; of the user's own the others are only counted
OPT_OUTS = "opt_outs"  # columns that say who has opted out
_OPT_OUTS = "opt-outs"  # as people read it, and may write it
_EXAMPLE = 40  # characters of a value


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file and the field it is for, "" where it is left out.

    `type` is None for a column without a value: it makes no field. `new` is whether nobody has the field yet:
    it is one of the user's own then. `guess` is the known field that the header seems to be meant for, and
    `said` whether a person named the field, now or earlier. `also` are known fields that are made of
    its words besides: `verified` of a checker's result; `opt_outs` stands for people who are suppressed.
    """

    header: str
    field: str
    type: FieldType | None
    new: bool = False
    examples: tuple[str, ...] = ()
    guess: str = ""
    said: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file. `known` is whether a file with these headers was imported before in the same way,
    `remembered` what was said for it then and holds again, as pairs of header and field.
    """

    columns: Sequence[Column] = ()
    known: bool = False
    remembered: Sequence[tuple[str, str]] = ()


NOTHING = Layout()


def text(layout: Layout) -> str:
    """A table of columns and fields with their first values, then what else they fill and what seems mistyped."""
    shown, rest = _shown(layout.columns)
    rows = [(plain(each.header), *_field(each), "; ".join(map(plain, each.examples))) for each in shown]
    lines = [table(rows, ("COLUMN", "FIELD", "TYPE", "FIRST VALUES"), whole=("FIELD", "TYPE"))]
    if rest:
        lines.append(f"... and {number(rest, 'more column')}, each a field of your own")
    for each in layout.columns:
        if each.also:
            names = (_OPT_OUTS if name == OPT_OUTS else name for name in each.also)
            lines += broken(f"{plain(each.header)!r} is also read for {', '.join(names)}", rest="  ")
        if each.guess:
            lines.append(f"{plain(each.header)!r} looks like {each.guess}: {option(each.header, each.guess)}")
    return "\n".join(lines)


def section(layout: Layout, *, whole: bool) -> str:
    """The mapping on the screen of an import: the whole table, or what was remembered; "" if there is nothing
    to say.
    """
    said = ", ".join(f"{plain(header)} -> {field or 'left out'}" for header, field in layout.remembered)
    lines = broken(f"as last time: {said}", WIDTH - LABEL - 1) if said else []
    if whole:
        lines = [*lines, "every column and the field it is for:"] if lines else ["what each column is for:"]
        return labelled("MAPPING", *lines) + "\n\n" + text(layout) + "\n"
    return labelled("MAPPING", *lines) if lines else ""


def option(header: str, field: str) -> str:
    """What to write on the command line so that a column is for that field."""
    pair = f"{plain(header)}={field}"
    quote = "'" if '"' in pair or "$" in pair or "`" in pair or "!" in pair else '"'
    return f"--map {quote}{pair}{quote}"


def value(layout: Layout) -> dict[str, Any]:
    """`known` (a file with these headers was imported before in the same way), `columns`: a list of `column`
    (its header), `field` ("" if it is left out), `type` (null for a column without values), `new` (nobody has
    the field yet), `said` (by --map, now or earlier), `guess` (the known field that a mistyped header is meant
    for, or ""), `also` (known fields that its words fill besides), `examples` (first values). The field `opt_outs`
    stands for a column that says who has opted out: they are suppressed.
    """
    return {
        "known": layout.known,
        "columns": [
            {
                "column": each.header,
                "field": each.field,
                "type": each.type and str(each.type),
                "new": each.new,
                "said": each.said,
                "guess": each.guess,
                "also": list(each.also),
                "examples": list(each.examples),
            }
            for each in layout.columns
        ],
    }


def _shown(columns: Sequence[Column]) -> tuple[list[Column], int]:
    """The columns that the screen has room for, in their order, and how many it has not."""
    spare = [each for each in columns if each.new and not (each.said or each.guess or each.also)]
    room = max(0, MOST - (len(columns) - len(spare)))
    rest = {id(each) for each in spare[room:]}
    return [each for each in columns if id(each) not in rest], len(rest)


def _field(column: Column) -> tuple[str, str]:
    if not column.field:
        return "-", "left out"
    if column.field == OPT_OUTS:
        return _OPT_OUTS, "" if column.examples else "empty"
    kind = str(column.type) if column.type else "empty"
    return column.field, f"{kind}, new" if column.new and column.type else kind


def plain(text: str) -> str:
    """A header or a value without anything that a terminal would act on, and short."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= _EXAMPLE else text[:_EXAMPLE] + "…"
