"""Checking a table of a file against what it may hold: every problem at its place, none hides another."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from types import MappingProxyType
from typing import Any

from outreach.errors import Problem, did_you_mean, nearest
from outreach.workspace.scanner import KeyPath
from outreach.workspace.toml import Document

_SECRETS = {
    "password",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "token",
    "api_key",
    "smtp_password",
    "imap_password",
}
SECRET_HINT = (
    "secrets never stand here: keep this one in the keyring, the environment or a file only you may read"
)


class RefusedError(Exception):
    """A value is not what its key wants: `message` goes on after the key's name ("must be ...").

    `at` is the way from the value to the part of it that is wrong, such as an entry of a list.
    """

    def __init__(self, message: str, hint: str = "", at: KeyPath = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.at = at


@dataclass(frozen=True, slots=True)
class Key:
    """What a key may hold: a parser that returns its value or raises RefusedError, and an example to show.

    A table has a `heading` as the user writes it: "[sender]", "[[step]]".
    """

    parse: Callable[[Any], Any]
    example: str = ""
    required: bool = False
    heading: str = ""


@dataclass(slots=True)
class Section:
    """One table of a file: the values that could be read from it, and what is wrong with it.

    Keys that are absent are absent from `values` too, so that the defaults of the dataclasses hold.
    """

    document: Document
    path: KeyPath
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, key: str | KeyPath, message: str, hint: str = "") -> None:
        """Note a problem with the value of a key of this table (or, with a path, of a part of it)."""
        way = self.path + ((key,) if isinstance(key, str) else key)
        self.problems.append(Problem(self.document.value(way), message, hint))

    def refuse_key(self, key: str, message: str, hint: str = "") -> None:
        """Note a problem with a key of this table itself."""
        self.problems.append(Problem(self.document.key((*self.path, key)), message, hint))


def check(
    document: Document,
    path: KeyPath,
    title: str,
    keys: Mapping[str, Key],
    raw: Mapping[str, Any],
    homes: Mapping[str, Mapping[str, Key]] = MappingProxyType({}),
) -> Section:
    """The table `raw`, found at `path`, read by `keys`: unknown, missing and wrong keys become problems.

    `homes` are the keys of all tables by the place where they stand, for a key that is in the wrong one.
    """
    section = Section(document, path)
    for name, value in raw.items():
        if name not in keys:
            section.refuse_key(name, *unknown_key(name, keys, homes))
            continue
        try:
            section.values[name] = keys[name].parse(value)
        except RefusedError as refused:
            section.refuse((name, *refused.at), f"`{name}` {refused.message}", refused.hint)
    mistyped = {nearest(name, keys) for name in raw if name not in keys}
    for name, key in keys.items():
        if key.required and name not in raw and name not in mistyped:
            example = f"{key.heading} with {key.example}" if key.heading else f"{name} = {key.example}"
            section.refuse_key(name, f"{title} lacks {key.heading or f'`{name}`'}", f"add: {example}")
    return section


def unknown_key(
    name: str, keys: Iterable[str], homes: Mapping[str, Collection[str]] = MappingProxyType({})
) -> tuple[str, str]:
    """Message and hint for a key that is not among those known; one of another table is sent there."""
    if name.lower() in _SECRETS:
        return f"`{name}` does not belong here", SECRET_HINT
    if places := [place for place, theirs in homes.items() if name in theirs]:
        return f"unknown key `{name}` here", f"it belongs {' or '.join(places)}"
    suggestion = did_you_mean(name, keys)
    return f"unknown key `{name}`{suggestion}", "" if suggestion else f"keys here: {', '.join(keys)}"


def shown(value: object) -> str:
    """A value of the file as a message shows it: short, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value if len(value) <= 40 else value[:37] + "..."}"'.replace("\n", " ")
        case dict():
            return "a table"
        case list():
            return "a list"
        case date() | time():
            return value.isoformat()
    return str(value)
