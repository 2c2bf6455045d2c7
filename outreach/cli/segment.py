"""`outreach segment`: who a condition finds, and whom it cannot decide on."""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.app import App, format_option, limit_option, pass_app

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outreach.segment import Condition

KEPT = 20  # values of a field


@click.command()
@click.argument("condition", metavar="CONDITION|NAME")
@limit_option(10)
@click.option("--explain", metavar="EMAIL", help="Show each comparison for this person instead.")
@format_option
@pass_app
def segment(app: App, condition: str, limit: int, explain: str | None, shape: str) -> None:
    """Who a condition finds: the count, the first, the unknown.

    CONDITION compares fields; NAME is a segment of outreach.toml. Comparisons are == != < <= > >=, in [..],
    like '%word%' and is missing; they join with and, or, not. A person who lacks a field that decides is
    unknown, and out. The history is asked by sent('letter'), days_since('letter') > 90, tag('word'),
    campaign('name') and replied('name'), each also with 'any'; to whom no letter has left, the days are
    missing.

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
    if survey.people and not survey.matching:
        survey = replace(survey, values=app.store.read(_values, found))
    app.show(
        shape, text=lambda: report.text(survey, condition), value=lambda: report.value(survey, condition)
    )


def _values(tx: "Connection", found: "Condition") -> dict[str, dict[str, int]]:
    """What the fields of a condition that are texts hold, of everybody, the most frequent values first."""
    from outreach.segment import History
    from outreach.store import people as acts

    asked = found.fields - {fact.key for fact in found.uses} - {"email"}
    counts: dict[str, Counter[str]] = {name: Counter() for name in sorted(asked)}
    for _, fields in acts.each(tx, History()):
        for name, counted in counts.items():
            if isinstance(value := fields.get(name), str) and value:
                counted[value] += 1
    return {name: dict(counted.most_common(KEPT)) for name, counted in counts.items() if counted}
