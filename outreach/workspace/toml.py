"""TOML files as documents: what they say, by tomllib, and where each part of it stands, by the scanner."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from outreach.errors import Problem, Where, problem
from outreach.workspace import dated
from outreach.workspace.scanner import KeyPath, Place, Scanner, scan

_OPENING = re.compile(r'"""(?:\r?\n)?|\'\'\'(?:\r?\n)?|["\']')
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_SYNTAX_HINTS = {
    "Invalid value": 'text stands in quotes: key = "text"',
    "Expected '=' after a key": 'a line is: key = "text"',
    "Invalid statement": 'a line is: key = "text", or starts a table: [table]',
    "Unescaped '\\'": "text with a backslash stands in single quotes: key = 'C:\\folder'",
    "Illegal character '\\n'": "close the quotes on the same line",
    "Unterminated string": "close the quotes",
    'Expected "\'"': "close the quotes",
    "Expected newline": 'one key a line; text and times stand in quotes: from = "09:00"',
    "Unclosed array": "put commas between the entries and ] at the end",
    "Cannot declare": "write each table once; a list of tables has double brackets: [[step]]",
    "Cannot overwrite": "write each key once",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML file: its name, what it says, and where each part of it stands."""

    file: str
    data: Mapping[str, Any]
    places: Mapping[KeyPath, Place]
    source: str
    lines: tuple[int, ...]

    def text(self, path: KeyPath) -> Where:
        """Where the first character of a text value stands, after its opening quotes."""
        start = self._offset(path, lambda place: place.value)
        quotes = _OPENING.match(self.source, start)
        return _position(self.file, self.lines, quotes.end() if quotes else start)

    def key(self, path: KeyPath) -> Where:
        """Where the key stands; for a missing one the nearest table around it, at last the first line."""
        return self._where(path, lambda place: place.key)

    def value(self, path: KeyPath) -> Where:
        """Where the value starts; for a missing one the nearest table around it, at last the first line."""
        return self._where(path, lambda place: place.value)

    def _where(self, path: KeyPath, side: Callable[[Place], int]) -> Where:
        return _position(self.file, self.lines, self._offset(path, side))

    def _offset(self, path: KeyPath, side: Callable[[Place], int]) -> int:
        while path and path not in self.places:
            path = path[:-1]
        return side(self.places[path]) if path else 0


def read(file: str, text: str) -> Document | Problem:
    """The document of a TOML text, or its first syntax error at its place."""
    scanner = scan(text)
    lines = _line_starts(text)
    try:
        data = tomllib.loads(text)
    except RecursionError:
        return problem("brackets are nested too deeply", hint="write it in plain tables", file=file)
    except ValueError as exc:
        return _syntax_problem(file, text, lines, scanner, str(exc))
    return Document(file, data, scanner.places, text, lines)


def _line_starts(text: str) -> tuple[int, ...]:
    return (0, *(match.end() for match in re.finditer("\n", text)))


def _position(file: str, lines: tuple[int, ...], offset: int) -> Where:
    line = bisect_right(lines, offset)
    return Where(file, line, offset - lines[line - 1] + 1)


def _syntax_problem(file: str, text: str, lines: tuple[int, ...], scanner: Scanner, message: str) -> Problem:
    if scanner.repeated and message.startswith("Cannot overwrite"):
        name, first, again = scanner.repeated[0]
        known = _position(file, lines, first).line
        return Problem(
            _position(file, lines, again), f"`{name}` stands here already (line {known})", "keep one of them"
        )
    found = _PLACE.search(message)
    said = message[: found.start()] if found else message
    hint = next((hint for start, hint in _SYNTAX_HINTS.items() if said.startswith(start)), "")
    where = _position(file, lines, len(text.rstrip()))
    if found and found[1]:
        where = Where(file, int(found[1]), int(found[2]))
    line = text[lines[where.line - 1] :].partition("\n")[0]
    return Problem(where, f"not valid TOML: {said[:1].lower()}{said[1:]}", dated.hint_within(line) or hint)
