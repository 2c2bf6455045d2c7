"""`outreach rule`: what the linter's rules say."""

import click

from outreach.cli.app import App, format_option, pass_app
from outreach.errors import OutreachError


@click.command()
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@format_option
@pass_app
def rule(app: App, codes: tuple[str, ...], shape: str) -> None:
    """What a rule finds, why it matters, how to mend it. Without CODE: all rules in a table.

    \b
    Examples:
      outreach rule
      outreach rule SPM103
      outreach rule SUB
    """
    from outreach.cli.linting import meant, rules
    from outreach.report import rulebook

    known = rules(app)
    named = []
    for code in " ".join(codes).replace(",", " ").split():
        found = [each for name, each in known.items() if name.startswith(code.upper())]
        if not found:
            raise OutreachError(
                f"no rule {code}{meant(code.upper(), known)}", hint="outreach rule lists them"
            )
        named += found
    shown = list(dict.fromkeys(named))
    app.show(
        shape,
        text=lambda: (
            rulebook.text(shown, app.width) if shown else rulebook.overview(known.values(), app.width)
        ),
        value=lambda: [rulebook.value(each) for each in shown or known.values()],
    )
