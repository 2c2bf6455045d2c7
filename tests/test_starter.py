"""The starter kit: three trades in four languages, letters without a finding, and people who show what holds."""

import re
from pathlib import Path

import pytest

from outreach import workspace
from outreach.campaign import Workspace
from tests.cli import Shell

TRADES = ("retail-shelving", "cold-rooms", "rack-inspection")
LANGUAGES = ("", "ru", "kk", "zh")
KAZAKH = frozenset("әғқңөұүһі")
_WORD = re.compile(r"[^\W\d_]+")


@pytest.fixture
def starter(shell: Shell) -> Workspace:
    shell.ok("init")
    shell.ok("prospects", "import", "campaigns/prospects.csv")
    return workspace.load(shell.folder)


def test_each_trade_has_a_first_letter_and_two_more_in_every_language(starter: Workspace) -> None:
    for stem in TRADES:
        steps = starter.campaigns[stem].steps
        assert len(steps) == 3
        for step in steps:
            assert set(LANGUAGES) <= set(starter.letters[step.letter])


def test_no_letter_has_a_finding_not_even_a_note(starter: Workspace, shell: Shell) -> None:
    found = shell.json("lint", "--strict")
    assert found["findings"] == []
    for stem in starter.campaigns:
        assert shell.json("lint", stem, "--strict")["findings"] == []


@pytest.mark.parametrize("language", ["", "ru", "kk", "zh", "de"])
def test_letters_are_short_and_follow_ups_no_longer_than_the_first(starter: Workspace, language: str) -> None:
    for stem in TRADES:
        sizes = [_size(starter, step.letter, language) for step in starter.campaigns[stem].steps]
        assert all(size <= 150 if language == "zh" else size <= 120 for size in sizes), (stem, sizes)
        assert max(sizes[1:]) <= sizes[0] * 1.05, (stem, sizes)


def test_follow_ups_say_something_new(starter: Workspace) -> None:
    """No long sentence stands in two letters of a campaign."""
    for language in LANGUAGES:
        for stem in TRADES:
            seen: dict[str, str] = {}
            for step in starter.campaigns[stem].steps:
                letter = starter.letters[step.letter][language]
                for sentence in re.split(r"(?<=[.!?。！？])\s*|\n", _bare(letter.source)):
                    if len(sentence) > 60 or (language == "zh" and len(sentence) > 30):
                        assert seen.setdefault(sentence, letter.file) == letter.file, sentence


def test_each_letter_is_written_in_its_own_language(starter: Workspace) -> None:
    for stem in TRADES:
        for step in starter.campaigns[stem].steps:
            texts = {tag: _bare(starter.letters[step.letter][tag].source) for tag in LANGUAGES}
            assert not re.search(r"[Ѐ-ӿ一-鿿]", texts[""])
            assert not KAZAKH & set(texts["ru"].lower())
            assert len(KAZAKH & set(texts["kk"].lower())) >= 6
            assert not re.search(r"[一-鿿][,.?!:;]", texts["zh"])  # full-width marks after Chinese
            for tag in ("ru", "kk"):
                mixed = [word for word in _WORD.findall(texts[tag]) if _scripts(word) > 1]
                assert mixed == [], texts[tag]
            assert " вы " not in texts["ru"]
            assert " сіз " not in texts["kk"]


def test_the_letters_for_a_list_of_ones_own_need_nothing_but_an_address(starter: Workspace) -> None:
    campaign = starter.campaigns["fair"]
    assert campaign.segment == "tag('fair-2026')"
    for step in campaign.steps:
        (letter,) = starter.letters[step.letter].values()
        assert {name for name in letter.required if not name.startswith("sender_")} == set()


def test_everybody_gets_a_letter_in_their_own_language_or_is_held_with_a_reason(
    starter: Workspace, shell: Shell
) -> None:
    for stem in TRADES:
        plan = shell.json("plan", stem)
        assert len(plan["new"]) >= 8
    held = {each["email"]: each["reason"] for each in plan["held"]}
    assert held == {"claire@eastportcold.example": "no city", "e.ivanova@karavanlog.example": "no city"}
    for stem, email, opening in (
        ("retail-shelving", "aigerim@altynmarket.example", "Құрметті Айгерім ханым!"),
        ("cold-rooms", "o.kim@vostokmeat.example", "Уважаемая Ольга Викторовна!"),
        ("rack-inspection", "zhao.min@ganghuilog.example", "尊敬的赵先生："),
        ("cold-rooms", "rob@dalesdairy.example", "Dear Mr Hartley,"),
    ):
        assert opening in shell.ok("preview", stem, "--prospect", email, "--step", "1")


def test_people_of_the_starter_are_invented(starter: Workspace) -> None:
    rows = (Path(starter.root) / "campaigns/prospects.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(row.partition(",")[0].endswith(".example") for row in rows)


def _bare(source: str) -> str:
    """A letter's words: no header, no expressions."""
    return re.sub(r"\{[{%#].*?[%}#]\}", "", source.partition("\n\n")[2], flags=re.DOTALL)


def _size(starter: Workspace, stem: str, language: str) -> int:
    """Words, or Chinese characters."""
    letter = starter.letters[stem].get(language)
    body = _bare(letter.source) if letter else ""
    return len(re.findall(r"[一-鿿]", body)) if language == "zh" else len(body.split())


def _scripts(word: str) -> int:
    """How many of Latin and Cyrillic a word is written in."""
    return bool(re.search(r"[A-Za-z]", word)) + bool(re.search(r"[Ѐ-ӿ]", word))
