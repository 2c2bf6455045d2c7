"""Answers to "why?": where the store, the files, the segments and the calendar meet."""

from datetime import datetime

from outreach.campaign import Workspace
from outreach.engine.why.course import line
from outreach.engine.why.person import chains, enrolled_chain
from outreach.engine.why.scene import Scene
from outreach.errors import OutreachError, did_you_mean
from outreach.model import OPEN_MESSAGE, Prospect
from outreach.prospect import address
from outreach.report.explained import Answer, Chain, Life, Person
from outreach.store import Store, launches, messages, prospects, suppressions
from outreach.store import why as stored

LONGEST = 19  # digits: from there on no database has such a number


def why(store: Store, workspace: Workspace | None, name: str, now: datetime) -> Answer:
    """Why a prospect (address), a campaign (stem) or a letter (number or Message-ID) is where it is.

    `workspace` is None where the files have problems: then only what was launched is known.

    OutreachError where there is nothing of that name, with what is near it.
    """
    scene = Scene(store, workspace, now)
    known = {*scene.files, *store.read(launches.campaigns)}
    if name in known:
        return line(scene, name)
    if name.isascii() and name.isdigit():
        return _life(scene, int(name) if len(name) < LONGEST else None, name)
    number = store.read(messages.number_of, name) if "@" in name else None
    if number is not None:
        return _life(scene, number, name)
    if "@" in name:
        return _person(scene, name)
    raise OutreachError(
        f"there is no campaign {name}{did_you_mean(name, known)}",
        hint="outreach why EMAIL, CAMPAIGN, or the number or Message-ID of a letter",
    )


def _person(scene: Scene, name: str) -> Person:
    try:
        email = address(name)
    except ValueError as exc:
        raise OutreachError(f"{name} is no e-mail address", hint=str(exc)) from exc
    person = scene.store.read(prospects.get, email)
    if person is None:
        return _stranger(scene, email)
    history = scene.store.read(stored.history, prospect_id=person.id)
    return Person(email, chains(scene, person), history)


def _stranger(scene: Scene, email: str) -> Person:
    """Nobody of that address; it may be suppressed all the same, for instance after an erasure."""
    if scene.store.read(suppressions.find, scene.store.key, email):
        return Person(email, (Chain("", (scene.suppression(email),)),))
    near = did_you_mean(email, scene.store.read(prospects.near, email))
    raise OutreachError(
        f"there is no prospect {email}{near}",
        hint="outreach prospects list shows them",
    )


def _life(scene: Scene, number: int | None, name: str) -> Life:
    message = scene.store.read(messages.get, number) if number is not None else None
    if message is None:
        raise OutreachError(f"there is no letter {name}", hint="outreach why EMAIL shows a person's letters")
    person = scene.store.read(prospects.by_ids, [message.prospect_id])[message.prospect_id]
    return Life(
        message,
        _chain(scene, person, message.enrollment_id) if message.status in OPEN_MESSAGE else None,
        scene.store.read(messages.deliveries, [message.id])[message.id],
        scene.store.read(stored.history, number=message.id),
    )


def _chain(scene: Scene, person: Prospect, enrollment_id: int) -> Chain:
    enrollments = scene.store.read(stored.enrollments, person.id)
    mine = next(each for each in enrollments if each.id == enrollment_id)
    return enrolled_chain(scene, person, mine, scene.store.read(messages.of_prospect, person.id))
