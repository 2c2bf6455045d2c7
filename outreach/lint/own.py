"""Packs of a workspace's owner: phrases for the built-in rules, or for a rule that the pack brings along."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from outreach.errors import Problem, did_you_mean, problem
from outreach.lint.finding import Level
from outreach.lint.packs import compile, duplicates
from outreach.lint.phrase import Phrase
from outreach.lint.rule import Rule
from outreach.lint.rules import RULES

_CODE = re.compile(r"[A-Z]{3}[0-9]{3}")
_TEXTS = ("name", "finds", "why", "source", "fix")
_KEYS = (*_TEXTS, "level")
_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class Own:
    """What a workspace's packs add."""

    phrases: tuple[Phrase, ...] = ()
    rules: tuple[Rule, ...] = ()


def read(packs: Iterable[tuple[str, str]]) -> tuple[Own, list[Problem]]:
    """The phrases and rules of packs given as (path, text), and everything that is wrong with them."""
    every: list[tuple[str, list[Phrase]]] = []
    rules: dict[str, Rule] = {}
    problems: list[Problem] = []
    for file, text in packs:
        try:
            table = tomllib.loads(text)
        except RecursionError:
            problems.append(problem("is nested too deep", file=file))
            continue
        except tomllib.TOMLDecodeError as exc:
            line = _LINE.search(str(exc))
            problems.append(problem(f"is not TOML: {exc}", file=file, line=int(line[1]) if line else 0))
            continue
        code = str(table.get("code", ""))
        given = table.pop("rule", None)
        if given is not None:
            wrong = list(_wrong(file, code, given, rules))
            problems += wrong
            if wrong:
                continue
            rules[code] = _rule(code, given)
        phrases, found = compile(file, table, text, own=code if code in rules else "")
        every.append((file, phrases))
        problems += found
    problems += duplicates(every)
    return Own(tuple(each for _, phrases in every for each in phrases), tuple(rules.values())), problems


def _wrong(file: str, code: str, given: Any, rules: Mapping[str, Rule]) -> Iterable[Problem]:
    """What is wrong with the rule that a pack brings."""
    if not isinstance(given, dict):
        yield problem("`rule` is no table", hint="begin it with [rule]", file=file)
        return
    if not _CODE.fullmatch(code) or code[:3] in {each.family for each in RULES.values()} or code in rules:
        hint = "three letters of your own and three digits, like OWN101, once in all packs"
        yield problem(f"{code!r} cannot be the code of a rule of your own", hint=hint, file=file)
    for name in given.keys() - set(_KEYS):
        yield problem(f"unknown key `{name}` in [rule]{did_you_mean(name, _KEYS)}", file=file)
    for name in _TEXTS:
        if not isinstance(given.get(name), str) or not given[name].strip():
            yield problem(f"[rule] lacks `{name}`", hint=f'add {name} = "..."', file=file)
    if given.get("level", "warning") not in tuple(Level):
        yield problem(f"no level {given['level']!r}", hint=f"one of {', '.join(Level)}", file=file)


def _rule(code: str, given: Mapping[str, str]) -> Rule:
    document = {**{name: given[name] for name in _TEXTS}, "bad": {}, "good": {}}
    return Rule(code, given["name"], Level(given.get("level", "warning")), document=document)
