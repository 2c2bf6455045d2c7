"""`outreach preview`: the letters as they would go, for real people, whoever they are and however they stand."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_string
from typing import Any

import pytest
import sqlalchemy as sa

from outreach import compose, plan
from outreach.campaign import Workspace
from outreach.cli.preview import PLACEHOLDER
from outreach.engine import previews, upkeep
from outreach.engine.revisions import Revisions
from outreach.store import prospects, records, settings
from outreach.store.tables import prospect
from outreach.workspace import load
from tests import posting
from tests.cli import Shell

BOB, EVA, TOM = "bob@acme.example", "eva@birch.example", "tom@cedar.example"
FOOTER = "1 Dock Road, Leeds LS1 4AB, United Kingdom"


def shown(shell: Shell, *args: str) -> dict[str, object]:
    found: dict[str, object] = shell.json("preview", "shops", *args)
    return found


def test_the_whole_sequence_of_the_first_in_the_plan(shops: Shell) -> None:
    out = shops.ok("preview", "shops")
    assert out.splitlines()[0] == f"{BOB}  shops: new, a launch enrolls them"
    first, second = out.split("\n--- step ")[1:]
    assert first.startswith("1 of 2: intro, not before Mon 23 Nov 09:00 ---")
    assert (
        "\nFrom: Ann Lee <ann@northwind.example>\nTo: Bob <bob@acme.example>\nSubject: Shelving for Acme\n"
        in first
    )
    assert "\n\nHello Bob,\n\nWe make shelving in Leeds.\n" in first
    assert FOOTER in first
    assert "In-Reply-To" not in first
    assert second.startswith("2 of 2: followup, not before Thu 26 Nov 09:00 ---")
    assert "\nSubject: Shelving for Acme\n" in second
    assert "A second thought about Acme." in second
    message_id = next(line for line in first.splitlines() if line.startswith("Message-ID"))
    assert f"\nIn-Reply-To: {message_id.partition(' ')[2]}\n" in second
    assert FOOTER in second


def test_one_step_by_number_or_by_letter(shops: Shell) -> None:
    for args in (("--step", "2"), ("--letter", "followup")):
        out = shops.ok("preview", "shops", *args)
        assert "A second thought" in out
        assert "We make shelving" not in out


def test_it_as_json(shops: Shell) -> None:
    value = shown(shops, "--prospect", EVA)
    letters = value.pop("letters")
    assert value == {
        "campaign": "shops",
        "email": EVA,
        "status": "new",
        "language": "",
        "mailbox": "ann@northwind.example",
        "hold": None,
        "changed": True,
        "sent": [],
    }
    assert isinstance(letters, list)
    first, second = letters
    assert list(first) == [
        *("step", "letter", "from", "to", "subject", "message_id", "references", "text", "html"),
        *("not_before", "hold", "raw"),
    ]
    assert (first["step"], first["letter"], first["subject"]) == (1, "intro", "Shelving for Birch")
    assert (first["references"], first["html"], first["hold"], first["raw"]) == ([], None, None, None)
    assert second["references"] == [first["message_id"]]
    assert first["not_before"] == "2026-11-23T09:00:00+00:00"


def test_markdown_shows_both_parts(shops: Shell) -> None:
    shops.write(
        "templates/intro.txt", "Subject: Hi\nFormat: markdown\n\nHello **{{ first_name }}**,\n\nA & B.\n"
    )
    out = shops.ok("preview", "shops", "--step", "1")
    text, _, html = out.partition("--- the same as HTML ---")
    assert "Hello Bob," in text
    assert "<strong>Bob</strong>" in html
    assert "A &amp; B." in html
    assert FOOTER in html


def test_the_raw_bytes_are_those_that_go_but_for_the_date(shops: Shell) -> None:
    """Foreseen before the launch, for both letters, and compared with what the sender composes."""
    foreseen = [shops.run("preview", "shops", "--raw", "--step", step) for step in ("1", "2")]
    assert all("the Date is a placeholder" in err for _, _, err in foreseen)
    shops.ok("launch", "shops", "--yes")
    with shops.app().store as store:
        (box,) = [desk.mailbox for desk in store.read(settings.desks)]
        composed = []
        for at in ("2026-11-23T09:00:00+00:00", "2026-11-26T09:00:00+00:00"):
            now = datetime.fromisoformat(at)
            upkeep.reslot(store, Revisions(store), now)
            (letter,) = posting.take(store, now)
            assert letter.outgoing.to_email == BOB
            composed.append(compose.compose(letter.outgoing, box, PLACEHOLDER))
            posting.mark(store, letter, now)
            store.write(records.record, store.key, letter, posting.TAKEN, now)
            upkeep.advance(store, Revisions(store), now)
    assert [out.replace("\r\n", "\n") for _, out, _ in foreseen] == [
        raw.decode("ascii").replace("\r\n", "\n") for raw in composed
    ]


def test_raw_as_json_and_read_by_a_mail_program(shops: Shell) -> None:
    letters = shown(shops, "--raw")["letters"]
    assert isinstance(letters, list)
    parsed = [message_from_string(letter["raw"]) for letter in letters]
    assert [each["Subject"] for each in parsed] == ["Shelving for Acme"] * 2
    assert parsed[1]["In-Reply-To"] == parsed[0]["Message-ID"]
    assert [each["Date"] for each in parsed] == ["Sat, 01 Jan 2000 00:00:00 +0000"] * 2


def test_somebody_held_and_why(shops: Shell) -> None:
    shops.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    out = shops.ok("preview", "shops", "--prospect", "noname@dale.example")
    assert out.splitlines()[:2] == [
        "noname@dale.example  shops: held, a launch leaves them out",
        "HELD: no first_name (fill the column and import the file again)",
    ]
    assert shown(shops, "--prospect", "noname@dale.example")["hold"] == {
        "code": "missing",
        "reason": "no first_name",
        "fix": "fill the column and import the file again",
    }
    code, _, err = shops.run("preview", "shops", "--prospect", "noname@dale.example", "--raw")
    assert (code, "no first_name" in err) == (1, True)


def test_a_letter_of_the_sequence_that_will_be_held_says_so(shops: Shell) -> None:
    shops.write("templates/followup.txt", "Format: text\n\nHello {{ first_name }} in {{ city }}.\n")
    shops.add(f"email,city\n{EVA},Bath\n")
    out = shops.ok("preview", "shops", "--prospect", BOB)
    assert "HELD: no city" in out.split("--- step 2")[1]
    assert "HELD" not in shops.ok("preview", "shops", "--prospect", EVA)


def test_of_many_people_one_is_shown_without_planning_all(
    shops: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same person, bytes and JSON as where everybody is planned at once; and a word before it takes long."""
    shops.ok("suppress", "add", BOB)
    ways = (("--raw",), ("--format", "json"), ("--to-me", "--dry-run"), ("--step", "2"))
    at_once = [shops.ok("preview", "shops", *way) for way in ways]
    assert EVA in at_once[1]
    monkeypatch.setattr(previews, "AT_ONCE", 0)
    planned: list[int] = []
    real = plan.make

    def counted(workspace: Workspace, stem: str, state: plan.State, **more: Any) -> plan.Plan:
        people = tuple(state.prospects)
        planned.append(len(people))
        return real(workspace, stem, replace(state, prospects=people), **more)

    monkeypatch.setattr(plan, "make", counted)
    assert [shops.ok("preview", "shops", *way) for way in ways] == at_once
    assert max(planned) == 1  # a company at a time
    assert "reading 3 people ..." in shops.run("preview", "shops", "--browser", "--no-open")[2]
    for email in (BOB, EVA):
        shops.ok("suppress", "add", email)
    assert "held, a launch leaves them out" in shops.ok("preview", "shops")


def test_table_page_and_keys_have_the_same_outliers(shops: Shell) -> None:
    """Ten first lines of many lengths: by their share of the middle one the shortest were the oddest."""
    names = ["A" * length for length in (4, 4, 5, 5, 5, 5, 6, 6, 60, 14)]
    rows = "".join(f"p{place}@c{place}.example,{name},C{place},retail\n" for place, name in enumerate(names))
    shops.add(f"email,first_name,company,industry\n{rows}")
    table = [each["email"] for each in shops.json("preview", "shops", "--all")]
    with shops.app().store as store:
        roll = previews.roll(store, load(shops.folder), "shops", shops.now)
    unlike = list(roll.odd)
    assert len(unlike) == 2
    assert table == [*unlike, *sorted(set(table) - set(unlike))]
    assert [each.email for each in roll.people][:2] == unlike


def test_somebody_suppressed_is_shown_as_held(shops: Shell) -> None:
    shops.ok("suppress", "add", BOB)
    out = shops.ok("preview", "shops", "--prospect", BOB)
    assert "HELD: suppressed" in out
    assert "Hello Bob," in out


def test_somebody_outside_the_segment(shops: Shell) -> None:
    out = shops.ok("preview", "shops", "--prospect", TOM)
    assert out.splitlines()[0] == f"{TOM}  shops: not in the segment, a launch leaves them out"
    assert "Hello Tom," in out


def test_somebody_on_the_way_sees_what_was_sent_and_what_comes(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    with shops.app().store as store:
        now = posting.play(store, shops.now, 1)
    shops.now = now
    out = shops.ok("preview", "shops", "--prospect", BOB)
    assert out.splitlines()[:2] == [
        f"{BOB}  shops: in the campaign",
        "intro: sent Mon 23 Nov 09:00   outreach message show 1",
    ]
    assert "--- step 2 of 2: followup, not before Thu 26 Nov 09:00" in out
    assert "Written from the files as they are now" not in out
    shops.write("templates/followup.txt", "Format: text\n\nHello {{ first_name }},\n\nBetter.\n")
    out = shops.ok("preview", "shops", "--prospect", BOB)
    assert "Written from the files as they are now; what was launched holds until the next launch." in out
    assert "Better." in out
    assert shown(shops, "--prospect", BOB)["sent"] == [
        {
            "letter": "intro",
            "subject": "Shelving for Acme",
            "message_id": shown(shops, "--prospect", BOB)["sent"][0]["message_id"],  # type: ignore[index]
            "sent_at": "2026-11-23T09:00:00+00:00",
            "number": 1,
        }
    ]


def test_somebody_who_has_answered_gets_no_more(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    shops.ok("prospects", "mark", BOB, "replied")
    out = shops.ok("preview", "shops", "--prospect", BOB)
    assert out.strip() == f"{BOB}  shops: replied: gets no more letters"


def test_everybody_in_a_table_with_the_odd_ones_first(shops: Shell) -> None:
    people = "".join(f"p{number}@c{number}.example,Pat,C{number},retail\n" for number in range(9))
    odd = "odd@elm.example,Elm Trading and Import-Export of All Goods,Elm,retail\n"
    shops.add(f"email,first_name,company,industry\n{people}{odd}")
    shops.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    out = shops.ok("preview", "shops", "--all")
    lines = out.splitlines()
    assert lines[0].split() == ["TO", "WORDS", "SUBJECT", "BEGINS"]
    assert lines[1].startswith("odd@elm.example")
    assert lines[13].startswith("noname@dale.example")
    assert lines[13].endswith("HELD: no first_name")
    assert "13 letters, 1 held; what is unlike the others stands first" in out
    assert max(map(len, lines[:15])) <= 80
    found = shops.json("preview", "shops", "--all")
    assert found[0] == {
        "email": "odd@elm.example",
        "status": "new",
        "language": "",
        "letter": "intro",
        "subject": "Shelving for Elm",
        "words": 13,
        "first_line": "Hello Elm Trading and Import-Export of All Goods,",
        "hold": "",
    }
    assert "1 Dock Road" not in json.dumps(found)


def test_everybody_includes_those_on_their_way_with_their_next_letter(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    with shops.app().store as store:
        shops.now = posting.play(store, shops.now, 1)
    shops.add("email,first_name,company,industry\nann@elm.example,Ann,Elm,retail\n")
    found = shops.json("preview", "shops", "--all")
    assert {(each["email"], each["letter"], each["status"]) for each in found} == {
        ("ann@elm.example", "intro", "new"),
        (BOB, "followup", "active"),
        (EVA, "followup", "active"),
    }
    shops.now += timedelta(days=20)
    found = shops.json("preview", "shops", "--all", "--step", "1")
    assert [each["email"] for each in found] == ["ann@elm.example"]


@pytest.mark.parametrize(
    ("company", "hold"),
    [
        ('=HYPERLINK("https://evil.example")', ""),
        ("{# a #} <b>bold</b> & co", ""),
        ("{{ 7 * 7 }}", "MRG601"),
        ("{% include 'secret' %}", "MRG601"),
        ("Acme\nBcc: x@evil.example", "U+000A"),
        ("=?utf-8?b?QWNtZQ==?=", "=?"),
    ],
)
def test_hostile_values_stand_as_they_are_or_hold_the_letter(shops: Shell, company: str, hold: str) -> None:
    with shops.app().store as store:
        person = store.read(prospects.get, BOB)
        assert person is not None
        values = prospects.encode({**person.fields, "company": company})
        change = sa.update(prospect).where(prospect.c.id == person.id).values(fields=values)
        store.write(lambda tx: tx.execute(change))
    out = shops.ok("preview", "shops", "--prospect", BOB)
    if hold:
        assert "held, a launch leaves them out" in out
        assert hold in next(line for line in out.splitlines() if line.startswith("HELD: "))
        assert "49" not in out.partition("Message-ID")[0]
    else:
        assert f"Subject: Shelving for {company}" in out


def test_hostile_values_are_escaped_in_html(shops: Shell) -> None:
    shops.write("templates/intro.txt", "Subject: Hi\nFormat: markdown\n\nHello {{ company }}.\n")
    shops.add("email,first_name,company,industry\nx@x.example,Xan,<b>*x*</b>,retail\n")
    out = shops.ok("preview", "shops", "--prospect", "x@x.example", "--step", "1")
    text, _, html = out.partition("--- the same as HTML ---")
    assert "Hello <b>*x*</b>." in text
    assert "Hello &lt;b&gt;*x*&lt;/b&gt;." in html


def test_wrong_usage(shops: Shell) -> None:
    for args, code, words in (
        (("shps",), 1, "did you mean `shops`"),
        (("shops", "--prospect", "bob@acme.exampl"), 1, f"did you mean `{BOB}`"),
        (("shops", "--letter", "folowup"), 1, "did you mean `followup`"),
        (("shops", "--step", "3"), 1, "shops has 2 steps"),
        (("shops", "--step", "1", "--letter", "intro"), 2, "leave one out"),
        (("shops", "--all", "--raw"), 2, "leave out --prospect and --raw"),
    ):
        found, _, err = shops.run("preview", *args)
        assert (found, words in err) == (code, True), err


def test_nobody_to_show(shops: Shell) -> None:
    shops.edit("campaigns/shops.toml", "'retail'", "'mining'")
    code, _, err = shops.run("preview", "shops")
    assert (code, "the segment of shops matches nobody" in err) == (1, True)
    assert shops.ok("preview", "shops", "--all").strip() == "No letter of shops is to come."


def test_long_lines_are_broken_on_the_screen_only(shops: Shell) -> None:
    long = "We make shelving in Leeds and " * 6
    shops.write("templates/intro.txt", f"Subject: Shelving\n\nHello,\n\n{long.strip()}\n")
    assert all(len(line) <= 80 for line in shops.ok("preview", "shops").splitlines())
    letters = shops.json("preview", "shops")["letters"]
    assert long.strip() in letters[0]["text"]


def test_an_address_is_never_cut(shops: Shell) -> None:
    email = "a.very.long.name.indeed@a-company-with-a-very-long-name-of-its-own.example"
    shops.add(f"email,first_name,company,industry\n{email},Al,{'Long ' * 20},retail\n")
    assert email in shops.ok("preview", "shops", "--all")
    assert email in shops.ok("prospects", "list")
    assert email in shops.ok("calendar", "shops")


def test_a_reader_elsewhere_has_their_own_clock_beside_ours(shops: Shell) -> None:
    shops.add("email,first_name,company,industry,country\nrosa@blocks.test,Rosa,Blocks,retail,KZ\n")
    out = shops.ok("preview", "shops", "--prospect", "rosa@blocks.test")
    assert "--- step 1 of 2: intro, not before Mon 23 Nov 08:10 (13:10 Almaty) -" in out
    assert "--- step 2 of 2: followup, not before Thu 26 Nov 04:00 (09:00 Almaty) -" in out
    shops.edit("outreach.toml", '"Europe/London"', '"America/Los_Angeles"')
    out = shops.ok("preview", "shops", "--prospect", "rosa@blocks.test", "--step", "2")
    assert "not before Wed 25 Nov 20:00 (Thu 09:00 Almaty) -" in out
    assert max(map(len, out.splitlines())) <= 80
