"""Where a mailbox's password may come from, and where it must never show."""

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from outreach.cli.asking import unfit
from outreach.errors import MailboxError
from outreach.mailbox.credentials import LONGEST, has_keyring, keep, login, variable
from outreach.model import Mailbox

ADDRESS = "ann@northwind.example"
VARIABLE = "OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE"


class Desktop(KeyringBackend):
    """A keyring as a desktop has it, but in memory."""

    priority = 5

    def __init__(self, held: dict[tuple[str, str], str], *, locked: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held = held
        self.locked = locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("nobody is at the desk")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


class PlainFile(Desktop):
    """A backend that keeps passwords in clear, ranked as keyrings.alt ranks its own."""

    priority = 0.5  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def _own_keyring() -> Iterator[None]:
    """Whoever runs the tests keeps their keyring to themselves."""
    before = keyring.get_keyring()
    keyring.set_keyring(Desktop({}))
    yield
    keyring.set_keyring(before)


def mailbox(password_file: str = "", smtp: str = "smtps://ann@smtp.northwind.example") -> Mailbox:
    return Mailbox(ADDRESS, "Ann Lee", smtp=smtp, password_file=password_file)


def secret_file(path: Path, text: str = "from-file\n", mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_the_first_source_that_has_it_wins(tmp_path: Path) -> None:
    secret_file(tmp_path / "ann.secret")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    given = secret_file(credentials / f"outreach.{ADDRESS}", "from-systemd\n", 0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(credentials), VARIABLE: "from-environment"}
    held = {("outreach", ADDRESS): "from-keyring"}
    keyring.set_keyring(Desktop(held))
    ann = mailbox("ann.secret")
    assert login(ann, environ, tmp_path) == "from-keyring"
    held.clear()
    assert login(ann, environ, tmp_path) == "from-systemd"
    given.unlink()
    assert login(ann, environ, tmp_path) == "from-environment"
    environ[VARIABLE] = ""
    assert login(ann, environ, tmp_path) == "from-file"


def test_a_server_without_login_needs_no_password(tmp_path: Path) -> None:
    assert login(mailbox("missing", "smtp://127.0.0.1:2525"), {VARIABLE: "x"}, tmp_path) is None


@pytest.mark.parametrize(
    "backend",
    [
        PlainFile({("outreach", ADDRESS): "in clear"}),
        Desktop({}, locked=True),
        Desktop({("other", ADDRESS): "x"}),
    ],
)
def test_an_unsafe_locked_or_foreign_keyring_entry_is_passed_over(
    backend: KeyringBackend, tmp_path: Path
) -> None:
    keyring.set_keyring(backend)
    assert login(mailbox(), {VARIABLE: "from-environment"}, tmp_path) == "from-environment"


def test_without_any_password_all_ways_to_give_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(MailboxError, match=ADDRESS) as missing:
        login(mailbox(), {"OUTREACH_PASSWORD": "too general", "CREDENTIALS_DIRECTORY": "/nowhere"}, tmp_path)
    for way in (f"keyring set outreach {ADDRESS}", f"outreach.{ADDRESS}", VARIABLE, "password_file"):
        assert way in missing.value.hint


def test_an_environment_variable_belongs_to_one_mailbox() -> None:
    assert variable(ADDRESS) == VARIABLE
    assert variable("ann+new.shop@nörthwind.example") == "OUTREACH_PASSWORD_ANN_NEW_SHOP_N_RTHWIND_EXAMPLE"


@pytest.mark.parametrize(
    ("text", "held"), [("pass word\n", "pass word"), (" pä\r\n", " pä"), ("plain", "plain")]
)
def test_a_file_holds_the_password_and_a_line_end(text: str, held: str, tmp_path: Path) -> None:
    path = tmp_path / "ann.secret"
    path.write_bytes(text.encode())
    path.chmod(0o400)
    assert login(mailbox("ann.secret"), {}, tmp_path) == held
    assert login(mailbox(str(path)), {}, tmp_path / "elsewhere") == held


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_may_touch_is_refused_with_the_cure(mode: int, tmp_path: Path) -> None:
    path = secret_file(tmp_path / "ann.secret", mode=mode)
    with pytest.raises(MailboxError, match="others may read it") as refused:
        login(mailbox("ann.secret"), {}, tmp_path)
    assert refused.value.hint == f"chmod 600 {path}"
    assert "from-file" not in str(refused.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = secret_file(tmp_path / "ann.secret")
    os.chown(path, 12345, -1)
    with pytest.raises(MailboxError, match="belongs to somebody else"):
        login(mailbox("ann.secret"), {}, tmp_path)


def test_what_is_no_plain_small_text_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    secret_file(tmp_path / "large", "x" * 5000)
    (tmp_path / "latin").write_bytes(b"caf\xe9secret")
    (tmp_path / "latin").chmod(0o600)
    secret_file(tmp_path / "empty", "\n")
    for name in ("pipe", "folder", "large", "latin", "absent", "empty"):
        with pytest.raises(MailboxError, match=ADDRESS) as refused:
            login(mailbox(name), {}, tmp_path)
        assert "secret" not in f"{refused.value.message}{refused.value.__cause__}"


# Keeping one


def test_a_password_is_kept_in_the_keyring_or_where_it_is_wanted(tmp_path: Path) -> None:
    held: dict[tuple[str, str], str] = {}
    keyring.set_keyring(Desktop(held))
    ann = mailbox("secrets/ann")
    assert has_keyring()
    assert keep(ann, "pä ss", tmp_path) == "the keyring"
    assert held == {("outreach", ADDRESS): "pä ss"}
    assert login(ann, {}, tmp_path) == "pä ss"
    held.clear()
    path = tmp_path / "secrets" / "ann"
    assert keep(ann, "pä ss", tmp_path, in_keyring=False) == str(path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert login(ann, {}, tmp_path) == "pä ss"
    assert keep(ann, "new", tmp_path, in_keyring=False)
    assert login(ann, {}, tmp_path) == "new"
    assert [each.name for each in path.parent.iterdir()] == ["ann"]


@pytest.mark.parametrize("backend", [PlainFile({}), Desktop({}, locked=True)])
def test_without_a_keyring_that_takes_it_a_password_needs_a_file(tmp_path: Path, backend: Desktop) -> None:
    backend.set_password = lambda *args: (_ for _ in ()).throw(KeyringLocked())  # type: ignore[method-assign]
    keyring.set_keyring(backend)
    assert keep(mailbox("ann.password"), "x", tmp_path) == str(tmp_path / "ann.password")
    with pytest.raises(MailboxError, match="no keyring") as refused:
        keep(mailbox(), "hunter22", tmp_path)
    assert "password_file" in refused.value.hint
    with pytest.raises(MailboxError) as broken:
        keep(mailbox("ann.password"), "hunter\ud800", tmp_path)
    assert "hunter" not in str(broken.value)
    assert broken.value.__cause__ is None
    assert login(mailbox("ann.password"), {}, tmp_path) == "x"


@pytest.mark.parametrize("fits", ["x" * LONGEST, "ä" * (LONGEST // 2)])
def test_what_is_kept_can_be_read_again_however_it_is_written(tmp_path: Path, fits: str) -> None:
    """A password is as long as its bytes in the file are, in the dialogue, in keeping it and in reading it."""
    keep(mailbox("ann.password"), fits, tmp_path, in_keyring=False)
    assert login(mailbox("ann.password"), {}, tmp_path) == fits
    (tmp_path / "ann.password").write_bytes(fits.encode() + b"\r\n")
    assert login(mailbox("ann.password"), {}, tmp_path) == fits
    assert not unfit(fits)
    assert f"more than {LONGEST} bytes" in unfit(f"{fits}x")
    with pytest.raises(MailboxError, match=f"longer than {LONGEST} bytes"):
        keep(mailbox("ann.password"), f"{fits}x", tmp_path, in_keyring=False)
    (tmp_path / "ann.password").write_text(f"{fits}x\n")
    with pytest.raises(MailboxError, match=f"larger than {LONGEST} bytes"):
        login(mailbox("ann.password"), {}, tmp_path)
