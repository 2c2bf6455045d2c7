"""What starts the sender on a server: unit files, a line for cron, a container file, filled in for a workspace."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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

ROOT = "# This is root. Better launch and call `run --units` as a user of its own.\n"
TEMPORARY = ("/tmp/", "/var/tmp/")  # PrivateTmp puts empty ones in their place (systemd.exec(5))


@dataclass(frozen=True, slots=True)
class Site:
    """Where the sender is to run: absolute paths, and the system's user.

    `program` is the command without its arguments, `writable` the folders of workspace, store and witness;
    systemd hands over the passwords of the mailboxes in `credentials`; the `idle` ones are in no campaign yet.
    `environ` is what of the caller's environment the sender is to have, `withheld` names secrets in it that stay
    out. `folder` is where the files go.
    """

    workspace: str
    program: Sequence[str]
    user: str
    uid: int
    state: str
    writable: Sequence[str]
    credentials: Sequence[str]
    folder: str = "server"
    environ: Mapping[str, str] = field(default_factory=dict)
    idle: Sequence[str] = ()
    withheld: Sequence[str] = ()


def files(site: Site) -> dict[str, str]:
    """The files by name. OutreachError where a path cannot stand in them."""
    for path in (site.workspace, *site.program, site.state, *site.writable, *site.environ.values()):
        if not path.isprintable():
            raise OutreachError(
                f"the path {path!r} cannot stand in a unit file", hint="move it to a plainer place"
            )
    given = {"OUTREACH_STATE": site.state, **site.environ}
    words = " ".join(f"{name}={shlex.quote(text)}" for name, text in given.items())
    run = f"{words} {shlex.join(site.program)} run --once --quiet"
    values = {
        "workspace": site.workspace,
        "service": _service(site),
        "program": " ".join(_word(each, "$") for each in site.program),
        "user": site.user,
        "uid": str(site.uid or NOBODY),
        # A bare % would end the line (crontab(5)).
        "cron": f"cd {shlex.quote(site.workspace)} && {run}".replace("%", "\\%"),
        "folder": shlex.quote(site.folder),
        "install": _install(site.credentials),
        "root": ROOT if site.uid == 0 else "",
        "trust": _trust(site.environ),
    }
    return {name: data.text(f"{FOLDER}/{name}").format_map(values) for name in SAYS}


def _service(site: Site) -> str:
    """The lines that both services have."""
    lines = [
        f"User={site.user}",
        f"WorkingDirectory={site.workspace.replace('%', '%%')}",
        f"Environment=PYTHONUNBUFFERED=1 {_word(f'OUTREACH_STATE={site.state}')}",
        *(f"Environment={_word(f'{name}={text}')}" for name, text in site.environ.items()),
        *_credentials(site.credentials),
        *HARDENING.splitlines(),
        *([] if _in_temporary(site) else ["PrivateTmp=true"]),
        f"ReadWritePaths={' '.join(map(_word, site.writable))}",
    ]
    return "\n".join(lines)


def _in_temporary(site: Site) -> bool:
    """Whether something that the service needs lies where everybody's temporary files do."""
    environ = (path for each in site.environ.values() for path in each.split(":"))
    paths = (site.workspace, site.state, *site.writable, *site.program[:1], *environ)
    return any(f"{path}/".startswith(TEMPORARY) for path in paths)


def _credentials(addresses: Sequence[str]) -> list[str]:
    """Passwords that systemd reads as root and hands to the service alone (systemd.exec(5), LoadCredential)."""
    if not addresses:
        return []
    return [
        "# Each file holds one password and nothing else: root's, chmod 600.",
        *(f"LoadCredential=outreach.{each}:/etc/outreach/{each}" for each in addresses),
    ]


def _install(addresses: Sequence[str]) -> str:
    """The commands that put passwords where systemd takes them from, as comments; "" where none is needed."""
    if not addresses:
        return ""
    files = (f"/etc/outreach/{each}" for each in addresses)
    puts = (
        f"#   sudo install -m 600 /dev/stdin {shlex.quote(each)}    # its password, Enter, Ctrl-D"
        for each in files
    )
    return "\n".join(("#   sudo install -d -m 700 /etc/outreach", *puts, ""))


def _trust(environ: Mapping[str, str]) -> str:
    """What a container is to know of the caller's environment, as a comment: its files lie elsewhere in there."""
    if not environ:
        return ""
    names = " and ".join(environ)
    return f"# Your shell has {names}: mount what that names, and set it with `-e` at `podman run`.\n"


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
    lines += [block("NOTE", *notes)] if (notes := list(_notes(site))) else []
    if dry_run:
        return "\n".join(lines)
    unit = shlex.quote(f"{site.folder.rstrip('/')}/outreach.service")
    return "\n".join(
        [
            *lines,
            labelled("NEXT", f"sudo cp {unit} /etc/systemd/system/", "sudo systemctl enable --now outreach"),
        ]
    )


def _notes(site: Site) -> Iterator[str]:
    """What somebody should know before these files are put to work."""
    if site.uid == 0:
        yield "you are root, and so the sender would be: better launch and call this as a user of its own"
    if site.environ:
        yield f"the sender gets {' and '.join(site.environ)} as your shell has it"
    for name in site.withheld:
        yield f"{name} is a secret and stands in none of them: put it into a file and name that in PGPASSFILE"
    if site.idle:
        names = ", ".join(site.idle)
        yield f"no campaign has {names}: once one does, write these files anew, for its password"


def value(written: Sequence[str], site: Site, *, dry_run: bool = False) -> dict[str, Any]:
    """`folder`, `files` (their names), `credentials` (addresses whose passwords systemd hands over), `idle`
    (addresses that no campaign has: they are left out), `environment` (names of variables that the files pass on),
    `dry_run`.
    """
    return {
        "folder": site.folder,
        "files": list(written),
        "credentials": list(site.credentials),
        "idle": list(site.idle),
        "environment": list(site.environ),
        "dry_run": dry_run,
    }
