"""A letter for one person: text (and HTML) with a map of every character back to the template."""

import re
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TypeAlias

from jinja2 import TemplateError
from jinja2.runtime import Context

from outreach.errors import OutreachError, Where
from outreach.model import Content, Rendered, Span, Value
from outreach.template.filters import OUTPUT, show
from outreach.template.letter import Letter, present
from outreach.template.pieces import Place, tile, trim
from outreach.template.reading import Part
from outreach.template.slots import Slot, fill, fill_html
from outreach.template.source import CONTROL
from outreach.template.syntax import ENVIRONMENT

Run: TypeAlias = tuple[list[int], list[str]]
"""The indices of the pieces that one rendering has, and the texts of each."""

_NOT_IN_LINE = re.compile(f"[\t\n]|{CONTROL.pattern}")


class MissingFields(OutreachError):  # noqa: N818
    """A person lacks fields that the letter needs; `names` are sorted."""

    def __init__(self, names: tuple[str, ...]) -> None:
        hint = "fill them in, or write {{ field | default('words') }} in the letter"
        super().__init__(f"no {', no '.join(names)}", hint=hint)
        self.names = names


class RenderError(OutreachError):
    """A letter cannot be written for this person; `where` is the place in the template."""

    def __init__(self, where: Where, reason: str, *, hint: str = "") -> None:
        super().__init__(f"{where}: {reason}", hint=hint)
        self.where = where
        self.reason = reason


def render(letter: Letter, fields: Mapping[str, Value]) -> Rendered:
    """The letter for a person with these fields (text, numbers, dates, yes/no; blank is missing).

    The maps' spans cover subject and text from end to end, in order, without gap or overlap. Words of
    the letter are mapped to their first character and stand as in the file up to the span's end; a
    value is mapped to its `{{`, with the expression as `field`. In a Markdown letter the map covers the
    text part; what has no such form in the file (bullets, ` (address)`, blank lines) is mapped to the
    marker, link or line end it stands for. The HTML, a fragment without style, has no map.

    The text ends with one newline; its blank ends are trimmed, like the subject's.
    Raises MissingFields, or RenderError for a value that cannot stand where it should.
    """
    given = present(letter, fields)
    if not letter.required <= given.keys():
        raise MissingFields(tuple(sorted(letter.required - given.keys())))
    context = ENVIRONMENT.context_class(ENVIRONMENT, given, None, {})
    subject = _run(letter.subject, context) if letter.subject else None
    return assemble(letter, subject, _run(letter.body, context))


def assemble(letter: Letter, subject: Run | None, body: Run) -> Rendered:
    """The letter from the pieces that were chosen of its subject and body, and the text of each."""
    subject_text, subject_map = (
        _subject(letter.subject, subject) if letter.subject and subject else (None, ())
    )
    indices, texts = body
    html = None
    if letter.layouts:
        layout = letter.layouts.of(tuple(indices))
        if layout.problems:
            problem = layout.problems[0]
            raise RenderError(problem.where, problem.message, hint=problem.hint)
        pieces = letter.body.pieces
        values = [text for index, text in zip(indices, texts, strict=True) if pieces[index].text is None]
        parts = list(_fill(layout.text, values))
        html = "".join(
            [fill_html(values[part[0]], part[1]) if isinstance(part, Slot) else part for part in layout.html]
        )
    else:
        parts = [(text, letter.body.pieces[index].place) for index, text in zip(indices, texts, strict=True)]
    text, text_map = _body(letter, parts)
    if max(len(text), len(html or "")) > OUTPUT:
        raise RenderError(Where(letter.file), f"the letter gets longer than {OUTPUT} characters")
    return Rendered(Content(subject_text, text, html), subject_map, text_map)


def _run(part: Part, context: Context) -> Run:
    """The indices of the pieces that this person's letter has, and the texts of each."""
    indices: list[int] = []
    texts: list[str] = []
    pieces, length = part.pieces, 0
    try:
        for index, value in part.root(context):
            indices.append(index)
            text = pieces[index].text
            if text is None:
                text = value if type(value) is str else show(value)
                if not text.isprintable() and (bad := CONTROL.search(text)):
                    raise ValueError(f"the value holds the character U+{ord(bad[0]):04X}")
                length += len(text)
                if length > OUTPUT:
                    raise ValueError(f"the letter gets longer than {OUTPUT} characters")
            texts.append(text)
    except TypeError as exc:
        reason = "these values cannot be compared: one is text, the other a number or date"
        raise RenderError(_where(part, indices, exc.__traceback__), reason) from exc
    except (ValueError, ArithmeticError, TemplateError) as exc:
        raise RenderError(_where(part, indices, exc.__traceback__), str(exc)) from exc
    return indices, texts


def _where(part: Part, indices: list[int], trace: TracebackType | None) -> Where:
    """Where an expression failed: in the template's own code, or in showing the piece it just gave."""
    while trace:
        if trace.tb_frame.f_code is part.root.__code__:
            return part.tape.where(part.line_at(trace.tb_lineno))
        trace = trace.tb_next
    return Where(*part.pieces[indices[-1]].place[:3])


def _subject(part: Part, run: Run) -> tuple[str, tuple[Span, ...]]:
    parts = [(text, part.pieces[index].place) for index, text in zip(*run, strict=True)]
    trim(parts, " ", " ")
    text, spans = tile(parts)
    if not text.isprintable() and (bad := _NOT_IN_LINE.search(text)):
        span = next(each for each in spans if each.end > bad.start())
        reason = f"a subject is one line, and this value holds the character U+{ord(bad[0]):04X}"
        raise RenderError(Where(span.file, span.line, span.column), reason)
    if not text:
        raise RenderError(Where(*part.pieces[0].place[:3]), "the subject is empty")
    return text, spans


def _body(letter: Letter, parts: list[tuple[str, Place]]) -> tuple[str, tuple[Span, ...]]:
    trim(parts, "\n", " \t\n")
    if not parts:
        raise RenderError(Where(letter.file), "the letter is empty")
    last, place = parts[-1]
    parts[-1] = (last + "\n", place)
    return tile(parts)


def _fill(parts: Iterable[tuple[str | Slot, Place]], values: list[str]) -> Iterable[tuple[str, Place]]:
    for part, place in parts:
        if isinstance(part, str):
            yield part, place
            continue
        try:
            yield fill(values[part.value], part.mode), place
        except ValueError as exc:
            raise RenderError(Where(*place[:3]), str(exc)) from exc
