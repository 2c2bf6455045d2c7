"""A row's cells become a prospect's values, or a reason why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from outreach.model import Fields, FieldType, Value
from outreach.prospect import refusals
from outreach.prospect.address import company_key
from outreach.prospect.columns import Columns, Further, means
from outreach.prospect.finish import location, steps
from outreach.prospect.types import shown
from outreach.prospect.values import UnknownValueError, converter, email


@dataclass(frozen=True, slots=True)
class Row:
    """A good row, from the file's line `line`. `company` is the company key, `fields` hold the rest.

    `warnings` tell of values that were left out, changed or doubtful, such as "unknown country 'Narnia'": the
    kind of warning, then the value quoted.
    """

    line: int
    email: str
    company: str
    fields: Fields
    source: str
    basis: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not imported, from the file's line `line`, and all that is wrong with it.

    `text` is the line itself where it could not be cut into cells.
    """

    line: int
    reason: str
    text: str = field(default="", compare=False)


def row_reader(
    columns: Columns, types: Mapping[str, FieldType]
) -> Callable[[int, Sequence[str]], Row | BadRow]:
    """A function (line, cells) -> Row or BadRow for the rows of one file.

    `types` are those of the columns that are the user's own; one that is not in it is text.

    A row with too few or too many cells is bad: a line break or a quote is out of place, and its cells may
    belong to other columns. Cells of columns without a header may be left out at the end, and empty cells
    too many are passed over.
    """
    named = zip(columns.names, columns.headers, strict=True)
    cellwise = tuple((name, converter(name, types.get(name, FieldType.TEXT), head)) for name, head in named)
    finish = (*steps(columns), *refusals.steps(columns))
    elsewhere = _elsewhere(columns)
    width, required = len(cellwise), columns.required

    def read(line: int, cells: Sequence[str]) -> Row | BadRow:
        if len(cells) != width and (len(cells) < required or any(cells[width:])):
            return BadRow(line, _width(len(cells), width))
        values: dict[str, Value] = {}
        wrong: list[str] = []
        warnings: list[str] = []
        for (name, convert), text in zip(cellwise, cells):  # noqa: B905  strict would refuse short rows
            if not text:
                continue
            try:
                value = convert(text)
            except UnknownValueError as unknown:
                warnings.append(str(unknown))
                values |= {name: unknown.instead} if unknown.instead != "" else {}
            except ValueError as error:
                wrong.append(f"{name}: {error}")
            else:
                if value != "":
                    values[name] = value
        if not wrong:
            elsewhere(values, cells, warnings)
        if wrong or "email" not in values:
            return BadRow(line, "; ".join(wrong) or "email is missing")
        for step in finish:
            step(values, warnings)
        email = values.pop("email")
        source, basis = values.pop("source", ""), values.pop("basis", "")
        company = company_key(str(email), str(values.get("company", "")))
        return Row(line, str(email), company, values, str(source), str(basis), tuple(warnings))

    return read


def _elsewhere(columns: Columns) -> Callable[[dict[str, Value], Sequence[str], list[str]], None]:
    """A function (values, cells, warnings) for what stands in further columns, and for a location as the city.

    Whether that is one tells the column that this row's city is from: "Lebanon" as a city is no country.
    """
    spares = [(at, columns.headers[at]) for at in columns.spares]
    further = columns.further
    places = {name: at for at, name in enumerate(columns.names)}
    located = frozenset(at for at, header in enumerate(columns.headers) if means(header, "location"))

    def take(values: dict[str, Value], cells: Sequence[str], warnings: list[str]) -> None:
        _from_spares(values, cells, spares, warnings)
        taken = _from_further(values, cells, further, warnings)
        if taken.get("city", places.get("city")) in located:
            location(values, warnings)

    return take


def _from_spares(
    values: dict[str, Value], cells: Sequence[str], spares: Sequence[tuple[int, str]], warnings: list[str]
) -> None:
    """Take the address from the first further column that has one, where there is none yet."""
    for at, header in () if "email" in values else spares:
        try:
            found = email(cells[at]) if at < len(cells) else ""
        except UnknownValueError as unknown:
            found = str(unknown.instead)
        except ValueError:
            continue
        if found:
            values["email"] = found
            warnings.append(f"address taken from another column {shown(header)}")
            return


def _from_further(
    values: dict[str, Value], cells: Sequence[str], further: Sequence[Further], warnings: list[str]
) -> dict[str, int]:
    """Take a whole address, or a number, from the first further columns that have one, where there is none yet,
    or where all that the row has of one stands there too. Field -> the place of the column that it is from.
    """
    taken: dict[str, int] = {}
    for fields, blocks in further:
        own = fields & values.keys()
        for block in blocks if own != fields else ():
            found: dict[str, Value] = {}
            unusable: list[str] = []
            for name, at in block:
                if at >= len(cells) or not cells[at]:
                    continue
                try:
                    found[name] = converter(name, FieldType.TEXT)(cells[at])
                except UnknownValueError as unknown:
                    unusable.append(str(unknown))
                except ValueError:  # the column's own field says what is wrong
                    continue
            new = {name: value for name, value in found.items() if value}
            same = all(new.get(name) == values[name] for name in own)
            warnings += unusable if same else ()
            if new and same:
                values.update(new)
                taken |= {name: at for name, at in block if name in new}
                break
    return taken


def _width(count: int, width: int) -> str:
    cause = "a line break or a quote is out of place, or cells are left out"
    if count > width:
        cause = "a delimiter inside a cell needs quotes around the cell"
    return f"{count} cells where the header has {width}: {cause}"
