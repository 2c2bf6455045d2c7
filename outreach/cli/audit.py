"""`outreach audit`: does the store keep what the program promises?"""

import click

from outreach.cli.app import App, format_option, pass_app


@click.command()
@format_option
@pass_app
def audit(app: App, shape: str) -> int:
    """Check that the store keeps every promise.

    What was checked is printed; the exit code is 1 if a promise is broken.
    It reads everything and changes nothing; a running sender is not disturbed.

    \b
    Examples:
      outreach audit
      outreach audit --format json
    """
    from outreach.report import audit as report
    from outreach.store import audit as store

    now = app.clock()
    checks, events = app.store.read(lambda tx: (store.audit(tx, app.store.key, now), store.event_counts(tx)))
    app.show(shape, text=lambda: report.text(checks, events), value=lambda: report.value(checks, events))
    return 1 if any(check.broken for check in checks) else 0
