"""Finished letters as JSON Lines: each row scored, each bad row told, nothing kept in memory."""

import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from outreach.errors import Problem
from outreach.lint import Level, Selection, linter
from outreach.lint.batch import Row, rows
from tests.cli import Shell

GOOD = "Hello Anna,\n\nI am Paul Weston from Northwind Shelving. We make shelving for shops in York.\n"
SPAM = {"id": "s", "subject": "Act now!!!", "text": "Dear friend, click here, this is risk free!!!"}


def lines(*values: Any) -> list[bytes]:
    return [json.dumps(value).encode() + b"\n" for value in values]


def scored(shell: Shell, *values: Any, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The rows that come out for these."""
    shell.folder.joinpath("letters.jsonl").write_bytes(b"".join(lines(*values)))
    out = shell.ok("lint", "--batch", "letters.jsonl", "--format", "json", *options)
    return [json.loads(line) for line in out.splitlines()]


def test_each_letter_gives_a_row_in_order(shell: Shell) -> None:
    found = scored(shell, {**SPAM, "id": 7}, {"id": [1], "subject": "Shelving", "text": GOOD}, {"text": GOOD})
    assert [each["id"] for each in found] == [7, [1], None]
    assert found[0]["spam"] > 50 > found[1]["spam"]
    assert all(set(each) == {"id", "spam", "craft", "findings"} for each in found)
    assert {"SUB005", "SPM103"} <= {each["code"] for each in found[0]["findings"]}


def test_places_count_characters_of_the_part(shell: Shell) -> None:
    html = "<p>Dear friend,</p><p>click <b>here</b>, this is risk&nbsp;free!!!</p>"
    letters = (SPAM, {"id": "h", "subject": "Shelving", "html": html}, {**SPAM, "html": html})
    for given, got in zip(letters, scored(shell, *letters), strict=True):
        assert got["findings"]
        for each in got["findings"]:
            assert 0 <= each["start"] <= each["end"] <= len(str(given.get(each["part"], "")))
    free = next(each for each in scored(shell, SPAM)[0]["findings"] if "risk free" in each["message"])
    assert SPAM["text"][free["start"] : free["end"]] == "risk free"


def test_a_letter_of_html_alone_is_judged_by_what_it_shows(shell: Shell) -> None:
    (found,) = scored(shell, {"id": 1, "subject": "Hi", "html": "<p>This is risk free</p><p>for you</p>"})
    codes = {each["code"]: each for each in found["findings"]}
    assert {"FMT209", "SPM103"} <= set(codes)
    assert (codes["SPM103"]["part"], codes["SPM103"]["start"]) == ("html", 11)
    assert codes["FMT209"]["message"] == "the HTML has no text part"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (b"{", "not JSON: "),
        (b'"text"', "the row is no object"),
        (b"[1]", "the row is no object"),
        (b'{"text": 5}', "`text` is no text"),
        (b'{"html": ["x"]}', "`html` is no text"),
        (b'{"text": "\xff"}', "not JSON in UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b"1" * 10_000, "not JSON"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_others_are_scored(
    shell: Shell, row: bytes, message: str
) -> None:
    good = lines({"id": 1, "text": GOOD}, {"id": 2, "text": GOOD})
    shell.folder.joinpath("letters.jsonl").write_bytes(b"\n".join((good[0].strip(), b" ", row, good[1])))
    code, out, err = shell.run("lint", "--batch", "letters.jsonl", "--format", "json")
    assert (code, [json.loads(line)["id"] for line in out.splitlines()]) == (1, [1, 2])
    assert err.startswith(f"letters.jsonl:3: {message}")
    assert all(len(line) < 250 for line in err.splitlines())


def test_halves_of_characters_go_in_and_out(shell: Shell) -> None:
    odd = {"id": "\ud800", "subject": "\udfff", "text": "Hello \ud83d, risk free\n", "html": "<p>\ud800</p>"}
    assert scored(shell, odd)[0]["id"] == "\ud800"
    assert shell.ok("lint", "--batch", "letters.jsonl").startswith('"\\ud800"  spam ')


def test_the_text_has_a_line_a_letter(shell: Shell) -> None:
    scored(shell, SPAM, {"id": "a\nb", "subject": "Shelving", "text": GOOD})
    out = shell.ok("lint", "--batch", "letters.jsonl").splitlines()
    assert [line.split("  spam ")[0] for line in out] == ["s", '"a\\nb"']
    assert "SPM103" in out[0]


def test_what_is_not_selected_is_hidden_and_counts(shell: Shell) -> None:
    every, some = (
        scored(shell, SPAM, options=options)[0] for options in ((), ("--select", "SUB", "--ignore", "SUB005"))
    )
    assert {each["code"][:3] for each in some["findings"]} <= {"SUB"}
    assert "SUB005" not in {each["code"] for each in some["findings"]}
    assert (some["spam"], some["craft"]) == (every["spam"], every["craft"])


@pytest.mark.parametrize(("more", "false"), [({}, True), ({"in_reply_to": "<1@x.example>"}, False)])
def test_an_answer_may_say_re(shell: Shell, more: dict[str, str], false: bool) -> None:
    (found,) = scored(shell, {"subject": "Re: Shelving", "text": GOOD, **more})
    assert ("SUB006" in {each["code"] for each in found["findings"]}) is false


def test_a_follow_up_needs_no_subject(shell: Shell) -> None:
    first, later = scored(shell, {"subject": "Shelving", "text": GOOD}, {"text": GOOD, "first": False})
    assert len(later["findings"]) <= len(first["findings"])


def test_standard_input_is_read_too(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"".join(lines(SPAM)))))
    assert shell.json("lint", "--batch", "-")["id"] == "s"


def test_rows_are_read_as_they_are_asked_for() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield from lines({"id": 1, "text": GOOD})

    (one, two) = islice(rows(endless()), 2)
    assert isinstance(one, Row)
    assert isinstance(two, Row)
    assert one.linted(linter(()), Selection()).words > 10


@pytest.mark.parametrize("row", [b"{}", b'{"subject": "", "text": " \\n"}', b'{"html": "<p> </p>"}'])
def test_an_empty_letter_is_no_clean_one(row: bytes) -> None:
    (read,) = rows([row])
    assert not isinstance(read, Problem)
    report = read.linted(linter(()), Selection(select=("STR401",)))
    assert [(each.level, each.message) for each in report.findings] == [
        (Level.ERROR, "the letter has no text")
    ]


@pytest.mark.parametrize(
    "more", [("shops",), ("--fix",), ("--diff",), ("--statistics",), ("--format", "sarif")]
)
def test_what_does_not_go_with_a_batch_is_wrong_usage(shell: Shell, more: tuple[str, ...]) -> None:
    assert shell.run("lint", "--batch", "letters.jsonl", *more)[0] == 2


def test_a_file_that_is_not_there_is_told(shell: Shell) -> None:
    code, _, err = shell.run("lint", "--batch", "letters.jsonl")
    assert (code, err.splitlines()[0]) == (
        1,
        "error: letters.jsonl cannot be read: No such file or directory",
    )


@pytest.mark.parametrize(
    "row", [b'{"subject": false}', b'{"text": 0}', b'{"html": []}', b'{"id": NaN, "text": "x"}']
)
def test_a_row_that_is_no_letter_does_not_cost_those_after_it(shell: Shell, row: bytes) -> None:
    shell.folder.joinpath("letters.jsonl").write_bytes(row + b"\n" + lines({"id": "after", "text": GOOD})[0])
    code, out, err = shell.run("lint", "--batch", "letters.jsonl", "--format", "json")
    assert code == 1
    assert json.loads(out)["id"] == "after"
    assert "letters.jsonl:1: " in err
