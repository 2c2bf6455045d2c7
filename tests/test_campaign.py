"""The language a person is written in, and conditions that point back into their files."""

import pytest

from outreach import workspace
from outreach.campaign import Workspace
from outreach.errors import Where
from outreach.model import FieldType, Hold
from outreach.segment import SegmentError, parse
from tests.workspaces import FILES, MAIN, changed

LETTER = "Subject: Shelving\n\nHello,\n"


def loaded(*names: str) -> Workspace:
    """The workspace with these texts of its two letters only."""
    files = {name: text for name, text in FILES.items() if not name.startswith("templates/")}
    return workspace.parse({**files, **{f"templates/{name}.txt": LETTER for name in names}})


@pytest.mark.parametrize(
    ("names", "wanted", "language"),
    [
        ("intro followup", "", ""),
        ("intro followup", "de", ""),
        ("intro followup intro.de followup.de", "de", "de"),
        ("intro followup intro.de followup.de", "de-AT", "de-at"),
        ("intro followup intro.de followup.de", "de_AT", "de-at"),
        ("intro followup intro.de followup.de", "DE", "de"),
        ("intro followup intro.de followup.de", "fr", ""),
        ("intro followup intro.de-AT followup.de", "de-AT", "de-at"),
        ("intro.de intro.de-AT followup.de", "de-AT", "de-at"),
        ("intro.de followup.de", "de", "de"),
    ],
)
def test_the_language_that_has_every_letter(names: str, wanted: str, language: str) -> None:
    space = loaded(*names.split())
    assert space.language(space.campaigns["shops"], wanted) == language


@pytest.mark.parametrize(
    ("names", "wanted", "hold"),
    [
        (
            "intro followup intro.de",
            "de",
            Hold("language", "followup has no text in de", "write templates/followup.de.txt"),
        ),
        (
            "intro followup followup.de",
            "de-AT",
            Hold("language", "intro has no text in de", "write templates/intro.de.txt"),
        ),
        (
            "intro.de followup.de",
            "",
            Hold("language", "intro has no text for an unknown language", "write templates/intro.txt"),
        ),
        (
            "intro.de followup.de",
            "fr",
            Hold(
                "language",
                "intro has no text in fr",
                "write templates/intro.txt (for everybody), or templates/intro.LANGUAGE.txt",
            ),
        ),
    ],
)
def test_nobody_is_written_to_in_two_languages(names: str, wanted: str, hold: Hold) -> None:
    space = loaded(*names.split())
    assert space.language(space.campaigns["shops"], wanted) == hold


def test_a_letter_is_the_nearest_text_and_never_one_of_another_language() -> None:
    space = loaded("intro", "intro.de", "intro.de-AT", "followup")
    files = {
        wanted: letter.file if (letter := space.letter("intro", wanted)) else None
        for wanted in ("de-AT", "de-CH", "fr", "")
    }
    assert files == {
        "de-AT": "templates/intro.de-AT.txt",
        "de-CH": "templates/intro.de.txt",
        "fr": None,
        "": "templates/intro.txt",
    }
    assert space.letter("nothing") is None


@pytest.mark.parametrize(
    ("condition", "segments", "where"),
    [
        ("\"industri == 'retail'\"", "", Where("campaigns/shops.toml", 2, 12)),
        ("\"industry == 'x' or industri == 'y'\"", "", Where("campaigns/shops.toml", 2, 31)),
        ('"""\nindustry == \'retail\'\nand industri == \'x\'"""', "", Where("campaigns/shops.toml", 4, 5)),
        ('"shops"', "[segments]\nshops = 'industri is missing'", Where("outreach.toml", 13, 10)),
    ],
)
def test_a_wrong_condition_is_shown_where_the_user_wrote_it(
    condition: str, segments: str, where: Where
) -> None:
    files = changed(FILES, "campaigns/shops.toml", "\"industry == 'retail'\"", condition)
    space = workspace.parse({**files, "outreach.toml": MAIN + segments})
    campaign = space.campaigns["shops"]
    with pytest.raises(SegmentError) as caught:
        parse(campaign.segment, types={"industry": FieldType.TEXT}, named=space.segments)
    found = space.segment_problem(campaign, caught.value)
    assert "did you mean `industry`?" in found.message
    assert found.where == where
