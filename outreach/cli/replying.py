"""`outreach inbox reply`: a person writes an answer to a mail that came back, looks at it, and sends it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.answering import known, number_argument, onward
from outreach.cli.app import App, format_option, pass_app, yes_option
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.engine.replying import Answering
    from outreach.model import Outgoing

DRAFTS = "drafts"  # a folder of the workspace


@click.command()
@number_argument
@click.option(
    "--text", "source", metavar="FILE", help="What to write, instead of an editor; - is standard input."
)
@click.option("--again", is_flag=True, help="With --yes: also where it was answered already.")
@yes_option
@format_option
@pass_app
def reply(app: App, number: int, source: str | None, again: bool, yes: bool, shape: str) -> None:
    """Answer a mail in your editor, in its thread.

    It leaves from the mailbox that the mail came to, in one attempt, after a
    question. It is a letter of your own: no footer, no opt-out, and no limit
    counts it. Then the mail is done, and a copy is filed in Sent. If it cannot
    leave, the text is kept.

    The editor is that of VISUAL or EDITOR. A FILE holds the words alone: your
    signature and the mail that is answered follow below.

    \b
    Examples:
      outreach inbox reply 7
      outreach inbox reply 7 --text answer.txt --yes
    """
    from outreach.engine import replying

    known(app, number)
    answering = replying.prepare(app.store, number, _company(app))
    _only_once(answering, yes=yes, again=again)
    draft = Draft(app.root, number)
    with draft.kept():
        outgoing = _edited(answering, draft) if source is None else _given(app, answering, draft, source)
        _ask(answering, outgoing, draft, yes=yes)
        raw = _sent(app, answering, outgoing, draft)
    _tell(app, shape, answering, outgoing, raw)


def _only_once(answering: "Answering", *, yes: bool, again: bool) -> None:
    """Nobody is asked, and a script that runs twice must not write to a person twice: OutreachError."""
    if answering.answered and yes and not again:
        raise OutreachError(
            f"mail {answering.number} was {answering.answered}: nothing was sent",
            hint="to write to them once more: --again, or leave --yes out and be asked",
        )


def _company(app: App) -> str:
    sender = app.basics.sender
    return sender.company if sender else ""


class Draft:
    """The file in which an answer is written, and which is there as long as it has not left."""

    def __init__(self, root: Path, number: int) -> None:
        self.path, self._number = root / DRAFTS / f"reply-{number}.txt", number

    def read(self) -> str:
        """What is written in it, "" where there is no such file."""
        return _utf8(self.path.read_bytes(), str(self.path)) if self.path.exists() else ""

    def write(self, text: str) -> None:
        """Only its owner may read it, and git does not see it."""
        try:
            self.path.parent.mkdir(exist_ok=True, mode=0o700)
            (self.path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
            self.path.touch(mode=0o600)
            self.path.write_text(text, encoding="utf-8")
        except (OSError, UnicodeError) as exc:
            raise OutreachError(f"the draft cannot be written: {exc}") from exc

    def remove(self) -> None:
        """It has left, or nothing was written in it."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Around everything that may go wrong: then says where the text is."""
        from outreach.engine.replying import SentError

        try:
            yield
        except BaseException as exc:
            if self.path.exists():
                click.echo(f"the text is kept in {self.path}", err=True)
                if not isinstance(exc, SentError):
                    click.echo(f"  to go on with it: outreach inbox reply {self._number}", err=True)
            raise


def _edited(answering: "Answering", draft: Draft) -> "Outgoing":
    """What a person has made of the draft, or of the one that was kept."""
    from outreach.compose import reply

    number = answering.number
    other = f"or give the text: outreach inbox reply {number} --text FILE"
    if not (os.environ.get("VISUAL") or os.environ.get("EDITOR") or sys.stdin.isatty()):
        raise OutreachError("there is no editor: nothing was sent", hint=f"set EDITOR, {other}")
    fresh = reply.draft(answering.outgoing, answering.mailbox)
    if not draft.path.exists():
        draft.write(fresh)
    try:
        click.edit(filename=str(draft.path))
        text = draft.read()
    except click.ClickException as exc:
        raise OutreachError(f"{exc.message}: nothing was sent", hint=f"set EDITOR, {other}") from exc
    finally:
        if draft.path.exists() and draft.path.read_bytes() == fresh.encode():
            draft.remove()
    outgoing = reply.written(text, answering.outgoing, answering.mailbox) if text.strip() else None
    if outgoing is None:
        draft.remove()
        raise OutreachError("nothing was written, so nothing was sent")
    return outgoing


def _given(app: App, answering: "Answering", draft: Draft, source: str) -> "Outgoing":
    """An answer with the words of a file or of the standard input."""
    from outreach.compose import reply

    if source == "-":
        words = _utf8(sys.stdin.buffer.read(), "the standard input")
    else:
        try:
            words = _utf8(people.path(app, Path(source)).read_bytes(), source)
        except OSError as exc:
            raise OutreachError(f"{source}: {exc.strerror}") from exc
    if not words.strip():
        raise OutreachError("there is no text: nothing was sent")
    text = reply.draft(answering.outgoing, answering.mailbox, words)
    if draft.read() not in ("", text):
        raise OutreachError(
            "another text for this answer waits already", hint="send that, or remove the file"
        )
    draft.write(text)
    outgoing = reply.written(text, answering.outgoing, answering.mailbox)
    if outgoing is None:
        raise OutreachError("there is nothing in it but what stands below every answer: nothing was sent")
    return outgoing


def _utf8(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise OutreachError(
            f"{name} is not UTF-8 (byte {exc.start + 1}): nothing was sent", hint="save it as UTF-8"
        ) from exc


def _ask(answering: "Answering", outgoing: "Outgoing", draft: Draft, *, yes: bool) -> None:
    """Show what will leave, what speaks against it, and ask."""
    from outreach.report import replying as report

    if not yes:
        click.echo(report.preview(outgoing, answering.mailbox, str(draft.path)), err=True)
    for note in answering.notes:
        click.echo(f"NOTE: {note}", err=True)
    all_the_same = " all the same" if answering.notes else ""
    question = f"Send this to {outgoing.to_email} from {answering.mailbox.address}{all_the_same}?"
    people.be_sure(question, yes=yes)


def _sent(app: App, answering: "Answering", outgoing: "Outgoing", draft: Draft) -> bytes:
    """Hand it over, once; the bytes that the server took. OutreachError where it did not, or may not have."""
    from outreach.compose import reply
    from outreach.engine import replying
    from outreach.report import replying as report

    raw = reply.compose(outgoing, answering.mailbox, app.clock())
    answer = replying.leave(
        app.store, app.lines(answering.mailbox), answering, raw, clock=app.clock, actor=app.actor
    )
    failed = report.failed(answer, outgoing, answering.mailbox)
    if failed:
        raise failed
    draft.remove()
    return raw


def _tell(app: App, shape: str, answering: "Answering", outgoing: "Outgoing", raw: bytes) -> None:
    """File a copy in Sent, and say what was done."""
    from outreach.engine import replying
    from outreach.report import replying as report

    unfiled = replying.file_copy(app.lines.inbox, answering.mailbox, raw, app.clock())
    done = report.Sent(answering.number, outgoing, answering.mailbox.address, unfiled)
    app.show(shape, text=lambda: report.text(done, onward(app)), value=lambda: report.value(done))
