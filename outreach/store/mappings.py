"""Which column is which field, as people have said it: remembered for every set of headers."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b

import sqlalchemy as sa

from outreach.store.tables import mapping


def digest(headers: Iterable[str]) -> str:
    """What stands for a set of headers, in whatever order they come."""
    return blake2b("\n".join(sorted(headers)).encode("utf-8", "replace"), digest_size=16).hexdigest()


def recall(tx: sa.Connection, headers: str) -> dict[str, str] | None:
    """Header -> field ("" leaves it out), as kept for that digest; None where no such file was imported yet."""
    stored = tx.execute(sa.select(mapping.c.fields).where(mapping.c.headers == headers)).scalar()
    return None if stored is None else {str(name): str(field) for name, field in json.loads(stored).items()}


def keep(tx: sa.Connection, headers: str, fields: Mapping[str, str], now: datetime) -> None:
    """Remember what was said about a set of headers; the newest word holds."""
    text = json.dumps(dict(fields), sort_keys=True)
    values = {"fields": text, "at": now}
    found = sa.update(mapping).where(mapping.c.headers == headers)
    if not tx.execute(found.values(**values)).rowcount:
        tx.execute(sa.insert(mapping), {"headers": headers, **values})
