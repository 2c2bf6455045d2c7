"""The tables. What the program promises stands here as unique indexes, so that no code can break it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT, OPEN_MESSAGE

SCHEMA = 6  # raised with every change of the tables
UPGRADES: dict[int, tuple[tuple[str, str, str], ...]] = {
    2: (("revision", "accepted", "TEXT DEFAULT '' NOT NULL"),),
    3: (),
    4: (
        ("message", "filed_at", "BIGINT"),
        ("answer", "later", "DATE"),
        ("answer", "corrected", "BOOLEAN DEFAULT FALSE NOT NULL"),
    ),
    5: (
        ("mailbox", "inbox_trouble", "TEXT DEFAULT '' NOT NULL"),
        ("answer", "done", "BOOLEAN DEFAULT FALSE NOT NULL"),
    ),
    6: (
        ("revision", "undone", "BOOLEAN DEFAULT FALSE NOT NULL"),
        ("campaign", "pilot", "BOOLEAN DEFAULT FALSE NOT NULL"),
    ),
}
"""The columns (table, name, type) that turn a store of the schema before into this one; new tables and indexes are
made by themselves.
"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

metadata = sa.MetaData()


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 UTC: one order in both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


# SQLite counts rows up by itself only for INTEGER keys.
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _key() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **{"server_default": "", **options})


def _when(name: str, *, optional: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, Instant, nullable=optional)


def _among(column: sa.Column[str], values: tuple[str, ...]) -> sa.ColumnElement[bool]:
    """A condition for a partial index: literal values, since an index takes no parameters."""
    return column.in_([sa.literal_column(f"'{value}'") for value in values])


def _unique_where(name: str, column: sa.Column[Any], where: sa.ColumnElement[bool]) -> sa.Index:
    return sa.Index(name, column, unique=True, sqlite_where=where, postgresql_where=where)


# One row: the store's identity, what it has marked, and the settings of the last launch.
house = sa.Table(
    "house",
    metadata,
    _text("id"),
    _text("key"),
    sa.Column("schema", sa.Integer, nullable=False),
    sa.Column("marks", Id, nullable=False),
    _text("home"),
    _text("limits"),
    _text("timezone"),
)

field = sa.Table("field", metadata, sa.Column("name", sa.Text, primary_key=True), _text("type"))

prospect = sa.Table(
    "prospect",
    metadata,
    _key(),
    _text("email", unique=True),
    _text("company", index=True),
    _text("fields"),
    _text("source"),
    _text("basis"),
    _when("created_at"),
    _when("updated_at"),
)

# Words that people are marked with: a person may have many.
tag = sa.Table(
    "tag",
    metadata,
    sa.Column("prospect_id", Id, sa.ForeignKey("prospect.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    _when("at", optional=False),
)

# Which column is which field, as a person said for a file with these headers.
mapping = sa.Table(
    "mapping",
    metadata,
    sa.Column("headers", sa.Text, primary_key=True),
    _text("fields"),  # JSON: header -> field
    _when("at", optional=False),
)

# What the program remembers of itself, such as the day of the last digest.
memo = sa.Table("memo", metadata, sa.Column("name", sa.Text, primary_key=True), _text("value"))

suppression = sa.Table(
    "suppression",
    metadata,
    _key(),
    _text("kind"),
    _text("value"),
    _text("hash", unique=True),
    _text("reason"),
    _when("at"),
)

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("stem", sa.Text, primary_key=True),
    _text("name"),
    _text("status"),
    sa.Column("revision_id", Id),
    sa.Column("new_per_day", sa.Integer),
    _text("joined_on"),
    _when("launched_at"),
    sa.Column("pilot", sa.Boolean, nullable=False, server_default=sa.false()),  # nobody joins at night
)

revision = sa.Table(
    "revision",
    metadata,
    _key(),
    _text("campaign"),
    sa.Column("number", sa.Integer, nullable=False),
    _text("files"),
    _text("accepted"),  # codes of the linter that the launch let through, with the reasons: JSON
    _when("at"),
    sa.Column("undone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("campaign", "number", name="one_revision_a_number"),
)

mailbox = sa.Table(
    "mailbox",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    _text("settings"),
    _when("last_slot"),
    _when("last_mark"),
    sa.Column("ramp_step", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ramp_day", sa.Date),
    sa.Column("troubled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("setbacks", sa.Integer, nullable=False, server_default="0"),
    _when("inbox_read_at"),
    _text("inbox_trouble"),  # why it could not be read the last time
)

enrollment = sa.Table(
    "enrollment",
    metadata,
    _key(),
    sa.Column("prospect_id", Id, sa.ForeignKey("prospect.id"), nullable=False, index=True),
    _text("campaign"),
    _text("company"),
    _text("mailbox"),
    _text("language"),
    _text("status"),
    _text("reason"),
    sa.Column("exclusive", sa.Boolean, nullable=False),
    sa.Column("advance", sa.Boolean, nullable=False, server_default=sa.false()),
    _when("created_at"),
    _when("updated_at"),
    sa.UniqueConstraint("campaign", "prospect_id", name="one_enrollment_a_campaign"),
)
_unique_where(
    "one_open_enrollment_a_prospect",
    enrollment.c.prospect_id,
    sa.and_(enrollment.c.exclusive, _among(enrollment.c.status, OPEN_ENROLLMENT)),
)
sa.Index(
    "enrollment_to_advance",
    enrollment.c.id,
    sqlite_where=enrollment.c.advance,
    postgresql_where=enrollment.c.advance,
)
sa.Index("enrollment_by_campaign", enrollment.c.campaign, enrollment.c.status)

message = sa.Table(
    "message",
    metadata,
    _key(),
    sa.Column("enrollment_id", Id, sa.ForeignKey("enrollment.id"), nullable=False),
    sa.Column("prospect_id", Id, sa.ForeignKey("prospect.id"), nullable=False, index=True),
    sa.Column("revision_id", Id, nullable=False),
    _text("campaign"),
    _text("letter"),
    sa.Column("first", sa.Boolean, nullable=False),
    _text("mailbox"),
    _text("company"),
    _text("message_id", unique=True),
    _text("thread"),
    _text("to_name"),
    _text("subject"),
    _text("text"),
    sa.Column("html", sa.Text),
    _text("status"),
    _text("reason"),
    _when("due_at", optional=False),
    _when("opens_at", optional=False),
    _when("closes_at", optional=False),
    sa.Column("token", sa.Text),
    sa.Column("worker_id", Id),
    _when("lease_until"),
    _when("marked_at"),
    _when("sent_at"),
    _when("first_try_at"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("raw", sa.LargeBinary),
    _when("filed_at"),  # when a copy was put into the mailbox's Sent folder
    sa.UniqueConstraint("enrollment_id", "letter", name="one_message_a_letter"),
)
_unique_where(
    "one_open_message_an_enrollment",
    message.c.enrollment_id,
    _among(message.c.status, OPEN_MESSAGE),
)
sa.Index(
    "message_queue",
    *(message.c.mailbox, message.c.status, message.c.first, message.c.due_at, message.c.id),
    *(message.c.opens_at, message.c.closes_at),
)
# Asked at each reading: who answers a letter's very subject, and which copies are to be filed.
sa.Index("message_subject", message.c.mailbox, message.c.subject)
sa.Index(
    "message_unfiled",
    *(message.c.mailbox, message.c.sent_at),
    sqlite_where=message.c.filed_at.is_(None),
    postgresql_where=message.c.filed_at.is_(None),
)
sa.Index("message_status", message.c.status, message.c.closes_at)
sa.Index("message_campaign", message.c.campaign, message.c.status)

delivery = sa.Table(
    "delivery",
    metadata,
    _key(),
    sa.Column("message_id", Id, sa.ForeignKey("message.id"), nullable=False, index=True),
    sa.Column("marked_at", Instant),
    _when("at", optional=False),
    _text("mailbox"),
    _text("outcome"),
    sa.Column("code", sa.Integer),
    _text("answer"),
)
sa.Index("delivery_at", delivery.c.at)
_unique_where(
    "one_accepted_delivery", delivery.c.message_id, delivery.c.outcome == sa.literal_column("'accepted'")
)

# What came back, once each: `fingerprint` is the same in every folder. `raw` is what was read of it.
answer = sa.Table(
    "answer",
    metadata,
    _key(),
    _text("mailbox"),
    _text("folder"),
    _text("fingerprint"),
    _when("at", optional=False),
    _text("sender"),
    _text("subject"),
    _text("header_id"),  # its own Message-ID
    sa.Column("raw", sa.LargeBinary),
    _text("kind"),
    _text("why"),
    _text("text"),
    _text("notices"),
    sa.Column("returns_on", sa.Date),
    _text("successor"),
    _text("intent"),
    _text("trouble"),
    sa.Column("prospect_id", Id, sa.ForeignKey("prospect.id"), index=True),
    sa.Column("message_id", Id, sa.ForeignKey("message.id"), index=True),
    _text("found_by"),
    sa.Column("waiting", sa.Boolean, nullable=False),
    sa.Column("later", sa.Date),  # the day from which it waits again
    sa.Column("corrected", sa.Boolean, nullable=False, server_default=sa.false()),  # by a person
    sa.Column("done", sa.Boolean, nullable=False, server_default=sa.false()),  # a person has seen to it
    sa.UniqueConstraint("mailbox", "fingerprint", name="one_answer_a_mail"),
)
sa.Index("answer_waiting", answer.c.id, sqlite_where=answer.c.waiting, postgresql_where=answer.c.waiting)

# How far a folder of a mailbox has been read (RFC 3501 2.3.1.1).
cursor = sa.Table(
    "cursor",
    metadata,
    sa.Column("mailbox", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, primary_key=True),
    sa.Column("validity", Id, nullable=False),
    sa.Column("uid", Id, nullable=False),
)

usage = sa.Table(
    "usage",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("letters", sa.Integer, nullable=False),
)

pause = sa.Table(
    "pause",
    metadata,
    _key(),
    _text("scope"),
    _text("name"),
    _text("reason"),
    _text("actor"),
    _when("at", optional=False),
    _when("until"),
    sa.UniqueConstraint("scope", "name", name="one_pause_a_thing"),
)

event = sa.Table(
    "event",
    metadata,
    _key(),
    _when("at", optional=False),
    _text("kind"),
    _text("actor"),
    _text("campaign"),
    sa.Column("prospect_id", Id, index=True),
    sa.Column("message_id", Id, index=True),
    _text("detail"),
)
sa.Index("event_campaign", event.c.campaign, event.c.id)

worker = sa.Table(
    "worker",
    metadata,
    _key(),
    _text("host"),
    _text("place"),
    sa.Column("pid", sa.Integer, nullable=False),
    _when("started_at", optional=False),
    _when("heartbeat_at", optional=False),
    _when("stopped_at"),
)

plan = sa.Table(
    "plan",
    metadata,
    _key(),
    _text("short_id", unique=True),
    _text("campaign"),
    _when("as_of", optional=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)
