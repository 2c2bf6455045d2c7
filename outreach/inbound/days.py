"""Days named in a text, in any order of day, month and year, in every language of packs/answers/dates.toml."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from outreach.data import table
from outreach.inbound.wording import Phrases, Words, fold

PAST, AHEAD = timedelta(days=7), timedelta(days=366)
# A day without a year that lies further ahead than this is one of the past: the answer was left switched on.
_YEARLESS = timedelta(days=300)
_NEAR = timedelta(days=60)
_TAIL = r"(?:st|nd|rd|th|er|e|o|a|\.|[-–]?(?:го|ого|е))?"
_YEAR = r"(?:,?\s{0,3}(?:de |del |of |do |г )?(?P<y>20\d\d))?"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(?<!\d)(?P<y>20\d\d)\.?\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?!\d)",
        r"(?:(?<!\d)(?P<y>20\d\d)\s?[年년]\s?)?(?<!\d)(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]?",
        r"(?:(?<!\d)(?P<y>20\d\d)\s?(?:оны?)?\s?)?(?<!\d)(?P<m>\d{1,2})(?:\s?-?р|\sд[уү]г[аэ]{2}р)?\s?сар\w{0,4}\s(?P<d>\d{1,2})",
        r"(?<![\d.:])(?P<d>\d{1,2})"
        + _TAIL
        + r",?\s{0,3}(?:of |de |d'|den )?(?P<w>[^\W\d_]{3,14})\b\.?"
        + _YEAR,
        r"\b(?P<w>[^\W\d_]{3,14})\.?\s{1,3}(?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?"
        r"(?:\s?(?:-|–|—|to|through|thru|until)\s?(?P<last>\d{1,2})(?:st|nd|rd|th)?(?!\d|[./]\d))?"
        r"(?!\d|:\d|\.\d\d|\s?(?:am|pm|uhr)\b)" + _YEAR,
        r"(?<![\d./-])(?P<a>\d{1,2})\s?(?P<sep>[./-])\s?(?P<b>\d{1,2})(?:\s?(?P=sep)\s?(?P<y>20\d\d|\d\d))?\.?(?!\d)",
    )
)
_MONTH_FIRST = ("en-us", "ja", "zh", "ko", "hu", "mn")
_ORDINAL = re.compile(
    r"\W{1,2}(?:the |den |dem |le |el |il )?(\d{1,2})(?:st|nd|rd|th|\.|-?го)?(?!\d|[:.]\d|\s?(?:am|pm|uhr|h\b|ч))"
)
_AFTER_FIGURE = re.compile(r"\d\W{0,3}[^\W\d]{0,3}\W{0,3}(?:of )?$")  # no month alone, but a day that is none
_WORD_BEFORE = re.compile(
    r"\b(?P<w>[^\W\d_]{3,20})(?:-feira)?[,.]?\s(?:(?:the|den|dem|d|le|el|il|dia|de|dne|pe)\.?\s)?$"
)
_WORD_AFTER = re.compile(r",?\s?[(]?(?P<w>[^\W\d_]{3,20})\b[)]?")
_APOSTROPHE = re.compile("(?<=п)['’](?=я)")  # Ukrainian Friday is one word
_COMING = re.compile(r"(?:下个?|来週の?|다음 ?주 ?)$")  # before a weekday: that of next week
_EAST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@dataclass(frozen=True, slots=True)
class Day:
    """A day named in a text from `start` to `end`; `loose`: by a weekday, a month or "tomorrow" only.

    `ranged`: it is the end of a span written as one ("1-14 August").
    """

    day: date
    start: int
    end: int
    loose: bool = False
    ranged: bool = False


def readable(text: str) -> str:
    """Text as `days` wants it."""
    return _APOSTROPHE.sub("", fold(text).translate(_DIGITS))


def days(text: str, on: date, language: str = "") -> list[Day]:
    """The days a `readable` text names, in order, none overlapping, as seen from the day `on`."""
    found: list[Day] = []
    taken: list[tuple[int, int]] = []
    for each in (
        *_written(text, on, language),
        *_weekdays(text, on),
        *_relative(text, on),
        *_months(text, on),
    ):
        if all(each.end <= start or each.start >= end for start, end in taken):
            taken.append((each.start, each.end))
            found.append(each)
    return sorted(found, key=lambda day: day.start)


def _written(text: str, on: date, language: str) -> Iterator[Day]:
    month_first = _order(text, language)
    for shape in _SHAPES:
        for hit in shape.finditer(text):
            got = hit.groupdict()
            if "a" in got:
                day = _numeric(hit, on, month_first)
            else:
                month = int(got["m"]) if got.get("m") else month_of(got.get("w") or "")
                last = got.get("last")
                if last and month_of((text[hit.end() :].split() or [""])[0]):
                    last = None
                day = _resolved(got.get("y"), month, int(last or got["d"]), on)
            if day:
                before = text[max(0, hit.start() - 30) : hit.start()]
                ranged = bool(got.get("last") or _span().search(before))
                yield Day(day, *_with_weekday(text, hit.start(), hit.end()), ranged=ranged)


def _with_weekday(text: str, start: int, end: int) -> tuple[int, int]:
    """The place of a day together with the weekday that stands directly before or after it."""
    before = _WORD_BEFORE.search(text[max(0, start - 30) : start])
    if before and weekday_of(before["w"]):
        start -= len(before[0])
    after = _WORD_AFTER.match(text[end : end + 30])
    if after and weekday_of(after["w"]):
        end += after.end()
    return start, end


def _numeric(hit: re.Match[str], on: date, month_first: bool | None) -> date | None:
    """A day in figures. Day before month, but where the text, the language or the distance says otherwise.

    An English mail that leaves it open ("01/05/2027") is read as day/month, unless only month/day lies within
    two months: absences are announced shortly before they begin.
    """
    first, second, year = int(hit["a"]), int(hit["b"]), hit["y"]
    if hit["sep"] == "-" and not year:
        return None
    if year and len(year) == 2:
        year = f"20{year}"
    european = _resolved(year, second, first, on)
    american = _resolved(year, first, second, on)
    if hit["sep"] == "." or month_first is False:
        return european
    if month_first:
        return american or european
    if american and (not european or european - on > _NEAR >= american - on):
        return american
    return european


def _order(text: str, language: str) -> bool | None:
    """True where the month stands first, False where the day does, None where nothing decides."""
    pairs = [(int(hit["a"]), int(hit["b"])) for hit in _SHAPES[-1].finditer(text) if hit["sep"] != "."]
    american = any(first <= 12 < second for first, second in pairs)
    european = any(second <= 12 < first for first, second in pairs)
    if american != european:
        return american
    if language.lower().startswith(_MONTH_FIRST) or (not language and _EAST.search(text)):
        return True
    return False if language and not language.lower().startswith("en") else None


def _resolved(year: str | None, month: int, day: int, on: date) -> date | None:
    """The date, its year from `on` where it names none; None where it is none or too far from `on`."""
    if not 1 <= month <= 12:
        return None
    for each in (int(year),) if year else (on.year - 1, on.year, on.year + 1):
        if 1 <= day <= monthrange(each, month)[1] and date(each, month, day) >= on - PAST:
            found = date(each, month, day)
            return found if found - on <= (AHEAD if year else _YEARLESS) else None
    return None


@cache
def _names(kind: str) -> tuple[dict[str, int], dict[str, int]]:
    """Names of months or weekdays: whole forms and beginnings, folded, with their number from 1."""
    whole: dict[str, int] = {}
    begun: dict[str, int] = {}
    for names in table("answers/dates")[kind].values():
        for number, forms in enumerate(str(names).split(","), start=1):
            for form in fold(forms).split():
                if form.endswith("*"):
                    begun.setdefault(form[:-1], number)
                else:
                    whole.setdefault(form, number)
    return whole, begun


def month_of(word: str) -> int:
    """The number of the month that a folded word names, 0 for none."""
    return _number(word, "months")


def weekday_of(word: str) -> int:
    """1 for Monday to 7, 0 where the folded word is no weekday."""
    return _number(word, "weekdays")


def _number(word: str, kind: str) -> int:
    whole, begun = _names(kind)
    if word in whole:
        return whole[word]
    return next((begun[word[:size]] for size in range(len(word), 2, -1) if word[:size] in begun), 0)


def _weekdays(text: str, on: date) -> Iterator[Day]:
    for hit in re.finditer(r"[^\W\d_]{2,20}", text):
        number = weekday_of(hit[0])
        if not number and _EAST.match(hit[0]):
            yield from _eastern(text, hit.start(), hit[0], on)
        if not number or len(hit[0]) < 3:
            continue
        ahead = (number - on.isoweekday() - 1) % 7 + 1
        with_day = _ORDINAL.match(text, hit.end())
        if with_day:
            several = (on + timedelta(days=each) for each in range(-7, 60))
            same = [day for day in several if day.day == int(with_day[1])]
            right = next((day for day in same if day.isoweekday() == number), next(iter(same), None))
            if right:
                yield Day(right, hit.start(), with_day.end())
                continue
        yield Day(on + timedelta(days=ahead), hit.start(), hit.end(), loose=True)


def _eastern(text: str, start: int, run: str, on: date) -> Iterator[Day]:
    """The first weekday in a run of characters; that of next week where the words before it say so."""
    named = [(run.find(name), len(name), number) for name, number in _eastern_names() if name in run]
    if not named:
        return
    place, size, number = min(named)
    begin, end = start + place, start + place + size
    coming = _COMING.search(text[max(0, begin - 6) : begin])
    if coming:
        monday = on + timedelta(days=8 - on.isoweekday())
        yield Day(monday + timedelta(days=number - 1), begin - len(coming[0]), end, loose=True)
    else:
        yield Day(on + timedelta(days=(number - on.isoweekday() - 1) % 7 + 1), begin, end, loose=True)


@cache
def _eastern_names() -> tuple[tuple[str, int], ...]:
    names = _names("weekdays")[0].items()
    return tuple((name, at) for name, at in names if len(name) > 1 and _EAST.match(name))


@cache
def _near_words() -> Phrases:
    tables = table("answers/dates")
    return Phrases({kind: tables[kind] for kind in ("today", "tomorrow", "next_week")})


def _relative(text: str, on: date) -> Iterator[Day]:
    words = Words(text)
    monday = on + timedelta(days=8 - on.isoweekday())
    meant = {"today": on, "tomorrow": on + timedelta(days=1), "next_week": monday}
    for hit in _near_words().find(words):
        if _EAST.match(hit.words):
            start = text.find(hit.words)
            if start >= 0:
                yield Day(meant[hit.kind], start, start + len(hit.words), loose=True)
        else:
            yield Day(
                meant[hit.kind], hit.at, words.starts[hit.end - 1] + len(words.words[hit.end - 1]), loose=True
            )


def _months(text: str, on: date) -> Iterator[Day]:
    """A month alone, no shortened name: its first day, or its last after "end of"."""
    for hit in re.finditer(r"\b(?P<w>[^\W\d_]{4,14})(?:\s(?P<y>20\d\d))?", text):
        month = month_of(hit["w"])
        if not month or _AFTER_FIGURE.search(text[max(0, hit.start() - 12) : hit.start()]):
            continue
        before = Words(text[max(0, hit.start() - 25) : hit.start()])
        ending = next((end for end in _ends().find(before) if end.end == len(before.words)), None)
        years = (int(hit["y"]),) if hit["y"] else (on.year, on.year + 1)
        for year in years:
            day = date(year, month, monthrange(year, month)[1] if ending else 1)
            if on - PAST <= day <= on + AHEAD:
                start = max(0, hit.start() - 25) + ending.at if ending else hit.start()
                yield Day(day, start, hit.end(), loose=True)
                break


@cache
def _ends() -> Phrases:
    return Phrases({"month_end": table("answers/dates")["month_end"]})


@cache
def _span() -> re.Pattern[str]:
    """The first day of a span, as a number alone, at the end of a text: "from 1 to", "1.-"."""
    words = "|".join(sorted({re.escape(fold(word)) for word in table("answers/dates")["to"]["all"]}))
    joint = rf"(?:\s?[-–—~〜/]\s?|\W{{1,2}}(?:(?:{words})\W{{1,2}}){{1,3}})"
    return re.compile(rf"(?<![\d:])\d{{1,2}}(?:st|nd|rd|th|er|[-–]?го|\.)?{joint}$")
