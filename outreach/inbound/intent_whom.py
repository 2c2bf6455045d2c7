"""Whom to ask instead, out of the words of a reply: an address, else a name."""

import re
from collections.abc import Sequence
from functools import cache

from outreach.data import table
from outreach.inbound.intent_hits import Said
from outreach.inbound.intent_packs import Want
from outreach.inbound.wording import Hit, fold

ADDRESS = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-zA-Z]{2,24}")
_WORD = re.compile(r"[^\W_]+")
_TITLES = "经理|總經理|經理|总监|總監|先生|女士|小姐|主任|主管|老师|部長|課長|总|總|姐|哥|工|様|さん"
# With a title, as people call each other, or alone up to the end of the clause; no office, no "we".
_CALLED = re.compile(
    rf"[\u4e00-\u9fff]{{1,3}}?(?:{_TITLES})|[小老][\u4e00-\u9fff]"
    r"|(?:(?![部处們们事台务務人方服购購政司板导系他她您你我归])[\u4e00-\u9fff]){2,3}(?=负责|[^\u4e00-\u9fff]|$)"
)
_ADDRESSING = ("Frau", "Herr", "Herrn")  # in German only these tell a name from any two nouns
_MOST_NAMES = 3
_REACH = 6  # words after a phrase in which the name begins


def whom(said: Said, text: str, bare: str) -> str:
    """The address that `text` names, else a name after (or in) a phrase of referral; "" where there is none.

    `bare` is the text without addresses and links, whose words `said` has.
    """
    address = ADDRESS.search(text)
    if address:
        return address[0].rstrip(".").lower()
    asked = said.of(Want.REFERRAL)
    if said.words.characters:
        return _called(said, asked)
    written = _WORD.findall(bare)
    if len(written) != len(said.words.words):  # a letter that folds into several words: the places differ
        return ""
    return next((name for hit in asked if (name := _named(said, written, hit))), "")


def _called(said: Said, asked: Sequence[Hit]) -> str:
    """A Chinese or Japanese name, in or after a phrase."""
    leads = table(f"intents/{said.language}")["to_whom"]
    text = said.words.characters
    for hit in asked:
        places = (text.find(lead, hit.first, hit.end + _REACH) + len(lead) for lead in leads)
        found = (_CALLED.match(text, at) for at, lead in zip(places, leads, strict=True) if at >= len(lead))
        name = next((each[0] for each in found if each), "")
        if name:
            return name
    return ""


def _named(said: Said, written: Sequence[str], hit: Hit) -> str:
    """The name in or after a phrase, else the one that stands right before it."""
    for start in range(hit.first + 1, min(hit.end + _REACH, len(written))):
        begins = said.words.sentences[start] != said.words.sentences[start - 1]  # with a capital in any case
        name, _ = ([], 0) if begins else _name(said, written, start)
        if name:
            return " ".join(name)
    for start in range(max(0, hit.first - _MOST_NAMES), hit.first):
        name, end = _name(said, written, start)
        if said.language == "de" and written[start] not in _ADDRESSING:
            continue
        if name and end >= hit.first - 1:
            return " ".join(name)
    return ""


def _name(said: Said, written: Sequence[str], start: int) -> tuple[list[str], int]:
    """The name that begins with a word, and the place after it: two words, or one that a word leads to."""
    name, leads = _capitals(said, written, start), _to_whom(said.language)
    while name and fold(name[0]) in leads:
        name, start = name[1:], start + 1
    before = written[start - 1] if start else ""
    led = fold(before) in leads
    if said.language == "de":  # where all nouns are written with capitals
        led = led and before[0].isupper()
    return (name[:_MOST_NAMES], start + len(name)) if len(name) > 1 or led else ([], start)


def _capitals(said: Said, written: Sequence[str], start: int) -> list[str]:
    """The capitalised words of a clause from `start` on, with those that lead to a name."""
    name: list[str] = []
    for at in range(start, min(start + _REACH, len(written))):
        word = written[at]
        if not word[0].isupper() or len(word) == 1 or word.isupper():
            break
        if said.words.clauses[at] != said.words.clauses[start]:
            break
        name.append(word)
    return name


@cache
def _to_whom(language: str) -> frozenset[str]:
    """The folded words of a language after which a name stands."""
    return frozenset(fold(word) for word in table(f"intents/{language}")["to_whom"])
