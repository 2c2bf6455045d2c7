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

A refusal before a "but" that goes on with a wish is none; negated interest is no interest. Words that may mean
something else ("yes", "next year") count only where they begin the reply, or where nothing else is found.
"""

import re
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from outreach.inbound.intent_hits import Said, said
from outreach.inbound.intent_packs import KINDS, LEVELS, OPENING, WEAK, Want
from outreach.inbound.intent_when import when
from outreach.inbound.intent_whom import ADDRESS, whom

Day = date  # in a class that has a field of that name
READ = 3_000  # characters of a reply: what it wants stands in its first lines
_ONLY_A_TIME = 12  # words of a reply that names a time and says nothing else
_LINK = re.compile(r"(?:https?://|www\.)\S{1,500}")
_ASKS = re.compile(r"[^.!?。！？\n]{0,200}[?？]")
_MOST_ASKED = 3


@dataclass(frozen=True, slots=True)
class Intent:
    """What a reply seems to want. `words` are those that say so, in the folded form; questions as written.

    `date` is the day from which the person wants to hear again (LATER), `referral` the address or the name of
    the person to ask instead (REFERRAL), "" where none is named.
    """

    kind: Want
    words: tuple[str, ...] = ()
    date: Day | None = None
    referral: str = ""


def read(text: str, on: date) -> Intent:
    """What a reply wants, from its text without quotes and signature; `on` is the day it was written."""
    text = normalize("NFC", text[:READ]).replace("’", "'").replace("ʼ", "'").replace("n't", " not")
    bare = _LINK.sub(" ", ADDRESS.sub(" ", text))
    found = said(bare)
    questions = tuple(hit[0].strip() for hit in _ASKS.finditer(bare) if any(map(str.isalnum, hit[0])))
    kind, words = _wanted(found, questions)
    if kind is Want.UNCLEAR:
        return _otherwise(found, text, on)
    if kind is Want.REFERRAL:
        return Intent(kind, words, referral=whom(found, text, bare))
    return Intent(kind, words, when(found, bare, on) if kind is Want.LATER else None)


def _wanted(found: Said, questions: tuple[str, ...]) -> tuple[Want, tuple[str, ...]]:
    """The kind that counts and the words that say so: plain phrases, openings, praise, questions, weak phrases."""
    for level in LEVELS:
        if level == WEAK and (questions or found.of(OPENING + Want.QUESTION)):
            return Want.QUESTION, questions[:_MOST_ASKED] or _words(found, OPENING + Want.QUESTION)
        for kind in KINDS:
            words = _words(found, level + kind)
            if words and (kind, level) != (Want.QUESTION, OPENING):
                return kind, questions[:_MOST_ASKED] or words if kind is Want.QUESTION else words
    return Want.UNCLEAR, ()


def _words(found: Said, kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.words for hit in found.of(kind)))


def _otherwise(found: Said, text: str, on: date) -> Intent:
    """What a reply without any phrase may be: one that only names an address, or a time."""
    address = ADDRESS.search(text)
    if address:
        return Intent(Want.REFERRAL, (address[0],), referral=whom(found, text, ""))
    short = found.language and len(found.words.words) <= _ONLY_A_TIME
    day = when(found, text, on) if short else None
    return Intent(Want.LATER, (text.strip(),), day) if day else Intent(Want.UNCLEAR)
