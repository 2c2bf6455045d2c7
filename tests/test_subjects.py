"""Marks before a subject are known in every language, and one table serves all who look for them."""

import pytest

from outreach.compose import false_reply
from outreach.data import table
from outreach.inbound.clues import topic
from outreach.subjects import bare, marked

FORMS = sorted(
    {form for kind in ("answer", "forward") for forms in table("subjects")[kind].values() for form in forms}
)


@pytest.mark.parametrize("form", FORMS)
def test_every_mark_is_known_wherever_subjects_are_compared(form: str) -> None:
    for written in (f"{form}: Shelves", f"{form.upper()}： Shelves", f" {form.title()} [2]: re: Shelves"):
        assert marked(written)
        assert false_reply(written)
        assert bare(written) == "Shelves"
        assert topic(written) == "shelves"


@pytest.mark.parametrize(
    "subject",
    ["Re^2: Shelves", "RE(3) : Shelves", "AW: WG: AW: Shelves", "RE: [EXTERNAL] Re: Shelves", "[EXT] SV: Shelves",
     "İLT: Shelves", "R\u034fe: Shelves", "\u2060Re: Shelves", "Ｒｅ： Shelves", "*SPAM* Re: Shelves"],
)  # fmt: skip
def test_counted_repeated_hidden_and_tagged_marks(subject: str) -> None:
    assert marked(subject)
    assert bare(subject) == "Shelves"


@pytest.mark.parametrize(
    "subject",
    ["Retail: shelves", "Re shelves", "Shelves re: price", "Area: 40 m", "Reply", "Aware: no", "", "::"],
)
def test_a_subject_of_its_own_has_none(subject: str) -> None:
    assert not marked(subject)
    assert bare(subject) == subject


def test_a_tag_of_the_readers_server_is_no_mark_of_an_answer() -> None:
    assert not marked("[External] Shelves")
    assert bare("[External] Shelves") == "Shelves"
    assert bare("[40 m] Shelves") == "[40 m] Shelves"


@pytest.mark.parametrize(
    "subject",
    ["Automatic reply: Shelves for Bob", "Out of Office: Re: Shelves for Bob",
     "Abwesenheitsnotiz: AW: Shelves for Bob",
     "Автоответ: Shelves for Bob", "Re: 自动回复：Shelves for Bob", "自動応答: Shelves for Bob"],
)  # fmt: skip
def test_an_absence_is_on_the_topic_of_the_letter_it_answers(subject: str) -> None:
    assert topic(subject) == "shelves for bob"


def test_words_before_a_colon_that_no_program_writes_belong_to_the_topic() -> None:
    assert topic("Shelves: out of office corners") == "shelves: out of office corners"
    assert topic("Automatic reply systems: an offer") == "automatic reply systems: an offer"
    assert topic("Automatic reply:") == "automatic reply:"


@pytest.mark.parametrize("piece", ["Re: ", "[ext]", "\ud800", "*", "r", "e\u0301", "回"])
def test_marks_repeated_without_end_end(piece: str) -> None:
    assert len(bare(piece * 100_000)) <= 1_000
    assert isinstance(topic(piece * 100_000), str)
