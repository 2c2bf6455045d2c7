"""What a plan is made from, and the plans that were shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT, OPEN_MESSAGE, Content, EnrollmentStatus, MessageStatus, Prospect
from outreach.plan import Earlier, Enrolled, Open, State
from outreach.plan.draft import fingerprint
from outreach.store import contacts, prospects, replies, stops, suppressions
from outreach.store.history import Past
from outreach.store.tables import campaign, enrollment, message, plan, prospect, revision

PLAN_LIVES = timedelta(hours=24)


def state(tx: sa.Connection, key: bytes, seed: str, stem: str, *, company: str | None = None) -> State:
    """What a plan of that campaign depends on. Its prospects are streamed: use it inside the read.

    With `company` only of that company's people: what a plan says of one of them depends on no others.
    """
    others = sa.select(enrollment.c.prospect_id, enrollment.c.campaign).where(
        enrollment.c.status.in_(OPEN_ENROLLMENT), enrollment.c.campaign != stem, enrollment.c.exclusive
    )
    return State(
        key=key,
        seed=seed,
        types=prospects.field_types(tx),
        prospects=prospects.everyone(tx) if company is None else _colleagues(tx, company),
        suppressed=_suppression_reader(tx, key),
        enrolled=_enrolled(tx, stem, company),
        elsewhere={row.prospect_id: row.campaign for row in tx.execute(others)},
        replies=replies.latest(tx),
        written=contacts.last_letters(tx, besides=stem),
        keepers=contacts.keepers(tx),
        paused=stops.paused_for_good(tx),
        base=_base(tx, stem),
        newest=int(tx.execute(sa.select(sa.func.max(message.c.id))).scalar() or 0),
        past=Past(tx, company=company),
    )


def _base(tx: sa.Connection, stem: str) -> int:
    return tx.execute(sa.select(campaign.c.revision_id).where(campaign.c.stem == stem)).scalar() or 0


def _suppression_reader(tx: sa.Connection, key: bytes) -> Callable[[str], str]:
    reasons = suppressions.all_hashes(tx)

    def reason(email: str) -> str:
        if not reasons:
            return ""
        found = (reasons[each] for each in suppressions.digests(key, email) if each in reasons)
        return next(found, "")

    return reason


def _colleagues(tx: sa.Connection, company: str) -> list[Prospect]:
    ids = tx.execute(sa.select(prospect.c.id).where(prospect.c.company == company)).scalars()
    return sorted(prospects.by_ids(tx, ids).values(), key=lambda person: person.id)


def _enrolled(tx: sa.Connection, stem: str, company: str | None) -> dict[int, Enrolled]:
    """Everybody in the campaign (or its people of one company) with their letters, by prospect id."""
    inside = (enrollment.c.campaign == stem, enrollment.c.status != EnrollmentStatus.WITHDRAWN)
    people_of = sa.select(enrollment).where(*inside).order_by(enrollment.c.id)
    query = sa.select(message).where(message.c.campaign == stem).order_by(message.c.sent_at, message.c.id)
    if company is not None:
        theirs = sa.select(prospect.c.id).where(prospect.c.company == company)
        people_of = people_of.where(enrollment.c.prospect_id.in_(theirs))
        query = query.where(message.c.prospect_id.in_(theirs))
    rows = tx.execute(people_of).all()
    people = prospects.by_ids(tx, [row.prospect_id for row in rows])
    numbers = _revisions(tx, stem)
    letters: dict[int, list[Any]] = {}
    for row in tx.execute(query):
        letters.setdefault(row.enrollment_id, []).append(row)
    return {
        row.prospect_id: Enrolled(
            id=row.id,
            prospect=people[row.prospect_id],
            status=row.status,
            mailbox=row.mailbox,
            language=row.language,
            sent=sent_letters(letters.get(row.id, []), numbers),
            open=_open(letters.get(row.id, [])),
        )
        for row in rows
    }


def members(tx: sa.Connection, stem: str) -> set[int]:
    """The ids of the prospects that a campaign has or had."""
    theirs = (enrollment.c.campaign == stem, enrollment.c.status != EnrollmentStatus.WITHDRAWN)
    return set(tx.execute(sa.select(enrollment.c.prospect_id).where(*theirs)).scalars())


def _revisions(tx: sa.Connection, stem: str) -> dict[int, int]:
    """The numbers of a campaign's revisions by id."""
    query = sa.select(revision.c.id, revision.c.number).where(revision.c.campaign == stem)
    return {row.id: row.number for row in tx.execute(query)}


def sent_letters(
    rows: Sequence[Any], numbers: Mapping[int, int] = MappingProxyType({})
) -> tuple[Earlier, ...]:
    """The letters of one enrollment that have been sent, in order; `numbers` are those of revisions by id."""
    sent = [row for row in rows if row.status == MessageStatus.SENT]
    return tuple(
        Earlier(row.letter, row.message_id, row.subject, row.sent_at, numbers.get(row.revision_id, 0))
        for row in sent
    )


def _open(rows: Sequence[Any]) -> Open | None:
    row = next((row for row in rows if row.status in OPEN_MESSAGE), None)
    if row is None:
        return None
    printed = fingerprint(row.letter, Content(row.subject, row.text, row.html), row.to_name)
    return Open(row.id, row.letter, printed, row.status, row.reason, row.due_at, row.opens_at, row.closes_at)


def to_advance(tx: sa.Connection, limit: int = 500) -> list[Enrolled]:
    """Active enrollments whose last letter has left: they need their next step."""
    query = sa.select(enrollment).where(enrollment.c.advance).order_by(enrollment.c.id).limit(limit)
    rows = tx.execute(query).all()
    people = prospects.by_ids(tx, [row.prospect_id for row in rows])
    found = []
    for row in rows:
        letters = tx.execute(
            sa.select(message)
            .where(message.c.enrollment_id == row.id)
            .order_by(message.c.sent_at, message.c.id)
        ).all()
        person, sent = people[row.prospect_id], sent_letters(letters)
        found.append(
            Enrolled(
                row.id, person, row.status, row.mailbox, row.language, sent, _open(letters), row.campaign
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan that was shown: its id, moment, and the digest of what it would do."""

    short_id: str
    campaign: str
    as_of: datetime
    digest: bytes


def show(tx: sa.Connection, short_ids: Sequence[str], stem: str, as_of: datetime, digest: bytes) -> str:
    """Remember a plan under the first id that is free; that id. Ids live for a day."""
    tx.execute(sa.delete(plan).where(plan.c.as_of < as_of - PLAN_LIVES))
    taken = set(tx.execute(sa.select(plan.c.short_id)).scalars())
    short_id = next(each for each in short_ids if each not in taken)
    row = {"short_id": short_id, "campaign": stem, "as_of": as_of, "digest": digest}
    tx.execute(sa.insert(plan), row)
    return short_id


def shown(tx: sa.Connection, short_id: str) -> Shown | None:
    """The plan with that id."""
    row = tx.execute(sa.select(plan).where(plan.c.short_id == short_id)).first()
    return Shown(row.short_id, row.campaign, row.as_of, bytes(row.digest)) if row else None
