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
    unknown, and out. The history is asked by sent('letter'), days_since('letter') > 90, tag('word') and
    campaign('name'), each also with 'any'; to whom no letter has left, the days are missing.

    \b
    Examples:
      outreach segment shops
      outreach segment "industry == 'retail' and employees >= 20"
      outreach segment "shops and not country in ['GB', 'IE']" --limit 50
      outreach segment "tag('fair-2026') and (not sent('any') or days_since('any') > 90)"
      outreach segment shops --explain bob@acme.example
    """
    from outreach.plan.make import matchable
    from outreach.report import segments as report
    from outreach.store import people as acts
    from outreach.store.history import Past

    found, now = people.condition(app, condition), app.clock()
    if explain:
        person = people.known(app, explain)
        history = app.store.read(lambda tx: Past(tx, person=person.id).of(found.uses, now))
        fields = matchable(person, history)
        email, verdict, rows = str(fields["email"]), found.match(fields), found.explain(fields)
        app.show(
            shape,
            text=lambda: report.explained(email, verdict, rows),
            value=lambda: report.explained_value(email, verdict, rows),
        )
        return
    survey = app.store.read(acts.survey, found, now, limit)
    app.show(
        shape, text=lambda: report.text(survey, condition), value=lambda: report.value(survey, condition)
    )
