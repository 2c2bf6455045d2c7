"""Mails from files: every one once, in order, and whatever is none is told with its name."""

import os
import tracemalloc
from mailbox import Maildir, mbox
from pathlib import Path

import pytest

from outreach.errors import Problem
from outreach.mailbox.mails import MOST, read_mails

ENVELOPE = b"From ann@acme.example Fri Nov 20 12:00:00 2026\n"


def mail(name: str, body: str = "Hi") -> bytes:
    return f"From: bob@acme.example\nSubject: {name}\n\n{body}\n".encode()


def read(*paths: Path) -> tuple[list[tuple[str, bytes]], list[Problem]]:
    problems: list[Problem] = []
    return list(read_mails(paths, problems)), problems


def written(path: Path, *parts: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(parts))
    return path


def test_a_folder_is_read_in_order_of_names_at_any_depth(tmp_path: Path) -> None:
    for name in ("b.eml", "a.eml", "sub/c.msg", "sub/10", ".hidden", ".git/d.eml"):
        written(tmp_path / name, mail(name))
    found, problems = read(tmp_path)
    names = ["a.eml", "b.eml", "sub/10", "sub/c.msg"]
    assert found == [(str(tmp_path / name), mail(name)) for name in names]
    assert problems == []


def test_what_is_no_mail_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    picture = written(tmp_path / "logo.png", b"\x89PNG\r\n\x1a\n")
    empty = written(tmp_path / "nothing.eml")
    good = written(tmp_path / "z.eml", mail("z"))
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone.eml").symlink_to(tmp_path / "nowhere")
    found, problems = read(tmp_path / "missing", tmp_path, empty)
    assert found == [(str(good), mail("z"))]
    assert [(each.where.file, each.message) for each in problems] == [
        (str(tmp_path / "missing"), "cannot be read: No such file or directory"),
        (str(tmp_path / "gone.eml"), "cannot be read: No such file or directory"),
        (str(picture), "is no mail: it does not begin with a header"),
        (str(empty), "is empty"),
        (str(tmp_path / "pipe"), "cannot be read: not a regular file"),
        (str(empty), "is empty"),
    ]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_mail_that_an_editor_saved_as_utf_16_is_one(tmp_path: Path, encoding: str) -> None:
    text = "From: bob@acme.example\nSubject: Re: Shelving\n\nJa, gerne. Gr\u00fc\u00dfe\n"
    path = written(tmp_path / "saved.eml", f"\ufeff{text}".encode(encoding))
    assert read(path) == ([(str(path), text.encode())], [])


def test_a_file_that_is_named_or_called_so_is_a_mail_whatever_it_holds(tmp_path: Path) -> None:
    called = written(tmp_path / "called" / "a.eml", b"no header at all\n")
    assert read(tmp_path / "called") == ([(str(called), b"no header at all\n")], [])
    broken = written(tmp_path / "broken", b"no header at all\n")
    assert read(broken) == ([(str(broken), b"no header at all\n")], [])


def test_an_mbox_of_the_standard_library_comes_back_mail_by_mail(tmp_path: Path) -> None:
    bodies = ["Hi", "From here on\n\nFrom bob at 12:00 we\n>From quoted", "", "last"]
    path = tmp_path / "answers"
    box = mbox(path)
    for number, body in enumerate(bodies):
        box.add(mail(f"{number}", body))
    box.close()
    found, problems = read(path)
    expected = [mail(f"{number}", body) for number, body in enumerate(bodies)]
    # It quotes `From ` but not `>From `, so that one loses its mark: what was written cannot be told apart.
    expected[1] = expected[1].replace(b">From", b"From")
    assert found == [(f"{path}:{number}", raw) for number, raw in enumerate(expected, 1)]
    assert problems == []


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_an_mbox_is_split_only_where_a_mail_can_begin(end: bytes, tmp_path: Path) -> None:
    text = (
        ENVELOPE + b"Subject: one\n\nHi\nFrom ann@acme.example Fri Nov 20 12:00:00 2026\n\n"
        b"From my desk, where it is 12:00, all the best\n\n"
        b"From - Fri, 20 Nov 2026 12:00:00 +0000\nSubject: two\n\n>>From x\n\n"
    )
    path = written(tmp_path / "box", text.replace(b"\n", end))
    found, _ = read(path)
    assert [raw.count(end) for _, raw in found] == [6, 3]
    assert found[1][1] == b"Subject: two\n\n>From x\n".replace(b"\n", end)


def test_a_mail_with_an_envelope_line_that_is_called_eml_is_one_mail(tmp_path: Path) -> None:
    path = written(tmp_path / "x.eml", ENVELOPE, mail("x"), b"\n", ENVELOPE, b"quoted by somebody\n")
    assert len(read(path)[0]) == 1


def test_a_maildir_is_read_with_its_folders_and_without_what_is_being_written(tmp_path: Path) -> None:
    maildir = Maildir(tmp_path / "Maildir")
    maildir.add(mail("new"))
    maildir.add_folder("Junk").add(mail("junk"))
    seen = written(tmp_path / "Maildir" / "cur" / "1.x:2,S", mail("seen"))
    written(tmp_path / "Maildir" / "tmp" / "2.x", mail("half"))
    written(tmp_path / "Maildir" / "dovecot-uidlist", b"3 V1\n")
    found, problems = read(tmp_path)
    assert [raw for _, raw in found] == [mail("junk"), mail("seen"), mail("new")]
    assert found[1][0] == str(seen)
    assert problems == []


def test_large_files_are_read_in_bounded_memory(tmp_path: Path) -> None:
    """An mbox of 200 MB: mails of 20 MB, one of them a single line."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        for number in range(10):
            file.write(ENVELOPE + b"Subject: %d\n\n" % number)
            for _ in range(20):
                file.write(b"x" * ((1 << 20) - 1) + (b"x" if number == 3 else b"\n"))
            file.write(b"\n\n")
    tracemalloc.start()
    try:
        sizes = [len(raw) for _, raw in read_mails([path], [])]
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sizes == [MOST] * 10
    assert most < 8 << 20


@pytest.mark.parametrize("suffix", ["", ".eml"])
def test_of_a_large_mail_the_first_megabyte_is_read(suffix: str, tmp_path: Path) -> None:
    path = written(tmp_path / f"x{suffix}", mail("x"), b"x" * (MOST + 5))
    assert [len(raw) for _, raw in read(path)[0]] == [MOST]
