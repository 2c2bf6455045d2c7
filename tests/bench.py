"""`make bench`: speed and memory as ratios to a peer measured in the same run. Prints a table, asserts nothing.

Absolute figures swing with the machine; the ratio in the last column is what to compare.
"""

import argparse
import asyncio
import csv
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests import bench_inbound, bench_lint

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CONNECTIONS = 10
MAIN = """\
[sender]
company = "Northwind Shelving Ltd"
address = "1 Dock Road, Leeds LS1 4AB, United Kingdom"
country = "GB"
timezone = "Europe/London"

[store]
url = "sqlite:///outreach.db"

[limits]
company_per_day = 100000
company_people = 100000
domain_per_day = 1000000

[[mailbox]]
address = "ann@northwind.example"
name = "Ann Lee"
smtp = "smtp://127.0.0.1:{port}"
answers = "manual"
own_relay = true
per_day = 1000000
gap = "0 s"
connections = {connections}
ramp = false
"""
CAMPAIGN = """\
name = "Bench"
segment = "industry == 'retail'"
mailboxes = ["ann@northwind.example"]
grace = "0 min"

[window]
days = "mon-sun"
from = "00:00"
to = "24:00"
holidays = false

[[step]]
letter = "intro"
"""
LETTER = (
    "Subject: Shelving for {{ company }} in {{ city }}\n\nHello {{ first_name | default('there') }},\n\n"
    + "We make steel shelving for shops and fit it overnight, so {{ company }} opens as usual.\n" * 12
    + "\nWould a one-page price list be useful?\n"
)


def row(place: int) -> list[str]:
    """One prospect of the generated list: 9 columns, one company in three people."""
    company = place // 3
    return [
        f"person{place}@firm{company}.example",
        ("Ann", "Боб", "Жанар", "李", "Zoë")[place % 5],
        f"Smith{place % 977}",
        f"Firm {company}",
        ("Leeds", "Алматы", "北京", "Köln")[place % 4],
        "GB",
        "retail",
        str(20 + place % 500),
        f"note {place % 31}",
    ]


HEADER = ["email", "first_name", "last_name", "company", "city", "country", "industry", "employees", "note"]


def write_list(path: Path, rows: int) -> None:
    """A CSV of that many prospects."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(row(place) for place in range(rows))


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def line(what: str, ours: str, peer: str, ratio: str) -> None:
    print(f"{what:<26} {ours:>22} {peer:>30} {ratio:>8}", flush=True)


def workspace(folder: Path, port: int = 1) -> Path:
    """A workspace with one own relay and one campaign."""
    for name in ("campaigns", "templates"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "outreach.toml").write_text(MAIN.format(port=port, connections=CONNECTIONS))
    (folder / "campaigns" / "bench.toml").write_text(CAMPAIGN)
    (folder / "templates" / "intro.txt").write_text(LETTER)
    return folder


def outreach(folder: Path, *args: str) -> tuple[float, float]:
    """Run the program in a folder: (seconds, peak memory in MB) of the process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "outreach", *args],
        cwd=folder,
        env={**os.environ, "OUTREACH_STATE": str(folder / "state")},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"outreach {' '.join(args)} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def bench_start(folder: Path) -> None:
    """`outreach --version` against a bare interpreter."""
    ours = min(outreach(folder, "--version")[0] for _ in range(7))
    bare = min(timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)) for _ in range(7))
    line("start (--version)", f"{ours:.2f} s", f"python -c pass {bare:.2f} s", f"x{ours / bare:.1f}")


def bench_import(folder: Path, rows: int) -> None:
    """`prospects import` against csv.reader straight into sqlite3."""
    workspace(folder)
    path = folder / "list.csv"
    write_list(path, rows)
    seconds, memory = outreach(folder, "prospects", "import", "list.csv")
    peer = timed(lambda: raw_import(path, folder / "raw.db"))
    line(
        f"import {rows:,} rows",
        f"{rows / seconds:,.0f}/s {memory:.0f} MB",
        f"csv into sqlite3 {rows / peer:,.0f}/s",
        f"x{seconds / peer:.1f}",
    )


def raw_import(path: Path, database: Path) -> None:
    """The least that an import can do: read, insert, unique index; nothing checked."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"CREATE TABLE p ({', '.join(HEADER)}, UNIQUE(email))")
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        connection.executemany(f"INSERT INTO p VALUES ({','.join('?' * len(HEADER))})", rows)
    connection.commit()
    connection.close()


def bench_plan(folder: Path, people: int) -> None:
    """`plan` of a whole list against rendering its letters with bare Jinja."""
    import jinja2

    workspace(folder)
    write_list(folder / "list.csv", people)
    outreach(folder, "prospects", "import", "list.csv")
    seconds, memory = outreach(folder, "plan", "bench", "--format", "json")
    template = jinja2.Template(LETTER)
    values = [dict(zip(HEADER, row(place), strict=True)) for place in range(people)]
    peer = timed(lambda: [template.render(each) for each in values])
    line(
        f"plan {people:,} people",
        f"{people / seconds:,.0f}/s {memory:.0f} MB",
        f"bare Jinja {people / peer:,.0f}/s",
        f"x{seconds / peer:.1f}",
    )


@contextmanager
def sink() -> Iterator[tuple[int, str]]:
    """A server that takes letters and drops them: Postfix's smtp-sink where installed, else aiosmtpd."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program:
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        command, name = [program, *user, f"127.0.0.1:{port}", "100"], "smtp-sink"
    else:
        command, name = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink"], "aiosmtpd"
        command += ["-l", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield port, name
    finally:
        process.terminate()
        process.wait()


def bench_send(folder: Path, letters: int) -> None:
    """The whole send path (claim, compose, mark, send, record) against a plain aiosmtplib loop."""
    with sink() as (port, name):
        workspace(folder, port)
        write_list(folder / "list.csv", letters)
        outreach(folder, "prospects", "import", "list.csv")
        outreach(folder, "launch", "bench", "--yes")
        seconds, _ = outreach(folder, "run", "--once")
        raw = (LETTER * 2).replace("\n", "\r\n").encode()[:2048]
        peer = timed(lambda: asyncio.run(plain_loop(port, raw, letters)))
        line(
            f"send {letters:,} letters",
            f"{letters / seconds:,.0f}/s durable",
            f"aiosmtplib loop {letters / peer:,.0f}/s",
            f"x{seconds / peer:.1f}",
        )
        source = shutil.which("smtp-source", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if source:
            options = ["-d", "-s", str(CONNECTIONS), "-m", str(letters), "-l", "2048"]
            command = [source, *options, "-f", "ann@northwind.example", "-t", "bob@acme.example"]
            peer = timed(lambda: subprocess.run([*command, f"127.0.0.1:{port}"], check=True))
            line("", "", f"smtp-source {letters / peer:,.0f}/s", f"x{seconds / peer:.1f}")
    print(f"{'':<26} (both into {name}, {CONNECTIONS} connections, 2 KB; ours starts, plans and commits)")


async def plain_loop(port: int, raw: bytes, letters: int) -> None:
    """Ready-made bytes over ten connections, nothing remembered."""
    import aiosmtplib

    async def connection(count: int) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as client:
            for _ in range(count):
                await client.sendmail("ann@northwind.example", ["bob@acme.example"], raw)

    await asyncio.gather(*(connection(letters // CONNECTIONS) for _ in range(CONNECTIONS)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows to import")
    parser.add_argument("--people", type=int, default=100_000, help="people to plan")
    parser.add_argument("--letters", type=int, default=5_000, help="letters to send")
    parser.add_argument(
        "--corpora", default="", help="folder with labelled mail, for the linter and the inbox"
    )
    parser.add_argument(
        "--only", choices=["start", "import", "plan", "send", "lint", "inbound"], help="one part"
    )
    options = parser.parse_args()
    line("what", "ours", "peer in the same run", "ratio")
    parts: dict[str, Callable[[Path], None]] = {
        "start": bench_start,
        "import": lambda folder: bench_import(folder, options.rows),
        "plan": lambda folder: bench_plan(folder, options.people),
        "send": lambda folder: bench_send(folder, options.letters),
        "lint": lambda folder: bench_lint.bench(folder, options.corpora, line),
        "inbound": lambda _: bench_inbound.bench(options.corpora, line),
    }
    for name, part in parts.items():
        if options.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
                part(Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"(this bench itself: {peak:.0f} MB)")


if __name__ == "__main__":
    main()
