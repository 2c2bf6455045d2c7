"""A first reading of what a reply wants, by tables of phrases: a suggestion with its words, never a decision.

Where words of several kinds are found, the first of this table counts:

| kind           | because                                                                      |
|----------------|------------------------------------------------------------------------------|
| opt_out        | a wish to be left alone goes before all, however it is put                    |
| hostile        | threats and insults: a person should look                                     |
| referral       | "not me, write to Anna" often comes with "not interested" and "later"         |
| later          | "not now, in March" contains a no, and is none                                |
| not_interested | "not interested" contains "interested"                                        |
| interested     | a wish to see more, to meet, to order; questions often come with it           |
| question       | asks something and says neither yes nor no                                    |
| unclear        | nothing of the tables was found                                               |

Only the language in which most words are found is read; negated interest is no interest.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from outreach.data import table

Day = date  # in a class that has a field of that name
READ = 5_000  # characters of a reply
MOST_SKIPPED = 3  # words for "..." in a phrase
STOP = "."  # stands for the end of a sentence among the words


class Want(StrEnum):
    """What a reply seems to want."""

    INTERESTED = "interested"
    LATER = "later"
    NOT_INTERESTED = "not_interested"
    REFERRAL = "referral"
    QUESTION = "question"
    OPT_OUT = "opt_out"
    HOSTILE = "hostile"
    UNCLEAR = "unclear"


ORDER = (
    Want.OPT_OUT,
    Want.HOSTILE,
    Want.REFERRAL,
    Want.LATER,
    Want.NOT_INTERESTED,
    Want.INTERESTED,
    Want.QUESTION,
)
LANGUAGES = MappingProxyType(
    {
        "latin": ("en", "de", "fr", "es", "it", "pt", "pl", "tr"),
        "cyrillic": ("ru", "uk", "kk", "mn"),
        "joined": ("zh", "ja"),
    }
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-zA-Z]{2,24}")
_LINK = re.compile(r"(?:https?://|www\.)\S{1,500}")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.!?;:…。！？]|\n\s*\n")
_ASKS = re.compile(r"[^.!?。！？\n]{0,200}[?？]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_TITLED = re.compile(r"[\u4e00-\u9fff]{1,3}?(?:经理|經理|总监|總監|先生|女士|小姐|主任|老师|總|总|様|さん)")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a reply seems to want. `words` are those that say so, as they were written or in the folded form.

    `date` is the day from which the person wants to hear again (LATER), `referral` the address or the name of
    the person to ask instead (REFERRAL), "" where none is named.
    """

    kind: Want
    words: tuple[str, ...] = ()
    date: Day | None = None
    referral: str = ""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A phrase that was found: words (or characters) `start` to `end` of the text."""

    want: Want
    start: int
    end: int
    words: str


def read(text: str, on: date) -> Intent:
    """What a reply wants, from its text without quotes and signature; `on` is the day it was written."""
    text = text[:READ].replace("’", "'")
    bare = _LINK.sub(" ", _ADDRESS.sub(" ", text))
    language, words, hits = _best(bare)
    found = {hit.want for hit in hits}
    want = next((each for each in ORDER if each in found), Want.UNCLEAR)
    if want in (Want.UNCLEAR, Want.QUESTION):
        month = _in_month(table(f"intents/{language}"), words, on)
        want = _otherwise(text, bare, month or (None if hits else _when(language, words, on)), want)
    referral = _whom(text, words, language, hits) if want is Want.REFERRAL else ""
    if want is Want.REFERRAL and not referral and Want.LATER in found:
        want = Want.LATER  # "write to us next year"
    said = tuple(dict.fromkeys(hit.words for hit in hits if hit.want is want))
    if want is Want.QUESTION:
        said = tuple(hit[0].strip() for hit in _ASKS.finditer(bare))[:3] or said
    day = _when(language, words, on) if want is Want.LATER else None
    return Intent(want, said, day, referral)


def _otherwise(text: str, bare: str, day: Day | None, want: Want) -> Want:
    """What a reply without a yes and a no may be: one that only names an address, or a time."""
    if want is Want.UNCLEAR and _ADDRESS.search(text):
        return Want.REFERRAL
    if day:
        return Want.LATER
    return Want.QUESTION if "?" in bare or "？" in bare else want


def _best(text: str) -> tuple[str, Sequence[str], list[_Hit]]:
    """The language in which most is found, the text's words in it, and what was found."""
    if _HAN.search(text) or _KANA.search(text):
        languages = LANGUAGES["joined"][::-1] if _KANA.search(text) else LANGUAGES["joined"][:1]
        words: Sequence[str] = "".join(text.casefold().split())
    else:
        languages = LANGUAGES["cyrillic" if _CYRILLIC.search(text) else "latin"]
        words = _words(text)
    read_as = [(language, _hits(language, words)) for language in languages]
    language, hits = max(read_as, key=lambda each: sum(hit.end - hit.start for hit in each[1]))
    return language, words, hits


def _words(text: str) -> list[str]:
    """The folded words of a text; STOP where a sentence or a paragraph ends."""
    found = _TOKEN.findall(text.casefold().replace("ё", "е").replace("\u0307", ""))  # the dot of a Turkish I
    return [each if each[0].isalnum() else STOP for each in found]


def _hits(language: str, words: Sequence[str]) -> list[_Hit]:
    """The phrases of a language in the words, interest that is denied turned into its contrary."""
    pack = table(f"intents/{language}")
    found = list(_in_joined(pack, words) if isinstance(words, str) else _in_words(language, words))
    no = [hit for hit in found if hit.want in (Want.NOT_INTERESTED, Want.LATER)]
    kept = []
    for hit in found:
        covered = any(other.start <= hit.start < other.end for other in no)
        if hit.want is Want.INTERESTED and (covered or _denied(pack, words, hit)):
            if not covered:
                kept.append(_Hit(Want.NOT_INTERESTED, hit.start, hit.end, hit.words))
        elif hit.want is not Want.REFERRAL or not _to_writer(pack, words, hit):
            kept.append(hit)
    return kept


def _in_joined(pack: Mapping[str, Any], text: str) -> Iterator[_Hit]:
    for want in ORDER:
        for phrase in pack[want]:
            start = text.find(phrase)
            if start >= 0:
                yield _Hit(want, start, start + len(phrase), phrase)


def _in_words(language: str, words: Sequence[str]) -> Iterator[_Hit]:
    index = _index(language)
    for start, word in enumerate(words):
        for phrase, want in (*index.get(word, ()), *index.get(f"{word[:2]}*", ()), *index.get("#", ())):
            end = _match(phrase, words, start)
            if end:
                yield _Hit(want, start, end, " ".join(words[start:end]))


@cache
def _index(language: str) -> Mapping[str, Sequence[tuple[tuple[str, ...], Want]]]:
    """The phrases of a language by their first word, or by "xy*" where that is a beginning."""
    pack = table(f"intents/{language}")
    found: dict[str, list[tuple[tuple[str, ...], Want]]] = {}
    for want in ORDER:
        for phrase in pack[want]:
            tokens = _tokens(phrase)
            key = f"{tokens[0][:2]}*" if tokens[0].endswith("*") else tokens[0]
            found.setdefault(key, []).append((tokens, want))
    return MappingProxyType(found)


@cache
def _tokens(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.casefold().replace("ё", "е").replace(",", "").replace("-", " ").split())


def _match(phrase: Sequence[str], words: Sequence[str], start: int) -> int:
    """The end of the phrase that begins at word `start`; 0 where it does not."""
    at = start
    for number, token in enumerate(phrase):
        if token == "...":
            rest = phrase[number + 1 :]
            for skipped in range(MOST_SKIPPED + 1):
                if STOP in words[at : at + skipped]:
                    return 0
                end = _match(rest, words, at + skipped)
                if end:
                    return end
            return 0
        if at >= len(words) or not _is(token, words[at]):
            return 0
        at += 1
    return at


def _is(token: str, word: str) -> bool:
    if token == word:
        return True
    if token == "#":
        return word.isdecimal() or word in _numbers()
    return (token == "_" and word != STOP) or (token[-1] == "*" and word.startswith(token[:-1]))


@cache
def _numbers() -> frozenset[str]:
    """The words for small numbers in all languages."""
    spaced = (*LANGUAGES["latin"], *LANGUAGES["cyrillic"])
    return frozenset(word for each in spaced for word in table(f"intents/{each}").get("numbers", ()))


def _denied(pack: Mapping[str, Any], words: Sequence[str], hit: _Hit) -> bool:
    """Whether a "not" stands within two words before (in some languages: after) a hit, in its sentence."""
    if isinstance(words, str):
        return words[max(0, hit.start - 1) : hit.start] in pack["not"] and hit.start > 0
    before = list(words[max(0, hit.start - 2) : hit.start])
    while STOP in before:
        before = before[before.index(STOP) + 1 :]
    after = words[hit.end : hit.end + 1] if pack.get("not_follows") else ()
    return not {*before, *after}.isdisjoint(pack["not"])


def _to_writer(pack: Mapping[str, Any], words: Sequence[str], hit: _Hit) -> bool:
    """Whether "please contact ..." goes on with "me"."""
    if isinstance(words, str):
        return words[hit.end :].startswith(tuple(pack["me"]))
    return not set(words[hit.end : hit.end + 2]).isdisjoint(pack["me"])


def _whom(text: str, words: Sequence[str], language: str, hits: Sequence[_Hit]) -> str:
    """The address of whom to ask, else a name: capitalised words after the phrase or after a word before names."""
    address = _ADDRESS.search(text)
    if address:
        return address[0].rstrip(".").lower()
    asked = [hit for hit in hits if hit.want is Want.REFERRAL]
    if isinstance(words, str):
        titled = (_TITLED.match(words, hit.end) for hit in asked)
        return next((found[0] for found in titled if found), "")
    written = [each if each[0].isalnum() else STOP for each in _TOKEN.findall(_LINK.sub(" ", text))]
    to_whom = table(f"intents/{language}")["to_whom"]
    for hit in asked:
        for start in range(hit.start + 1, min(hit.end + 6, len(written))):
            name = _capitals(written, start)
            while name and name[0].casefold() in to_whom:
                name, start = name[1:], start + 1
            led = written[start - 1].casefold() in to_whom
            if name and (len(name) > 1 or (led and (language != "de" or written[start - 1][0].isupper()))):
                return " ".join(name)
    return ""


def _capitals(written: Sequence[str], start: int) -> list[str]:
    """The capitalised words from `start` on, three at most; none at the beginning of a sentence."""
    if written[start - 1] == STOP:
        return []
    name = []
    for word in written[start : start + 4]:
        if not word[0].isupper() or word.isupper() or word == "I":
            break
        name.append(word)
    return name


def _when(language: str, words: Sequence[str], on: date) -> date | None:
    """The day a text names for later, reckoned from `on`; None where it names none."""
    pack = table(f"intents/{language}")
    for phrase, code in sorted(pack["dates"].items(), key=lambda each: -len(each[0])):
        for start in range(len(words)) if not isinstance(words, str) else (words.find(phrase),):
            if start < 0:
                continue
            end = start + len(phrase) if isinstance(words, str) else _match(_tokens(phrase), words, start)
            if end:
                return _reckoned(code, _number(words[start:end], pack), on)
    return _in_month(pack, words, on)


def _number(words: Sequence[str], pack: Mapping[str, Any]) -> int:
    """The number among some words, 1 where there is none."""
    for word in words:
        if word.isdecimal():
            return int(word[:4])
        if word in pack.get("numbers", ()):
            return int(pack["numbers"][word])
    return 1


def _reckoned(code: str, number: int, on: date) -> date | None:
    """The day that a code of the tables means: "+#w", "+1q", "q2", "m9"."""
    if code[0] in "qm":
        return _first_of(int(code[1:]) * 3 - 2 if code[0] == "q" else int(code[1:]), on)
    count = min(number if code[1] == "#" else int(code[1:-1]), 400)
    if code[-1] in "dw":
        return on + timedelta(days=min(count * (7 if code[-1] == "w" else 1), 3_650))
    months = on.year * 12 + on.month - 1
    if code[-1] == "q":
        months = (months // 3 + count) * 3
    elif code[-1] == "y":
        months = (on.year + count) * 12
    else:
        months += min(count, 60)
    return date(months // 12, months % 12 + 1, 1) if months // 12 < 9_999 else None


def _first_of(month: int, on: date) -> date | None:
    """The next first day of a month after `on`."""
    year = on.year + (month <= on.month)
    return date(year, month, 1) if year < 9_999 else None


def _in_month(pack: Mapping[str, Any], words: Sequence[str], on: date) -> date | None:
    """The first day of the month that a text names, a language's own words for months."""
    before = pack.get("before_month")
    for number in range(12, 0, -1):  # "12月" before "2月"
        for name in pack["months"][number - 1]:
            if isinstance(words, str):
                if name in words:
                    return _first_of(number, on)
                continue
            for start in range(len(words)):
                led = not before or (start and (words[start - 1] in before or words[start - 1].isdecimal()))
                if led and _match(_tokens(name), words, start):
                    return _first_of(number, on)
    return None
