"""Real IMAP servers for tests, each with one mailbox: Dovecot where it is installed, and one that pip installs."""

import asyncio
import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer

USER, PASSWORD = "ann", "Tr0ub4dor-3 pä{5}"
NOON = datetime(2024, 11, 20, 12, tzinfo=UTC)
KINDS = ("embedded", "dovecot")


def _installed() -> str | None:
    """The Dovecot of this machine; None if there is none, or one whose settings are written in another way."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    program = shutil.which("dovecot", path=path)
    if program is None:
        return None
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    return program if version.startswith("2.3.") else None


DOVECOT = _installed()


@dataclass(frozen=True, slots=True)
class Imapd:
    """A server that runs. It is prepared and looked at over IMAP too, by the standard library's client."""

    port: int

    @property
    def url(self) -> str:
        return f"imap://{USER}@127.0.0.1:{self.port}"

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        try:
            yield client
        finally:
            client.logout()

    def deliver(self, *mails: bytes, folder: str = "INBOX", at: datetime = NOON) -> None:
        with self.client() as client:
            for mail in mails:
                done, said = client.append(f'"{folder}"', "", at, mail)
                assert done == "OK", said

    def make(self, folder: str) -> None:
        with self.client() as client:
            client.create(f'"{folder}"')

    def remove(self, folder: str) -> None:
        with self.client() as client:
            client.delete(f'"{folder}"')

    def expunge(self, uid: int, folder: str = "INBOX") -> None:
        with self.client() as client:
            client.select(f'"{folder}"')
            client.uid("STORE", str(uid), "+FLAGS", "(\\Deleted)")
            client.expunge()

    def flags(self, folder: str = "INBOX") -> list[str]:
        """The flags of each mail in a folder, without \\Recent."""
        with self.client() as client:
            client.select(f'"{folder}"', readonly=True)
            _, found = client.fetch("1:*", "(FLAGS)")
        lines = [line.decode() for line in found if isinstance(line, bytes)]
        return [
            line.partition("FLAGS (")[2].partition(")")[0].replace("\\Recent", "").strip() for line in lines
        ]


@contextmanager
def running(kind: str) -> Iterator[Imapd]:
    """A server of one of KINDS, empty."""
    with _dovecot() if kind == "dovecot" else _embedded() as port:
        yield Imapd(port)


@contextmanager
def _embedded() -> Iterator[int]:
    """pymap in a thread. Its own command line would lose connections on Python 3.13, so we listen ourselves."""
    loop = asyncio.new_event_loop()
    started: list[int] = []
    ready, done = threading.Event(), asyncio.Event()

    async def serve() -> None:
        args = Namespace(
            host="127.0.0.1", port=0, debug=False, cert=None, key=None, tls=False, passlib_cfg=None,
            proxy_protocol=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
        )  # fmt: skip
        backend, config = await DictBackend.init(args)
        config.apply_context()
        imap = IMAPServer(backend.login, config)

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await imap(reader, writer, SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid4().bytes))

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        started.append(server.sockets[0].getsockname()[1])
        ready.set()
        await done.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield started[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)


_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
mail_location = maildir:{folder}/home/mail
namespace inbox {{
  inbox = yes
  mailbox Verdacht {{
    special_use = \\Junk
    auto = create
  }}
  mailbox "Verschickte Grüße" {{
    special_use = \\Sent
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@contextmanager
def _dovecot() -> Iterator[int]:
    """A Dovecot of our own from a folder of our own: it runs beside one of the machine's, as any user."""
    import grp
    import pwd

    assert DOVECOT is not None
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with (
        tempfile.TemporaryDirectory(prefix="imapd-", ignore_cleanup_errors=True) as name,
        socket.socket() as free,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "home").mkdir()
        if os.geteuid() == 0:
            os.chown(folder / "home", owner.pw_uid, owner.pw_gid)
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
        group = grp.getgrgid(owner.pw_gid).gr_name
        config = folder / "dovecot.conf"
        config.write_text(_CONFIG.format(folder=folder, user=owner.pw_name, group=group, port=port))
        free.close()
        process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            _until_it_answers(port, folder / "log")
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _until_it_answers(port: int, log: Path) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(log.read_text() if log.exists() else "the server does not answer")
