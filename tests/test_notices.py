"""Which notices the operator is told now: each once, few mails a day, none lost that could not be sent."""

from datetime import datetime, timedelta

from outreach.engine import notices
from outreach.engine.notices import Notice
from tests.cli import MONDAY

LATE = MONDAY + timedelta(hours=2)
TODAY = LATE.date()


def notice(name: str, minutes: int = 0) -> Notice:
    return Notice(name, f"{name} is broken", patience=timedelta(minutes=minutes))


class Memory:
    """What is remembered from one look to the next."""

    def __init__(self, *, rationed: bool = True) -> None:
        self.known, self.rationed = "", rationed

    def tells(self, at: datetime, *found: Notice) -> list[str]:
        self.known, ready = notices.due(self.known, found, at, at.date(), rationed=self.rationed)
        return [each.key for each in ready]


def test_each_thing_is_told_once_until_it_is_gone() -> None:
    memory, minutes = Memory(), timedelta(minutes=11)
    assert memory.tells(LATE, notice("a")) == ["a"]
    assert memory.tells(LATE + minutes, notice("a"), notice("b")) == ["b"]
    assert memory.tells(LATE + 2 * minutes, notice("b")) == []
    assert memory.tells(LATE + 3 * minutes, notice("a"), notice("b")) == ["a"]


def test_what_comes_within_ten_minutes_goes_into_one_mail() -> None:
    memory = Memory()
    assert memory.tells(LATE, notice("a")) == ["a"]
    assert memory.tells(LATE + timedelta(minutes=1), notice("a"), notice("b")) == []
    assert memory.tells(LATE + timedelta(minutes=10), notice("a"), notice("b"), notice("c")) == ["b", "c"]


def test_a_moment_without_an_inbox_is_no_alarm() -> None:
    memory = Memory()
    assert memory.tells(LATE, notice("inbox", 10)) == []
    assert memory.tells(LATE + timedelta(minutes=5)) == []
    assert memory.tells(LATE + timedelta(minutes=6), notice("inbox", 10)) == []
    assert memory.tells(LATE + timedelta(minutes=16), notice("inbox", 10)) == ["inbox"]


def test_ten_mails_a_day_are_enough() -> None:
    memory = Memory()
    told = [memory.tells(LATE + number * timedelta(minutes=20), notice(str(number))) for number in range(20)]
    assert [len(each) for each in told] == [1] * 10 + [0] * 10
    assert memory.tells(LATE + timedelta(days=1), notice("19")) == ["19"]


def test_what_cron_says_is_said_again_on_the_next_day_only() -> None:
    memory = Memory(rationed=False)
    assert memory.tells(LATE, notice("a")) == ["a"]
    assert memory.tells(LATE + timedelta(minutes=3), notice("a"), notice("b")) == ["b"]
    assert memory.tells(LATE + timedelta(minutes=6), notice("a"), notice("b")) == []
    assert memory.tells(LATE + timedelta(days=1), notice("a"), notice("b")) == ["a", "b"]


def test_what_could_not_be_told_is_told_the_next_time() -> None:
    memory = Memory()
    assert memory.tells(LATE, notice("a"), notice("b")) == ["a", "b"]
    memory.known = notices.untold(memory.known, [notice("a"), notice("b")])[0]
    assert memory.tells(LATE + timedelta(minutes=1), notice("a")) == ["a"]


def test_mails_that_did_not_leave_are_not_counted() -> None:
    memory = Memory()
    for number in range(15):
        at = LATE + number * timedelta(minutes=30)
        assert memory.tells(at, notice("a")) == ["a"]
        memory.known = notices.untold(memory.known, [notice("a")])[0]


def test_what_was_told_before_the_store_was_held_is_not_told_again_after() -> None:
    known, told = notices.due("", [notice("reply")], LATE, TODAY)
    known, held = notices.due(known, [notice("held")], LATE + timedelta(hours=1), TODAY, partial=True)
    _, after = notices.due(known, [notice("reply")], LATE + timedelta(hours=2), TODAY)
    assert (len(told), len(held), len(after)) == (1, 1, 0)


def test_a_mail_that_is_not_among_the_first_any_more_is_not_told_again() -> None:
    """More wait than are looked at: the oldest come back when others are done with, and were told before."""
    old, new = (
        Notice("mail:1", "reply from bob@acme.example"),
        Notice("mail:2", "reply from eva@birch.example"),
    )
    known, told = notices.due("", [old], MONDAY, MONDAY.date())
    assert told == (old,)
    later = MONDAY + timedelta(hours=1)
    known, told = notices.due(known, [new], later, later.date(), partial=True)
    assert told == (new,)
    assert notices.due(known, [old], later + timedelta(hours=1), later.date(), partial=True)[1] == ()
