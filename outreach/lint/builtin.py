"""The phrases that come with the program, and their indexes, as they are shipped and as they are read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import Stemmer

from outreach import data
from outreach.lint.index import Index, Pack, indexed
from outreach.lint.index import pack as indexed_pack
from outreach.lint.phrase import Phrase, category

_FIELDS = ("patterns", "weight", "scope", "not_before", "not_after", "hint", "rewrite")


@cache
def phrases(language: str) -> tuple[Phrase, ...]:
    """The phrases of a language that come with the program."""
    return tuple(_phrases(language, data.phrases(language)))


@cache
def pack(language: str) -> Pack:
    """The same with their index; with the shipped one as long as its stems are those of this stemmer."""
    found = data.index(language)
    if found.get("stemmer") != Stemmer.version():
        return indexed_pack(phrases(language))
    index = Index(found["wordings"], frozenset(found["vocabulary"]), found["longest"])
    return Pack(index, partial(phrases, language))


def phrase_tables(every: Iterable[Phrase]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Phrases as `data.phrases` gives them: language -> code -> what differs from the default."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for phrase in every:
        plain = Phrase(phrase.code, phrase.language, (), category(phrase.code).weight)
        entry = {
            name: getattr(phrase, name) for name in _FIELDS if getattr(phrase, name) != getattr(plain, name)
        }
        found.setdefault(phrase.language, {}).setdefault(phrase.code, []).append(entry)
    return found


def index_table(every: Sequence[Phrase], said: Mapping[str, int]) -> dict[str, Any]:
    """The index of one language's phrases as `data.index` gives it; `said` as for `indexed`."""
    index = indexed(every, said)
    return {
        "stemmer": Stemmer.version(),
        "longest": index.longest,
        "vocabulary": sorted(index.vocabulary),
        "wordings": index.wordings,
    }


def _phrases(language: str, codes: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Phrase]:
    for code, entries in codes.items():
        plain = Phrase(code, language, (), category(code).weight)
        for entry in entries:
            lists: dict[str, Any] = {
                name: tuple(each) if isinstance(each, list) else each for name, each in entry.items()
            }
            yield replace(plain, **lists)
