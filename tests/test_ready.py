"""The tables shipped as JSON are those of the TOML files, and none is taken that is not."""

from pathlib import Path

import pytest

from outreach import data
from tests.ready import PACKS, made, ready, sources


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem)
def test_a_table_is_shipped_as_json_too(source: Path) -> None:
    assert ready(source).read_text(encoding="utf-8") == made(source), "run: python -m tests.ready"


def test_no_json_is_without_its_table() -> None:
    assert {ready(each) for each in sources()} == set((PACKS / "ready").rglob("*.json"))


def test_a_json_of_an_older_table_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packs = tmp_path / "packs"
    (packs / "ready").mkdir(parents=True)
    (packs / "words.toml").write_text('said = "new"')
    (packs / "ready" / "words.json").write_text('[1, {"said": "old"}]')
    monkeypatch.setattr(data, "files", lambda _: tmp_path)
    assert data.table.__wrapped__("words") == {"said": "new"}
