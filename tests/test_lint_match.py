"""The matcher finds what a plain one finds that tries every wording at every word, however words repeat."""

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from outreach.lint.index import Pack, pack
from outreach.lint.match import Matcher, words_of
from outreach.lint.phrase import ANY, Phrase, paths, stem

WORDS = ("free", "gifts", "gift", "offer", "offers", "now", "40", "we", "buy", "the")
STEPS = (*WORDS, "offer=", "gif*", ANY, "#", "(free/offer)", "(now/buy the)", "(_/we)")


def patterns(least: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(STEPS), min_size=least, max_size=4).map(" ".join)


def searchable(pattern: str) -> bool:
    """Whether a pattern has a word of its own at both ends, as the compiler asks."""
    ends = [step for path in paths(pattern, "en") for step in (path[0], path[-1])]
    return not any(ANY in step.split("|") for step in ends)


phrases = st.builds(
    Phrase,
    code=st.just("SPM101"),
    language=st.just("en"),
    patterns=st.lists(patterns(1).filter(searchable), min_size=1, max_size=3).map(tuple),
    weight=st.just(1.0),
    not_before=st.lists(patterns(1), max_size=1).map(tuple),
    not_after=st.lists(patterns(1), max_size=1).map(tuple),
)
texts = st.lists(st.sampled_from((*WORDS, ".", "\n\n")), max_size=14).map(" ".join)


def is_word(word: str, step: str) -> bool:
    if not word[0].isalnum():
        return False
    kinds = {"_", word + "=", f"en:{stem(word, 'en')}", "#" if word[0].isdigit() else ""}
    return any(edge in kinds or (edge[-1] == "*" and word.startswith(edge[:-1])) for edge in step.split("|"))


def stands(words: Sequence[str], start: int, path: Sequence[str]) -> bool:
    said = words[max(0, start) : start + len(path)] if start >= 0 else []
    return len(said) == len(path) and all(map(is_word, said, path))


def plainly(phrase: Phrase, words: Sequence[str]) -> set[tuple[int, int]]:
    """(first word, last word) of each place where a phrase stands, tried one by one."""
    found = set()
    every = [path for pattern in phrase.patterns for path in paths(pattern, "en")]
    for start, path in product(range(len(words)), every):
        end = start + len(path)
        before = [path for guard in phrase.not_before for path in paths(guard, "en")]
        after = [path for guard in phrase.not_after for path in paths(guard, "en")]
        guarded = any(stands(words, end, each) for each in before) or any(
            stands(words, start - len(each), each) for each in after
        )
        if stands(words, start, path) and not guarded:
            found.add((start, end - 1))
    return found


@given(st.lists(phrases, min_size=1, max_size=4), texts)
def test_it_finds_what_a_plain_search_finds(every: list[Phrase], text: str) -> None:
    words = words_of(text)
    ends = []
    place = 0
    for word in words:
        place = place if word == "\0" else text.index(word, place) + len(word)
        ends.append(place)
    expected = {
        (phrase, ends[first] - len(words[first]), ends[last])
        for phrase in every
        for first, last in plainly(phrase, words)
    }
    packs: list[Pack] = [pack(every[:2]), pack(every[2:])]
    hits = [(hit.phrase, hit.start, hit.end) for hit in Matcher(packs).every(text, words)]
    assert set(hits) == expected


def test_a_guard_that_is_longer_than_what_stands_before_reads_nothing_else() -> None:
    phrase = Phrase("SPM101", "en", ("free=",), 1.0, not_after=("the gifts we buy for you",))
    for text, found in (
        ("free", 1),
        ("free the gifts we buy for you", 1),
        ("the gifts we buy for you free", 0),
    ):
        assert len(list(Matcher([pack([phrase])]).every(text, words_of(text)))) == found


def test_words_that_mean_the_same_to_the_phrases_share_what_is_known_of_them() -> None:
    many = Phrase("SPM101", "en", tuple(f"mail* offer number{each}=" for each in range(200)), 1.0)
    matcher = Matcher([pack([many])])
    text = " ".join(f"mail{each} offer" for each in range(2_000))
    assert list(matcher.every(text, words_of(text))) == []
    assert len(matcher._looked) <= 3
