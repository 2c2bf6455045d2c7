"""Connections and their passwords: one mailbox's trouble is not the others'."""

import asyncio
from pathlib import Path

import pytest

from outreach.engine.lines import Lines, ways
from outreach.errors import InputError
from outreach.mailbox.sandbox import Sandbox
from outreach.model import Mailbox, Unreachable
from tests.smtpd import BOB, LETTER, mailbox, on

SECRET = "OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE"


def test_every_mailbox_without_its_password_is_named_at_once(tmp_path: Path) -> None:
    eve = Mailbox("eve@northwind.example", "Eve Ray", smtp="smtps://eve@smtp.northwind.example:465")
    lines = Lines({}, tmp_path)
    with pytest.raises(InputError) as caught:
        lines.check([mailbox("smtps://ann@smtp.northwind.example:465"), eve])
    assert [each.message for each in caught.value.problems] == [
        "no password for ann@northwind.example",
        "no password for eve@northwind.example",
    ]
    lines.check([mailbox("smtp://127.0.0.1:1")])  # no user, no password
    (way,) = ways(lines.lacking([eve])).values()
    assert way.startswith("one of: keyring set ")  # not also that it lacks


def test_a_mailbox_that_comes_later_without_a_password_is_paused_and_nothing_else(tmp_path: Path) -> None:
    """It is launched while the sender runs: its letters wait, the others' go on."""
    line = Lines({}, tmp_path)(mailbox("smtp://ann@127.0.0.1:1"))
    assert not line.is_open
    assert asyncio.run(line.open()) == Unreachable("no password for ann@northwind.example", auth=True)


def test_a_corrected_password_works_without_a_restart(tmp_path: Path) -> None:
    environ = {SECRET: "wrong battery"}
    lines = Lines(environ, tmp_path)

    async def scene(server: Sandbox) -> None:
        box = mailbox(server.url)
        refusal = await lines(box).open()
        assert isinstance(refusal, Unreachable)
        assert refusal.auth
        environ[SECRET] = "right horse"
        line = lines(box)
        assert await line.open() is None
        assert await line.offer(BOB, len(LETTER)) is None
        await line.body(LETTER)
        await line.close()
        assert len(server.received) == 1

    on(Sandbox({"ann": "right horse"}), scene)


def test_a_password_is_looked_up_once(tmp_path: Path) -> None:
    """A keyring may ask its owner each time."""
    secret = tmp_path / "ann"
    secret.write_text("right horse\n")
    secret.chmod(0o600)
    lines = Lines({}, tmp_path)
    box = Mailbox("ann@northwind.example", "Ann Lee", smtp="smtp://ann@127.0.0.1:1", password_file="ann")
    assert lines.login(box) == "right horse"
    secret.unlink()
    assert lines.login(box) == "right horse"


def test_a_file_that_others_may_read_rests_its_own_mailbox_and_says_so(tmp_path: Path) -> None:
    """Also where that is the only one with letters: the others' answers are read, and people join them."""
    (tmp_path / "eve").write_text("right horse\n")
    (tmp_path / "eve").chmod(0o644)
    eve = Mailbox("eve@northwind.example", "Eve Ray", smtp="smtp://eve@127.0.0.1:1", password_file="eve")
    lines = Lines({SECRET: "right horse"}, tmp_path)
    assert set(lines.check([eve], [eve, mailbox("smtp://ann@127.0.0.1:1")])) == {eve.address}
    with pytest.raises(InputError):
        lines.check([eve], [eve])
    (way,) = ways(lines.lacking([eve])).values()
    assert "others may read it (-rw-r--r--): chmod 600" in way
