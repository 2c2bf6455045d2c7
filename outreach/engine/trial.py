"""Test letters: what a prospect would get, sent to oneself or to colleagues, so that a person looks first."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from secrets import token_hex

from outreach import prospect
from outreach.campaign import Workspace
from outreach.compose import trial
from outreach.data import words
from outreach.engine.sending import Line
from outreach.errors import OutreachError
from outreach.model import Accepted, Answer, Mailbox, Outgoing, Scope, Unknown, Unreachable
from outreach.plan import Draft
from outreach.plan.letters import Letters, outgoing
from outreach.report.trial import Copy, Trial
from outreach.schedule.zones import day_of
from outreach.store import Store, status, suppressions, trials

MOST_PEOPLE = 5  # addresses of one test


def prepare(
    store: Store,
    workspace: Workspace,
    campaign: str,
    letters: Letters,
    drafts: Sequence[Draft],
    to: Sequence[str],
    day_zone: str,
    now: datetime,
) -> Trial:
    """The test of some letters of a person: a copy of each to each address.

    `day_zone` is the zone whose days are counted. OutreachError where there is no text, an address is none or of
    somebody who must not get it (`_check`), everything is paused, or the mailbox is gone or has sent its tests of
    the day.
    """
    written = [each for each in drafts if each.content.text]
    email = letters.person.email
    if not written:
        hold = letters.hold or next((each.hold for each in drafts if each.hold), None)
        raise OutreachError(f"{email} has no letter to test" + (f": {hold.reason}" if hold else ""))
    if not letters.mailbox.smtp:
        raise OutreachError(
            f"{letters.mailbox.address} is gone from outreach.toml: nothing can be sent from it"
        )
    people = tuple(dict.fromkeys(map(_address, to)))
    if not people:
        raise OutreachError("a test needs an address", hint="--to-me, or --to ADDRESS")
    if len(people) > MOST_PEOPLE:
        raise OutreachError(f"a test goes to {MOST_PEOPLE} addresses at most, these are {len(people)}")
    for each in people:
        _check(store, workspace, letters.mailbox, each)
    _check_pause(store, now)
    left = store.read(trials.left, letters.mailbox.address, day_of(now, day_zone))
    if len(written) * len(people) > left:
        raise _too_many(letters.mailbox, len(written) * len(people), left)
    copies = _copies(email, written, people, letters.mailbox)
    notes = tuple(note for each in people for note in _notes(workspace, each))
    return Trial(campaign, email, letters.mailbox, copies, left, notes)


def _address(text: str) -> str:
    try:
        return prospect.address(text.strip())
    except ValueError as exc:
        raise OutreachError(f"{text!r} is no e-mail address: {exc}") from exc


def _check(store: Store, workspace: Workspace, mailbox: Mailbox, email: str) -> None:
    """OutreachError where an address may be that of somebody who is written to, or must not be.

    No rule of a campaign holds for a test letter, so it goes to nobody whom those rules are for: no prospect and
    nobody of a prospect's or key account's company. The mailbox itself may always write to itself.
    """
    if email == mailbox.address:
        return
    local, _, domain = email.rpartition("@")
    hint = "a test goes to yourself or to colleagues: --to-me"
    person = store.read(trials.prospect_of, email)
    if person:
        whose = "a prospect" if person == email else f"another address of {person}, a prospect"
        raise OutreachError(f"{email} is {whose}, who must not get test letters", hint=hint)
    for each in dict.fromkeys((email, f"{local.partition('+')[0]}@{domain}")):
        blocked = store.read(suppressions.find, store.key, each)
        if blocked is not None:
            raise OutreachError(f"{each} is suppressed: {blocked.reason}", hint=hint)
    if email in workspace.key_accounts or domain in _key_domains(workspace):
        raise OutreachError(f"{email} is at a key account", hint=hint)
    if domain not in _shared_or_own(workspace) and store.read(trials.has_prospects, domain):
        raise OutreachError(f"{email}: {domain} is a company of your prospects", hint=hint)


def _key_domains(workspace: Workspace) -> set[str]:
    """The domains of key accounts; an address at a provider of many is that person only."""
    return {each.rpartition("@")[2] for each in workspace.key_accounts} - words("consumer_domains")


def _shared_or_own(workspace: Workspace) -> set[str]:
    """The domains that say of nobody which company they are of, and our own."""
    return {each.domain for each in workspace.mailboxes.values()} | words("consumer_domains")


def _check_pause(store: Store, now: datetime) -> None:
    """OutreachError while everything is paused: then nothing leaves, whatever it is called."""
    stop = next((each for each in store.read(status.pauses, now) if each.scope is Scope.ALL), None)
    if stop is not None:
        why = f": {stop.reason}" if stop.reason else ""
        raise OutreachError(
            f"everything is paused{why}", hint="test letters too; go on: outreach resume --all"
        )


def _notes(workspace: Workspace, email: str) -> list[str]:
    """What speaks against an address: who is at no domain of ours may be no colleague."""
    domain = email.rpartition("@")[2]
    ours = {each.domain for each in workspace.mailboxes.values()} - words("consumer_domains")
    if domain in ours or email in workspace.mailboxes:
        return []
    return [f"{email} is at none of your domains: is it a colleague?"]


def _too_many(mailbox: Mailbox, wanted: int, left: int) -> OutreachError:
    return OutreachError(
        f"{mailbox.address} may send {left} more test letters today, these are {wanted}",
        hint=f"{trials.A_DAY} a day: fewer addresses, one letter (--step N), or tomorrow",
    )


def _copies(email: str, drafts: Sequence[Draft], people: Sequence[str], mailbox: Mailbox) -> tuple[Copy, ...]:
    """A copy of each letter to each address, a thread of its own for each."""
    found = []
    for to in people:
        names = {each.message_id: trial.message_id(token_hex(13), mailbox.domain) for each in drafts}
        for each in drafts:
            real = outgoing(each, email)
            found.append(Copy(each.step + 1, each.letter, real, trial.outgoing(real, to, names)))
    return tuple(found)


def send(
    store: Store,
    workspace: Workspace,
    line: Line,
    wanted: Trial,
    day_zone: str,
    *,
    clock: Callable[[], datetime],
    actor: str,
) -> list[Answer]:
    """Hand the copies to the mailbox's server, each once; what it said to each, in order.

    They are counted before the first leaves, and no cap, witness or delivery knows of them. A connection that
    cannot be had ends the test: its answer stands for all that follow. OutreachError where they are too many, and
    where somebody must not get one by now: a person may have taken their time to say yes.
    """
    now, box = clock(), wanted.mailbox
    for each in wanted.people:
        _check(store, workspace, box, each)
    _check_pause(store, now)
    raws = [trial.compose(each.real, each.test, box, now) for each in wanted.copies]
    if not store.write(trials.take, box.address, day_of(now, day_zone), len(raws)):
        raise _too_many(box, len(raws), store.read(trials.left, box.address, day_of(now, day_zone)))
    answers: list[Answer] = []
    try:
        asyncio.run(_leave(line, [each.test for each in wanted.copies], raws, answers))
    finally:  # also where Ctrl-C ended it: what has left has left
        store.write(
            trials.note,
            clock(),
            actor=actor,
            campaign=wanted.campaign,
            mailbox=box.address,
            letters=list(dict.fromkeys(each.letter for each in wanted.copies)),
            sent=sum(isinstance(each, Accepted) for each in answers),
        )
    return answers


async def _leave(line: Line, tests: Sequence[Outgoing], raws: Sequence[bytes], answers: list[Answer]) -> None:
    """One letter after the other over one connection; each answer is noted as it comes."""
    try:
        for test, raw in zip(tests, raws, strict=True):
            refusal = await line.open() or await line.offer(test.to_email, len(raw))
            answers.append(refusal or await line.body(raw))
            if isinstance(answers[-1], Unreachable | Unknown):
                answers += [Unreachable("not tried")] * (len(raws) - len(answers))
                return
    finally:
        await line.close()
