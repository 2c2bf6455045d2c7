"""Phrases of many languages found in a text in one pass over its words.

A phrase is a row of words: `a|b` is one of them, `stem*` any word that begins so, `_` any word, `word?` may be
missing, `...` is up to three words or none, `#` a number in figures. Case, accents, punctuation and line ends do
not count. Chinese, Japanese and Korean phrases are characters, compared without white space, traditional ones as
simplified ones: `a|b` is one of two rows of them, `...` up to eight characters of one clause, a `#` at the
beginning a number.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import product
from types import MappingProxyType
from unicodedata import normalize

from outreach.data import table
from outreach.inbound.html import as_text
from outreach.inbound.mail import Mail

LOOKED_AT = 3_100  # characters of a mail's own words: what makes a mail automatic stands in its first lines
SCANNED = 1_600  # of them those in which phrases are looked for
_SKIPPED, _SKIPPED_CHARACTERS = 3, 8  # for "..." in a phrase, at most
_TRIES = 8  # places at which the beginning of a phrase of characters is tried
# Latin, Cyrillic and Greek accents, Arabic vowel signs and the hamza; not the voicing marks of kana.
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ʼ": "'", "ß": "ss"})
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"\.\.\.|[^\W_]+[*?]{0,2}|[_#]\??")  # of a phrase
_SENTENCE_END = re.compile(r"[!?;:。]|\.(?!\d)|\n[ \t\r]{0,20}\n")
_CLAUSE_END = re.compile(r"[!?;:。,、()\n]|\.(?!\d)|[ \t][-–—]{1,2}[ \t]")
_FIGURES = re.compile(r"[\d一二两三四五六七八九十]{1,3}$")
# Where the answered mail begins: a rule with a word in it, a header block, "... wrote:" in any language.
_QUOTE = re.compile(
    r"^(?:>|-{2,10} ?\w[^\n]{2,60}-{2,10}$|_{10})"
    r"|^(?:From|Von|De|Da|Van|От|Від|Från|Fra|Od|发件人|寄件者|差出人) ?[:：]"
    r"|^[^\n]{8,200}(?:wrote|schrieb|écrit|escribió|escreveu|scritto|schreef|пишет|писал|写道|skrev) ?[:：]$"
)


def fold(text: str) -> str:
    """Text as it is compared: small letters, no accents, wide forms as narrow ones."""
    text = text.lower()
    if text.isascii():
        return text
    return normalize("NFC", _ACCENTS.sub("", normalize("NFKD", text))).translate(_LETTERS)


@cache
def _simplified() -> Mapping[int, str]:
    pairs = str(table("traditional")["pairs"]).split()
    return {ord(pair[0]): pair[1] for pair in pairs}


@dataclass(frozen=True)
class Words:
    """A text made ready for finding phrases: `folded`, its words and where each starts in it."""

    folded: str

    @classmethod
    def of(cls, text: str) -> "Words":
        return cls(fold(text).replace("n't", " not").replace("n’t", " not"))

    @cached_property
    def starts(self) -> list[int]:
        return [hit.start() for hit in _WORD.finditer(self.folded)]

    @cached_property
    def words(self) -> list[str]:
        return _WORD.findall(self.folded)

    @cached_property
    def different(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def sentences(self) -> list[int]:
        """The number of the sentence in which each word stands."""
        return self._numbers(_SENTENCE_END)

    @cached_property
    def clauses(self) -> list[int]:
        """The number of the clause in which each word stands: up to a comma, a bracket, the end of a line."""
        return self._numbers(_CLAUSE_END)

    def _numbers(self, end: re.Pattern[str]) -> list[int]:
        ends = [hit.start() for hit in end.finditer(self.folded)]
        return [bisect_right(ends, start) for start in self.starts]

    @cached_property
    def characters(self) -> str:
        """The text without white space, simplified; "" where it has no Chinese, Japanese or Korean."""
        if self.folded.isascii() or not _CJK.search(self.folded):
            return ""
        return "".join(self.folded.split()).translate(_simplified())


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: its kind, the places of its first word and after its last one, and its words.

    `at` is the place of its first character; of a phrase without spaces all places are those of characters.
    """

    kind: str
    first: int
    end: int
    at: int
    words: str


_Slot = tuple[frozenset[str], tuple[str, ...]]  # one word of a phrase: these, or any that begins so
_Entry = tuple[str, tuple[_Slot, ...]]  # a kind and the words of one of its phrases
_Rest = tuple[tuple[str, ...], ...]  # what follows the first characters of a phrase, each after a gap
_ANY: _Slot = (frozenset(), ())
_Head = dict[str, list[_Entry]]  # phrases with the same first word, by their second, "" for any
_NONE: Mapping[str, list[_Entry]] = MappingProxyType({})


class Phrases:
    """Phrases by kind and language, as `packs/answers/*.toml` have them.

    They are looked up by their first two words where those are whole words, else by the first, else by the
    three letters a stem begins with: few have to be compared. With `whole` none is found across the end of a
    sentence.
    """

    def __init__(self, kinds: Mapping[str, Mapping[str, Iterable[str]]], whole: bool = False) -> None:
        self._whole = whole
        self._rows: dict[str, list[tuple[str, str]]] = defaultdict(
            list
        )  # kind and phrase by a word it may begin with
        self._ready: dict[str, _Head] = {}  # those of the words that texts had so far
        self._heads: dict[str, _Head] = {}  # of the phrases that begin with something else than words
        self._stems: dict[str, list[_Entry]] = defaultdict(list)
        self._characters: dict[str, list[tuple[str, _Rest]]] = defaultdict(list)
        for kind, languages in kinds.items():
            for phrase in (phrase for phrases in languages.values() for phrase in phrases):
                firsts = _firsts(phrase)
                for first in firsts:
                    self._rows[first].append((kind, phrase))
                if not firsts:
                    self._add(kind, phrase)

    def _add(self, kind: str, phrase: str) -> None:
        if _CJK.search(phrase):
            plain = "".join(fold(phrase).split()).translate(_simplified())
            first, *rest = (tuple(part.split("|")) for part in plain.split("..."))
            for start in first:
                self._characters[start].append((kind, tuple(rest)))
            return
        for slots in dict.fromkeys(_variants(phrase)):
            words, stems = slots[0]
            for word in words:
                _put(self._heads.setdefault(word, {}), kind, slots)
            for stem in stems:
                self._stems[stem[:3]].append((kind, slots))

    def _head(self, word: str) -> "_Head":
        """The phrases that begin with a word, taken apart when a text first has it: few ever are needed."""
        head = self._ready.get(word)
        if head is None:
            head = {second: list(entries) for second, entries in self._heads.get(word, _NONE).items()}
            for kind, phrase in self._rows.get(word, ()):
                for slots in dict.fromkeys(_variants(phrase)):
                    if word in slots[0][0]:
                        _put(head, kind, slots)
            self._ready[word] = head  # at once and whole: another thread may read
        return head

    def find(self, text: Words) -> list[Hit]:
        """Every phrase in the text, in the order of their places; of those of a kind at one place the longest."""
        found: dict[tuple[str, int], Hit] = {}
        words, count = text.words, len(text.words)
        heads, stems = self._heads, self._stems
        known = (self._rows.keys() & text.different) | (heads.keys() & text.different)
        known |= {word for word in text.different if word[:3] in stems} if stems else set()
        known |= set(filter(str.isdecimal, text.different)) if "#" in heads else set()
        for place in [at for at, word in enumerate(words) if word in known] if known else ():
            word, second = words[place], words[place + 1] if place + 1 < count else " "
            head = self._head(word) or (word.isdecimal() and heads.get("#")) or _NONE
            for kind, slots in (*head.get("", ()), *head.get(second, ()), *stems.get(word[:3], ())):
                end = place + len(slots)
                if end > count or not _matches(slots, words, place):
                    continue
                if self._whole and text.sentences[place] != text.sentences[end - 1]:
                    continue
                old = found.get((kind, place))
                if old is None or old.end < end:
                    at = text.starts[place]
                    found[kind, place] = Hit(kind, place, end, at, " ".join(words[place:end]))
        return sorted((*found.values(), *self._plain(text.characters)), key=lambda hit: hit.at)

    def _plain(self, characters: str) -> Iterator[Hit]:
        for start, rows in self._characters.items() if characters else ():
            if start.lstrip("#") in characters:
                for kind, rest in rows:
                    at, end = _span(characters, start, rest)
                    if end:
                        yield Hit(kind, at, end, at, characters[at:end])


def _put(head: _Head, kind: str, slots: tuple[_Slot, ...]) -> None:
    """A phrase is put to others that begin with the same word."""
    seconds, more = slots[1] if len(slots) > 1 else _ANY
    by_second = seconds and not more and "#" not in seconds
    for second in seconds if by_second else ("",):
        head.setdefault(second, []).append((kind, slots))


def _firsts(phrase: str) -> list[str]:
    """The words with which a phrase may begin, folded; none where it may begin with something else."""
    found: list[str] = []
    for token in () if _CJK.search(phrase) else phrase.split():
        words = token.removesuffix("?").split("|")
        if not all(map(str.isalnum, words)):
            return []
        found += map(fold, words)
        if token[-1] != "?":
            return found
    return []


def _matches(slots: tuple[_Slot, ...], words: list[str], place: int) -> bool:
    for offset, (exact, stems) in enumerate(slots):
        word = words[place + offset]
        if word in exact or not (exact or stems) or (stems and word.startswith(stems)):
            continue
        if "#" not in exact or not word.isdecimal():
            return False
    return True


def _span(characters: str, start: str, rest: _Rest) -> tuple[int, int]:
    """Where a phrase of characters first begins and ends; (0, 0) where it is not."""
    plain = start.lstrip("#")
    at = characters.find(plain)
    for _ in range(_TRIES):
        if at < 0:
            break
        number = _FIGURES.search(characters[max(0, at - 3) : at]) if plain != start else None
        end = _end(characters, at + len(plain), rest) if number or plain == start else 0
        if end:
            return at - len(number[0]) if number else at, end
        at = characters.find(plain, at + 1)
    return 0, 0


def _end(characters: str, end: int, rest: _Rest) -> int:
    for part in rest:
        size = max(map(len, part))
        clause = _CLAUSE_END.split(characters[end : end + _SKIPPED_CHARACTERS + size], maxsplit=1)[0]
        ends = [clause.find(each) + len(each) for each in part if each in clause]
        if not ends:
            return 0
        end += min(ends)
    return end


def _variants(phrase: str) -> Iterator[tuple[_Slot, ...]]:
    """The rows of words that a phrase stands for: with and without each word that may be missing."""
    choices: list[tuple[tuple[_Slot, ...], ...]] = []
    for word in phrase.replace("n't", " not").split():
        for piece in (word,) if "|" in word else _PIECE.findall(word):
            if piece == "...":
                choices.append(tuple((_ANY,) * skipped for skipped in range(_SKIPPED + 1)))
                continue
            slot = _slot(piece.removesuffix("?"))
            choices.append(((slot,), ()) if piece.endswith("?") else ((slot,),))
    for chosen in product(*choices):
        yield tuple(slot for part in chosen for slot in part)


@cache
def _slot(word: str) -> _Slot:
    if word == "_":
        return _ANY
    parts = [fold(part) for part in word.split("|")]
    stems = tuple(part[:-1] for part in parts if part.endswith("*"))
    return frozenset(part for part in parts if not part.endswith("*")), stems


@lru_cache(maxsize=4)
def made_ready(text: str) -> Words:
    """A text's words; several detectors in a row ask for those of the same mail."""
    return Words.of(text)


@cache
def phrases(name: str) -> Phrases:
    """The phrases of `packs/answers/NAME.toml`."""
    return Phrases(table(f"answers/{name}"))


def own_words(mail: Mail) -> str:
    """The first LOOKED_AT characters of what a mail says itself, without the mail it answers."""
    text = mail.plain[: 2 * LOOKED_AT]
    return _own(text if text.strip() else as_text(mail.html)[: 2 * LOOKED_AT])


@lru_cache(maxsize=4)
def _own(text: str) -> str:
    return unquoted(text)[:LOOKED_AT]


def unquoted(text: str) -> str:
    """A text up to the mail it answers; lines quoted above the answer are left out."""
    kept: list[str] = []
    for line in text.splitlines():
        bare = line.strip()
        if bare and _QUOTE.match(bare):
            if any(kept) and not bare.startswith(">"):
                break
            continue
        kept.append(bare)
    return "\n".join(kept).strip()
