"""Mails from files: single ones, folders of them, mbox files and Maildirs, one after the other."""

import codecs
import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from outreach.errors import Problem, problem

MOST = 1 << 20  # bytes that are kept of one mail
_CHUNK = 1 << 16  # of a line that has no end
_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[!-9;-~]{1,200}[ \t]{0,10}:")
# What programs write between the mails of an mbox: `From ann@x.example Fri Nov 20 12:00:00 2026`. Day and time
# make the difference to a sentence that begins with From.
_ENVELOPE = re.compile(
    rb"From \S{0,320}[ \t]{1,4}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ \t]{1,4}"
    rb"[^\r\n]{0,60}\d{1,2}:\d\d[^\r\n]{0,60}\r?\n?\Z"
)
_QUOTED = re.compile(rb">{1,100}From ")


def read_mails(paths: Iterable[Path], problems: list[Problem]) -> Iterator[tuple[str, bytes]]:
    """The mails of files and folders, each with a name for people: a path, in an mbox with the mail's number.

    A file that is named or called .eml is a mail whatever it holds; another one that begins like an mbox is one.
    Of a folder everything is read that begins like a mail, at any depth and in order of name; of a Maildir the
    folders `cur` and `new`. Hidden files are passed over, links to folders not followed.

    :param problems: what could not be read is added here with its file, and the rest goes on.
    :return: of each mail its first megabyte, as it is in the file.
    """
    for path in paths:
        if path.is_dir():
            for each in _inside(path, problems):
                yield from _file(each, problems, named=False)
        else:
            yield from _file(path, problems, named=True)


def _inside(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """The files of a folder and its folders."""

    def unreadable(exc: OSError) -> None:
        problems.append(problem(f"cannot be read: {exc.strerror}", file=str(exc.filename)))

    for here, below, files in os.walk(folder, onerror=unreadable):
        maildir = {"cur", "new"} <= set(below)
        # The folders of a Maildir (Maildir++) have names that begin with a dot.
        below[:] = sorted(name for name in below if not (name == "tmp" if maildir else name.startswith(".")))
        yield from (Path(here, name) for name in sorted(files) if not name.startswith(".") and not maildir)


def _file(path: Path, problems: list[Problem], *, named: bool) -> Iterator[tuple[str, bytes]]:
    name = str(path)
    try:
        with _opened(path) as file:
            first = file.readline(_CHUNK)
            file.seek(0)
            named = named or path.suffix.lower() == ".eml"
            if path.suffix.lower() != ".eml" and _ENVELOPE.match(first):
                for number, raw in enumerate(_mbox(file), 1):
                    yield f"{name}:{number}", raw
                return
            if named or _HEADER.match(first) or _ENVELOPE.match(first):
                raw = _eight_bit(file.read(MOST))
                if raw.strip():
                    yield name, raw
                else:
                    problems.append(problem("is empty", file=name))
                return
    except OSError as exc:
        problems.append(problem(f"cannot be read: {exc.strerror or exc}", file=name))
        return
    problems.append(problem("is no mail: it does not begin with a header", file=name))


def _eight_bit(raw: bytes) -> bytes:
    """A mail as mail is: some editors save one as UTF-16, with the mark that says so."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return raw.decode("utf-16", "replace").encode("utf-8", "replace") if marked else raw


def _opened(path: Path) -> BinaryIO:
    """A plain file; a pipe or device would hold us up."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    file = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        file.close()
        raise OSError("not a regular file")
    return file


def _mbox(file: BinaryIO) -> Iterator[bytes]:
    """The mails of an mbox file, without their From lines and with one > taken from quoted ones (mboxrd)."""
    mail = bytearray()
    begun, after_empty, at_start = False, True, True
    while line := file.readline(_CHUNK):
        if at_start and after_empty and _ENVELOPE.match(line):
            if begun:
                yield _without_separator(mail)
            mail.clear()
            begun = True
        elif len(mail) < MOST:
            mail += line[1:] if at_start and _QUOTED.match(line) else line
        after_empty = at_start and line in (b"\n", b"\r\n")
        at_start = line.endswith(b"\n")
    if begun:
        yield _without_separator(mail)


def _without_separator(mail: bytearray) -> bytes:
    """A mail without the empty line that an mbox puts behind it."""
    raw = bytes(mail[:MOST])
    for end in (b"\r\n\r\n", b"\n\n"):
        if raw.endswith(end):
            return raw[: -len(end) // 2]
    return raw
