"""What the commands about one campaign share: which one is meant, and its plan as a screen."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App
from outreach.errors import OutreachError, PlanError, did_you_mean

if TYPE_CHECKING:
    from outreach.plan import Plan
    from outreach.report.plan import Screen


def stem_of(app: App, name: str) -> str:
    """The campaign of that name, or of that file; OutreachError if there is none, or nobody to write to."""
    from outreach.store import prospects

    known, stem = app.workspace.campaigns, name.removeprefix("campaigns/").removesuffix(".toml")
    if stem not in known:
        listed = ", ".join(known) or "none yet, write campaigns/NAME.toml"
        message = f"there is no campaign {stem}{did_you_mean(stem, known)}"
        raise PlanError(message, hint=f"campaigns: {listed}")
    if app.store.read(prospects.count) == 0:
        raise OutreachError("there are no prospects yet", hint="outreach prospects import FILE.csv")
    return stem


def accepting(app: App, codes: Sequence[str], reason: str) -> None:
    """From here on the workspace lets these findings of the linter through; UsageError if that makes no sense."""
    from outreach.cli.linting import rules
    from outreach.plan.linting import FALSE_REPLY

    known = rules(app) if codes else {}
    if bool(codes) != bool(reason.strip()):
        raise click.UsageError('--accept CODE and --reason "..." belong together')
    named = [code.upper() for each in codes for code in each.replace(",", " ").split()]
    for code in named:
        if code == FALSE_REPLY:
            raise click.UsageError(
                f"{code} cannot be accepted: a letter that answers nothing must not say so"
            )
        if code not in known:
            raise click.UsageError(f"no rule {code}{did_you_mean(code, known)}: outreach rule lists them")
    if named:
        app.workspace = app.workspace.accepting(
            (code, " ".join(reason.split())) for code in dict.fromkeys(named)
        )


def launched_stem(app: App, name: str) -> str:
    """The launched campaign of that name; OutreachError if there is none."""
    from outreach.store import launches

    known = app.store.read(launches.campaigns)
    if name not in known:
        hint = f"launched: {', '.join(known) or 'none yet'}"
        raise OutreachError(f"no campaign {name} was launched{did_you_mean(name, known)}", hint=hint)
    return name


def screen_of(
    app: App, made: "Plan", now: datetime, *, plan_id: str = "", remember: bool = False, people: int = 0
) -> "Screen":
    """A plan as it is shown; `remember` it, to be launched by its id. A pilot is of so many `people`."""
    from outreach.engine import forecast, plans
    from outreach.engine.standing import senders
    from outreach.plan.letters import lacking_later
    from outreach.report.plan import Screen
    from outreach.store import launches, leases

    seen = forecast.outlook(app.store, app.workspace, made, now)
    pilot_of = people if people > len(made.new) else 0
    if remember and not made.empty:
        plan_id = plans.show(app.store, made, seen, pilot_of)
    launched = app.store.read(launches.launched, made.campaign)
    return Screen(
        plan=made,
        campaign=app.workspace.campaigns[made.campaign],
        outlook=seen,
        zone=app.workspace.sender.timezone,
        plan_id=plan_id,
        pilot_of=pilot_of,
        revision=launched.number if launched else 0,
        coming=app.store.read(launches.coming, made.campaign),
        pauses=pauses(app, made.campaign, now),
        lacking=lacking_later(app.workspace, made),
        unread=forecast.unread(app.store, app.workspace, made.campaign, now),
        workers=senders(app.store),
        last_alive=app.store.read(leases.last_heartbeat),
    )


def pauses(app: App, stem: str, now: datetime) -> dict[str, str]:
    """What keeps a campaign's letters back (or any letters: ""), with the command that ends it."""
    from outreach.model import Scope
    from outreach.report.needs import resuming
    from outreach.store import status

    campaigns = [app.workspace.campaigns[stem]] if stem else app.workspace.campaigns.values()
    boxes = {address for each in campaigns for address in each.mailboxes}
    names = {Scope.ALL: {""}, Scope.CAMPAIGN: {each.stem for each in campaigns}, Scope.MAILBOX: boxes}
    complaint = app.store.complaint()
    found = {f"nothing is sent, {complaint}": "outreach release"} if complaint else {}
    for pause in app.store.read(status.pauses, now):
        if pause.name in names.get(pause.scope, ()):
            reason = f" ({pause.reason})" if pause.reason else ""
            found[f"{pause.name or 'everything'} is paused{reason}"] = resuming(pause)
    return found
