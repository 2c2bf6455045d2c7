"""Which column of a file becomes which field: what the headers say, a person, or a person the last time."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from outreach.errors import InputError, problem
from outreach.model import FieldType
from outreach.prospect import KNOWN, Columns, columns
from outreach.prospect.columns import aliases, fold, slug
from outreach.prospect.refusals import Role, role
from outreach.report import held
from outreach.report.imports import TAGS
from outreach.report.mapping import OPT_OUTS, Column, Layout
from outreach.store import Store, mappings, prospects
from outreach.workspace import rejects

# They say what was wrong with a row, and go when it is mended.
OURS = frozenset((*rejects.COLUMNS, held.REASON))
# Columns that are for nothing but to say who has opted out.
_SAID_THERE = (Role.OPT_OUT, Role.OPT_OUT_TOLD)
_LONG = 5  # letters of the shortest header that is taken for a misspelt one
# One slip from a header of a known field ("state", "stad", "contact"), and words themselves.
_WORDS = frozenset({"stage", "stand", "status", "contract", "rolle", "roles", "owned"})


@dataclass(frozen=True, slots=True)
class Settled:
    """The fields of a file's columns, settled. `labels` name the columns, however their headers are written.

    `said` is what a person said for these headers, now or earlier: label -> field, "" leaves it out;
    `earlier` are the labels of which it was remembered. `known` is whether a file with these headers
    (`digest` stands for them) has been imported before, and nothing else was said then. `opt_outs` are the
    places of columns that say who has opted out: their cells become no field, they count as left out.
    """

    columns: Columns
    labels: Sequence[str]
    said: Mapping[str, str]
    earlier: frozenset[str]
    digest: str
    known: bool
    opt_outs: frozenset[int] = frozenset()

    @property
    def telling(self) -> tuple[tuple[int, str, Role], ...]:
        """The columns that may say of a person that they want no letters: place, header, and how it says it."""
        found = []
        for at, (name, header) in enumerate(zip(self.columns.names, self.columns.headers, strict=True)):
            what = role(header) or (Role.STATUS if name == "verified" else None)
            if at in self.opt_outs:
                found.append((at, header, what if what in _SAID_THERE else Role.OPT_OUT))
            elif name and what and what not in _SAID_THERE:
                found.append((at, header, what))
        return tuple(found)

    @property
    def remarked(self) -> tuple[int, ...]:
        """The places of columns that may hold remarks about people, also of those that are left out: whoever does
        not want notes as a field does not want to write to people who asked for no letters.
        """
        named = enumerate(zip(self.columns.names, self.columns.headers, strict=True))
        return tuple(
            at
            for at, (name, header) in named
            if at not in self.opt_outs and header not in OURS and (name not in KNOWN or name == "consent")
        )

    @property
    def dropped(self) -> tuple[int, ...]:
        """The places of the columns that are left out."""
        return tuple(at for at, name in enumerate(self.columns.names) if not name)

    def layout(
        self,
        types: Mapping[str, FieldType],
        new: Container[str],
        examples: Sequence[Sequence[str]],
        also: Mapping[int, Sequence[str]],
    ) -> Layout:
        """The columns for a screen: `examples` are the first values of each, `new` the fields nobody has yet,
        `also` the further fields that columns fill, by their places.

        A column with neither a header nor a value is not shown.
        """
        taken, found = set(self.columns.names), []
        together = zip(self.columns.names, self.columns.headers, self.labels, examples, strict=True)
        for at, (name, header, label, values) in enumerate(together):
            if header in OURS or not (header or values):
                continue
            guess = near(header) if name not in KNOWN and name and label not in self.said else ""
            found.append(
                Column(
                    header=header or label,
                    field=OPT_OUTS if at in self.opt_outs else name,
                    also=tuple(also.get(at, ())) if values else (),
                    type=types.get(name, FieldType.TEXT) if name and values else None,
                    new=name in new,
                    examples=tuple(values),
                    guess="" if guess in taken else guess,
                    said=label in self.said,
                )
            )
        again = [
            (header or label, self.said[label])
            for header, label in zip(self.columns.headers, self.labels, strict=True)
            if label in self.earlier
        ]
        return Layout(found, self.known, again)


def settle(
    store: Store,
    header: Sequence[str],
    said: Sequence[tuple[str, str]],
    *,
    file: str,
    line: int,
    unnamed: Callable[[], str] = str,
) -> Settled:
    """What every column of a header is for; `said` are pairs of column and field of this import.

    A column is named by its header, without regard to case and spaces, or as `column_7` by its place. What was
    said for a file with these headers before holds again unless it is said otherwise. Raises InputError for
    a column that is not there, a field that cannot be, and for whatever `prospect.columns` refuses, to which
    `unnamed` goes.
    """
    labels = _labels(header)
    digest = mappings.digest(labels)
    before = store.read(mappings.recall, digest)
    fields = {**KNOWN, **store.read(prospects.field_types), TAGS: FieldType.TEXT, OPT_OUTS: FieldType.TEXT}
    now: dict[str, str] = {}
    wrong = []
    for column, field in said:
        try:
            label = _place(column, header, labels)
            meant = _field("--map", field, fields)
            if now.setdefault(label, meant) != meant:
                raise InputError([problem(f"--map names {column!r} twice", hint="say it once")])
        except InputError as exc:
            wrong += [replace(each, where=replace(each.where, file=file, line=line)) for each in exc.problems]
    if wrong:
        raise InputError(wrong)
    earlier = {label: field for label, field in (before or {}).items() if label in labels}
    everything = {**earlier, **now}
    known = before is not None and everything == earlier
    named = {at: everything[label] for at, label in enumerate(labels) if label in everything}
    named |= {at: "" for at, name in enumerate(header) if name.strip() in OURS}
    opt_outs = {at for at, name in named.items() if name == OPT_OUTS}
    opt_outs |= {at for at, name in enumerate(header) if at not in named and role(name) in _SAID_THERE}
    named |= dict.fromkeys(opt_outs, "")
    settled = columns(header, file=file, line=line, named=named, unnamed=unnamed)
    again = frozenset(earlier) - frozenset(now)
    return Settled(settled, labels, everything, again, digest, known, frozenset(opt_outs))


def near(header: str) -> str:
    """The known field that a header misses by one slip of the finger: company for "Compnay"; "" for none."""
    folded = fold(header)
    if len(folded) < _LONG or folded in _WORDS or folded[-1].isdigit():  # "Position 2" is meant so
        return ""
    return next((field for alias, field in aliases().items() if _slipped(folded, alias)), "")


def _slipped(text: str, meant: str) -> bool:
    """Whether one letter is missing, too many, another one, or two neighbours are swapped."""
    if abs(len(text) - len(meant)) > 1:
        return False
    if len(text) != len(meant):
        short, long = sorted((text, meant), key=len)
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    wrong = [at for at, (one, other) in enumerate(zip(text, meant, strict=True)) if one != other]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        return text[wrong[0]] == meant[wrong[1]] and text[wrong[1]] == meant[wrong[0]]
    return len(wrong) == 1


def _labels(header: Sequence[str]) -> list[str]:
    """A name for each column, however its header is written; the second `Phone` is "phone 2"."""
    seen: dict[str, int] = {}
    labels = []
    for place, cell in enumerate(header, start=1):
        label = fold(cell) or cell.strip() or f"column_{place}"
        seen[label] = seen.get(label, 0) + 1
        labels.append(label if seen[label] == 1 else f"{label} {seen[label]}")
    return labels


def _place(column: str, header: Sequence[str], labels: Sequence[str]) -> str:
    """The label of the column that is meant; InputError with the nearest one where there is none."""
    number = column.strip().lower().removeprefix("column_")
    wanted = fold(column) or column.strip()
    alike = [at for at, cell in enumerate(header) if (fold(cell) or cell.strip()) == wanted]
    if len(alike) > 1:
        exact = [at for at in alike if header[at].strip() == column.strip()]
        if len(exact) != 1:
            which = " or ".join(f"column_{at + 1}" for at in alike)
            raise InputError(
                [problem(f"{len(alike)} columns are called {column!r}", hint=f"say which: --map {which}")]
            )
        alike = exact
    if alike:
        return labels[alike[0]]
    if number != column.strip().lower() and number.isdecimal() and 0 < int(number) <= len(header):
        return labels[int(number) - 1]
    names = {fold(cell): cell.strip() for cell in header if cell.strip()}
    found = get_close_matches(wanted, names, n=1, cutoff=0.6)
    listed = ", ".join(repr(cell) for cell in list(names.values())[:8])
    hint = f"did you mean {names[found[0]]!r}?" if found else f"its columns are {listed}"
    raise InputError([problem(f"--map: the file has no column {column!r}", hint=hint)])


# Fields that an import as a whole cannot have, and what to do instead.
_OF_ROWS = {
    "email": "every row needs its own",
    TAGS: "say --tag",
    OPT_OUTS: "outreach suppress add takes addresses",
}


def values(said: Sequence[tuple[str, str]], fields: Mapping[str, FieldType]) -> dict[str, str]:
    """Field -> value of an import as a whole; InputError for a field that cannot have one."""
    found: dict[str, str] = {}
    for name, text in said:
        field = _field("--set", name, {**KNOWN, **fields})
        if field in _OF_ROWS:
            hint = _OF_ROWS[field]
            raise InputError([problem(f"--set cannot give everybody the same {field}", hint=hint)])
        found[field] = text
    return found


def _field(option: str, text: str, fields: Mapping[str, FieldType]) -> str:
    """The field that is meant: a known one, one that people have, or a new one of the user's own; "" for none.

    InputError for a name that no condition could use, and for one that is nearly a known field's.
    """
    name = text.strip()
    if not name or name in fields:
        return name
    known = aliases().get(fold(name)) or slug(name)
    if not known:
        hint = "use letters, digits and _"
        raise InputError([problem(f"{option}: {text!r} is no name for a field", hint=hint)])
    if known in fields:
        return known
    meant = next((field for field in KNOWN if _slipped(known, field) and known != field + "s"), "")
    if len(known) >= _LONG and meant:
        hint = f"did you mean `{meant}`? A field of your own needs a name less like it"
        raise InputError([problem(f"{option}: there is no field {known!r}", hint=hint)])
    return known
