"""The chain of rules of one person: in the campaigns they are in, and in those they are not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from outreach import plan
from outreach.campaign import Campaign, Workspace
from outreach.engine.why import timing
from outreach.engine.why.scene import Scene
from outreach.errors import InputError
from outreach.model import (
    OPEN_ENROLLMENT,
    OPEN_MESSAGE,
    CampaignStatus,
    EnrollmentStatus,
    FieldType,
    Message,
    MessageStatus,
    Prospect,
)
from outreach.plan import Plan, State
from outreach.plan.make import condition_of, matchable
from outreach.report.explained import Chain, Outcome, Rule
from outreach.sequence import next_step
from outreach.store import launches, messages, plans, prospects
from outreach.store import why as stored
from outreach.store.history import Past
from outreach.store.why import Enrollment


def chains(scene: Scene, person: Prospect) -> list[Chain]:
    """One chain a campaign: those that go on first, then those that are over, then those never joined."""
    enrollments = scene.store.read(stored.enrollments, person.id)
    letters = scene.store.read(messages.of_prospect, person.id)
    enrollments.sort(key=lambda each: (each.status not in OPEN_ENROLLMENT, -each.id))
    inside = [enrolled_chain(scene, person, each, letters) for each in enrollments]
    others = {*scene.files, *scene.store.read(launches.campaigns)}
    stems = sorted(others - {each.campaign for each in enrollments})
    return [*inside, *(_outside(scene, person, stem) for stem in stems)]


def enrolled_chain(
    scene: Scene, person: Prospect, enrollment: Enrollment, letters: Sequence[Message]
) -> Chain:
    """The chain of somebody who is or was in a campaign. `letters` are all of theirs."""
    mine = [letter for letter in letters if letter.enrollment_id == enrollment.id]
    rules = [
        scene.suppression(person.email),
        *_membership(scene, person, enrollment.campaign),
        _enrolled(enrollment),
        *_campaign(scene, enrollment.campaign),
        *_left(scene, mine),
    ]
    waiting = next((letter for letter in mine if letter.status in OPEN_MESSAGE), None)
    if waiting is not None:
        return timing.with_letter(scene, person, waiting, rules)
    if enrollment.status == EnrollmentStatus.ACTIVE:
        return _between(scene, person, enrollment, mine, rules)
    return Chain(enrollment.campaign, rules)


def _between(
    scene: Scene, person: Prospect, enrollment: Enrollment, letters: Sequence[Message], rules: list[Rule]
) -> Chain:
    """A letter has left and the next one is not written yet: the sender's next round does it."""
    launched = scene.revisions.must(enrollment.campaign)
    sent = [letter for letter in letters if letter.sent_at]
    place = next_step(launched.campaign.steps, {letter.letter for letter in sent})
    pauses = scene.paused(enrollment.campaign, enrollment.mailbox, person.email)
    rules += [Rule("step", Outcome.WAITS, {"more": place is not None}), *pauses, scene.sender()]
    if place is None or not sent:
        return Chain(enrollment.campaign, rules)
    last = max(sent, key=lambda letter: letter.sent_at or scene.now)
    due = timing.due(scene, launched, person, place, last)
    opens = timing.opening(launched, person, max(due, scene.now))
    letter = launched.campaign.steps[place].letter
    return Chain(enrollment.campaign, rules, letter, not_before=opens.opens_at if opens else None)


def _enrolled(enrollment: Enrollment) -> Rule:
    facts = {
        "status": enrollment.status,
        "reason": enrollment.reason,
        "mailbox": enrollment.mailbox,
        "changed_at": enrollment.updated_at,
    }
    outcome = Outcome.YES if enrollment.status == EnrollmentStatus.ACTIVE else Outcome.STOPS
    return Rule("enrolled", outcome, facts, enrollment.created_at)


def _campaign(scene: Scene, stem: str) -> Iterator[Rule]:
    status = scene.store.read(launches.campaigns).get(stem)
    if status is not CampaignStatus.LAUNCHED:
        yield Rule("campaign", Outcome.STOPS, {"status": status or "never"})


def _left(scene: Scene, letters: Sequence[Message]) -> Iterator[Rule]:
    """What became of the letters that are closed."""
    closed = [letter for letter in letters if letter.status not in OPEN_MESSAGE]
    tried = scene.store.read(messages.deliveries, [letter.id for letter in closed])
    for letter in sorted(closed, key=lambda each: (each.sent_at or scene.now, each.id)):
        answer = tried[letter.id][-1].answer if tried[letter.id] else ""
        facts = {"letter": letter.letter, "message": letter.id}
        if letter.status == MessageStatus.SENT:
            yield Rule("sent", Outcome.YES, {**facts, "answer": answer}, letter.sent_at)
        else:
            reason = letter.reason or answer
            yield Rule("gone", Outcome.NOTE, {**facts, "status": letter.status, "reason": reason})


def _membership(scene: Scene, person: Prospect, stem: str) -> Iterator[Rule]:
    """Whether the launched campaign would take them today; it keeps whom it has."""
    launched = scene.revisions.get(stem)
    if launched is None:
        return  # its launch was undone
    types = scene.store.read(prospects.field_types)
    try:
        rules = _joins(scene, launched.workspace, launched.campaign, person, types)
    except InputError:
        return  # a field has gone since the launch: nobody is enrolled by it any more
    for rule in rules:
        yield replace(rule, outcome=Outcome.NOTE) if rule.outcome is Outcome.STOPS else rule


def _joins(
    scene: Scene, workspace: Workspace, campaign: Campaign, person: Prospect, types: dict[str, FieldType]
) -> list[Rule]:
    """The segment, comparison by comparison, and the exclude files."""
    launched = scene.revisions.get(campaign.stem)
    before = launched.workspace if launched else None
    return scene.store.read(
        lambda tx: list(
            _told(workspace, campaign, person, types, Past(tx, person=person.id), scene.now, before)
        )
    )


def _told(
    workspace: Workspace,
    campaign: Campaign,
    person: Prospect,
    types: dict[str, FieldType],
    past: Past,
    now: datetime,
    launched: Workspace | None,
) -> Iterator[Rule]:
    state = State(b"", "", types, (), lambda email: "", {}, {}, past=past)
    condition = condition_of(workspace, campaign, state, launched)
    fields = matchable(person, past.of(condition.uses, now))
    result = condition.match(fields)
    rows = [{"text": row.text, "value": row.value, "result": row.result} for row in condition.explain(fields)]
    missing = sorted(condition.unknown(fields))
    facts = {"condition": campaign.segment, "result": result, "rows": rows, "missing": missing}
    yield Rule("segment", Outcome.YES if result else Outcome.STOPS, facts)
    if campaign.excludes(person.email):
        yield Rule("exclude", Outcome.STOPS, {"files": list(campaign.exclude)})
    else:
        yield Rule("exclude", Outcome.YES)


def _outside(scene: Scene, person: Prospect, stem: str) -> Chain:
    """Why somebody is not in a campaign."""
    rules = [scene.suppression(person.email)]
    status = scene.store.read(launches.campaigns).get(stem)
    launched = scene.revisions.get(stem)
    nightly = launched is not None and launched.campaign.enroll == "nightly"
    workspace = scene.workspace if stem in scene.files else None
    if launched is not None and (nightly or workspace is None):
        workspace = launched.workspace
    assert workspace is not None  # a campaign is in the files or was launched
    if status is CampaignStatus.ENDED:
        rules.append(Rule("campaign", Outcome.STOPS, {"status": status}))
    types = scene.store.read(prospects.field_types)
    try:
        rules += _joins(scene, workspace, workspace.campaigns[stem], person, types)
        if all(rule.outcome is not Outcome.STOPS for rule in rules):
            made = _plan(scene, workspace, stem, person, scene.now)
            by_night = nightly and status is CampaignStatus.LAUNCHED
            rules.append(_joining(made, person, stem, by="night" if by_night else "launch"))
    except InputError as exc:
        rules.append(Rule("files", Outcome.STOPS, {"problem": str(exc.problems[0])}))
    return Chain(stem, rules)


def _plan(scene: Scene, workspace: Workspace, stem: str, person: Prospect, now: datetime) -> Plan:
    """The campaign's plan for the person's company: what it says of them depends on nobody else."""
    store = scene.store
    return store.read(
        lambda tx: plan.make(
            workspace,
            stem,
            plans.state(tx, store.key, store.id, stem, company=person.company),
            as_of=now,
        )
    )


def _joining(made: Plan, person: Prospect, stem: str, by: str) -> Rule:
    held = next((each.hold for each in made.held if each.prospect_id == person.id), None)
    if held is not None:
        facts = {"code": held.code, "reason": held.reason, "fix": held.fix}
        return Rule("hold", Outcome.STOPS, facts)
    return Rule("join", Outcome.WAITS, {"campaign": stem, "by": by})
