"""The day on which somebody wants to hear again, out of the words of a reply ("in March", "через два месяца").

What the words of a pack's table `dates` mean is written as a code:

| code       | is the first day of                                                  |
|------------|----------------------------------------------------------------------|
| m9, q2, s6 | the next September, second quarter, season that begins with June     |
| w1         | the next week, its Monday                                            |
| +2d, +#w   | two days on, as many weeks on as the words say: that day itself      |
| +1m, +1q   | the next month, the next quarter                                     |
| +1y        | the next year                                                        |
| -          | nothing that has a date ("after the holidays")                       |
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from outreach.data import table
from outreach.inbound.days import days, readable
from outreach.inbound.intent_hits import Said
from outreach.inbound.intent_packs import filled
from outreach.inbound.wording import Hit, Phrases, fold

LOOKED_AT = 1_500  # characters
_PRECISE = "mq+wsy-"  # how a code begins or, where it counts years, ends; the most precise first
_NEAR = 8  # words or characters between a month and the "next year" it belongs to
_MOST_DAYS, _MOST_MONTHS = 3_650, 60
_LAST_YEAR = 9_998


def when(said: Said, text: str, on: date) -> date | None:
    """The day a text names for later, reckoned from `on`; None where it names none, or only a vague time.

    A day in figures goes before a month, that before a quarter, "in two weeks", a season, "next year".
    """
    ahead = [day.day for day in days(readable(text[:LOOKED_AT]), on) if not day.loose and day.day > on]
    if ahead:
        return ahead[0]
    hits = [hit for hit in _times(said.language).find(said.words) if _is_time(said, hit)]
    hits = [hit for hit in hits if not any(_inside(hit, other) for other in hits)]
    best = min(hits, key=lambda hit: _PRECISE.index(_unit(hit.kind)), default=None)
    return _reckoned(best, said, on, hits) if best else None


@cache
def _times(language: str) -> Phrases:
    """The names of times in a language, by their code."""
    pack = table(f"intents/{language}")
    times: dict[str, list[str]] = {}
    for phrase, code in pack["dates"].items():
        times.setdefault(code, []).append(phrase)
    for number, names in enumerate(pack["months"], 1):
        times.setdefault(f"m{number}", []).extend(names)
    return Phrases({code: {language: filled(language, rows)} for code, rows in times.items()}, whole=True)


@cache
def _numbers(language: str) -> Mapping[str, int]:
    return {
        fold(word): int(number) for word, number in table(f"intents/{language}").get("numbers", {}).items()
    }


@cache
def _before_months(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in table(f"intents/{language}").get("before_month", ()))


def _inside(hit: Hit, other: Hit) -> bool:
    size = other.end - other.first
    return other.first <= hit.first and hit.end <= other.end and size > hit.end - hit.first


def _unit(code: str) -> str:
    return "y" if code[-1] == "y" else code[0]


def _is_time(said: Said, hit: Hit) -> bool:
    """Whether a month's name is one: where a language has words before months ("may"), after such a word."""
    before = _before_months(said.language)
    if not before or hit.kind[0] != "m":
        return True
    led = said.words.words[hit.first - 1] if hit.first else ""
    return led in before or led.isdecimal() or bool(_year(said, hit))


def _year(said: Said, hit: Hit) -> int:
    """The year that stands beside a month or a quarter, 0 where none does."""
    if said.words.characters:
        return 0
    near = said.words.words[max(0, hit.first - 1) : hit.end + 2]
    return next((int(word) for word in near if word.isdecimal() and 2000 < int(word[:5]) < 2100), 0)


def _reckoned(hit: Hit, said: Said, on: date, hits: list[Hit]) -> date | None:
    code = hit.kind
    if code == "-" or not 1 < on.year < _LAST_YEAR - _MOST_MONTHS:
        return None
    if code[0] in "mqs":
        month = int(code[1:]) * 3 - 2 if code[0] == "q" else int(code[1:])
        next_year = any(each.kind == "+1y" and abs(each.first - hit.first) < _NEAR for each in hits)
        year = _year(said, hit) or on.year + (next_year or month <= on.month)
        return date(year, month, 1)
    if code[0] == "w":
        return on + timedelta(days=7 * int(code[1:]) + 1 - on.isoweekday())
    count = _number(said.language, hit.words) if code[1] == "#" else int(code[1:-1])
    if code[-1] in "dw":
        return on + timedelta(days=min(count * (7 if code[-1] == "w" else 1), _MOST_DAYS))
    months = on.year * 12 + on.month - 1
    if code[-1] == "q":
        months = (months // 3 + count) * 3
    elif code[-1] == "y":
        months = (on.year + min(count, 5)) * 12
    else:
        months += min(count, _MOST_MONTHS)
    return date(months // 12, months % 12 + 1, 1)


def _number(language: str, words: str) -> int:
    """The number among some words, or that some characters begin with; 1 where there is none."""
    known = _numbers(language)
    for word in (*words.split(), words[:2], words[:1]):
        if word.isdecimal():
            return int(word[:4])
        if word in known:
            return known[word]
    return 1
