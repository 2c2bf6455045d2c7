"""How the rules of an explanation read where they keep many letters at once."""

from collections.abc import Iterator
from datetime import datetime

from outreach.report.lines import moment
from outreach.report.rules import WORDS, Facts, Words, because, full


def _held(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"held{because(facts['reason'])}"


def _uncertain(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield "may or may not have arrived: outreach uncertain"


def _underway(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield "leaving right now"


def _delay(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    assert at is not None
    yield f"not due yet, the first {moment(at, zone)}"


def _deferred(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    assert at is not None
    yield f"deferred by their servers, next try {moment(at, zone)}"


def _window(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    assert at is not None
    yield f"their window is closed, the first opens {moment(at, zone)}"


def _late(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield "missed their window: the sender's next round finds the next one"


def _cap(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"cap used up: {full(facts)}"


def _slot(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield "due, each waits for its turn: they leave one after the other"


WAITS: dict[str, Words] = {
    **WORDS,
    "held": _held,
    "uncertain": _uncertain,
    "underway": _underway,
    "delay": _delay,
    "deferred": _deferred,
    "window": _window,
    "late": _late,
    "cap": _cap,
    "slot": _slot,
}
