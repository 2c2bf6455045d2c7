"""Phrases of many languages found in a text in one pass over its words.

A phrase is a row of words: `a|b` is one of them, `stem*` any word that begins so, `_` any word, `word?` may be
missing. Case, accents, punctuation and line ends do not count. Chinese, Japanese and Korean phrases are plain
characters, compared without white space, traditional characters as simplified ones.
"""

import re
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
# Latin, Cyrillic and Greek accents, Arabic vowel signs and the hamza; not the voicing marks of kana.
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ʼ": "'", "ß": "ss"})
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W_]+")
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
_NONE: Mapping[str, list[_Entry]] = MappingProxyType({})


class Phrases:
    """Phrases by kind and language, as `packs/answers/*.toml` have them.

    They are looked up by their first two words where those are whole words, else by the first, else by the
    three letters a stem begins with: few have to be compared.
    """

    def __init__(self, kinds: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        self._heads: dict[str, dict[str, list[_Entry]]] = {}  # by first and second word, "" for any second
        self._stems: dict[str, list[_Entry]] = defaultdict(list)
        self._characters: list[tuple[str, str]] = []
        for kind, languages in kinds.items():
            for phrase in (phrase for phrases in languages.values() for phrase in phrases):
                self._add(kind, phrase)

    def _add(self, kind: str, phrase: str) -> None:
        if _CJK.search(phrase):
            self._characters.append(("".join(fold(phrase).split()).translate(_simplified()), kind))
            return
        for slots in dict.fromkeys(_variants(phrase)):
            words, stems = slots[0]
            seconds, more = slots[1] if len(slots) > 1 else (frozenset[str](), ())
            for word in words:
                head = self._heads.setdefault(word, {"": []})
                for second in seconds if seconds and not more else ("",):
                    head.setdefault(second, []).append((kind, slots))
            for stem in stems:
                self._stems[stem[:3]].append((kind, slots))

    def find(self, text: Words) -> list[Hit]:
        """Every phrase in the text, in the order of their places; of those of a kind at one place the longest."""
        found: dict[tuple[str, int], Hit] = {}
        words, count = text.words, len(text.words)
        heads, stems = self._heads, self._stems
        known = heads.keys() & text.different
        known |= {word for word in text.different if word[:3] in stems} if stems else set()
        for place in [at for at, word in enumerate(words) if word in known] if known else ():
            word, second = words[place], words[place + 1] if place + 1 < count else " "
            head = heads.get(word, _NONE)
            for kind, slots in (*head.get("", ()), *head.get(second, ()), *stems.get(word[:3], ())):
                end = place + len(slots)
                if end > count or not _matches(slots, words, place):
                    continue
                old = found.get((kind, place))
                if old is None or old.end < end:
                    at = text.starts[place]
                    found[kind, place] = Hit(kind, place, end, at, " ".join(words[place:end]))
        return sorted((*found.values(), *self._plain(text.characters)), key=lambda hit: hit.at)

    def _plain(self, characters: str) -> Iterator[Hit]:
        if characters:
            for phrase, kind in self._characters:
                at = characters.find(phrase)
                if at >= 0:
                    yield Hit(kind, at, at + len(phrase), at, phrase)


def _matches(slots: tuple[_Slot, ...], words: list[str], place: int) -> bool:
    for offset, (exact, stems) in enumerate(slots):
        word = words[place + offset]
        if word not in exact and (exact or stems) and not (stems and word.startswith(stems)):
            return False
    return True


def _variants(phrase: str) -> Iterator[tuple[_Slot, ...]]:
    """The rows of words that a phrase stands for: with and without each word that may be missing."""
    choices: list[tuple[tuple[_Slot, ...], ...]] = []
    for word in phrase.split():
        slot = _slot(word.removesuffix("?"))
        choices.append(((slot,), ()) if word.endswith("?") else ((slot,),))
    for chosen in product(*choices):
        yield tuple(slot for part in chosen for slot in part)


@cache
def _slot(word: str) -> _Slot:
    if word == "_":
        return frozenset(), ()
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
