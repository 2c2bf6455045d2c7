"""Adding to a workspace's files what a dialogue asked for: everything else in them stays as it is, comments too.

The texts are edited, not written anew. Each edit is then held against what it is to come to, as TOML has it: a
file that is written in a way the edit does not understand is refused, never damaged.
"""

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from outreach.errors import InputError, OutreachError, Problem, Where
from outreach.model import Mailbox
from outreach.workspace import disk, settings, toml
from outreach.workspace.campaigns import is_campaign
from outreach.workspace.scanner import KeyPath
from outreach.workspace.toml import Document

EXAMPLE_SENDER = "Northwind Shelving Ltd"  # of the starter
EXAMPLE_MAILBOX = "ann@northwind.example"
_IGNORE_FILE = ".gitignore"
_NEEDED = ("company", "address", "country", "timezone")

Plain: TypeAlias = str | int | bool
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class Present:
    """What is there before: the addresses of the mailboxes, `[sender]` as written, who names which mailbox."""

    mailboxes: tuple[str, ...]
    sender: Mapping[str, Any]
    campaigns: Mapping[str, tuple[str, ...]]  # stem -> its `mailboxes`

    @property
    def lacking(self) -> tuple[str, ...]:
        """The fields of `[sender]` that are not there, or all of them where it is still the starter's."""
        return _NEEDED if self.is_example else tuple(key for key in _NEEDED if not self.sender.get(key))

    @property
    def is_example(self) -> bool:
        """Whether the sender is the one that `outreach init` wrote."""
        return self.sender.get("company") == EXAMPLE_SENDER

    def naming(self, address: str) -> tuple[str, ...]:
        """The campaigns that name a mailbox."""
        return tuple(stem for stem, names in self.campaigns.items() if address in names)


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be added: the keys of a `[[mailbox]]`, and of `[sender]` those to set (None: to take out).

    `replaces` is a mailbox that goes, and whose place the new one takes in the campaigns that name it.
    """

    mailbox: Mapping[str, Plain]
    sender: Mapping[str, str | None] = field(default_factory=dict)
    replaces: str = ""
    ignored: str = ""  # a file that git must not take


def look(root: Path) -> Present:
    """What a workspace has; InputError where outreach.toml cannot be read or is no TOML."""
    documents = _documents(root)
    data = documents[settings.FILE].data
    boxes = [each for each in _tables(data.get("mailbox")) if isinstance(each.get("address"), str)]
    sender = data.get("sender")
    return Present(
        mailboxes=tuple(each["address"].strip().lower() for each in boxes),
        sender=sender if isinstance(sender, dict) else {},
        campaigns={
            Path(name).stem: tuple(each.lower() for each in _names(document.data))
            for name, document in documents.items()
            if name != settings.FILE
        },
    )


def mailbox(keys: Mapping[str, Plain]) -> Mailbox:
    """The mailbox that a `[[mailbox]]` with these keys is; InputError with what is wrong with them."""
    document = toml.read(settings.FILE, _block("[[mailbox]]", keys))
    assert isinstance(document, Document), document
    problems: list[Problem] = []
    found = settings.read(document, problems)
    # No place: the text is nobody's file. That it lacks [sender] is told where the real one is read.
    wrong = [Problem(Where(), each.message, each.hint) for each in problems if "[sender]" not in each.message]
    if wrong or not found.mailboxes:
        raise InputError(wrong)
    return next(iter(found.mailboxes.values()))


def add(root: Path, addition: Addition) -> list[str]:
    """Write an addition into the workspace's files, all or none; the names of those that changed.

    The files are read at this moment: what was edited since `look` stays. Raises OutreachError, with the lines
    to write by hand, where a file is written in a way that this cannot add to.
    """
    changes: dict[str, tuple[str, str]] = {}
    for name, document in _documents(root).items():
        edit = _settings if name == settings.FILE else _campaign
        text = _ended_alike(edit(document, addition), document.source)
        if text != document.source:
            changes[name] = document.source, text
    ignore = _ignored(root, addition.ignored)
    done: list[str] = []
    try:
        for name, (_, text) in changes.items():
            disk.rewrite(root / name, text)
            done.append(name)
        if ignore:
            with (root / _IGNORE_FILE).open("ab") as file:
                file.write(ignore)
    except (OSError, OutreachError) as exc:
        for name in done:
            disk.rewrite(root / name, changes[name][0])
        if isinstance(exc, OutreachError):
            raise
        raise OutreachError(f"{_IGNORE_FILE} cannot be written: {exc.strerror}") from exc
    return [*changes, *([_IGNORE_FILE] if ignore else [])]


def _ended_alike(text: str, before: str) -> str:
    """The text with the line ends of the file that it was: those of Windows where all are."""
    windows = "\r\n" in before and before.count("\n") == before.count("\r\n")
    return re.sub(r"(?<!\r)\n", "\r\n", text) if windows else text


def _documents(root: Path) -> dict[str, Document]:
    """outreach.toml, and the campaigns that are TOML: what is wrong in a campaign is not for here."""
    problems: list[Problem] = []
    files, _ = disk.collect(root, problems)
    wrong = [each for each in problems if each.where.file == settings.FILE]
    found: dict[str, Document] = {}
    for name in (settings.FILE, *(name for name in files if is_campaign(name))):
        document = toml.read(name, files.get(name, ""))
        if isinstance(document, Document):
            found[name] = document
        elif name == settings.FILE:
            wrong.append(document)
    if wrong:
        raise InputError(wrong)
    return found


def _tables(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _names(data: Mapping[str, Any]) -> list[str]:
    value = data.get("mailboxes")
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _settings(document: Document, addition: Addition) -> str:
    """outreach.toml with the addition in it."""
    wanted = deepcopy(dict(document.data))
    boxes = [each for each in _tables(wanted.get("mailbox")) if each.get("address") != addition.replaces]
    wanted["mailbox"] = [*boxes, dict(addition.mailbox)]
    text = _without_mailbox(document, addition.replaces) if addition.replaces else document.source
    text = _appended(text, _block("[[mailbox]]", addition.mailbox))
    if addition.sender:
        kept = {**wanted.get("sender", {}), **addition.sender}
        wanted["sender"] = {key: value for key, value in kept.items() if value is not None}
        text = _with_sender(text, addition.sender)
    _hold(settings.FILE, text, wanted, addition)
    return text


def _campaign(document: Document, addition: Addition) -> str:
    """A campaign with the new mailbox in the place of the one that goes."""
    names = document.data.get("mailboxes")
    if not addition.replaces or not isinstance(names, list):
        return document.source
    new = str(addition.mailbox["address"])
    wanted = deepcopy(dict(document.data))
    wanted["mailboxes"] = [new if _is(each, addition.replaces) else each for each in names]
    text = document.source
    for place in reversed(range(len(names))):
        if _is(names[place], addition.replaces):
            text = _replaced(text, document.places[("mailboxes", place)].value, new)
    _hold(document.file, text, wanted, addition)
    return text


def _is(name: object, address: str) -> bool:
    return isinstance(name, str) and name.lower() == address


def _hold(file: str, text: str, wanted: Mapping[str, Any], addition: Addition) -> None:
    """OutreachError where the text does not say what is wanted."""
    try:
        if tomllib.loads(text) == wanted:
            return
    except (ValueError, RecursionError):
        pass
    lines = _block("[[mailbox]]", addition.mailbox).strip().replace("\n", "\n  ")
    raise OutreachError(
        f"{file} is written in a way that nothing can be added to by itself; nothing was changed",
        hint=f"write this into {settings.FILE} yourself:\n  {lines}",
    )


def _block(heading: str, keys: Mapping[str, Plain]) -> str:
    return "\n".join((heading, *(f"{key} = {_written(value)}" for key, value in keys.items()), ""))


def _written(value: Plain) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    shown = "".join(
        _ESCAPED.get(char) or (char if char.isprintable() else f"\\U{ord(char):08X}") for char in value
    )
    return f'"{shown}"'


def _appended(text: str, block: str) -> str:
    bare = text.rstrip()
    return f"{bare}\n\n{block}" if bare else block


def _without_mailbox(document: Document, address: str) -> str:
    """The text without the `[[mailbox]]` of that address; comments above the next table stay."""
    boxes = document.data.get("mailbox", [])
    place = next((place for place, each in enumerate(_tables(boxes)) if each.get("address") == address), None)
    path: KeyPath = ("mailbox", place or 0)
    if place is None or path not in document.places:
        return document.source
    start = document.places[path].key
    later = [each.key for other, each in document.places.items() if other[:2] != path and each.key > start]
    begin = document.source.rfind("\n", 0, start) + 1
    end = document.source.rfind("\n", 0, min(later)) + 1 if later else len(document.source)
    own = (each.value for other, each in document.places.items() if other[:2] == path)
    last = max(old.end() if (old := _STRING.match(document.source, value)) else value for value in own)
    while end > last:
        line = document.source.rfind("\n", 0, end - 1) + 1
        text = document.source[line:end].strip()
        if text and not text.startswith("#"):
            break
        end = line
    before, after = document.source[:begin].rstrip(), document.source[max(end, last) :].lstrip("\r\n")
    return f"{before}\n\n{after}" if before else after


def _with_sender(text: str, changes: Mapping[str, str | None]) -> str:
    """The text with these keys of `[sender]`: each where it stands, new ones below its heading."""
    for key, value in changes.items():
        document = toml.read(settings.FILE, text)
        if not isinstance(document, Document):
            return text  # `_hold` tells
        if ("sender",) not in document.places:
            text = _appended(text, "[sender]\n")
            document = toml.read(settings.FILE, text)
            assert isinstance(document, Document)
        found = document.places.get(("sender", key))
        if found and value is None:
            text = _without_line(text, found.key, found.value)
        elif found:
            text = _replaced(text, found.value, value or "")
        elif value is not None:
            text = _with_line(text, document, f"{key} = {_written(value)}\n")
    return text


def _replaced(text: str, start: int, value: str) -> str:
    """The text with another string at that place; unchanged where none stands there."""
    old = _STRING.match(text, start)
    return f"{text[:start]}{_written(value)}{text[old.end() :]}" if old else text


def _without_line(text: str, key: int, value: int) -> str:
    """The text without a pair and the rest of its lines."""
    old = _STRING.match(text, value)
    stop = text.find("\n", old.end() if old else value)
    return text[: text.rfind("\n", 0, key) + 1] + (text[stop + 1 :] if stop >= 0 else "")


def _with_line(text: str, document: Document, line: str) -> str:
    """The text with a new line at the end of `[sender]`: behind its last pair, or its heading."""
    spots = [each.value for path, each in document.places.items() if path[:1] == ("sender",)]
    last = max(spots)
    old = _STRING.match(text, last)
    stop = text.find("\n", old.end() if old else last)
    if stop < 0:
        return f"{text}\n{line}"
    return text[: stop + 1] + line + text[stop + 1 :]


def _ignored(root: Path, name: str) -> bytes:
    """What to append to .gitignore so that it names that file; b"" where it needs nothing.

    Its bytes are not ours: a pattern in it may be in any encoding. OutreachError where it cannot be read.
    """
    if not name:
        return b""
    try:
        present = (root / _IGNORE_FILE).read_bytes()
    except FileNotFoundError:
        present = b""
    except OSError as exc:
        raise OutreachError(f"{_IGNORE_FILE} cannot be read: {exc.strerror}", hint="mend it first") from exc
    lines = {line.strip().decode("utf-8", "replace") for line in present.splitlines()}
    if {name, f"/{name}"} & lines or (name.endswith(".password") and "*.password" in lines):
        return b""
    wanted = "*.password" if name.endswith(".password") else f"/{name}"
    end = b"\r\n" if b"\r\n" in present and present.count(b"\n") == present.count(b"\r\n") else b"\n"
    begin = b"" if not present or present.endswith(b"\n") else end
    return begin + wanted.encode("utf-8", "surrogateescape") + end
