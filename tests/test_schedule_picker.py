"""The picker: which of the letters that wait may leave now, and in whose turn."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.model import Limits
from outreach.schedule.picker import Due, Usage, mailbox_full, pick

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ANN, MAX = "ann@northwind.example", "max@northwind.example"
LETTER = Due(
    id=1,
    mailbox=ANN,
    company="acme.example",
    campaign="shops",
    first=True,
    new_per_day=None,
    due_at=NOW - HOUR,
    opens_at=NOW - HOUR,
    closes_at=NOW + HOUR,
)


def usage() -> Usage:
    return Usage(date(2026, 11, 23))


def in_turn(*letters: Due) -> list[int]:
    return [each.id for each in sorted(letters, key=lambda each: each.order)]


def test_follow_ups_go_before_first_letters_then_the_longest_wait_then_the_older_row() -> None:
    letters = [
        LETTER,
        replace(LETTER, id=2, due_at=NOW - 2 * HOUR),
        replace(LETTER, id=3, first=False, due_at=NOW - MINUTE),
        replace(LETTER, id=4, first=False, due_at=NOW - MINUTE),
        replace(LETTER, id=5, first=False, due_at=NOW - 2 * MINUTE),
        replace(LETTER, id=6),
    ]
    assert in_turn(*reversed(letters)) == [5, 3, 4, 2, 1, 6]


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (LETTER.opens_at - timedelta(microseconds=1), False),
        (LETTER.opens_at, True),
        (LETTER.closes_at - timedelta(microseconds=1), True),
        (LETTER.closes_at, False),
    ],
)
def test_a_window_includes_its_start_and_not_its_end(moment: datetime, leaves: bool) -> None:
    assert (pick([LETTER], moment, Limits(), usage()) is LETTER) == leaves


def test_a_company_gets_no_more_than_its_share_of_a_day_whoever_writes() -> None:
    limits, used = Limits(company_per_day=2), usage()
    used.count(MAX, "acme.example", "offices", first=False)
    assert pick([LETTER], NOW, limits, used) is LETTER
    used.count(ANN, "acme.example", "shops", first=True)
    assert pick([LETTER], NOW, limits, used) is None
    assert pick([replace(LETTER, first=False)], NOW, limits, used) is None
    other = replace(LETTER, id=2, company="birch.example")
    assert pick([LETTER, other], NOW, limits, used) is other


def test_new_people_a_day_are_counted_by_campaign_and_do_not_stop_follow_ups() -> None:
    used, few = usage(), replace(LETTER, new_per_day=1)
    assert pick([few], NOW, Limits(), used) is few
    used.count(MAX, "birch.example", "shops", first=False)
    assert pick([few], NOW, Limits(), used) is few
    used.count(MAX, "cedar.example", "shops", first=True)
    assert pick([few], NOW, Limits(), used) is None
    follow_up = replace(few, id=2, first=False)
    elsewhere = replace(few, id=3, campaign="offices")
    assert pick([few, follow_up], NOW, Limits(), used) is follow_up
    assert pick([few, elsewhere], NOW, Limits(), used) is elsewhere
    assert pick([replace(few, new_per_day=None)], NOW, Limits(), used) is not None


@pytest.mark.parametrize(
    ("sent", "mailbox_cap", "domain_cap", "full"),
    [
        ({}, 5, 100, ""),
        ({ANN: 4}, 5, 100, ""),
        ({ANN: 5}, 5, 100, "mailbox"),
        ({MAX: 5}, 5, 100, ""),
        ({ANN: 3, MAX: 6}, 5, 10, ""),
        ({ANN: 4, MAX: 6}, 5, 10, "domain"),
        ({ANN: 0, MAX: 11}, 5, 10, "domain"),
        ({ANN: 5, MAX: 6}, 5, 10, "mailbox"),
        ({"ann@elsewhere.example": 10}, 5, 10, ""),
    ],
)
def test_which_cap_stops_a_mailbox_for_the_day(
    sent: dict[str, int], mailbox_cap: int, domain_cap: int, full: str
) -> None:
    used = usage()
    for address, letters in sent.items():
        used.count(address, "acme.example", "shops", first=True, letters=letters)
    assert mailbox_full(ANN, mailbox_cap, Limits(domain_per_day=domain_cap), used) == full


letters = st.builds(
    Due,
    id=st.integers(1, 1000),
    mailbox=st.just(ANN),
    company=st.sampled_from(["acme.example", "birch.example", "cedar.example"]),
    campaign=st.sampled_from(["shops", "offices"]),
    first=st.booleans(),
    new_per_day=st.one_of(st.none(), st.integers(1, 3)),
    due_at=st.integers(-5, 0).map(lambda hours: NOW + hours * HOUR),
    opens_at=st.integers(-2, 1).map(lambda hours: NOW + hours * HOUR),
    closes_at=st.integers(-1, 2).map(lambda hours: NOW + hours * HOUR),
)


@settings(deadline=None)
@given(st.lists(letters, max_size=12, unique_by=lambda each: each.id), st.integers(1, 3))
def test_who_is_picked_until_nobody_may_is_everybody_that_the_caps_leave_room_for(
    waiting: list[Due], company_cap: int
) -> None:
    limits, used, left = Limits(company_per_day=company_cap), usage(), sorted(waiting, key=lambda w: w.order)
    gone: list[Due] = []
    while due := pick(left, NOW, limits, used):
        used.count(due.mailbox, due.company, due.campaign, first=due.first)
        left.remove(due)
        gone.append(due)
    assert [each.order for each in gone] == sorted(each.order for each in gone)
    assert max(Counter(each.company for each in gone).values(), default=0) <= company_cap
    for each in left:
        same = [other for other in gone if other.company == each.company]
        new = [other for other in gone if other.first and other.campaign == each.campaign]
        closed = not each.opens_at <= NOW < each.closes_at
        no_room = each.first and each.new_per_day is not None and len(new) >= each.new_per_day
        assert closed or no_room or len(same) >= company_cap
