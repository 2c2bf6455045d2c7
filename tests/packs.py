"""The built-in phrase packs: `python -m tests.packs` checks the sources and writes what is shipped.

`--check` writes nothing. Either way problems are printed, with counts per language; exit 1 if there are any.
Languages may be named: then only their problems are printed and counted (`python -m tests.packs --check de fr`).
"""

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from outreach.errors import Problem, problem
from outreach.lint.builtin import index_table, phrase_tables
from outreach.lint.copy import Copy
from outreach.lint.index import pack
from outreach.lint.language import LANGUAGES
from outreach.lint.match import Matcher, words_of
from outreach.lint.packs import compile, duplicates
from outreach.lint.phrase import CATEGORIES, CHARACTER_LANGUAGES, Phrase
from outreach.lint.rules.phrases import Finder

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "outreach" / "packs" / "phrases"
SHIPPED = ROOT / "outreach" / "packs" / "phrases.json"
INDEXES = ROOT / "outreach" / "packs" / "index"
LETTERS = ROOT / "tests" / "letters"


def letters() -> list[tuple[str, Copy]]:
    """Every good letter, as a copy in its language, with its id."""
    lines = [line for file in sorted(LETTERS.glob("*.jsonl")) for line in file.open(encoding="utf-8")]
    every = [json.loads(line) for line in lines if line.strip()]
    return [
        (
            each["id"],
            Copy(each["subject"], each["text"], language=each["lang"], first=each["subject"] is not None),
        )
        for each in every
    ]


def sources() -> tuple[dict[str, list[Phrase]], list[Problem]]:
    """The phrases of each source file, and what is wrong within and between the files."""
    packs: dict[str, list[Phrase]] = {}
    problems: list[Problem] = []
    for path in sorted(
        SOURCES.glob("*/*.toml"), key=lambda path: (LANGUAGES.index(path.parent.name), path.name)
    ):
        file, text = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as exc:
            problems.append(problem(f"not TOML: {exc}", file=file))
            continue
        phrases, found = compile(file, table, text)
        packs[file] = phrases
        problems += found
        problems += [
            problem(f"{each.id} has no `rewrite`", file=file, line=each.line)
            for each in phrases
            if each.code.startswith("SPM") and not each.rewrite
        ]
        if phrases and (phrases[0].language, CATEGORIES[phrases[0].code].name) != (
            path.parent.name,
            path.stem,
        ):
            problems.append(problem("language and code do not belong into this file", file=file))
    return packs, problems + duplicates(packs.items())


def alarms(packs: Mapping[str, Sequence[Phrase]]) -> Iterator[Problem]:
    """Phrases that stand in good letters: of spam in any, of craft in those of their own language."""
    finder = Finder((phrase for each in packs.values() for phrase in each), packs=lambda language: pack(()))
    for name, copy in letters():
        for part, hit in finder.hits(copy):
            if hit.phrase.code.startswith("SPM") or hit.phrase.language == copy.language:
                said = (copy.subject or "") if part == "subject" else copy.text
                file = next(file for file, own in packs.items() if hit.phrase in own)
                message = f"{hit.phrase.id} fires in the good letter {name}: {said[hit.start : hit.end]!r}"
                yield problem(message, hint="guard or lengthen it", file=file, line=hit.phrase.line)


def shipped(phrases: Sequence[Phrase]) -> str:
    """The text of packs/phrases.json, a line for each phrase; `data.phrases` relies on its indents."""
    languages = []
    for language, codes in phrase_tables(phrases).items():
        lists = [
            f"  {json.dumps(code)}: [\n   "
            + ",\n   ".join(json.dumps(each, ensure_ascii=False) for each in every)
            + "\n  ]"
            for code, every in codes.items()
        ]
        languages.append(f" {json.dumps(language)}: {{\n" + ",\n".join(lists) + "\n }")
    return "{\n" + ",\n".join(languages) + "\n}\n"


def indexes(phrases: Sequence[Phrase]) -> dict[Path, str]:
    """The text of packs/index/LANGUAGE.json for each language of words, by path."""
    found = {}
    for language in (each for each in LANGUAGES if each not in CHARACTER_LANGUAGES):
        own = [phrase for phrase in phrases if phrase.language == language]
        table = index_table(own, said(own, language))
        found[INDEXES / f"{language}.json"] = json.dumps(table, ensure_ascii=False, indent=0) + "\n"
    return found


def said(phrases: Sequence[Phrase], language: str) -> Counter[str]:
    """How often the good letters of a language have words that phrases ask for."""
    matcher = Matcher([pack(phrases)])
    words = (
        word for _, copy in letters() if copy.language == language for word in words_of(copy.folded.text)
    )
    return Counter(edge for word in words for edge in matcher.edges(word))


def main(check: bool, languages: Sequence[str]) -> int:
    packs, problems = sources()
    phrases = [phrase for each in packs.values() for phrase in each]
    problems += alarms(packs)
    if languages:
        problems = [each for each in problems if Path(each.where.file).parent.name in languages]
    for each in sorted(problems):
        print(each)
    counts = Counter((phrase.language, phrase.code) for phrase in phrases)
    for language in languages or LANGUAGES:
        own = {code: counts[language, code] for code in CATEGORIES if counts[language, code]}
        patterns = sum(len(phrase.patterns) for phrase in phrases if phrase.language == language)
        print(f"{language}: {sum(own.values())} phrases, {patterns} patterns", own or "")
    print(f"{len(problems)} problems, {len(letters())} good letters")
    if not check and not languages and not problems:
        for path, text in {SHIPPED: shipped(phrases), **indexes(phrases)}.items():
            path.write_text(text, encoding="utf-8")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv, [each for each in sys.argv[1:] if not each.startswith("-")]))
