"""Phrase packs: the built-in ones are clean and fresh, and a pack with faults is told all of them."""

import tomllib
from dataclasses import replace

import pytest

from outreach.lint import builtin
from outreach.lint.index import indexed
from outreach.lint.packs import compile, duplicates
from outreach.lint.phrase import CATEGORIES, Phrase
from tests import packs

HEAD = 'language = "{}"\ncode = "SPM102"\n'
GOOD = '[[phrase]]\nmatch = ["act now"]\nrewrite = "Tell me by Friday."\nbad = ["Act now, please."]\n'


def compiled(text: str, language: str = "en") -> tuple[list[Phrase], list[str]]:
    """The phrases of a pack of one language, and its problems as lines."""
    source = HEAD.format(language) + text
    phrases, problems = compile("my.toml", tomllib.loads(source), source)
    return phrases, [f"{each.where}: {each.message}" for each in problems]


def test_the_built_in_packs_have_no_problems_and_fire_in_no_good_letter() -> None:
    sources, problems = packs.sources()
    assert [str(each) for each in (*problems, *packs.alarms(sources))] == []


def test_what_is_shipped_is_what_the_sources_say() -> None:
    sources, _ = packs.sources()
    every = [phrase for each in sources.values() for phrase in each]
    assert packs.SHIPPED.read_text(encoding="utf-8") == packs.shipped(every), "run: python -m tests.packs"
    for language in {phrase.language for phrase in every}:
        own = [replace(phrase, line=0) for phrase in every if phrase.language == language]
        assert builtin.phrases(language) == tuple(own)
    for path, text in packs.indexes(every).items():
        assert path.read_text(encoding="utf-8") == text, "run: python -m tests.packs"


def test_an_index_with_the_stems_of_another_stemmer_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("Stemmer.version", lambda: "0")
    made = builtin.pack.__wrapped__("tr")
    assert made.where == indexed(builtin.phrases("tr"))
    assert made.phrases() == builtin.phrases("tr")


def test_a_phrase_is_compiled_with_the_weight_of_its_category() -> None:
    (phrase,), problems = compiled(GOOD)
    assert problems == []
    assert (phrase.id, phrase.weight, phrase.line) == ("en/urgency/act now", CATEGORIES["SPM102"].weight, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("match", "macth"), "unknown key `macth`, did you mean `match`?"),
        (GOOD + 'scope = "header"', "no scope 'header'"),
        (GOOD + 'weight = "3"', "`weight` is '3'"),
        (GOOD + "weight = -1", "`weight` is -1"),
        (GOOD + 'good = "x"', "`good` is not a list of texts"),
        (GOOD + "not_before = [1]", "`not_before` is not a list of texts"),
        (GOOD + "hint = 3", "`hint` is not a text"),
        ('[[phrase]]\nmatch = ["act now"]', "no sentence in which it is found"),
        ('[[phrase]]\nbad = ["Act now."]', "no wording to find"),
        (GOOD.replace("act now", "act"), "`act` is too short"),
        (GOOD.replace('"act now"', '"act now", "# 1"'), "`# 1` is too short"),
        (GOOD.replace('"act now"', '"act now", "!"'), "`!` is too short"),
        (GOOD.replace('"act now"', '"act now", "act _"'), "`act _` begins or ends with any word"),
        (GOOD.replace("Act now, please", "Please act soon"), "en/urgency/act now is not found in"),
        (GOOD + 'good = ["They act now and then."]', "en/urgency/act now is found in"),
        (GOOD + 'not_before = ["!"]', "`!` guards against nothing"),
        (GOOD.replace('"act now"', '"act now", "(act/go now"'), "a parenthesis without its partner"),
        (GOOD.replace('"act now"', f'"{"(a/b) " * 30}"'), "more than 20000 wordings"),
        (GOOD.replace('"act now"', '"act now", "act (now/)"'), "`act` is too short"),
        (GOOD.replace('"act now"', ", ".join(f'"act now {n}"' for n in range(200))), "has 200 patterns"),
        ("phrase = 3", "`phrase` is not a list of tables"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, message: str) -> None:
    _, problems = compiled(text)
    assert any(message in each for each in problems), problems
    assert all(each.startswith("my.toml") for each in problems)
    assert "[[phrase]]" not in text or problems[0].startswith("my.toml:3: ")


def test_all_faults_of_a_file_are_told_at_once() -> None:
    _, problems = compiled('[[phrase]]\nmatch = ["a"]\nbad = ["b"]\n[[phrase]]\nmach = ["now"]\n')
    assert [each.split(":")[1] for each in problems] == ["3", "3", "6", "6", "6"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"language": "xx", "code": "SPM102"}, "no language 'xx' has packs"),
        ({"language": "en", "code": "SPM999"}, "no phrases have the code 'SPM999'"),
        ({"language": ["en"], "code": "SPM102"}, "no language ['en'] has packs"),
        ({"language": "en", "code": []}, "no phrases have the code []"),
        (
            {"language": "en", "code": "SPM102", "phrases": []},
            "unknown key `phrases`, did you mean `phrase`?",
        ),
    ],
)
def test_a_file_must_say_what_it_is(table: dict[str, object], message: str) -> None:
    phrases, problems = compile("my.toml", table)
    assert (phrases, [each.message for each in problems]) == ([], [message])


def test_a_single_word_must_be_meant() -> None:
    assert compiled('[[phrase]]\nmatch = ["hurry"]\nsingle = true\nbad = ["Hurry!"]')[1] == []
    assert compiled('[[phrase]]\nmatch = ["急"]\nsingle = true\nbad = ["急！"]', "zh")[1] == []
    assert "too short" in compiled('[[phrase]]\nmatch = ["急"]\nbad = ["急！"]', "zh")[1][0]


def test_two_phrases_may_not_share_a_wording() -> None:
    first, _ = compiled(GOOD)
    second, _ = compiled(GOOD.replace('"act now"', '"buy soon", "acting now"'))
    grouped, _ = compiled(GOOD.replace('"act now"', '"(buy/act) (soon/now)"'))
    assert len(duplicates([("a.toml", first), ("b.toml", grouped)])) == 1
    (found,) = duplicates([("a.toml", first), ("b.toml", second)])
    assert str(found.where) == "b.toml:3"
    assert found.message == "`acting now` says the same as a phrase of a.toml:3 (en/urgency/act now)"
    other = [replace(phrase, language="de") for phrase in second]
    assert duplicates([("a.toml", first), ("b.toml", other)]) == []
