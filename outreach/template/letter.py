"""A letter: its files read once, checked whole, and compiled into pieces whose place in the file is known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outreach.errors import InputError, Problem, Where, did_you_mean
from outreach.model import Value
from outreach.prospect.columns import aliases, fold
from outreach.template.reading import Part, Reader
from outreach.template.source import NAME, clean, header

if TYPE_CHECKING:
    from outreach.template.markdown import Layouts


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to render. `source` and `partials` are all it is made from: parse gives it again.

    `language` is lower case, empty for the default text. A prospect must have every field of
    `required`; `optional` ones have a fallback or stand under a condition on themselves.
    """

    stem: str
    language: str
    file: str
    format: str
    source: str
    has_subject: bool
    required: frozenset[str]
    optional: frozenset[str]
    uses: tuple[tuple[str, Where], ...]  # every use of a field, in order of place
    partials: tuple[tuple[str, str], ...]  # name and text of those included
    subject: Part | None = field(compare=False, repr=False)
    body: Part = field(compare=False, repr=False)
    layouts: "Layouts | None" = field(compare=False, repr=False)  # only of Markdown letters


def parse(file: str, text: str, partials: Mapping[str, str]) -> Letter:
    """Read a letter: its path as shown to people, its text, and the partials by name (`_signature.txt`).

    Partials are taken to lie in the letter's folder; one in the letter's language is preferred
    (`_signature.de.txt`). Raises InputError with every problem found, each with file:line:column.
    """
    folder, slash, name = file.rpartition("/")
    match = NAME.fullmatch(name)
    source, problems = clean(file, text)
    head, more = header(file, source)
    problems += more
    if not match:
        hint = "letters are called NAME.txt or NAME.LANGUAGE.txt, like retail-intro.de.txt"
        problems.append(Problem(Where(file), "this is not the name of a letter", hint))
    if problems or not match:
        raise InputError(problems)
    language = (match["language"] or "").lower()
    reader = Reader(language, folder + slash, partials)
    base = reader.tape.add(file, source)
    subject = None
    if head.subject is not None:
        subject = reader.part(head.subject, base + head.subject_at, partials=False)
    body = reader.part(source[head.body_at :], base + head.body_at, partials=True)
    layouts = None
    if body and head.format == "markdown":
        from outreach.template.markdown import Layouts  # the parser takes 25 ms to import

        layouts = Layouts(body.pieces, reader.tape)
    problems = reader.problems + (layouts.problems() if layouts else [])
    if problems or body is None:
        raise InputError(dict.fromkeys(problems))
    uses, required = reader.checker.uses, frozenset(reader.checker.required)
    return Letter(
        stem=match["stem"],
        language=language,
        file=file,
        format=head.format,
        source=text,
        has_subject=subject is not None,
        required=required,
        optional=frozenset(name for name, _ in uses) - required,
        uses=tuple(sorted(dict.fromkeys(uses), key=lambda use: use[1])),
        partials=tuple(sorted(reader.included.items())),
        subject=subject,
        body=body,
        layouts=layouts,
    )


def present(letter: Letter, fields: Mapping[str, Value]) -> dict[str, Value]:
    """Those of a person's fields that the letter uses and that hold something: blank is missing."""
    found: dict[str, Value] = {}
    for names in (letter.required, letter.optional):
        for name in names:
            value = fields.get(name)
            if value is not None and not (isinstance(value, str) and not value.strip()):
                found[name] = value
    return found


def missing(letter: Letter, fields: Mapping[str, Value]) -> tuple[str, ...]:
    """The required fields that this person lacks, sorted; blank is missing."""
    return tuple(sorted(letter.required - present(letter, fields).keys()))


def check_fields(letter: Letter, known: Collection[str]) -> list[Problem]:
    """Every use of a field that no prospect has, with its place and the name that was meant.

    That is the field which a column of that header is imported as, else the nearest known name.
    """
    return [_unknown(name, where, known) for name, where in letter.uses if name not in known]


def _unknown(name: str, where: Where, known: Collection[str]) -> Problem:
    field = aliases().get(fold(name), "")
    if field in known:
        message = f"unknown field `{name}`: a column of that name is imported as `{field}`"
        return Problem(where, message, f"write {{{{ {field} }}}}")
    hint = "write a field of your prospects, or import the column"
    return Problem(where, f"unknown field `{name}`{did_you_mean(name, list(known))}", hint)
