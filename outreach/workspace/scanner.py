"""Where each key and value of a TOML text stands, which tomllib does not tell."""

import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value: table keys and, inside arrays, places counted from 0: ("step", 1, "letter")."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_VALUE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # up to two quotes may stand right before the closing three
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|[^\s,\]}#]+(?: \d\d:\d\d[^\s,\]}#]*)?",  # a date and its time may stand apart
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Offsets into the text: where a key stands and where its value starts (the same for a table)."""

    key: int
    value: int


def scan(text: str) -> "Scanner":
    """A scanner that went through the text: complete for valid TOML, as far as it got for anything else."""
    scanner = Scanner(text)
    with suppress(_LostError, RecursionError):
        scanner.document()
    return scanner


class _LostError(Exception):
    """The text is not TOML from here on."""


@dataclass(slots=True)
class Scanner:
    """Walks a TOML text and notes the place of every key, array element and value.

    It knows only where things stand; what they are, and whether they are valid, tomllib says.
    """

    text: str
    at: int = 0
    places: dict[KeyPath, Place] = field(default_factory=dict)
    repeated: list[tuple[str, int, int]] = field(default_factory=list)  # name, first offset, this offset
    _lengths: dict[KeyPath, int] = field(default_factory=dict)  # of arrays of tables
    _pairs: set[KeyPath] = field(default_factory=set)

    def document(self) -> None:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self._take("[["):
                table = self._header(array=True)
            elif self._take("["):
                table = self._header(array=False)
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self, *, array: bool) -> KeyPath:
        keys = self._keys()
        self._expect("]]" if array else "]")
        path: KeyPath = ()
        for name, offset in keys[:-1]:
            path += (name,)
            self.places.setdefault(path, Place(offset, offset))
            if path in self._lengths:
                path += (self._lengths[path] - 1,)
        name, offset = keys[-1]
        path += (name,)
        if not array:
            self.places[path] = Place(offset, offset)
            return path
        self.places.setdefault(path, Place(offset, offset))
        index = self._lengths.get(path, 0)
        self._lengths[path] = index + 1
        path += (index,)
        self.places[path] = Place(offset, offset)
        return path

    def _pair(self, path: KeyPath) -> None:
        keys = self._keys()
        self._expect("=")
        self._skip(_SPACE)
        for name, offset in keys:
            path += (name,)
            self.places.setdefault(path, Place(offset, offset))
        if path in self._pairs:
            self.repeated.append((keys[-1][0], self.places[path].key, keys[-1][1]))
            path += (len(self.places),)  # what follows must not take the first one's place
        self._pairs.add(path)
        self.places[path] = Place(keys[-1][1], self.at)
        self._value(path)

    def _keys(self) -> list[tuple[str, int]]:
        names: list[tuple[str, int]] = []
        while True:
            self._skip(_SPACE)
            match = _KEY.match(self.text, self.at)
            if match is None:
                raise _LostError
            names.append((_plain(match[0]), self.at))
            self.at = match.end()
            self._skip(_SPACE)
            if not self._take("."):
                return names

    def _value(self, path: KeyPath) -> None:
        if self._take("["):
            self._list(path)
        elif self._take("{"):
            self._inline_table(path)
        else:
            match = _VALUE.match(self.text, self.at)
            if match is None:
                raise _LostError
            self.at = match.end()

    def _list(self, path: KeyPath) -> None:
        index = 0
        self._skip(_BLANK)
        while not self._take("]"):
            element = (*path, index)
            self.places[element] = Place(self.at, self.at)
            self._value(element)
            index += 1
            self._separator("]")

    def _inline_table(self, path: KeyPath) -> None:
        self._skip(_BLANK)
        while not self._take("}"):
            self._pair(path)
            self._separator("}")

    def _separator(self, closing: str) -> None:
        self._skip(_BLANK)
        if self._take(","):
            self._skip(_BLANK)
        elif not self.text.startswith(closing, self.at):
            raise _LostError

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _take(self, token: str) -> bool:
        taken = self.text.startswith(token, self.at)
        self.at += len(token) * taken
        return taken

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise _LostError


def _plain(key: str) -> str:
    """A key without its quotes and escapes."""
    if key[0] not in "\"'":
        return key
    try:
        return next(iter(tomllib.loads(f"{key} = 0")))
    except ValueError as exc:
        raise _LostError from exc
