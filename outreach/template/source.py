"""A letter's files as text: clean, split into header block and body, every offset a place in a file."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from outreach.errors import Problem, Where, did_you_mean

LIMIT = 65_536
"""Characters in a letter together with everything it includes."""

NAME = re.compile(r"(?P<stem>[^\W_][\w-]*)(?:\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*))?\.txt")
PARTIAL = re.compile(r"_[\w-]+(?:\.[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?\.txt")
KEYS = ("Subject", "Format")
FORMATS = ("text", "markdown")
BLOCK_HINT = "a letter starts with its header block (Subject:, Format:) and an empty line, then the body"

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no letter holds: controls but tab and newline, Unicode line ends, halves of characters."""

# Beyond CONTROL, a file may not use the private planes: Markdown layout marks its values with them.
_REFUSED = re.compile(f"{CONTROL.pattern[:-1]}\U000f0000-\U0010ffff]")


class Tape:
    """The letter's file and the partials it includes, end to end: one offset names one place."""

    def __init__(self) -> None:
        self.length = 0
        self._bases: list[int] = []
        self._files: list[tuple[str, list[int]]] = []

    def add(self, file: str, text: str) -> int:
        """Put a file at the end; gives the offset of its first character."""
        base = self.length
        lines = accumulate((len(line) + 1 for line in text.split("\n")), initial=0)
        self._bases.append(base)
        self._files.append((file, list(lines)))
        self.length += len(text) + 1
        return base

    def where(self, offset: int) -> Where:
        """The file, line and column (1-based) of an offset."""
        index = bisect_right(self._bases, offset) - 1
        file, lines = self._files[index]
        local = offset - self._bases[index]
        line = bisect_right(lines, local)
        return Where(file, line, local - lines[line - 1] + 1)


@dataclass(frozen=True, slots=True)
class Header:
    """What the header block says; offsets are into the file's text."""

    subject: str | None
    subject_at: int
    format: str
    body_at: int


def clean(file: str, text: str) -> tuple[str, list[Problem]]:
    """The text without byte order mark, with plain line ends, one at its end; and what is wrong."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip(" \t\n") + "\n"
    tape = Tape()
    tape.add(file, text)
    problems = [
        Problem(tape.where(hit.start()), f"character U+{ord(hit[0]):04X} cannot be in a letter", "delete it")
        for hit in list(_REFUSED.finditer(text))[:20]
    ]
    if len(text) > LIMIT:
        problems.append(Problem(Where(file), f"{len(text)} characters, more than {LIMIT}", "write a letter"))
    return text, problems


def header(file: str, text: str) -> tuple[Header, list[Problem]]:
    """Read the header block of a clean letter."""
    found: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    at = 0
    for number, line in enumerate(text.split("\n"), start=1):
        at += len(line) + 1
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        name = key.strip().capitalize()
        where = Where(file, number, 1)
        if not colon:
            problems.append(Problem(where, f"`{line[:40]}` is not a header line `Key: value`", BLOCK_HINT))
            break
        if name not in KEYS:
            hint = (
                f"a letter has {' and '.join(f'`{each}:`' for each in KEYS)}; the body follows an empty line"
            )
            problems.append(Problem(where, f"unknown header `{key}`{did_you_mean(key, KEYS)}", hint))
        elif name in found:
            problems.append(Problem(where, f"`{name}:` is there twice", "delete one of them"))
        else:
            found[name] = (value.strip(), at - 1 - len(value.lstrip()))
    subject, subject_at = found.get("Subject", (None, 0))
    format_, format_at = found.get("Format", ("text", 0))
    tape = Tape()
    tape.add(file, text)
    if subject is not None and (not subject or "\t" in subject):
        hint = "write one line of words, or delete the line: then the letter stays in its thread"
        what = "is empty" if not subject else "holds a tab"
        problems.append(Problem(tape.where(subject_at), f"the subject {what}", hint))
    if format_ not in FORMATS:
        message = f"unknown format `{format_}`{did_you_mean(format_, FORMATS)}"
        problems.append(Problem(tape.where(format_at), message, "write `text` or `markdown`"))
    if not problems and not text[at:].strip():
        problems.append(Problem(Where(file), "the letter has no body", BLOCK_HINT))
    body_at = at + len(text[at:]) - len(text[at:].lstrip("\n"))
    return Header(subject, subject_at, format_, body_at), problems
