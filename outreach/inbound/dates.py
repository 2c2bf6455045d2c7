"""The day an absent person is back, out of the words of an automatic answer.

The last day of absence ("until", "bis", «до», まで, the end of a span) counts as absent: back is the day after.
A day of return ("back on", "ab ... wieder", «выйду») is that day, and is preferred to a last day of absence.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from outreach.data import table
from outreach.inbound.days import Day, days, month_of, readable, weekday_of
from outreach.inbound.wording import Phrases, Words, fold, phrases

LOOKED_AT = 4_000
_MOST_DAYS = 40
# No stop that ends a sentence: after a single letter ("t.o.m. söndag"), a few abbreviations before
# days, and the number of a day ("24. és").
_SENTENCE_END = re.compile(
    r"(?<![\s.(][^\W\d_])(?<!in[ck]l)(?<!einschl)(?<!\D\d)(?<!\D\d\d)[.!?]['\")]?\s+(?=[^\d\s])"
    r"|[。！？;；!?]|\n\s*\n"
)
_CLAUSE_END = re.compile(r"[,;.]\s|[。，、；!?]|\n")
_PARENTHESIS = re.compile(r"\s?[(（\[][^()（）\[\]]{1,20}[)）\]]")
_DASHES = ("-", "–", "—", "~", "〜", "/")
_DAY = timedelta(days=1)
_FIRST, _LAST = date(1980, 1, 1), date(2199, 12, 31)  # of mails; others are forged
_GAP = 2  # words that may stand between "until" and the day: an article, a weekday


def return_date(text: str, on: date, language: str = "") -> date | None:
    """The first day back that the text names, seen from the day `on` it was written; None where it names none.

    A day without a year is the next such day from a week before `on`; more than a year ahead, or a yearless
    day that can only be one of the past months, is None. `language` (as "de", "en-US") decides the order of
    day and month in figures where the text does not.
    """
    found = _named(text, on, language)
    return next((found[each] for each in ("back", "until", "at") if each in found), None)


def absent_until(text: str, on: date, language: str = "") -> date | None:
    """The same where the text says "until" or "back", None where it only names days of an absence."""
    found = _named(text, on, language)
    return found.get("back", found.get("until"))


def _named(text: str, on: date, language: str) -> dict[str, date]:
    """The first day back by how the text names it: as that, as the last day of an absence, as a day of one."""
    if not _FIRST <= on <= _LAST:
        return {}
    folded = readable(text[:LOOKED_AT])
    named = days(folded, on, language)[:_MOST_DAYS]
    best: dict[str, date] = {}
    meaning = ""
    for place, day in enumerate(named):
        previous = named[place - 1].end if place else 0
        following = named[place + 1].start if place + 1 < len(named) else len(folded)
        between = folded[previous : day.start]
        joined = place > 0 and meaning in ("from", "at", "until") and _joins(between)
        before = _SENTENCE_END.split(between)[-1]
        after = folded[day.end : following]
        meaning = _meaning(day, before, _PARENTHESIS.sub("", after, count=1), joined)
        if meaning == "at" and _up_to(folded[day.start : day.end]):
            meaning = "until"
        if meaning == "at" and (_month_only(day, folded) or not _absent(folded, day)):
            meaning = ""
        if meaning in ("back", "until", "at"):
            best.setdefault(meaning, day.day if meaning == "back" else _day_after(day, folded, meaning))
    return best


def _day_after(day: Day, text: str, meaning: str) -> date:
    """The first day after the one named; a month or a week named as the end has not begun to count."""
    word = text[day.start : day.end]
    if _month_only(day, text) and day.day.day == 1:
        return day.day
    if day.loose and day.day.isoweekday() == 1 and " " in word and not weekday_of(word.split()[0]):
        return day.day if meaning == "until" else day.day + 7 * _DAY
    return day.day + _DAY


def _meaning(day: Day, before: str, after: str, joined: bool) -> str:
    """Whether a day is the first one back, the last one of absence, the first one of it, or just one."""
    lead, trail = Words(before), Words(_clause(after))
    near = {hit.kind for hit in _cues().find(lead) if _close(hit.end, lead, hit.words)}
    behind = {hit.kind for hit in _cues_after().find(trail) if hit.first <= (2 if lead.characters else 1)}
    behind |= {hit.kind for hit in _cues_after().find(trail) if trail.characters and hit.first <= 4}
    said = {hit.kind for hit in _turns().find(lead)}
    later = {hit.kind for hit in _turns().find(trail) if hit.first <= (20 if trail.characters else 6)}
    if "until" in near or "until_after" in behind:
        return "back" if "not_back" in said else "until"
    if day.ranged or joined:
        return "until"
    if "from" in near or "from_after" in behind:
        return "back" if "back" in said | later else "from"
    return "back" if "back" in said | later else "at"


def _close(end: int, lead: Words, cue: str) -> bool:
    """Whether a phrase that ends at a place stands directly before the day, but for articles and a weekday."""
    if lead.characters and not cue.isascii() and cue in lead.characters:
        return lead.characters.rfind(cue) + len(cue) + _GAP >= len(lead.characters)
    rest = lead.words[end:]
    return len(rest) <= _GAP + 1 and all(_filler(word) for word in rest)


def _filler(word: str) -> bool:
    return word in _articles() or bool(weekday_of(word)) or word.isdigit()


def _joins(between: str) -> bool:
    """Whether what stands between two days makes them the ends of one span."""
    bare = _PARENTHESIS.sub("", between).strip()
    if len(bare) > 40:
        return False
    words = Words(bare).words
    if not words:
        return bare.strip(" .,").startswith(_DASHES)
    return words[0] in _joints() and all(word in _joints() or _filler(word) for word in words)


def _clause(after: str) -> str:
    """What belongs to a day after it: up to the next comma, stop or "and"."""
    clause = _CLAUSE_END.split(after.lstrip(" .,") if after[:1] in ".," else after, maxsplit=1)[0][:120]
    kept: list[str] = []
    for word in clause.split(" "):
        if word in _conjunctions():
            break
        kept.append(word)
    return " ".join(kept)


def _up_to(word: str) -> bool:
    """Whether a weekday ends as Hungarian says "until": péntekig."""
    return word.endswith("ig") and bool(weekday_of(word))


def _month_only(day: Day, text: str) -> bool:
    return day.loose and any(month_of(word) for word in text[day.start : day.end].split())


def _absent(text: str, day: Day) -> bool:
    """Whether the sentence that names a day speaks of an absence."""
    before = _SENTENCE_END.split(text[max(0, day.start - 300) : day.start])[-1]
    after = _SENTENCE_END.split(text[day.end : day.end + 200], maxsplit=1)[0]
    named = Words(f"{before} {text[day.start : day.end]} {after}")
    return any(hit.kind in ("away", "label", "provider") for hit in phrases("away").find(named))


@cache
def _articles() -> frozenset[str]:
    return frozenset(fold(word) for word in table("answers/dates")["article"]["all"])


@cache
def _joints() -> frozenset[str]:
    return frozenset(fold(word) for word in table("answers/dates")["to"]["all"])


@cache
def _conjunctions() -> frozenset[str]:
    return frozenset(
        ("and", "und", "et", "y", "e", "og", "och", "en", "i", "a", "и", "та", "і", "ve", "ja", "és")
    )


def _part(kinds: Iterable[str]) -> Phrases:
    tables = table("answers/dates")
    return Phrases({kind: tables[kind] for kind in kinds})


@cache
def _cues() -> Phrases:
    return _part(("until", "from"))


@cache
def _cues_after() -> Phrases:
    return _part(("until_after", "from_after"))


@cache
def _turns() -> Phrases:
    return _part(("back", "not_back"))
