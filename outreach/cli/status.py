"""`outreach status`: how things stand."""

import sys
from dataclasses import replace

import click

from outreach.cli.app import App, format_option, pass_app
from outreach.cli.since import moment
from outreach.errors import OutreachError


@click.command()
@click.option(
    "--since",
    metavar="WHEN",
    default="today",
    show_default=True,
    help="Count from then on: today, yesterday, 7d, 3h, or a date like 2026-11-20.",
)
@click.option(
    "--check",
    is_flag=True,
    help="For monitoring: say only what needs a person, a line each; the exit code is 1 if anything does.",
)
@click.option(
    "--ignore",
    metavar="CODE",
    multiple=True,
    help="With --check: needs that count as none, such as `answers` (the codes: --format json).",
)
@format_option
@pass_app
def status(app: App, since: str, check: bool, ignore: tuple[str, ...], shape: str) -> int:
    """What needs you, what was sent, what comes next.

    \b
    Examples:
      outreach status
      outreach status --since yesterday
      outreach status --since 7d --format json
      outreach status --check
      outreach status --check --ignore answers --ignore held
    """
    from outreach.engine.standing import look
    from outreach.report import status as report
    from outreach.report.needs import checked, checked_value, needs, unserved

    _check_codes(ignore, check=check)
    now = app.clock()
    begin = moment(since, now, app.timezone)
    standing = look(app.store, now, app.timezone, begin, tonight=not check)
    standing = replace(standing, lacking=app.lacking(), outdated=app.outdated(), broken=app.broken())
    standing = replace(standing, configured=_configured(app))
    standing = replace(standing, lacking=unserved(standing))
    if not check:
        app.show(shape, text=lambda: report.text(standing, app.width), value=lambda: report.value(standing))
        return 0
    found = [each for each in needs(standing) if each.code not in ignore]
    if found or shape == "json":  # cron mails whatever is said
        columns = app.width if sys.stdout.isatty() else 0  # a line each for programs
        app.show(shape, text=lambda: checked(found, columns), value=lambda: checked_value(found))
    return 1 if found else 0


def _configured(app: App) -> int:
    """How many mailboxes outreach.toml has; 0 while it is broken."""
    try:
        return len(app.basics.mailboxes)
    except OutreachError:
        return 0


def _check_codes(ignore: tuple[str, ...], *, check: bool) -> None:
    from outreach.errors import did_you_mean
    from outreach.report.needs import CODES

    if ignore and not check:
        raise click.UsageError("--ignore goes with --check")
    for code in ignore:
        if code not in CODES:
            known = f"the codes are {', '.join(CODES)}"
            raise click.UsageError(
                f"--ignore {code}: there is no such need{did_you_mean(code, CODES)}; {known}"
            )
