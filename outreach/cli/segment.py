"""`outreach segment`: who a condition finds, and whom it cannot decide on."""

import click

from outreach.cli import people
from outreach.cli.app import App, format_option, pass_app


@click.command()
@click.argument("condition", metavar="CONDITION|NAME")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many to show.",
)
@click.option("--explain", metavar="EMAIL", help="Show each comparison for this person instead.")
@format_option
@pass_app
def segment(app: App, condition: str, limit: int, explain: str | None, shape: str) -> None:
    """Who a condition finds: the count, the first, the unknown.

    CONDITION compares fields; NAME is a segment of outreach.toml. Comparisons are == != < <= > >=, in [..],
    like '%word%' and is missing; they join with and, or, not. A person who lacks a field that decides is
    unknown, and out.

    \b
    Examples:
      outreach segment shops
      outreach segment "industry == 'retail' and employees >= 20"
      outreach segment "shops and not country in ['GB', 'IE']" --limit 50
      outreach segment shops --explain bob@acme.example
    """
    from outreach.plan.make import matchable
    from outreach.report import segments as report
    from outreach.store import people as acts

    found = people.condition(app, condition)
    if explain:
        fields = matchable(people.known(app, explain))
        email, verdict, rows = str(fields["email"]), found.match(fields), found.explain(fields)
        app.show(
            shape,
            text=lambda: report.explained(email, verdict, rows),
            value=lambda: report.explained_value(email, verdict, rows),
        )
        return
    survey = app.store.read(acts.survey, found, limit)
    app.show(
        shape, text=lambda: report.text(survey, condition), value=lambda: report.value(survey, condition)
    )
