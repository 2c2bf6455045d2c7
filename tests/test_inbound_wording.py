"""The one matcher of phrases that reading of mail stands on: what a phrase matches, and where."""

import time

import pytest

from outreach.inbound.wording import Phrases, Words


def found(phrase: str, text: str, *, whole: bool = False) -> list[str]:
    return [hit.words for hit in Phrases({"kind": {"xx": [phrase]}}, whole).find(Words.of(text))]


MATCHES = """\
send a price|Please send a price.|send a price
send|price a|Send a!|send a
send|price a|The PRICE, a thing|price a
pric*|prices fell|prices
a _ price|a fair price|a fair price
send me? prices|send prices|send prices
send me? prices|Send me prices|send me prices
send ... price|send price|send price
send ... price|send us your latest price|send us your latest price
in # weeks|see you in 12 weeks|in 12 weeks
# weeks|3 weeks|3 weeks
in #|two weeks|in 2 weeks or three|in 2 weeks
don't need|We don't need it|do not need
l'année|l’annee prochaine|l annee
février|En FEVRIER|fevrier
привет ё|Привет, е!|привет е
请...发|寄|请把资料寄来|请把资料寄
请|麻烦...报价|麻烦 你们 报价|麻烦你们报价
請寄|请寄样品|请寄
#个月后|三个月后再谈|三个月后
#个月后|12个月后|12个月后
""".splitlines()


def split(row: str) -> tuple[str, str, str]:
    phrase, text, words = row.rsplit("|", 2)
    return phrase, text, words


@pytest.mark.parametrize("row", MATCHES)
def test_a_phrase_is_found_whatever_may_vary(row: str) -> None:
    phrase, text, words = split(row)
    assert words in found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("send ... price", "send one two three four price"),
        ("a _ price", "a price"),
        ("in # weeks", "in some weeks"),
        ("send", "sending"),
        ("请...发", "请问一下这个东西到底是什么时候发"),
        ("请...发", "请。发"),
        ("#个月后", "几个月后"),
        ("請寄", "请发"),
    ],
)
def test_a_phrase_is_not_found_where_it_is_not(phrase: str, text: str) -> None:
    assert found(phrase, text) == []


def test_only_whole_phrases_end_with_the_sentence() -> None:
    text = "Interested? No. Need more."
    assert found("no need", text) == ["no need"]
    assert found("no need", text, whole=True) == []
    assert found("no need", "We have no\nneed of it", whole=True) == ["no need"]
    assert found("# ... march", "On 2.5 in March", whole=True) == ["2 5 in march", "5 in march"]


def test_the_longest_of_a_kind_at_a_place_is_taken_with_its_places() -> None:
    text = Words.of("Please, send us prices now")
    hits = Phrases({"ask": {"xx": ["send", "send us prices", "send us"]}, "us": {"xx": ["us"]}}).find(text)
    assert [(hit.kind, hit.words) for hit in hits] == [("ask", "send us prices"), ("us", "us")]
    assert text.words[hits[0].first : hits[0].end] == ["send", "us", "prices"]
    assert text.folded[hits[0].at :].startswith("send us prices")


def test_words_know_their_sentence_and_their_clause() -> None:
    text = Words.of("No, thanks (really). Send 2.5 kg\n\nBye")
    assert text.words == ["no", "thanks", "really", "send", "2", "5", "kg", "bye"]
    assert text.sentences == [0, 0, 0, 1, 1, 1, 1, 2]
    assert len(set(text.clauses[:4])) == 4
    assert text.clauses[3] == text.clauses[6]


@pytest.mark.parametrize("unit", ["a ", "a a b ", "请", "请 ", "3 ", "3", "\ud800", "'", ". ", "\n"])
def test_long_texts_take_time_by_their_length(unit: str) -> None:
    phrases = Phrases({"kind": {"xx": ["a ... a ... c", "# ... x", "请...发|寄...不", "#个", "a* _ _ c"]}})
    began = time.process_time()
    phrases.find(Words.of(unit * ((20 << 10) // len(unit))))
    assert time.process_time() - began < 1
