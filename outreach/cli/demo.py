"""`outreach demo`: three weeks of a campaign in a few seconds, offline."""

import asyncio
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from outreach.cli.app import App, format_option, pass_app
from outreach.errors import OutreachError


@click.command()
@click.option(
    "--keep", metavar="DIR", type=click.Path(), help="Keep the demo's workspace in this new folder."
)
@format_option
@pass_app
def demo(app: App, keep: str | None, shape: str) -> None:
    """See the main job from end to end, offline.

    A starter campaign is planned, launched and sent to a mail server inside the demo, and its readers answer
    by mail. The clock is virtual: three weeks pass in seconds, and every run tells the same story. Nothing is
    left behind.

    \b
    Examples:
      outreach demo
      outreach demo --keep played
      outreach -C played why bob@acme.example
    """
    try:
        from outreach.demo import MONDAY, Clock, run, text
    except ModuleNotFoundError as exc:
        if not (exc.name or "").startswith("aiosmtpd"):
            raise
        raise OutreachError(
            "the demo brings a mail server of its own, and that is not installed",
            hint="pip install 'outreach[demo]'",
        ) from exc
    clock = Clock(MONDAY)
    say = (lambda text: None) if shape == "json" else click.echo
    try:
        with TemporaryDirectory(prefix="outreach-demo-", ignore_cleanup_errors=True) as temporary:
            folder = app.start / keep if keep else Path(temporary) / "workspace"
            state = Path(temporary) / "state"
            found = asyncio.run(run(folder, state, clock, _program(folder, state, clock), say))
    except KeyboardInterrupt:
        click.echo("\nstopped; nothing is left behind" if not keep else f"\nstopped; see {keep}", err=True)
        raise click.exceptions.Exit(130) from None
    app.show(shape, text=lambda: text(found, list(_next(keep))), value=lambda: asdict(found))


def _program(folder: Path, state: Path, clock: Callable[[], datetime]) -> Callable[..., str]:
    """The program itself on the demo's workspace: runs `outreach ARGS`, gives what it printed."""
    from outreach.cli import main

    def outreach(*args: str) -> str:
        app, out, err = App(clock=clock, start=folder, state=state), io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), _closing(app):
            code = main(list(args), app)
        if code:
            said = err.getvalue().strip() or out.getvalue().strip()
            raise OutreachError(f"`outreach {' '.join(args)}` ended with {code}: {said}")
        return out.getvalue()

    return outreach


@contextmanager
def _closing(app: App) -> Iterator[None]:
    try:
        yield
    finally:
        if "store" in vars(app):
            app.store.close()


def _next(keep: str | None) -> Iterator[str]:
    if shutil.which("outreach") is None:  # after `make demo`: the program is not on the path yet
        yield f". {os.path.relpath(Path(sys.executable).parent / 'activate')}"
    if keep:
        yield f"outreach -C {keep} inbox"
        yield f"outreach -C {keep} message show 1 --raw"
    yield "outreach init my-campaign     the same starter, for you to change"
