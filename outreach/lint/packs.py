"""Phrase packs: a table of phrases becomes phrases, or a list of everything that is wrong with it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outreach.errors import Problem, did_you_mean, problem
from outreach.lint.characters import key
from outreach.lint.index import pack
from outreach.lint.language import LANGUAGES
from outreach.lint.match import Matcher, words_of
from outreach.lint.normal import fold
from outreach.lint.phrase import (
    ANY,
    CATEGORIES,
    CHARACTER_LANGUAGES,
    Phrase,
    category,
    count_wordings,
    edges,
    wordings,
)

SCOPES = ("subject", "body", "ask")

_FEWEST_WORDS = 2
_FEWEST_LETTERS = 4
_FEWEST_CHARACTERS = 2
_MOST_PATTERNS = 150
_MOST_WORDINGS = 20_000  # of one pattern; groups multiply
_GROUPED = "words that change places as one pattern: `(buy/order) (now/today)`"
_TEXTS = ("match", "not_before", "not_after", "bad", "good")
_STRINGS = ("scope", "hint", "rewrite")
_KEYS = (*_TEXTS, *_STRINGS, "weight", "single")
_GROUP = re.compile(r"\([^()]*\)")
_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*phrase[ \t]*\]\]", re.MULTILINE)


def compile(
    file: str, table: Mapping[str, Any], text: str = "", *, own: str = ""
) -> tuple[list[Phrase], list[Problem]]:
    """The phrases of one pack file, and everything that is wrong with it.

    `table` is the file as TOML reads it, `text` its source: with it problems know their line. A phrase with
    a problem is still among the phrases where it can be searched for at all. `own` is a code beside the
    built-in ones that the file may have.
    """
    pack = _Pack(file, [text.count("\n", 0, each.start()) + 1 for each in _TABLE.finditer(text)])
    language, code = table.get("language", ""), table.get("code", "")
    for name in table.keys() - {"language", "code", "phrase"}:
        pack.wrong(f"unknown key `{name}`{did_you_mean(name, ('language', 'code', 'phrase'))}")
    if language not in LANGUAGES:
        pack.wrong(f"no language {language!r} has packs", f"one of {', '.join(LANGUAGES)}")
    if code not in (*CATEGORIES, own):
        pack.wrong(f"no phrases have the code {code!r}", f"one of {', '.join(CATEGORIES)}")
    if pack.problems:
        return [], pack.problems
    entries = table.get("phrase", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        pack.wrong("`phrase` is not a list of tables", "begin each with [[phrase]]")
        return [], pack.problems
    for number, entry in enumerate(entries):
        pack.read(number, entry, code, language)
    return pack.phrases, pack.problems


def duplicates(packs: Iterable[tuple[str, Sequence[Phrase]]]) -> list[Problem]:
    """Patterns that two phrases of one language share; `packs` are (file, its phrases)."""
    first: dict[tuple[str, tuple[str, ...]], tuple[str, Phrase]] = {}
    found = []
    for file, phrases in packs:
        for phrase in phrases:
            for pattern in phrase.patterns:
                for wording in wordings(pattern):
                    same = (phrase.language, _compared(wording, phrase.language))
                    owner, other = first.setdefault(same, (file, phrase))
                    if other is not phrase:
                        message = (
                            f"`{wording}` says the same as a phrase of {owner}:{other.line} ({other.id})"
                        )
                        found.append(problem(message, hint="keep one", file=file, line=phrase.line))
    return found


def _compared(wording: str, language: str) -> tuple[str, ...]:
    return tuple(key(wording)) if language in CHARACTER_LANGUAGES else edges(wording, language)


@dataclass
class _Pack:
    """One file while it is read."""

    file: str
    lines: Sequence[int]
    phrases: list[Phrase] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    line: int = 0

    def wrong(self, message: str, hint: str = "") -> None:
        self.problems.append(problem(message, hint=hint, file=self.file, line=self.line))

    def read(self, number: int, entry: Mapping[str, Any], code: str, language: str) -> None:
        """One table of the file."""
        self.line = self.lines[number] if number < len(self.lines) else 0
        before = len(self.problems)
        self._shape(entry)
        for pattern in entry.get("match", ()) if len(self.problems) == before else ():
            if count_wordings(pattern) > _MOST_WORDINGS:
                self.wrong(
                    f"`{pattern:.60}` stands for more than {_MOST_WORDINGS} wordings", "leave groups out"
                )
        if len(self.problems) > before:
            return
        phrase = Phrase(
            code,
            language,
            tuple(entry["match"]),
            entry.get("weight", category(code).weight),
            entry.get("scope", ""),
            tuple(entry.get("not_before", ())),
            tuple(entry.get("not_after", ())),
            entry.get("hint", ""),
            entry.get("rewrite", ""),
            self.line,
        )
        if len(phrase.patterns) > _MOST_PATTERNS:
            self.wrong(f"{phrase.id} has {len(phrase.patterns)} patterns", f"write {_GROUPED}")
        for pattern in phrase.patterns:
            self._pattern(pattern, language, bool(entry.get("single")))
        for guard in (*phrase.not_before, *phrase.not_after):
            if not all(_compared(wording, language) for wording in wordings(guard)):
                self.wrong(
                    f"`{guard}` guards against nothing", "a guard is words that stand beside the phrase"
                )
        self.phrases.append(phrase)
        self._examples(phrase, entry)

    def _shape(self, entry: Mapping[str, Any]) -> None:
        """Whether every key is known and holds what it should."""
        for name in entry.keys() - set(_KEYS):
            self.wrong(f"unknown key `{name}`{did_you_mean(name, _KEYS)}")
        for name in (each for each in _TEXTS if each in entry):
            texts = entry[name]
            if not isinstance(texts, list) or not all(
                isinstance(each, str) and each.strip() for each in texts
            ):
                self.wrong(f"`{name}` is not a list of texts", f'write {name} = ["...", "..."]')
        for name in (each for each in _STRINGS if not isinstance(entry.get(each, ""), str)):
            self.wrong(f"`{name}` is not a text")
        if entry.get("scope", SCOPES[0]) not in SCOPES:
            self.wrong(f"no scope {entry['scope']!r}", f"one of {', '.join(SCOPES)}; without it: anywhere")
        weight = entry.get("weight", 0)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 10:
            self.wrong(f"`weight` is {weight!r}", "write a number from 0 to 10")
        for name in ("match", "bad"):
            if not entry.get(name):
                what = "no wording to find" if name == "match" else "no sentence in which it is found"
                self.wrong(f"{what}: `{name}` is missing", f'write {name} = ["..."]')

    def _pattern(self, pattern: str, language: str, single: bool) -> None:
        """Whether each wording of a pattern says enough to be searched for."""
        if set("()") & set(_GROUP.sub("", pattern)):
            hint = f"write {_GROUPED}, and （ for a parenthesis of the text"
            self.wrong(f"`{pattern}` has a parenthesis without its partner", hint)
            return
        for wording in wordings(pattern):
            path = _compared(wording, language)
            if language in CHARACTER_LANGUAGES:
                enough = len(path) >= (1 if single else _FEWEST_CHARACTERS)
            else:
                words = [edge for edge in path if edge != ANY]
                letters = sum(each.isalnum() for each in "".join(wording.split()))
                long = letters >= _FEWEST_LETTERS or len(words) > _FEWEST_WORDS
                enough = bool(words) and (single or (len(words) >= _FEWEST_WORDS and long))
                if ANY in path[:1] + path[-1:]:
                    self.wrong(f"`{wording}` begins or ends with any word", "leave the `_` out")
            if not enough:
                self.wrong(f"`{wording}` is too short to mean something", "add words, or write single = true")

    def _examples(self, phrase: Phrase, entry: Mapping[str, Any]) -> None:
        """Whether it is found where it should be, and nowhere else."""
        matcher = Matcher((pack((phrase,)),))

        def found(sentence: str) -> bool:
            text = fold(sentence).text
            return any(matcher.every(text, words_of(text)))

        for sentence in entry["bad"]:
            if not found(sentence):
                self.wrong(f"{phrase.id} is not found in {sentence!r}", "mend the wording or the example")
        for sentence in entry.get("good", ()):
            if found(sentence):
                self.wrong(f"{phrase.id} is found in {sentence!r}", "guard or lengthen the wording")
