"""Opening a store: its place, its identity, its tables as this version of the program has them."""

import secrets
from pathlib import Path

import sqlalchemy as sa

from outreach.errors import StoreError
from outreach.store import tables


def place(tx: sa.Connection) -> str:
    """What tells this database from a copy of it: the file's path, or the database's number on its server."""
    if tx.dialect.name == "sqlite":
        return str(Path(tx.engine.url.database or "").resolve())
    query = "SELECT datname || '/' || oid FROM pg_database WHERE datname = current_database()"
    return str(tx.exec_driver_sql(query).scalar_one())


def prepare(tx: sa.Connection, here: str) -> tuple[str, bytes]:
    """The store's id and key; makes all tables and a new identity in an empty database."""
    tables.metadata.create_all(tx)
    row = tx.execute(sa.select(tables.house)).first()
    if row is None:
        identity = {"id": secrets.token_hex(8), "key": secrets.token_hex(32)}
        tx.execute(sa.insert(tables.house), {**identity, "schema": tables.SCHEMA, "marks": 0, "home": here})
        return identity["id"], bytes.fromhex(identity["key"])
    if row.schema > tables.SCHEMA:
        raise StoreError(
            "this store was made by a newer version of outreach", hint="pip install --upgrade outreach"
        )
    for version in range(row.schema + 1, tables.SCHEMA + 1):
        for table, name, kind in tables.UPGRADES[version]:
            if name not in {column["name"] for column in sa.inspect(tx).get_columns(table)}:  # made just now
                tx.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
        tx.execute(sa.update(tables.house).values(schema=version))
    if row.schema < tables.SCHEMA:
        for index in (each for table in tables.metadata.sorted_tables for each in table.indexes):
            index.create(tx, checkfirst=True)
    return row.id, bytes.fromhex(row.key)
