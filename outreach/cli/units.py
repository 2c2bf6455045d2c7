"""`outreach run --units DIR`: writes what starts the sender on a server."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.cli.app import SQLITE, App
from outreach.errors import OutreachError

# Paths that OpenSSL and PostgreSQL's library look up, and a secret that has no place in a unit file.
PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR", "PGPASSFILE")
SECRET = "PGPASSWORD"

if TYPE_CHECKING:
    from outreach.model import Mailbox
    from outreach.report.units import Site


def write(app: App, folder: str, *, dry_run: bool, shape: str) -> int:
    """Write the files into a folder, which is made if there is none. Nothing that is different is overwritten.

    OutreachError where one is in the way, or the folder cannot be written.
    """
    from outreach.report import units as report

    target = app.start / folder
    site = _site(app, folder)
    files = report.files(site)
    try:
        for name, text in files.items():
            path = target / name
            if path.exists() and path.read_text(encoding="utf-8", errors="replace") != text:
                raise OutreachError(
                    f"{path} is there already, and differs", hint="move it away, or name another DIR"
                )
        if not dry_run:
            target.mkdir(parents=True, exist_ok=True)
            Path(site.state).mkdir(
                parents=True, exist_ok=True
            )  # the service may write there, and make no folder
            for name, text in files.items():
                (target / name).write_text(text, encoding="utf-8")
    except OSError as exc:
        raise OutreachError(f"{target} cannot be written: {exc.strerror}", hint="name another DIR") from exc
    app.show(
        shape,
        text=lambda: report.text(list(files), site, dry_run=dry_run),
        value=lambda: report.value(list(files), site, dry_run=dry_run),
    )
    return 0


def _site(app: App, folder: str) -> "Site":
    """This machine, this user, this installation: whoever launches must send, or the store is held as a copy."""
    from outreach.report.units import Site

    root, state = app.root.resolve(), _state_folder(app)
    used = _in_use(app)
    own = [box.address for box in app.basics.mailboxes.values() if _logs_in(box) and not box.password_file]
    folders = [root, state, *_store_folder(app, root)]
    return Site(
        workspace=str(root),
        program=_program(),
        user=app.actor,
        uid=os.getuid(),
        state=str(state),
        writable=[str(each) for each in folders if not any(other in each.parents for other in folders)],
        credentials=[address for address in own if address in used],
        folder=folder,
        environ={name: _absolute(app, os.environ[name]) for name in PASSED_ON if os.environ.get(name)},
        withheld=[SECRET] if os.environ.get(SECRET) and not app.place.store_url.startswith(SQLITE) else [],
        idle=[address for address in own if address not in used],
    )


def _absolute(app: App, paths: str) -> str:
    """Paths, separated by colons, as they are named from anywhere."""
    return os.pathsep.join(
        str((app.start / each).absolute()) for each in filter(None, paths.split(os.pathsep))
    )


def _in_use(app: App) -> set[str]:
    """The mailboxes that a campaign has, or that write to the operator; all while the files have problems.

    systemd starts no service whose credential is missing.
    """
    boxes, notify = app.basics.mailboxes, app.basics.notify
    try:
        used = {address for each in app.workspace.campaigns.values() for address in each.mailboxes}
    except OutreachError:
        return set(boxes)
    if app.has_store:
        used |= {box.address for box in app.mailboxes()}
    if notify:
        used.add(notify.mailbox or next(iter(boxes), ""))
    return used


def _state_folder(app: App) -> Path:
    """Where the witness of what was sent lies."""
    from platformdirs import user_state_path

    from outreach.store.witness import STATE

    return (app.state or Path(os.environ.get(STATE) or user_state_path("outreach"))).resolve()


def _store_folder(app: App, root: Path) -> list[Path]:
    """The folder of a store that is a file outside of the workspace."""
    url = app.place.store_url
    if not url.startswith(SQLITE):
        return []
    folder = (root / url.removeprefix(SQLITE)).resolve().parent
    return [] if folder == root else [folder]


def _program() -> list[str]:
    """The command that starts this installation."""
    script = Path(sys.executable).with_name("outreach")
    return [str(script)] if script.exists() else [sys.executable, "-m", "outreach"]


def _logs_in(box: "Mailbox") -> bool:
    from outreach.mailbox.wire import endpoint

    return bool(box.imap or endpoint(box.smtp).user)
