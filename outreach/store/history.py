"""What has happened to people, as conditions ask for it: letters that have left, tags, campaigns, replies."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from outreach.model import EnrollmentStatus, FieldType, Kind, MessageStatus
from outreach.segment import Fact, History
from outreach.segment.history import ANY, CAMPAIGN, FUNCTIONS, LETTER, TAG
from outreach.store.tables import (
    EPOCH,
    MICROSECOND,
    answer,
    campaign,
    enrollment,
    event,
    message,
    prospect,
    tag,
)

LEFT = (MessageStatus.SENT, MessageStatus.SENDING, MessageStatus.UNCERTAIN)
"""Statuses of letters that have left, or may have: who asks is not to write twice."""
_DAY = timedelta(days=1) // MICROSECOND
_WHO = enrollment.c.prospect_id.label("who")
_BY_MAIL = sa.select(answer.c.prospect_id.label("who"), message.c.campaign.label("name")).outerjoin(
    message, message.c.id == answer.c.message_id
)
"""Who has written a mail, and about which campaign (NULL where that is not known)."""
_QUERIES = {
    "tag": sa.select(tag.c.prospect_id.label("who"), tag.c.name.label("name")).subquery(),
    "campaign": sa.select(_WHO, enrollment.c.campaign.label("name"))
    .where(enrollment.c.status != EnrollmentStatus.WITHDRAWN)
    .subquery(),
    "replied": sa.union_all(
        sa.select(_WHO, enrollment.c.campaign.label("name")).where(
            enrollment.c.status == EnrollmentStatus.REPLIED
        ),
        _BY_MAIL.where(answer.c.kind == Kind.REPLY, answer.c.prospect_id.is_not(None)),
    ).subquery(),
}
"""Of each function: who it is true of, by name."""
_NAMED = {LETTER: message.c.letter, TAG: tag.c.name, CAMPAIGN: campaign.c.stem}


class Past:
    """The history of everybody, of one company's people, or of one person, inside one read."""

    def __init__(self, tx: sa.Connection, *, company: str | None = None, person: int | None = None) -> None:
        self._tx = tx
        self._whom: sa.ScalarSelect[int] | list[int] | None = None
        if company is not None:
            self._whom = sa.select(prospect.c.id).where(prospect.c.company == company).scalar_subquery()
        if person is not None:
            self._whom = [person]

    def names(self, about: str) -> Collection[str]:
        """The letters that were ever written to somebody, the tags that somebody has, the campaigns launched."""
        found = set(self._tx.execute(sa.select(_NAMED[about]).distinct()).scalars())
        return found | {old for _, old in self._renamed()} if about == LETTER else found

    def of(self, facts: Iterable[Fact], as_of: datetime) -> History:
        """The answers as of a moment: one query for letters, one each for the other functions that are asked."""
        wanted = set(facts)
        flags: dict[str, Collection[int]] = {}
        days: dict[str, dict[int, int]] = {}
        letters = {fact for fact in wanted if FUNCTIONS[fact.function].about == LETTER}
        left = self._left({fact.name for fact in letters}) if letters else {}
        now = (as_of - EPOCH) // MICROSECOND
        for fact in letters:
            when = left[fact.name]
            if FUNCTIONS[fact.function].kind is FieldType.BOOLEAN:
                flags[fact.key] = when.keys()
            else:
                days[fact.key] = {who: max(0, (now - at) // _DAY) for who, at in when.items()}
        for function, query in _QUERIES.items():
            asked = {fact for fact in wanted if fact.function == function}
            if asked:
                found = self._having(query, {fact.name for fact in asked})
                flags |= {fact.key: found[fact.name] for fact in asked}
        return History(flags, days)

    def _left(self, names: set[str]) -> dict[str, dict[int, int]]:
        """Of each letter (ANY: of all), to whom it left, and when it last did, in microseconds since EPOCH.

        Plain numbers and one loop: there may be millions of letters.
        """
        renamed = self._meant(names)
        at = sa.type_coerce(sa.func.coalesce(message.c.sent_at, message.c.marked_at), sa.BigInteger)
        query = sa.select(message.c.prospect_id, message.c.campaign, message.c.letter, at).where(
            message.c.status.in_(LEFT), *self._only(message.c.prospect_id)
        )
        if ANY not in names:
            query = query.where(message.c.letter.in_(names.union(letter for _, letter in renamed)))
        found: dict[str, dict[int, int]] = {name: {} for name in names}
        every = [found[ANY]] if ANY in names else []
        own = {name: [found[name], *every] for name in names - {ANY}}
        more = {
            (stem, letter): [*own.get(letter, every), *(found[name] for name in olds)]
            for (stem, letter), olds in renamed.items()
        }
        for who, stem, letter, when in self._tx.execute(query.execution_options(yield_per=5000)):
            for last in more.get((stem, letter)) or own.get(letter, every):
                if last.get(who, 0) < when:
                    last[who] = when
        return found

    def _meant(self, names: set[str]) -> dict[tuple[str, str], list[str]]:
        """Campaign and letter as it is called there today -> the older names of it that are asked for.

        A letter that one campaign has renamed is still the same letter there, and a letter of that new name
        elsewhere another one.
        """
        renamed, meant = self._renamed(), dict[tuple[str, str], list[str]]()
        for stem, name in renamed:
            if name not in names:
                continue
            today, seen = {name}, set[str]()
            while today - seen:
                seen |= today
                today = today.union(*(renamed.get((stem, each), ()) for each in today))
            for each in today - {name}:
                meant.setdefault((stem, each), []).append(name)
        return meant

    def _renamed(self) -> dict[tuple[str, str], set[str]]:
        """Campaign and old name of a letter -> what launches have called it there since."""
        these = (event.c.prospect_id.is_(None), event.c.kind == "renamed")
        found: dict[tuple[str, str], set[str]] = {}
        for stem, detail in self._tx.execute(sa.select(event.c.campaign, event.c.detail).where(*these)):
            change = json.loads(detail)
            found.setdefault((stem, change["old"]), set()).add(change["new"])
        return found

    def _having(self, having: sa.Subquery, names: set[str]) -> dict[str, set[int]]:
        """Name (ANY: some name) -> who has it."""
        query = sa.select(having.c.who, having.c.name).where(*self._only(having.c.who))
        if ANY not in names:
            query = query.where(having.c.name.in_(names))
        found: dict[str, set[int]] = {name: set() for name in names}
        for who, name in self._tx.execute(query.execution_options(yield_per=5000)):
            for each in (name, ANY):
                if each in found:
                    found[each].add(who)
        return found

    def _only(self, people: sa.ColumnElement[int]) -> tuple[sa.ColumnElement[bool], ...]:
        return () if self._whom is None else (people.in_(self._whom),)
