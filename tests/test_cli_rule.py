"""`outreach rule`: what a rule says, in full or in a table, and as JSON."""

import pytest

from outreach.lint import RULES
from outreach.report.lines import width
from tests.cli import Shell

PACK = """\
language = "en"
code = "OWN101"

[rule]
name = "old-name"
level = "error"
finds = "the old name of our product"
why = "It was renamed."
source = "our brand book"
fix = "write Harbour Rack"

[[phrase]]
match = ["dock rack"]
bad = ["The dock rack holds 230 kg."]
"""


@pytest.mark.parametrize("code", ["SPM103", "spm103"])
def test_a_rule_in_full_says_what_why_and_how_with_both_examples(shell: Shell, code: str) -> None:
    out = shell.ok("rule", code)
    assert out.startswith("SPM103 free-bait (warning)\n")
    headings = [line for line in out.splitlines() if line and not line.startswith(" ")][1:]
    assert headings == ["Finds", "Why", "Source", "How to mend it", "Bad", "Good"]


def test_a_gate_is_called_one(shell: Shell) -> None:
    assert "a gate: only a launch lets it through (--accept)" in " ".join(shell.ok("rule", "MRG601").split())


def test_the_beginning_of_codes_means_all_of_them_once(shell: Shell) -> None:
    value = shell.json("rule", "SUB", "SUB001")
    assert [each["code"] for each in value] == [code for code in RULES if code.startswith("SUB")]


def test_the_table_has_every_rule(shell: Shell) -> None:
    out = shell.ok("rule")
    assert {line.split()[0] for line in out.splitlines() if line[3:6].isdigit()} == set(RULES)
    assert {each["code"] for each in shell.json("rule")} == set(RULES)


def test_no_line_is_wider_than_a_screen(shell: Shell) -> None:
    for out in (shell.ok("rule"), shell.ok("rule", *RULES)):
        assert [line for line in out.splitlines() if width(line) > 80] == []


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("SPM10", None), ("SPN103", "SPM103"), ("SPAM", "SPM"), ("ZZ9", "")],
)
def test_a_typo_is_told_with_what_was_meant(shell: Shell, typo: str, meant: str | None) -> None:
    code, _, err = shell.run("rule", typo)
    assert (code, "no rule" in err) == ((0, False) if meant is None else (1, True))
    if meant:
        assert f"no rule {typo}, did you mean `{meant}`?" in err


def test_a_rule_of_ones_own_is_among_them(shell: Shell) -> None:
    shell.fill()
    shell.write("packs/ours.toml", PACK)
    main = (shell.folder / "outreach.toml").read_text()
    shell.write("outreach.toml", f'{main}\n[lint]\npacks = ["packs/ours.toml"]\n')
    assert "OWN  your own\n" in shell.ok("rule")
    out = shell.ok("rule", "OWN101")
    assert out.startswith("OWN101 old-name (error)\n\nFinds\n  the old name of our product\n")
    assert "Bad" not in out  # its examples are sentences of its phrases
