"""Answers against follow-ups: whoever comes second sees the first, in every order, whatever dies in between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as hooks
from sqlalchemy.engine import Engine as Database

from outreach.engine import answers
from outreach.model import Cursor, EnrollmentStatus, MessageStatus, Scope
from outreach.store import answers as kept
from outreach.store import audit, stops
from outreach.store import settings as launched
from outreach.store.tables import answer, metadata
from tests.incoming import bounce, mail
from tests.smtpd import Misbehaving, on
from tests.worlds import ANN, Interrupted, World

BOB, TIM, EVA, MAX = "bob@acme.example", "tim@acme.example", "eva@birch.example", "max@cedar.example"
PEOPLE = (BOB, TIM, EVA, MAX)
IMAP = 'imap = "imaps://ann@imap.northwind.example:993"'
Answer = Callable[[World, str], bytes]


class KilledError(BaseException):
    """The process ends here."""


def reply(world: World, email: str) -> bytes:
    return mail("Thank you, call me.", sender=email, to=world.message(email).message_id, own=f"r-{email}")


def opt_out(world: World, email: str) -> bytes:
    text = "Please remove me from your list."
    return mail(text, sender=email, to=world.message(email).message_id, own=f"o-{email}")


def hard(world: World, email: str) -> bytes:
    return bounce(email, "5.1.1", "550 5.1.1 User unknown", letter=world.message(email).message_id)


def soft(world: World, email: str) -> bytes:
    return bounce(email, "4.2.2", "452 4.2.2 Mailbox full", letter=world.message(email).message_id)


def away(world: World, email: str) -> bytes:
    raw = mail("I am out of office.", sender=email, to=world.message(email).message_id, own=f"a-{email}")
    return b"Auto-Submitted: auto-replied\n" + raw.replace(b"Re: Shelves", b"Automatic reply: Shelves")


ENDS: dict[str, tuple[Answer, EnrollmentStatus]] = {
    "reply": (reply, EnrollmentStatus.REPLIED),
    "opt-out": (opt_out, EnrollmentStatus.OPTED_OUT),
    "hard bounce": (hard, EnrollmentStatus.BOUNCED),
}
ANSWERS = {**{name: make for name, (make, _) in ENDS.items()}, "soft bounce": soft, "away": away}
STOPPING = ("reply", "opt-out", "hard bounce")


async def until_follow_ups(world: World) -> None:
    """Everybody has had the first letter, and the follow-ups are due."""
    await world.settle()
    world.now += timedelta(days=3)


@pytest.mark.parametrize("point", ["before the offer", "before the mark"])
@pytest.mark.parametrize("name", ENDS)
def test_an_answer_read_before_the_mark_keeps_the_follow_up_from_leaving(
    store_url: str, tmp_path: Path, name: str, point: str
) -> None:
    make, status = ENDS[name]

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            await until_follow_ups(world)
            raw = make(world, BOB)
            await world.engine(Interrupted.at(point, lambda: void(world.feed(raw)))).round()
            await world.play(30)
            assert len(server.received) == 1
            assert (world.enrolled(BOB), world.message(BOB, "followup").status) == (
                status,
                MessageStatus.CANCELLED,
            )

    on(Misbehaving(), scene)


@pytest.mark.parametrize("point", ["before the body", "before the record"])
@pytest.mark.parametrize("name", ENDS)
def test_an_answer_read_after_the_mark_lets_that_letter_end_and_nothing_else_leave(
    store_url: str, tmp_path: Path, name: str, point: str
) -> None:
    make, status = ENDS[name]

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            raw = make(world, BOB)
            await world.engine(Interrupted.at(point, lambda: void(world.feed(raw)))).round()
            await world.play(30)
            assert len(server.received) == 1
            assert (world.enrolled(BOB), world.statuses()) == (status, {MessageStatus.SENT: 1})
            world.counts_add_up()

    on(Misbehaving(), scene)


def test_a_proof_that_comes_while_the_letter_leaves_settles_it_when_its_sender_dies(
    store_url: str, tmp_path: Path
) -> None:
    """The answer was read before anybody knew that the letter would become uncertain."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:

            def die() -> None:
                world.feed(soft(world, BOB))
                raise KilledError

            with pytest.raises(KilledError):
                await world.engine(Interrupted.at("before the record", die)).round()
            assert world.message(BOB).status == MessageStatus.SENDING
            world.now += timedelta(hours=1)
            await world.settle()
            assert world.message(BOB).status == MessageStatus.SENT
            assert len(server.received) == 1
            world.counts_add_up()

    on(Misbehaving(), scene)


def void(_: object) -> None:
    """For a lambda that gives nothing."""


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """The reader dies before its so many-th statement (and whatever it has not committed is gone)."""
    left = [statement]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KilledError

    hooks.listen(Database, "before_cursor_execute", count)
    try:
        yield
    finally:
        hooks.remove(Database, "before_cursor_execute", count)


def test_a_reader_killed_between_any_two_statements_loses_nothing_and_does_nothing_twice(
    store_url: str, tmp_path: Path
) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": PEOPLE}) as world:
            await until_follow_ups(world)
            mails = [reply(world, BOB), hard(world, EVA), soft(world, MAX)]
            reached = Cursor("INBOX", 7, 30)
            untouched = snapshot(world)
            for statement in range(1, 1000):
                try:
                    with killed_at(statement):
                        answers.feed(world.store, ANN, mails, world.now, folder="INBOX", reached=reached)
                    break
                except KilledError:
                    assert snapshot(world) == untouched
            assert statement > 30
            assert world.store.read(kept.cursors, ANN) == {"INBOX": reached}
            answers.feed(world.store, ANN, mails, world.now, folder="INBOX", reached=reached)
            rows = world.rows(sa.select(answer.c.kind).order_by(answer.c.id))
            assert [row.kind for row in rows] == ["reply", "hard_bounce", "soft_bounce"]
            assert [world.enrolled(each) for each in PEOPLE] == [
                EnrollmentStatus.REPLIED,
                EnrollmentStatus.STOPPED,
                EnrollmentStatus.BOUNCED,
                EnrollmentStatus.ACTIVE,
            ]
            assert [world.events(each).count("answer") for each in PEOPLE] == [1, 0, 1, 1]

    on(Misbehaving(), scene)


def snapshot(world: World) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {
        table.name: [tuple(row) for row in world.rows(sa.select(table))]
        for table in metadata.sorted_tables
        if table.name not in ("worker",)
    }


@dataclass(frozen=True, slots=True)
class Step:
    """What happens, to whom, at which point of the next letter, and whether the inbox is read before."""

    what: str
    email: str
    point: str
    looks: bool


HAPPENINGS = (*ANSWERS, "pass 11 minutes", "pass a day", "send", "resume", "launch", "reread")
POINTS = ("now", "before the offer", "before the mark", "before the body", "before the record")
STEPS = st.lists(
    st.builds(
        Step, st.sampled_from(HAPPENINGS), st.sampled_from(PEOPLE), st.sampled_from(POINTS), st.booleans()
    ),
    min_size=2,
    max_size=8,
)


class Life:
    """A world in which random things happen, and what must be true of it whatever they are."""

    def __init__(self, world: World, server: Misbehaving) -> None:
        self.world, self.server = world, server
        self.mails: list[bytes] = []
        self.stopped: dict[str, datetime] = {}  # by address
        self.looked: list[datetime] = []

    def take(self, step: Step) -> None:
        """An answer is read: by the reader itself, whatever the sender is about."""
        world = self.world
        letter = world.message(step.email)
        if letter.marked_at is None:
            return  # nobody answers what has not come
        raw = ANSWERS[step.what](world, step.email)
        self.mails.append(raw)
        world.feed(raw)
        if step.what in STOPPING:
            people = (BOB, TIM) if step.what == "reply" and step.email in (BOB, TIM) else (step.email,)
            for each in people:
                self.stopped.setdefault(each, world.now)

    def pass_minutes(self) -> None:
        self.world.now += timedelta(minutes=11)  # longer than a look lasts, shorter than a lease

    async def happen(self, step: Step) -> None:
        world = self.world
        if step.looks:
            world.store.write(launched.inbox_read, ANN, world.now)
            self.looked.append(world.now)
        match step.what:
            case "pass 11 minutes" if step.point != "now":
                await world.engine(Interrupted.at(step.point, self.pass_minutes)).round()
            case "pass 11 minutes":
                self.pass_minutes()
            case "pass a day":
                world.now += timedelta(days=1)
            case "send":
                await world.settle()
            case "resume":
                person = str(world.person(step.email).id)
                world.store.write(stops.resume, Scope.PROSPECT, person, actor="me", at=world.now)
            case "launch":
                world.launch("shops")
            case "reread":
                assert world.feed(*self.mails).taken == []
            case _ if step.point == "now":
                self.take(step)
            case _:
                await world.engine(Interrupted.at(step.point, lambda: self.take(step))).round()
        world.now += timedelta(seconds=1)  # no two things at one moment: then their order is known

    def promises(self) -> None:
        world = self.world
        for row in world.messages():
            if row.marked_at is None:
                continue
            end = self.stopped.get(row.email)
            assert end is None or row.marked_at <= end, f"{row.letter} to {row.email} left after the stop"
            if row.letter == "followup":
                seen = [at for at in self.looked if at <= row.marked_at]
                assert seen, "a follow-up left, and nobody had looked into the inbox"
                assert row.marked_at - seen[-1] <= timedelta(minutes=10)
        counted = world.rows(sa.select(sa.func.count()).select_from(answer))[0][0]
        assert counted == len(set(self.mails))
        assert len(self.server.received) == sum(row.marked_at is not None for row in world.messages())
        broken = [
            check for check in world.store.read(audit.audit, world.store.key, world.now) if check.broken
        ]
        assert broken == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_in_whatever_order_no_letter_leaves_after_an_answer(
    store_url: str, tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    async def scene(server: Misbehaving) -> None:
        folder = tmp_path_factory.mktemp("life")
        url = f"sqlite:///{folder / 'outreach.db'}" if store_url.startswith("sqlite") else store_url
        empty(url)
        with World(url, folder, server.url, {"shops": PEOPLE}, answers=IMAP) as world:
            life = Life(world, server)
            await until_follow_ups(world)
            for step in steps:
                await life.happen(step)
                life.promises()

    on(Misbehaving(), scene)


def empty(url: str) -> None:
    """A database without anything in it."""
    database = sa.create_engine(url)
    metadata.drop_all(database)
    database.dispose()
