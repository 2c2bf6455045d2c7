"""docs/files.md has every key of the files, with the default that holds and an example that is taken."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from outreach.campaign import Campaign, LintSettings, Notify
from outreach.model import Limits, Mailbox, Sender, Step, Window
from outreach.workspace import campaigns, settings
from outreach.workspace.schema import Key

PAGE = (Path(__file__).parent.parent / "docs" / "files.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| `(.+?)` \| (.+) \|$", re.MULTILINE)
# heading -> the program's table of keys, what their defaults are those of, and fields of another name there
SECTIONS: Mapping[str, tuple[Mapping[str, Key], type | None, Mapping[str, str]]] = {
    "### `[sender]`": (settings._SENDER, Sender, {}),
    "### `[store]`": (settings._STORE, None, {}),
    "### `[[mailbox]]`": (settings._MAILBOX, Mailbox, {}),
    "### `[limits]`": (settings._LIMITS, Limits, {"cool_off": "cool_off_days"}),
    "### `[notify]`": (settings._NOTIFY, Notify, {}),
    "### `[lint]`": (settings._LINT, LintSettings, {}),
    "## campaigns/NAME.toml": (campaigns._CAMPAIGN, Campaign, {}),
    "### `[window]`": (campaigns._WINDOW, Window, {"from": "start", "to": "end"}),
    "### `[[step]]`": (campaigns._STEP, Step, {}),
}
CASES = [
    (heading, *row)
    for heading in SECTIONS
    for row in ROW.findall(PAGE.split(f"\n{heading}\n")[1].split("\n#")[0])
]


def literal(text: str) -> Any:
    """A value as TOML has it."""
    return tomllib.loads(f"value = {text}")["value"]


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_has_a_row_and_every_row_a_key(heading: str) -> None:
    known = {name for name, key in SECTIONS[heading][0].items() if not key.heading and name != "window"}
    assert {key for at, key, *_ in CASES if at == heading} == known


def test_every_table_has_a_section() -> None:
    named = {
        name for name in (*settings._TOP, "window", "step") if f"[{name}]`" in PAGE or f"[[{name}]]`" in PAGE
    }
    assert named == {*settings._TOP, "window", "step"}


@pytest.mark.parametrize(("heading", "key", "default", "example", "said"), CASES)
def test_the_example_is_taken_and_the_default_is_the_programs(
    heading: str, key: str, default: str, example: str, said: str
) -> None:
    table, kind, renamed = SECTIONS[heading]
    assert said
    table[key].parse(literal(example))
    if kind is None:  # a workspace without [store] has this one
        assert literal(default.strip("`")) == settings._DEFAULT_STORE
        return
    assert (default == "needed") == table[key].required
    field = next((each for each in fields(kind) if each.name == renamed.get(key, key)), None)
    if default == "none":
        # A campaign's `start` is kept in its window.
        assert field is None or not field.default or field.default == Step("any").after
    elif default != "needed":
        assert field is not None
        assert table[key].parse(literal(default.strip("`"))) == field.default
