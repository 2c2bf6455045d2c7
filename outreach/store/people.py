"""Looking at people: by a condition, and one of them with everything there is. Nothing here changes anything."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.model import EnrollmentStatus, MessageStatus, Prospect, Value
from outreach.prospect import KNOWN
from outreach.report.people import Dossier, Part, Written
from outreach.report.segments import Survey
from outreach.segment import Condition, History
from outreach.store import events, prospects, suppressions, tags
from outreach.store.history import Past
from outreach.store.tables import enrollment, message, prospect

_EVENTS = 200  # of a person, the newest
_PRESENT = prospect.c.email.contains("@")  # erased people have no address


def total(tx: sa.Connection) -> int:
    """How many people there are, without the erased ones."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(prospect).where(_PRESENT)).scalar_one())


def each(tx: sa.Connection, history: History) -> Iterator[tuple[int, dict[str, Value]]]:
    """Id and fields of everybody, as conditions see them, in the order of their import, streamed."""
    decode: Callable[[str], dict[str, Value]] = prospects.decode_fields(tx)
    columns = (prospect.c.id, prospect.c.fields, prospect.c.email, prospect.c.source, prospect.c.basis)
    query = sa.select(*columns).where(_PRESENT).order_by(prospect.c.id)
    asked = bool(history)
    for number, stored, email, source, basis in tx.execute(query.execution_options(yield_per=2000)):
        fields = decode(stored)
        fields["email"], fields["source"], fields["basis"] = email, source, basis
        if asked:
            history.tell(number, fields)
        yield number, fields


def survey(tx: sa.Connection, condition: Condition, as_of: datetime, limit: int) -> Survey:
    """How many match, the first `limit` of them, and how many it cannot decide on for lack of which field."""
    found: list[int] = []
    missing: Counter[str] = Counter()
    people = matching = unknown = 0
    for number, fields in each(tx, Past(tx).of(condition.uses, as_of)):
        people += 1
        verdict = condition.match(fields)
        if verdict:
            matching += 1
            if len(found) < limit:
                found.append(number)
        elif verdict is None:
            unknown += 1
            missing.update(condition.unknown(fields))
    return Survey(people, matching, unknown, missing, _in_order(tx, found), tags.of_many(tx, found))


def select(tx: sa.Connection, condition: Condition | None, as_of: datetime) -> Iterator[Prospect]:
    """The people who match (None: all), in the order of their import, streamed."""
    if condition is None:
        yield from prospects.everyone(tx)
        return
    history = Past(tx).of(condition.uses, as_of)
    for person in prospects.everyone(tx):
        own = {"email": person.email, "source": person.source, "basis": person.basis}
        fields = {**person.fields, **own}
        history.tell(person.id, fields)
        if condition.match(fields):
            yield person


def ids(
    tx: sa.Connection, condition: Condition | None, as_of: datetime, among: Collection[int] | None = None
) -> list[int]:
    """The ids of those who match (None: all), `among` these if given, in the order of their import."""
    if condition is not None:
        found: Iterator[int] = (
            number
            for number, fields in each(tx, Past(tx).of(condition.uses, as_of))
            if condition.match(fields)
        )
    else:
        found = iter(tx.execute(sa.select(prospect.c.id).where(_PRESENT).order_by(prospect.c.id)).scalars())
    return [number for number in found if among is None or number in among]


def page(tx: sa.Connection, wanted: Sequence[int]) -> tuple[list[Prospect], dict[int, list[str]]]:
    """People by id, in that order, and the tags of those who have some."""
    return _in_order(tx, wanted), tags.of_many(tx, wanted)


def _in_order(tx: sa.Connection, wanted: Sequence[int]) -> list[Prospect]:
    found = prospects.by_ids(tx, wanted)
    return [found[number] for number in wanted]


def used_fields(tx: sa.Connection, condition: Condition | None, as_of: datetime) -> list[str]:
    """The fields that somebody who matches has, `email` first, those of the user's own last, then `tags`."""
    used, tagged = {"email"}, tags.of_many(tx, None)
    anybody = False
    for person in select(tx, condition, as_of):
        used.update(person.fields, ["source"] * bool(person.source), ["basis"] * bool(person.basis))
        anybody = anybody or person.id in tagged
    return [*(name for name in KNOWN if name in used), *sorted(used - set(KNOWN)), *["tags"] * anybody]


def blocked(tx: sa.Connection, key: bytes, condition: Condition | None, as_of: datetime) -> int:
    """How many of the people who match are suppressed."""
    reasons = suppressions.all_hashes(tx)
    if not reasons:
        return 0
    return sum(
        not reasons.keys().isdisjoint(suppressions.digests(key, person.email))
        for person in select(tx, condition, as_of)
    )


def dossier(tx: sa.Connection, key: bytes, person: Prospect) -> Dossier:
    """Everything about a person."""
    parts = sa.select(enrollment).where(enrollment.c.prospect_id == person.id).order_by(enrollment.c.id)
    letters = sa.select(message).where(message.c.prospect_id == person.id).order_by(message.c.id)
    return Dossier(
        person,
        suppressions.find(tx, key, person.email),
        [_part(row) for row in tx.execute(parts)],
        [_written(row) for row in tx.execute(letters)],
        tags.of(tx, person.id),
        events.log_of(tx, _EVENTS, prospect_id=person.id, everything=True)[0],
    )


def _part(row: Any) -> Part:
    status = EnrollmentStatus(row.status)
    return Part(row.campaign, status, row.reason, row.mailbox, row.language, row.created_at)


def _written(row: Any) -> Written:
    return Written(
        campaign=row.campaign,
        letter=row.letter,
        status=MessageStatus(row.status),
        reason=row.reason,
        subject=row.subject,
        message_id=row.message_id,
        opens_at=row.opens_at,
        sent_at=row.sent_at,
    )
