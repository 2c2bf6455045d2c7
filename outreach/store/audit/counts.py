"""Promises about numbers: the caps' counters add up, and never went above what was allowed."""

from collections import Counter
from datetime import date, timedelta

import sqlalchemy as sa

from outreach.report.audit import Check
from outreach.schedule.zones import day_of
from outreach.store import settings
from outreach.store.audit.history import Counter_, Replay
from outreach.store.tables import campaign, event, usage

DAY = timedelta(days=1)


def checks(tx: sa.Connection, replayed: Replay) -> list[Check]:
    """The counters against the history, and against the limits in force."""
    kept: Counter_ = Counter(
        {(row.day, row.scope, row.name): row.letters for row in tx.execute(sa.select(usage))}
    )
    return [_add_up(kept, replayed), _within(tx, kept, replayed.zone)]


def _add_up(kept: Counter_, replayed: Replay) -> Check:
    off = {key: kept[key] - replayed.used[key] for key in {*kept, *replayed.used}}
    wrong: list[str] = []
    notes: list[str] = []
    for key, by in sorted((key, by) for key, by in off.items() if by):
        day, scope, name = key
        if scope == "company" and 0 < by <= replayed.erased[day]:
            continue  # letters to people who were erased: their company is forgotten
        told = f"{day} {scope} {name}: counted {kept[key]}, marked {replayed.used[key]}"
        (notes if _moved(off, day, scope, name) else wrong).append(told)
    return Check(
        "counters",
        "each day's counters are the marks of that day",
        len(kept),
        tuple(wrong),
        tuple(f"{each} (the neighbouring day makes up for it: another time zone then)" for each in notes),
    )


def _moved(off: dict[tuple[date, str, str], int], day: date, scope: str, name: str) -> bool:
    """Whether the days around make up for it: then `[sender] timezone` was another when they were counted."""
    return sum(off.get((day + DAY * step, scope, name), 0) for step in (-1, 0, 1)) == 0


def _within(tx: sa.Connection, kept: Counter_, zone: str) -> Check:
    """Days up to a later launch were perhaps under other limits: a note, no violation."""
    house = settings.house(tx)
    boxes = {desk.mailbox.address: desk.mailbox.per_day for desk in settings.desks(tx)}
    new = dict(tx.execute(sa.select(campaign.c.stem, campaign.c.new_per_day)).all())
    since = _limits_since(tx, zone)
    wrong: list[str] = []
    notes: list[str] = []
    for (day, scope, name), letters in sorted(kept.items()):
        limits = {
            "mailbox": boxes.get(name),
            "domain": house.limits.domain_per_day,
            "company": house.limits.company_per_day,
            "new": new.get(name),
        }
        limit = limits.get(scope)
        if limit is None or letters <= limit:
            continue
        told = f"{day} {scope} {name}: {letters} letters, {limit} allowed"
        if since is None or day > since:
            wrong.append(told)
        else:
            notes.append(f"{told} since the launch of {since}")
    promise = "no cap of mailbox, domain, company or campaign was exceeded"
    return Check("caps", promise, len(kept), tuple(wrong), tuple(notes))


def _limits_since(tx: sa.Connection, zone: str) -> date | None:
    """The day of the last launch by a person, if there was more than one: before it, limits may have differed."""
    query = sa.select(event.c.at).where(event.c.kind == "launched", event.c.actor != "sender")
    launches = tx.execute(query.order_by(event.c.id)).scalars().all()
    return day_of(launches[-1], zone) if len(launches) > 1 else None
