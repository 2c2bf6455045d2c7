"""What `pause` and `resume` are about: everything, a campaign, a mailbox, or a person."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from outreach.cli.app import App
from outreach.cli.campaigns import launched_stem
from outreach.errors import InputError, OutreachError, did_you_mean
from outreach.model import Scope

Command = TypeVar("Command", bound=Callable[..., Any])
SINGLE = {"campaign": Scope.CAMPAIGN, "mailbox": Scope.MAILBOX, "prospect": Scope.PROSPECT}


@dataclass(frozen=True, slots=True)
class Target:
    """What is meant: `key` is the store's name of it, `name` the people's."""

    scope: Scope
    key: str
    name: str


def target_options(command: Command) -> Command:
    """`--all`, or a NAME, with `--as` where one name means two things."""
    as_ = click.option(
        "--as",
        "kind",
        type=click.Choice(list(SINGLE)),
        help="What NAME is, where an address is both a mailbox and a prospect.",
    )
    all_ = click.option("--all", "everything", is_flag=True, help="Everything.")
    name = click.argument("name", metavar="[CAMPAIGN|MAILBOX|EMAIL]", required=False, default="")
    return name(all_(as_(command)))


def resolve(app: App, name: str, everything: bool, kind: str | None) -> Target:
    """What the arguments mean; OutreachError where nothing, or more than one thing, has that name."""
    if everything == bool(name):
        raise click.UsageError("name a campaign, a mailbox or a person, or say --all")
    if everything:
        return Target(Scope.ALL, "", "")
    name = name.strip()
    found = {target.scope: target for target in _named(app, name)}
    if kind is not None:
        found = {scope: target for scope, target in found.items() if scope is SINGLE[kind]}
    if len(found) > 1:
        kinds = " and a ".join(found)
        raise OutreachError(
            f"{name} is a {kinds}",
            hint="say which is meant: " + " or ".join(f"--as {each}" for each in found),
        )
    if not found:
        raise _unknown(app, name)
    return next(iter(found.values()))


def _named(app: App, name: str) -> list[Target]:
    """Everything that has this name."""
    from outreach.prospect import address
    from outreach.store import prospects, settings

    if "@" not in name:
        return [Target(Scope.CAMPAIGN, launched_stem(app, name), name)]
    boxes = {desk.mailbox.address for desk in app.store.read(settings.desks)}
    with suppress(InputError):  # a stop works while the file has problems
        boxes |= set(app.basics.mailboxes)
    try:
        email = address(name)
    except ValueError:
        return []
    person = app.store.read(prospects.get, email)
    found = [Target(Scope.MAILBOX, email, email)] if email in boxes else []
    return [*found, Target(Scope.PROSPECT, str(person.id), email)] if person else found


def _unknown(app: App, name: str) -> OutreachError:
    from outreach.store import prospects, settings

    boxes = [desk.mailbox.address for desk in app.store.read(settings.desks)]
    near = did_you_mean(name, [*boxes, *app.store.read(prospects.near, name.lower())])
    return OutreachError(f"there is no mailbox and no prospect {name}{near}")
