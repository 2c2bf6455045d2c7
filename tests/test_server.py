"""What `run --units` writes works as written, and so does docs/server.md."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from outreach.cli.run import run
from outreach.report import units
from outreach.report.needs import CODES
from outreach.report.units import Site
from tests.cli import Shell
from tests.launched import Served, files, launch, real_now, statuses
from tests.screens import commands
from tests.smtpd import Misbehaving

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
SLOW, BOB = "slow@acme.example", "bob@birch.example"
PATIENCE = 60
NASTY = "/srv/a b/50% {user} $HOME \"q\" 'p'"


def written(shell: Shell) -> dict[str, str]:
    """The files that `run --units` writes, by name."""
    shell.ok("run", "--units", "server")
    return {path.name: path.read_text(encoding="utf-8") for path in (shell.folder / "server").iterdir()}


def values(unit: str, key: str) -> list[str]:
    """What a unit file gives that key, as systemd reads it: %% is %."""
    return [each.replace("%%", "%") for each in re.findall(rf"(?m)^{key}=(.*)$", unit)]


def environ(unit: str) -> dict[str, str]:
    """The environment that the unit asks for, on top of next to nothing."""
    words = [word for line in values(unit, "Environment") for word in shlex.split(line)]
    return {**bare(), **dict(word.split("=", 1) for word in words)}


def bare() -> dict[str, str]:
    """What cron gives its commands, and where this very checkout is."""
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "OUTREACH_STATE") if name in os.environ}
    kept.pop("OUTREACH_STATE", None)
    return {"HOME": "/nonexistent", "LOGNAME": "ann", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin", **kept}


def started(unit: str) -> subprocess.Popen[str]:
    """The program as the unit starts it."""
    (command,), (folder,) = values(unit, "ExecStart"), values(unit, "WorkingDirectory")
    return subprocess.Popen(
        [word.replace("$$", "$") for word in shlex.split(command)],
        cwd=folder,
        env=environ(unit),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ready(shell: Shell, post: Served, *emails: str) -> None:
    shell.now = real_now()
    launch(shell, files(post.server.url, "sqlite:///outreach.db", always=True), *emails)


def test_the_service_starts_and_its_own_stop_signal_lets_the_letter_in_hand_be_finished(
    shell: Shell, post: Served
) -> None:
    assert isinstance(post.server, Misbehaving)
    ready(shell, post, SLOW, BOB)
    unit = written(shell)["outreach.service"]
    (name,) = values(unit, "KillSignal")
    sender = started(unit)
    try:
        post.wait(post.server.waiting.wait())
        sender.send_signal(signal.Signals[name])
        assert sender.stdout is not None
        assert any("stopping" in line for line in iter(sender.stdout.readline, ""))
        post.do(post.server.gate.set)
        said, _ = sender.communicate(timeout=PATIENCE)
    finally:
        sender.kill()
    assert sender.returncode == 0
    assert said.splitlines()[-1] == "stopped; 1 sent"
    assert statuses(shell) == {SLOW: "sent", BOB: "scheduled"}
    assert values(unit, "TimeoutStopSec") == ["11min"]  # more than a server may take for its answer


def test_the_unit_of_the_timer_sends_once(shell: Shell, post: Served) -> None:
    ready(shell, post, BOB)
    unit = written(shell)["outreach-once.service"]
    said, _ = started(unit).communicate(timeout=PATIENCE)
    assert "1 sent" in said
    assert post.recipients() == [BOB]


def test_the_line_for_cron_sends_and_says_nothing(shell: Shell, post: Served) -> None:
    plain = shell.folder
    shell.folder = plain / "a b 50% 'c'"
    shell.folder.mkdir()
    ready(shell, post, BOB)
    (line,) = [each for each in written(shell)["outreach.cron"].splitlines() if each.startswith("*")]
    *times, command = line.split(" ", 5)
    assert times == ["*/3", "*", "*", "*", "*"]
    assert not re.search(r"(?<!\\)%", command)  # cron would end the command there
    shown = command.replace("\\%", "%")
    done = subprocess.run(
        ["/bin/sh", "-c", shown], env=bare(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert post.recipients() == [BOB]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_finds_no_fault_with_the_units(shell: Shell) -> None:
    shell.ok("init")
    written(shell)
    units_ = [str(path) for path in (shell.folder / "server").glob("outreach*") if path.suffix != ".cron"]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(units_)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "outreach" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_units_hand_over_passwords_and_let_it_write_only_what_it_must(shell: Shell) -> None:
    shell.ok("init")
    unit = written(shell)["outreach.service"]
    assert values(unit, "LoadCredential") == [
        "outreach.ann@northwind.example:/etc/outreach/ann@northwind.example"
    ]
    assert values(unit, "ProtectSystem") == ["strict"]
    assert values(unit, "NoNewPrivileges") == ["true"]
    assert shlex.split(values(unit, "ReadWritePaths")[0]) == [str(shell.folder)]  # the state lies in it here
    assert values(unit, "Restart") == ["on-failure"]


def test_a_mailbox_with_a_password_file_needs_no_credential(shell: Shell) -> None:
    shell.ok("init")
    shell.edit("outreach.toml", "[[mailbox]]", '[[mailbox]]\npassword_file = "ann.password"')
    assert "LoadCredential" not in written(shell)["outreach.service"]


def test_any_path_comes_through_as_it_is() -> None:
    site = Site(NASTY, (f"{NASTY}/bin/outreach",), "ann", 1000, f"{NASTY}/s", (NASTY, f"{NASTY}/s"), ())
    made = units.files(site)
    unit = made["outreach.service"]
    assert values(unit, "WorkingDirectory") == [NASTY]
    (command,) = values(unit, "ExecStart")
    assert [word.replace("$$", "$") for word in shlex.split(command)] == [f"{NASTY}/bin/outreach", "run"]
    assert shlex.split(values(unit, "ReadWritePaths")[0]) == [NASTY, f"{NASTY}/s"]
    assert f"OUTREACH_STATE={NASTY}/s" in shlex.split(values(unit, "Environment")[0])
    (line,) = [each for each in made["outreach.cron"].splitlines() if each.startswith("*")]
    assert shlex.split(line.split(" ", 5)[5].replace("\\%", "%"))[1] == NASTY


def test_a_path_that_cannot_stand_in_a_unit_is_refused(shell: Shell) -> None:
    shell.folder = shell.folder / "a\nb"
    shell.folder.mkdir()
    shell.fill()
    code, _, err = shell.run("run", "--units", "server")
    assert (code, "cannot stand in a unit file" in err) == (1, True)


def test_what_a_person_has_changed_is_not_overwritten(shell: Shell) -> None:
    shell.fill()
    written(shell)
    shell.ok("run", "--units", "server")  # the same again
    mine = shell.write("server/outreach.cron", "mine")
    code, _, err = shell.run("run", "--units", "server")
    assert (code, "is there already, and differs" in err) == (1, True)
    assert mine.read_text(encoding="utf-8") == "mine"
    shell.write("taken", "a file")
    for place in ("taken", "taken/x"):
        code, _, err = shell.run("run", "--units", place)
        assert (code, "cannot be written" in err) == (1, True)
    assert shell.run("run", "--units", "other", "--once")[0] == 2


def test_a_dry_run_writes_nothing(shell: Shell) -> None:
    shell.fill()
    assert "WOULD ADD in server:" in shell.ok("run", "--units", "server", "--dry-run")
    assert not (shell.folder / "server").exists()


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a container file: (word, rest)."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def test_the_container_file_says_what_it_must(shell: Shell) -> None:
    """No container can be built where tests run: its parts are looked at, and its commands run."""
    shell.fill()
    found = instructions(written(shell)["Containerfile"])
    known = {"FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "CMD"}
    assert {word for word, _ in found} == known
    assert found[0][0] == "FROM"
    version = re.search(r"python:(\d+)\.(\d+)", found[0][1])
    assert version
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "requires-python"
    ]
    assert (int(version[1]), int(version[2])) >= tuple(map(int, wanted.removeprefix(">=").split(".")))
    words = [word for word, _ in found]
    assert words.index("USER") > words.index("RUN")
    assert dict(found)["USER"] not in ("root", "0")
    assert dict(found)["STOPSIGNAL"] == "SIGTERM"
    for _, step in [each for each in found if each[0] == "RUN"]:
        subprocess.run(["/bin/sh", "-n", "-c", step], check=True)  # no more than its grammar


def test_the_commands_of_the_container_file_run(shell: Shell, post: Served) -> None:
    ready(shell, post, BOB)
    found = dict(instructions(written(shell)["Containerfile"]))
    ask = exec_form(found["HEALTHCHECK"].partition("CMD ")[2])
    sender = exec_form(found["CMD"])
    assert (ask[0], sender) == ("outreach", ["outreach", "run"])
    shell.ok("run", "--once")
    shell.ok(*ask[1:])
    assert {ask[place + 1] for place, word in enumerate(ask) if word == "--ignore"} <= set(CODES)


def exec_form(words: str) -> list[str]:
    """["outreach", "run"] of the text."""
    parsed: list[str] = tomllib.loads(f"x = {words}")["x"]
    return parsed


def test_the_pages_commands_run_as_written(shell: Shell) -> None:
    shell.ok("init")
    main = (shell.folder / "outreach.toml").read_text(encoding="utf-8")
    main = re.sub(
        r"(?m)^(imap|answers) = .*\n", "", main
    )  # a mailbox that needs no password and reads nothing
    box = 'smtp = "smtp://127.0.0.1:1"\nanswers = "manual"'
    shell.write("outreach.toml", re.sub(r"(?m)^smtp = .*", box, main))
    assert len(commands(PAGE)) >= 7
    for command in commands(PAGE):
        program, *arguments = shlex.split(command)
        assert program == "outreach", command
        shell.ok(*arguments)


def test_the_page_names_the_files_and_the_settings(shell: Shell) -> None:
    shell.fill()
    assert {f"server/{name}" for name in written(shell)} == set(re.findall(r"`(server/[\w.-]+)`", PAGE))
    (notify,) = [text for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "[notify]" in text]
    main = (shell.folder / "outreach.toml").read_text(encoding="utf-8")
    shell.write("outreach.toml", f"{main}\n{notify}")
    settings = shell.app().basics.notify
    assert settings is not None
    assert settings.digest is not None
    assert settings.heartbeat.startswith("https://")
    options = {name for parameter in run.params for name in parameter.opts}
    assert {"--once", "--quiet", "--units"} <= options


def test_the_program_of_the_units_is_this_one(shell: Shell) -> None:
    shell.fill()
    (command,) = values(written(shell)["outreach.service"], "ExecStart")
    assert Path(shlex.split(command)[0]).parent == Path(sys.executable).parent


def test_a_workspace_under_tmp_is_not_hidden_from_its_own_service() -> None:
    """PrivateTmp gives a service an empty /tmp and /var/tmp of its own."""

    def unit(workspace: str, state: str = "/srv/state") -> str:
        site = Site(workspace, ("/opt/bin/outreach",), "ann", 1000, state, (workspace, state), ())
        return units.files(site)["outreach.service"]

    assert values(unit("/srv/shelving"), "PrivateTmp") == ["true"]
    assert values(unit("/srv/tmp"), "PrivateTmp") == ["true"]
    assert values(unit("/tmp/shelving"), "PrivateTmp") == []
    assert values(unit("/srv/shelving", "/var/tmp/state"), "PrivateTmp") == []


def test_what_the_shell_trusts_the_sender_trusts(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.fill()
    monkeypatch.setenv("SSL_CERT_FILE", "our own 50%.pem")
    monkeypatch.setenv("SSL_CERT_DIR", "/srv/a:/srv/b")
    monkeypatch.setenv("OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE", "right horse")
    made = written(shell)
    path = str(shell.folder / "our own 50%.pem")
    for name in ("outreach.service", "outreach-once.service"):
        assert environ(made[name])["SSL_CERT_FILE"] == path
        assert environ(made[name])["SSL_CERT_DIR"] == "/srv/a:/srv/b"
    assert shlex.quote(path).replace("%", "\\%") in made["outreach.cron"].splitlines()[-1]
    assert "# Your shell has SSL_CERT_FILE and SSL_CERT_DIR" in made["Containerfile"]
    assert not any("right horse" in text for text in made.values())


def test_a_mailbox_that_no_campaign_has_keeps_no_service_from_starting(shell: Shell) -> None:
    shell.fill(smtp="smtps://ann@smtp.northwind.example:465")
    main = (shell.folder / "outreach.toml").read_text(encoding="utf-8")
    box = main.partition("[[mailbox]]")[2].replace("ann@northwind", "eve@northwind")
    shell.write("outreach.toml", f"{main}\n[[mailbox]]{box}")
    said = shell.ok("run", "--units", "server", "--dry-run")
    assert "no campaign has eve@northwind.example" in said
    assert max(map(len, said.splitlines())) <= 80
    made = written(shell)
    assert [each.partition(":")[0] for each in values(made["outreach.service"], "LoadCredential")] == [
        "outreach.ann@northwind.example"
    ]
    for name in ("outreach.service", "outreach-once.timer"):
        head = made[name].partition("[Unit]")[0]
        assert "sudo install -d -m 700 /etc/outreach" in head
        assert "sudo install -m 600 /dev/stdin /etc/outreach/ann@northwind.example" in head
        assert "eve@" not in head
    shell.write("campaigns/shops.toml", "name = ")  # nobody knows which are used
    assert shell.json("run", "--units", "other")["idle"] == []


@pytest.mark.parametrize("uid", [0, 1000])
def test_a_sender_of_root_is_remarked_on(uid: int) -> None:
    site = Site("/srv/w", ("/opt/bin/outreach",), "ann", uid, "/srv/s", ("/srv/w", "/srv/s"), ())
    made = units.files(site)
    assert (
        ("This is root" in made["outreach.service"])
        == ("This is root" in made["outreach.cron"])
        == (uid == 0)
    )
    assert ("you are root" in units.text(list(made), site)) == (uid == 0)
