"""`outreach mailbox add`: asks for what a mailbox is, tries its servers, and writes it into outreach.toml."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outreach.cli import mailbox_auth, mailbox_secret
from outreach.cli.app import App, format_option, pass_app
from outreach.cli.asking import Asking, unchanged
from outreach.cli.mailbox_look import begins
from outreach.errors import MailboxError, OutreachError

if TYPE_CHECKING:
    from outreach.cli.mailbox_questions import Answers
    from outreach.report.trying import Step

_NOW = {
    "password": "type the password again",
    "servers": "say again which servers, and who logs in there",
    "change": "answer all again, with what you said as defaults",
    "keep": "write it all the same",
    "stop": "leave everything as it is",
}


@click.command()
@click.argument("address", metavar="[ADDRESS]", default="")
@click.option("--name", metavar="NAME", help="What people see in From.")
@click.option("--title", metavar="TITLE", help="Such as Sales.")
@click.option("--phone", metavar="NUMBER")
@click.option("--provider", metavar="ID", help="Such as gmail or microsoft365; `other` for none of them.")
@click.option("--smtp", metavar="SERVER", help="HOST, HOST:PORT or smtps://USER@HOST:PORT.")
@click.option("--imap", metavar="SERVER", help="The same; `none`: you enter the answers by hand.")
@click.option("--user", metavar="NAME", help="At its servers, if that is not the address.")
@click.option("--login", type=click.Choice(["password", "oauth"]))
@click.option(
    "--keep", type=click.Choice(["keyring", "file", "environment", "systemd"]), help="Its password."
)
@click.option("--password-file", metavar="FILE", help="Where its password is, or is to be kept.")
@click.option("--password-stdin", is_flag=True, help="The first line of standard input is its password.")
@click.option(
    "--age", type=click.Choice(["new", "months", "years"]), help="An old one begins with more a day."
)
@click.option("--writes", metavar="N", help="Letters a day that go out from it by now.")
@click.option("--per-day", metavar="N", help="Letters a day at most.")
@click.option("--company", metavar="NAME", help="The sender, where outreach.toml does not say it yet.")
@click.option("--postal", metavar="ADDRESS", help="Its postal address.")
@click.option("--country", metavar="CODE", help="Its country.")
@click.option("--timezone", metavar="ZONE", help="Its time zone.")
@click.option("--website", metavar="URL")
@click.option("--privacy-url", metavar="URL")
@click.option("--keep-example", is_flag=True, help="Leave the starter's mailbox where it is.")
@click.option("--send", is_flag=True, help="Also send one letter from the mailbox to itself.")
@click.option("--no-test", is_flag=True, help="Do not try its servers.")
@click.option("--yes", is_flag=True, help="Ask nothing: options and defaults are the answers.")
@format_option
@pass_app
def add(app: App, /, shape: str, *, yes: bool, no_test: bool, send: bool, **options: Any) -> None:
    """Add a mailbox: ask, try its servers, write outreach.toml.

    Each question has an option that answers it; --yes asks nothing. The password is typed unseen, or comes from
    standard input or the environment; it is never in outreach.toml nor on the command line. Ctrl-C leaves
    everything as it was.

    \b
    Examples:
      outreach mailbox add
      outreach mailbox add ann@northwind.example --provider gmail
      outreach mailbox add ann@northwind.example --name "Ann Lee" --yes \\
        --smtp smtp.northwind.example --imap imap.northwind.example \\
        --age years --password-stdin < secret
    """
    from outreach.report import trying as report
    from outreach.workspace import additions

    given = {key.replace("_", "-"): str(answer) for key, answer in options.items() if answer}
    asking = Asking(given, quiet=yes or "password-stdin" in given)
    with unchanged():
        answers, steps = _settled(app, asking, test=not no_test, send=send)
    files, kept = _written(app.root, answers)
    signed_in = answers.secret.oauth and _signed_in(app, asking, answers)
    box = answers.box
    todo = mailbox_secret.told(box, answers.secret, app.root)
    if answers.secret.oauth and not signed_in:
        todo.append(f"sign in: outreach mailbox auth {box.address}")
    if not steps:
        todo.append(f"try its servers: outreach mailbox test {box.address}")
    launched = _launched(app)
    naming = sorted(additions.look(app.root).naming(box.address), key=lambda stem: stem not in launched)
    running = [stem for stem in naming if stem in launched]
    added = report.Added(box, files, kept, steps, todo, naming, running)
    app.show(shape, text=lambda: report.added_text(added), value=lambda: report.added_value(added))


def _launched(app: App) -> frozenset[str]:
    """The stems of the campaigns that were launched."""
    from outreach.store import launches

    return frozenset(app.store.read(launches.campaigns)) if app.has_store else frozenset()


def _settled(app: App, asking: Asking, *, test: bool, send: bool) -> "tuple[Answers, list[Step]]":
    """Answers that went through the test, or that a person wants all the same."""
    from outreach.cli.mailbox_questions import ask, ask_servers
    from outreach.report.trying import failed
    from outreach.workspace import additions

    present = additions.look(app.root)
    answers = ask(asking, present, app.root)
    while test and not answers.secret.oauth:
        steps = _tried(app, asking, answers, send=send)
        if not failed(steps):
            return answers, steps
        if asking.quiet:
            hint = "correct the options; to write it all the same: --no-test"
            raise OutreachError(f"{answers.box.address} was not added: see above", hint=hint)
        choice = _choice(asking, answers, steps)
        if choice == "stop":
            raise click.Abort
        if choice == "keep":
            return answers, steps
        asking.again()
        if choice == "password":
            secret = mailbox_secret.typed_again(asking, answers.box, answers.provider, answers.secret)
            answers = replace(answers, secret=secret)
        elif choice == "servers":
            answers = ask_servers(asking, answers, app.root)
        else:
            answers = ask(asking, present, app.root)
    return answers, []


def _choice(asking: Asking, answers: "Answers", steps: "list[Step]") -> str:
    """What a person wants after servers that did not let the mailbox in."""
    faults = {step.fault for step in steps if step.ok is False}
    again = faults == {"login"} and answers.secret.place  # one that was found is mended where it is
    offered = {name: words for name, words in _NOW.items() if again or name != "password"}
    asking.before.pop("now", None)
    return asking.choice("now", "What now", offered, next(iter(offered)))


def _tried(app: App, asking: Asking, answers: "Answers", *, send: bool) -> "list[Step]":
    from outreach.engine import mailboxes
    from outreach.report.trying import failed

    box, login = answers.box, answers.secret.text
    if login is None and mailboxes.logs_in(box):
        click.echo("  not tried: there is no password yet", err=True)
        return []
    steps = mailboxes.tried(box, login, begins=begins)
    _show(steps)
    if not failed(steps):
        if send or asking.sure(f"Send one letter from {box.address} to itself", default=False):
            steps.append(mailboxes.letter_to_itself(box, login, app.clock()))
            _show(steps[-1:])
    elif answers.provider and any(step.fault == "login" for step in steps):
        click.echo(f"  {answers.provider.title} on logins: {answers.provider.page}", err=True)
    return steps


def _show(steps: "list[Step]") -> None:
    from outreach.report.trying import step_lines

    click.echo("\n".join(line for step in steps for line in step_lines(step)), err=True)


def _written(root: Path, answers: "Answers") -> tuple[list[str], str]:
    """Keep the password, then write the files: their names, and where the password is."""
    from outreach.workspace import additions

    file = root / answers.secret.file if answers.secret.file else None
    new = file is not None and not file.exists()
    kept = mailbox_secret.keep(answers.box, answers.secret, root)
    try:
        return additions.add(root, answers.addition), kept
    except OutreachError:
        if new and file is not None:
            file.unlink(missing_ok=True)
        raise


def _signed_in(app: App, asking: Asking, answers: "Answers") -> bool:
    """Whether somebody has signed in at once; one who does not can do so later."""
    if not asking.sure("It is written. Sign in now", default=True, quiet=False):
        return False
    try:
        mailbox_auth.sign_in(app, answers.box, "", "", paste=False)
    except (MailboxError, OutreachError) as exc:
        click.echo(f"{exc.message}{f': {exc.hint}' if exc.hint else ''}", err=True)
        return False
    return True
