"""docs/json.md is the contract: what the program prints has the keys and types that stand there."""

import json
import re
from pathlib import Path
from typing import Any

from outreach.cli import COMMANDS
from tests.contract import DOCUMENT, STEPS, Scenario, joined, shape, shortened

SECTION = re.compile(r"^## `outreach (.+?)`\n\n```json\n(.*?)\n```$", re.DOTALL | re.MULTILINE)


def promised() -> dict[str, Any]:
    """Title -> example, as the document has them."""
    return {title: json.loads(example) for title, example in SECTION.findall(DOCUMENT.read_text("utf-8"))}


def test_every_command_prints_what_the_document_promises(tmp_path: Path) -> None:
    examples = promised()
    told = {title: shape(shortened(value)) for title, value in Scenario(tmp_path)}
    assert list(examples) == list(told)
    for title, example in examples.items():
        assert _keys(shape(example)) == _keys(told[title]), title
        joined(shape(example), told[title])  # a clash of types is an AssertionError


def _keys(form: Any) -> Any:
    if isinstance(form, dict):
        return {key: _keys(each) for key, each in form.items()}
    return [_keys(form[0])] if isinstance(form, list) and form[0] is not None else None


def test_every_command_that_shows_something_is_in_the_document() -> None:
    shown = {title.split()[0] for title, _ in STEPS}
    without = {"demo"}  # tests/test_demo.py
    assert {name for section in COMMANDS.values() for name in section} - shown == without
