"""Who matches campaigns is counted in one way through the people, however many campaigns there are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.model import Value
from outreach.segment import History, parse
from outreach.store import newcomers, people, prospects, tags
from tests.planning import MONDAY, Planning

BOB, EVA, TOM = "bob@acme.example", "eva@birch.example", "tom@cedar.example"


def test_all_campaigns_are_counted_at_once(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shops = Planning(store_url, tmp_path)
    shops.launch()
    shops.store.write(tags.put, [TOM], ["fair"], MONDAY)
    read, each = list[History](), people.each

    def counting(tx: sa.Connection, history: History) -> Iterator[tuple[int, dict[str, Value]]]:
        read.append(history)
        return each(tx, history)

    monkeypatch.setattr(people, "each", counting)

    def counted(tx: sa.Connection) -> dict[str, tuple[int, int]]:
        types = prospects.field_types(tx)
        texts = {
            "shops": "industry == 'retail' or tag('fair')",
            "other": "sent('any')",
            "all": "email like '%'",
        }
        conditions = {stem: parse(text, types=types) for stem, text in texts.items()}
        return newcomers.tally(tx, conditions, MONDAY)

    assert shops.store.read(counted) == {"shops": (3, 1), "other": (0, 0), "all": (3, 3)}
    assert len(read) == 1


def test_tags_are_put_once_and_only_on_people_who_are_there(store_url: str, tmp_path: Path) -> None:
    shops = Planning(store_url, tmp_path)
    assert shops.store.write(tags.put, [BOB, EVA, "nobody@x.example"], ["fair", "fair", "vip"], MONDAY) == 4
    assert shops.store.write(tags.put, [BOB, TOM], ["fair"], MONDAY) == 1
    assert shops.store.write(tags.put, [BOB, TOM], ["fair"], MONDAY) == 0
    assert shops.store.write(tags.put, [], ["fair"], MONDAY) == 0
    person = shops.store.read(prospects.get, BOB)
    assert person is not None
    assert shops.store.read(tags.of, person.id) == ["fair", "vip"]
