"""What is found in a reply: its language, the phrases of intents in it, and which of them count.

A phrase inside a longer one does not count, interest that is denied is a refusal, and a refusal before a wish
("we have a supplier, but send your prices") is none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from string import ascii_lowercase

from outreach.data import table
from outreach.inbound.intent_packs import BUT, NOTHING, OPENING, Want, denials, marks, phrases, writer
from outreach.inbound.wording import Hit, Words

_OPENS, _OPENS_CHARACTERS = 8, 14  # words or characters before which an opening must begin
_MOST_OPENING = 3  # clauses before an opening: a salutation, thanks
_FEW_MARKS = 2  # common words by which languages are hardly told apart
_NEAR = 2  # words from a "not" to what it denies
_CLAUSES = re.compile(r"[.!?;:。,、()\n]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_CYRILLIC = ("ru", "uk", "kk", "mn")
_CYRILLIC_LETTER = re.compile(r"[\u0400-\u04ff]")
_REFUSALS = (Want.LATER, Want.NOT_INTERESTED)
_STOPS = (Want.OPT_OUT, Want.HOSTILE)
_AFFIRMING = (Want.INTERESTED, Want.QUESTION, NOTHING)  # "why not": a "not" in these denies nothing


@dataclass(frozen=True)
class Said:
    """A reply as it was read: its language, its words, and what was found, by "KIND" or "LEVEL KIND"."""

    language: str
    words: Words
    hits: tuple[Hit, ...] = ()

    def of(self, kind: str) -> list[Hit]:
        """The hits of a kind, in the order of their places."""
        return [hit for hit in self.hits if hit.kind == kind]


def said(text: str) -> Said:
    """What a reply says, in the language it is most likely in; nothing in a language without a pack."""
    words = Words.of(text)
    best, most = Said("", words), -1
    for language, seen in _languages(text, words).items():
        found = Said(language, words, _counting(language, words))
        weight = seen + sum(hit.end - hit.first for hit in found.hits)
        if weight > most:
            best, most = found, weight
    return best


def _languages(text: str, words: Words) -> dict[str, int]:
    """The languages that a text may be in, with the number of their common words and letters in it."""
    if words.characters:
        return {"ja" if _KANA.search(text) else "zh": 0}
    letters = set(text.lower()) - set(ascii_lowercase)
    count = {
        language: len(common & words.different) + 2 * len(own & letters)
        for language, (common, own) in marks().items()
    }
    most = max(count.values())
    enough = most - (most <= _FEW_MARKS)  # of a short text one word more or less says little
    cyrillic = bool(_CYRILLIC_LETTER.search(text))
    foreign = table("intents/languages")["foreign"]
    known = max(found for each, found in count.items() if each not in foreign)
    if known < most - bool(known):  # of the same family: a word more says little
        return {}
    return {
        each: found
        for each, found in count.items()
        if each not in foreign and found >= min(enough, known) and (found or (each in _CYRILLIC) == cyrillic)
    }


def _counting(language: str, words: Words) -> tuple[Hit, ...]:
    """The hits that count: not those inside a longer one, and interest that is denied as its contrary."""
    found = [hit for hit in phrases(language).find(words) if _opens(words, hit)]
    kept = _uncovered(found)
    affirmed = {at for hit in kept if _kind(hit) in _AFFIRMING for at in range(hit.first, hit.end)}
    counting = []
    for hit in kept:
        if _kind(hit) == Want.INTERESTED and _denied(language, words, hit, affirmed):
            hit = replace(hit, kind=hit.kind.replace(Want.INTERESTED, Want.NOT_INTERESTED))
        elif _kind(hit) == Want.REFERRAL and _towriter(language, words, hit):
            continue
        counting.append(hit)
    return tuple(_after_turn(words, counting))


def _kind(hit: Hit) -> str:
    """The kind of a hit without its strength."""
    return hit.kind.rpartition(" ")[2]


def _opens(words: Words, hit: Hit) -> bool:
    """Whether a hit stands where its strength needs it: an opening begins one of the first clauses."""
    if not hit.kind.startswith(OPENING):
        return True
    if _in_characters(words, hit):
        around = words.characters[max(0, hit.at - 1) : hit.at], words.characters[hit.end : hit.end + 1]
        return hit.at < _OPENS_CHARACTERS and not any(map(str.isalnum, around))
    clause = words.clauses
    begins = hit.first == 0 or clause[hit.first] != clause[hit.first - 1]
    return begins and hit.first < _OPENS and len(set(clause[: hit.first])) <= _MOST_OPENING


def _uncovered(hits: Iterable[Hit]) -> list[Hit]:
    """The hits that are not inside a longer one. What asks to stop is covered only by what says nothing."""
    kept = []
    reach = strict = (
        -1,
        -1,
    )  # the furthest end so far and where that hit starts: of all, of what covers a stop
    for hit in sorted(hits, key=lambda each: (each.first, -each.end)):
        end, start = strict if hit.kind in _STOPS else reach
        if not (hit.end < end or (hit.end == end and start < hit.first)):
            kept.append(hit)
        if hit.end > reach[0]:
            reach = hit.end, hit.first
        if hit.kind in (*_STOPS, NOTHING) and hit.end > strict[0]:
            strict = hit.end, hit.first
    return kept


def _denied(language: str, words: Words, hit: Hit, affirmed: set[int]) -> bool:
    """Whether a "not" stands closely before a hit (in some languages: after it), in its clause."""
    words_of_denial, after = denials(language)
    if _in_characters(words, hit):
        return words.characters[: hit.at].endswith(tuple(words_of_denial))
    clause = words.clauses
    near = (*range(max(0, hit.first - _NEAR), hit.first), *range(hit.end, min(hit.end + after, len(clause))))
    return any(
        words.words[at] in words_of_denial and clause[at] == clause[hit.first]
        for at in near
        if at not in affirmed
    )


def _towriter(language: str, words: Words, hit: Hit) -> bool:
    """Whether "please contact ..." goes on with "me"."""
    if _in_characters(words, hit):
        return words.characters[hit.end :].startswith(writer(language))
    return not set(writer(language)).isdisjoint(words.words[hit.end : hit.end + 2])


def _after_turn(words: Words, hits: list[Hit]) -> list[Hit]:
    """The hits without the refusals that a wish follows ("we have one, but send your prices")."""
    wish = max((hit.at for hit in hits if hit.kind == Want.INTERESTED), default=-1)
    refusals = [hit for hit in hits if hit.kind in _REFUSALS]
    if not refusals or wish < refusals[-1].at:
        return hits
    turned = any(refusals[-1].at < hit.at <= wish for hit in hits if hit.kind == BUT)
    text = words.characters or words.folded
    until = refusals[-1].at + len(refusals[-1].words)
    if turned or (refusals[-1].kind == Want.NOT_INTERESTED and _CLAUSES.search(text, until, wish)):
        return [hit for hit in hits if hit.kind not in _REFUSALS]
    return hits


def _in_characters(words: Words, hit: Hit) -> bool:
    """Whether the places of a hit are those of characters, not of words."""
    return bool(words.characters) and not hit.words.isascii()
