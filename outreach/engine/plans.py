"""Plan and launch: what was shown is what is done, or nothing is."""

import json
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from outreach import plan
from outreach.campaign import Workspace
from outreach.engine.revisions import Revisions
from outreach.errors import PlanError, did_you_mean
from outreach.model import Hold
from outreach.plan import Held, Plan, Recalled, names
from outreach.plan.linting import FALSE_REPLY
from outreach.schedule.outlook import Outlook
from outreach.store import Store, launches, plans, prospects, settings, status, steps
from outreach.store.launches import Applied

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a launch did: the plan as done, the revision that holds, who dropped out since it was shown, and how
    many people joined: fewer than the plan has new ones where some must not any more.
    """

    plan: Plan
    revision: int
    dropped: tuple[Held, ...]
    people: int


def make(store: Store, workspace: Workspace, stem: str, as_of: datetime) -> Plan:
    """The plan of a campaign's files against the store; InputError where they do not fit each other."""
    if stem not in workspace.campaigns:
        known = ", ".join(workspace.campaigns) or "none yet, write campaigns/NAME.toml"
        meant = did_you_mean(stem, workspace.campaigns)
        raise PlanError(f"there is no campaign {stem}{meant}", hint=f"campaigns: {known}")
    launched = Revisions(store).get(stem)
    before = launched.workspace if launched else None
    ended = launched is not None and launched.ended

    def planned(tx: "Connection") -> Plan:
        state = plans.state(tx, store.key, store.id, stem)
        campaign = workspace.campaigns[stem]
        names.check(workspace, campaign, steps.former(tx, stem), before, state.enrolled.values())
        return plan.make(workspace, stem, state, as_of=as_of, launched=before, ended=ended)

    return store.read(planned)


def show(store: Store, made: Plan, outlook: Outlook | None = None, pilot_of: int = 0) -> str:
    """Remember a plan that is shown, for a day, with the dates that were shown, and of how many people it is a
    pilot (0: it is none); its short id.
    """
    digest = _digest(made, outlook, pilot_of)
    hexes = sha256(made.as_of.isoformat().encode() + digest).hexdigest()
    short_ids = [hexes[:length] for length in range(4, len(hexes))]
    return store.write(plans.show, short_ids, made.campaign, made.as_of, digest)


def _digest(made: Plan, outlook: Outlook | None, pilot_of: int) -> bytes:
    """Everything a launch of this plan may do: people with their texts, changes, the files' meaning."""
    dates = (outlook.first, outlook.last_first, outlook.end) if outlook else (None, None, None)
    held = sorted((each.prospect_id, each.hold.code) for each in made.held)
    content = {
        "people": {str(each.prospect.id): each.draft.fingerprint for each in made.new},
        "changes": _changes(made),
        "newest": made.newest,
        "base": made.base,
        "pilot_of": pilot_of,
        "held": sha256(json.dumps(held).encode()).hexdigest(),
        "settings": made.settings,
        "restarts": made.restarts,
        "accepted": made.accepted,
        "dates": [at and at.isoformat() for at in dates],
    }
    return zlib.compress(json.dumps(content, sort_keys=True).encode())


def _changes(made: Plan) -> dict[str, str]:
    """What a launch does to letters that wait: message id -> fingerprint of the text it gets, "end" for none."""
    reworded = {str(each.message_id): each.draft.fingerprint for each in made.reworded}
    replaced = {
        str(each.message_id): each.draft.fingerprint if each.draft else "end" for each in made.replaced
    }
    return {**reworded, **replaced}


def launch(
    store: Store,
    workspace: Workspace,
    stem: str,
    *,
    now: datetime,
    actor: str,
    plan_id: str = "",
    first: int | None = None,
) -> Outcome:
    """Do a plan: the one with `plan_id` as it was shown, or a fresh one; only the `first` people if given.

    `first` 0 does the changes alone; after fewer than all, nobody joins at night until another launch.
    Since it was shown, people may have dropped out; nobody is added and nothing is reworded. PlanError
    if it is unknown, older than a day, or would now do something else.
    """
    if plan_id:
        recalled = recall(store, workspace, stem, plan_id, now)
        workspace = workspace.accepting(recalled.plan.accepted)
    else:
        recalled = Recalled(make(store, workspace, stem, now))
    made = recalled.plan
    pilot = bool(recalled.pilot_of) or (first is not None and first < len(made.new) + recalled.added)
    if first is not None:
        made = replace(made, new=made.new[:first])
    if first == 0:  # who joins at night stays as it was
        pilot = any(each.pilot for each in store.read(status.courses) if each.stem == stem)
    done = enact(store, workspace, made, now=now, actor=actor, pilot=pilot)
    return Outcome(made, done.revision, recalled.dropped, done.people)


def recall(store: Store, workspace: Workspace, stem: str, plan_id: str, now: datetime) -> Recalled:
    """The plan with that id, as a launch would do it now: nobody is added, nothing is reworded.

    PlanError if it is unknown, older than a day, or would now do something else.
    """
    shown = store.read(plans.shown, plan_id)
    again = f"outreach plan {stem}"
    if shown is None or shown.campaign != stem:
        raise PlanError(f"there is no plan {plan_id} of {stem}", hint=again)
    if now - shown.as_of > plans.PLAN_LIVES:
        raise PlanError(f"plan {plan_id} is older than 24 hours", hint=again)
    then = json.loads(zlib.decompress(shown.digest))
    accepted = tuple((code, reason) for code, reason in then.get("accepted", ()))
    made = make(store, workspace.accepting(accepted), stem, now)
    if then["settings"] != made.settings:
        raise PlanError(f"the files have changed since plan {plan_id}", hint=again)
    if made.base != then.get("base") and made.files_changed:  # else a launch of these very files was before
        raise PlanError(f"{stem} was launched or undone since plan {plan_id}", hint=again)
    if made.restarts and not then.get("restarts"):
        raise PlanError(f"{stem} was ended since plan {plan_id}", hint=again)
    people: Mapping[str, str] = then["people"]
    kept = tuple(each for each in made.new if str(each.prospect.id) in people)
    reworded = [each for each in kept if each.draft.fingerprint != people[str(each.prospect.id)]]
    if reworded or _unforeseen(_changes(made), then["changes"], then["newest"]):
        raise PlanError(f"letters have changed since plan {plan_id}", hint=again)
    gone = {int(number) for number in people} - {each.prospect.id for each in kept}
    gone -= store.read(plans.members, stem)  # a pilot of this plan, or a launch of it, was before
    return Recalled(
        replace(made, new=kept),
        tuple(_dropped(store, made, gone)),
        0 if then.get("pilot_of") else len(made.new) - len(kept),
        then.get("pilot_of", 0),
        *(at and datetime.fromisoformat(at) for at in then["dates"]),
    )


def _dropped(store: Store, made: Plan, gone: Collection[int]) -> Iterator[Held]:
    """Who dropped out, in the order of their import, and why."""
    holds = {each.prospect_id: each for each in made.held}
    people = store.read(prospects.by_ids, gone)
    for number in sorted(gone):
        email = people[number].email
        known = "@" in email  # the rest was erased
        out = Hold("left", "no longer matches" if known else "erased")
        yield holds.get(number, Held(number, email if known else "", out))


def _unforeseen(changes: Mapping[str, str], then: Mapping[str, str], newest: int) -> bool:
    """Whether a change was not in the plan that was shown.

    Letters newer than it are those that a running sender has scheduled since, under the old revision: they
    get the new text like the ones that were shown.
    """
    return any(then.get(name) != text and int(name) <= newest for name, text in changes.items())


def must_be_clean(made: Plan) -> None:
    """PlanError where the letters of a plan have errors that were not accepted."""
    if made.errors:
        first, count = made.errors[0], len(made.errors)
        allow = f'; to let one through that is right as it is: --accept {first.code} --reason "..."'
        raise PlanError(
            f"the letters of {made.campaign} have {count} error{'' if count == 1 else 's'}: "
            f"{first.where}: {first.code} {first.message}",
            hint=f"outreach lint {made.campaign} shows them" + ("" if first.code == FALSE_REPLY else allow),
        )


def enact(
    store: Store, workspace: Workspace, made: Plan, *, now: datetime, actor: str, pilot: bool = False
) -> Applied:
    """Write a plan into the store in one transaction: the revision that now holds, and how many people joined.

    After a `pilot` nobody joins at night until another launch. PlanError where its letters have errors that were
    not accepted.
    """
    must_be_clean(made)
    campaign = workspace.campaigns[made.campaign]
    done = store.write(
        launches.apply,
        made,
        key=store.key,
        name=campaign.name,
        files=workspace.files,
        accepted=dict(made.accepted),
        exclusive=campaign.exclusive,
        new_per_day=campaign.max_new_per_day,
        pilot=pilot,
        renamed={step.was: step.letter for step in campaign.steps if step.was},
        mailboxes=[workspace.mailboxes[address] for address in made.mailboxes],
        limits=workspace.limits,
        timezone=workspace.sender.timezone,
        now=now,
        actor=actor,
    )
    store.witness.saw(store.read(settings.house).marks)  # launched here: a copy elsewhere is held
    return done
