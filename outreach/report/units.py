"""What starts the sender on a server: unit files, a line for cron, a container file, filled in for a workspace."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outreach import data
from outreach.errors import OutreachError
from outreach.report.blocks import block
from outreach.report.lines import labelled

FOLDER = "server"
SAYS = {
    "outreach.service": "systemd: runs all the time",
    "outreach-once.service": "systemd: one run, started by the timer",
    "outreach-once.timer": "systemd: every three minutes",
    "outreach.cron": "a line for crontab",
    "Containerfile": "podman or docker",
}
NOBODY = 10001  # the user in a container where root wrote the file
HARDENING = """\
# It writes its store and its witness, and nothing else.
NoNewPrivileges=true
ProtectSystem=strict
ProtectHome=read-only
PrivateDevices=true
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectControlGroups=true
RestrictSUIDSGID=true
LockPersonality=true
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK"""

TEMPORARY = ("/tmp/", "/var/tmp/")  # PrivateTmp puts empty ones in their place (systemd.exec(5))


@dataclass(frozen=True, slots=True)
class Site:
    """Where the sender is to run: absolute paths, and the system's user.

    `program` is the command without its arguments, `writable` the folders of workspace, store and witness;
    systemd hands over the passwords of the mailboxes in `credentials`. `folder` is where the files go.
    """

    workspace: str
    program: Sequence[str]
    user: str
    uid: int
    state: str
    writable: Sequence[str]
    credentials: Sequence[str]
    folder: str = "server"


def files(site: Site) -> dict[str, str]:
    """The files by name. OutreachError where a path cannot stand in them."""
    for path in (site.workspace, *site.program, site.state, *site.writable):
        if not path.isprintable():
            raise OutreachError(
                f"the path {path!r} cannot stand in a unit file", hint="move it to a plainer place"
            )
    state = f"OUTREACH_STATE={shlex.quote(site.state)}"
    run = f"{state} {shlex.join(site.program)} run --once --quiet"
    values = {
        "workspace": site.workspace,
        "service": _service(site),
        "program": " ".join(_word(each, "$") for each in site.program),
        "user": site.user,
        "uid": str(site.uid or NOBODY),
        # A bare % would end the line (crontab(5)).
        "cron": f"cd {shlex.quote(site.workspace)} && {run}".replace("%", "\\%"),
        "folder": shlex.quote(site.folder),
    }
    return {name: data.text(f"{FOLDER}/{name}").format_map(values) for name in SAYS}


def _service(site: Site) -> str:
    """The lines that both services have."""
    lines = [
        f"User={site.user}",
        f"WorkingDirectory={site.workspace.replace('%', '%%')}",
        f"Environment=PYTHONUNBUFFERED=1 {_word(f'OUTREACH_STATE={site.state}')}",
        *_credentials(site.credentials),
        *HARDENING.splitlines(),
        *([] if _in_temporary(site) else ["PrivateTmp=true"]),
        f"ReadWritePaths={' '.join(map(_word, site.writable))}",
    ]
    return "\n".join(lines)


def _in_temporary(site: Site) -> bool:
    """Whether something that the service needs lies where everybody's temporary files do."""
    paths = (site.workspace, site.state, *site.writable, *site.program[:1])
    return any(f"{path}/".startswith(TEMPORARY) for path in paths)


def _credentials(addresses: Sequence[str]) -> list[str]:
    """Passwords that systemd reads as root and hands to the service alone (systemd.exec(5), LoadCredential)."""
    if not addresses:
        return []
    return [
        "# Each file holds one password and nothing else: root's, chmod 600.",
        *(f"LoadCredential=outreach.{each}:/etc/outreach/{each}" for each in addresses),
    ]


def _word(text: str, also: str = "") -> str:
    """One word of a unit file: %% for %, quoted where it must be (systemd.syntax(7)); ExecStart has $$ for $."""
    text = text.replace("%", "%%")
    for char in also:
        text = text.replace(char, char * 2)
    if any(char in text for char in " \t'\"\\"):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return text


def text(written: Sequence[str], site: Site, *, dry_run: bool = False) -> str:
    """The files with what each is for, and how to begin."""
    shown = [f"{name:<22} {SAYS[name]}" for name in written]
    lines = [labelled("WOULD ADD" if dry_run else "WROTE", f"in {site.folder}:", *shown)]
    passwords = [f"systemd takes that of {each} from /etc/outreach/{each}" for each in site.credentials]
    lines += [block("PASSWORDS", *passwords)] if passwords else []
    if dry_run:
        return "\n".join(lines)
    unit = shlex.quote(f"{site.folder.rstrip('/')}/outreach.service")
    return "\n".join(
        [
            *lines,
            labelled("NEXT", f"sudo cp {unit} /etc/systemd/system/", "sudo systemctl enable --now outreach"),
        ]
    )


def value(written: Sequence[str], site: Site, *, dry_run: bool = False) -> dict[str, Any]:
    """`folder`, `files` (their names), `credentials` (addresses whose passwords systemd hands over), `dry_run`."""
    return {
        "folder": site.folder,
        "files": list(written),
        "credentials": list(site.credentials),
        "dry_run": dry_run,
    }
