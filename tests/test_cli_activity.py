"""Who got what: `prospects list --sent`, `--tag`, and `prospects export --activity` for a CRM."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from outreach.engine import plans
from outreach.model import MessageStatus, Rejected
from outreach.store import messages
from outreach.store.tables import message
from tests import posting
from tests.cli import CAMPAIGN, INTRO, Shell
from tests.people import emails, launched, shown

BOB, EVA, TOM = "bob@acme.example", "eva@birch.example", "tom@cedar.example"
REFUSED = Rejected("rcpt", 550, "5.1.1", "=user unknown")


def play(shell: Shell, days: float) -> None:
    """Send every letter at its time, for so many days."""
    with shell.app().store as store:
        shell.now = posting.play(store, shell.now, days)


def relaunch(shell: Shell, stem: str = "shops") -> None:
    app = shell.app()
    with app.store as store:
        plans.launch(store, app.workspace, stem, now=shell.now, actor="ann")


@pytest.fixture
def reworded(shell: Shell) -> Shell:
    """Bob got the first wording of the intro; it was mended before Eva got hers."""
    launched(shell)
    with shell.app().store as store:
        (eva,) = (letter.id for letter in store.read(messages.of_prospect, 2))
        later = sa.update(message).where(message.c.id == eva).values(due_at=shell.now + timedelta(days=1))
        store.write(lambda tx: tx.execute(later.values(opens_at=shell.now + timedelta(days=1))).rowcount)
        shell.now += timedelta(hours=3)
        assert posting.post(store, shell.now) == 1
    shell.write("templates/intro.txt", INTRO.replace("in Leeds", "in York"))
    relaunch(shell)
    play(shell, 1.5)
    return shell


# list --sent


def sent(shell: Shell, which: str, *args: str) -> list[str]:
    """Whom `list --sent` names."""
    return [each["email"] for each in shown(shell, "prospects", "list", "--sent", which, *args)["prospects"]]


def test_those_who_already_got_the_wrong_version(reworded: Shell) -> None:
    assert sent(reworded, "intro") == [BOB, EVA]
    assert sent(reworded, "intro@1") == [BOB]
    assert sent(reworded, "intro@2") == sent(reworded, "shops/intro@2") == [EVA]
    assert sent(reworded, "intro@1", "first_name == 'Eva'") == []
    out = reworded.ok("prospects", "list", "--sent", "intro@1", "--columns", "email,first_name")
    header, row, total = out.splitlines()
    assert header.split() == ["EMAIL", "FIRST_NAME", "REVISION", "GOT"]
    assert row == "bob@acme.example  Bob         1         Mon 23 Nov 11:00"
    assert total == "1 person"
    (bob,) = shown(reworded, "prospects", "list", "--sent", "intro@1")["prospects"]
    assert bob["got"] == [
        {
            "campaign": "shops",
            "letter": "intro",
            "revision": 1,
            "at": "2026-11-23T11:00:00+00:00",
            "unsure": False,
        }
    ]


def test_a_letter_of_which_nobody_knows_counts_and_is_told_as_such(reworded: Shell) -> None:
    intro = sa.and_(message.c.prospect_id == 1, message.c.letter == "intro")
    unsure = sa.update(message).where(intro).values(status=MessageStatus.UNCERTAIN, sent_at=None)
    with reworded.app().store as store:
        store.write(lambda tx: tx.execute(sa.delete(message).where(message.c.letter == "followup")).rowcount)
        store.write(lambda tx: tx.execute(unsure).rowcount)
    out = reworded.ok("prospects", "list", "--sent", "intro@1")
    assert "1         Mon 23 Nov 11:00 ?" in out
    assert all(len(line) <= 80 for line in out.splitlines())


@pytest.mark.parametrize(
    ("which", "told"),
    [
        ("intor", "no letter intor has left, did you mean `intro`?"),
        ("intro@3", "it has left as of revision 1, 2 of shops"),
        ("intro@", "intro has not left as of revision ?"),
        ("intro@x", "intro has not left as of revision x"),
        ("shop/intro", "intro has not left in shop, did you mean `shops`?"),
        ("@1", "no letter  has left"),
    ],
)
def test_a_letter_that_nobody_got_is_told(reworded: Shell, which: str, told: str) -> None:
    code, _, err = reworded.run("prospects", "list", "--sent", which)
    assert code == 1
    assert told in err


def test_a_revision_of_a_letter_of_two_campaigns_needs_the_campaign(reworded: Shell) -> None:
    again = CAMPAIGN.replace("industry == 'retail'", "industry == 'building'")
    reworded.write("campaigns/builders.toml", again)
    relaunch(reworded, "builders")
    play(reworded, 3)
    assert sent(reworded, "intro") == [BOB, EVA, TOM]
    code, _, err = reworded.run("prospects", "list", "--sent", "intro@1")
    assert code == 1
    assert "write --sent builders/intro@1 or --sent shops/intro@1" in err
    assert sent(reworded, "builders/intro@1") == [TOM]


def test_the_list_by_tag(reworded: Shell) -> None:
    reworded.ok("prospects", "set", BOB, "--tag", "fair-2026", "--tag", "vip")
    reworded.ok("prospects", "set", EVA, "--tag", "fair-2026")
    assert emails(reworded) == [BOB, EVA, TOM]
    tagged = shown(reworded, "prospects", "list", "--tag", "Fair 2026")["prospects"]
    assert [(each["email"], each["tags"]) for each in tagged] == [
        (BOB, ["fair-2026", "vip"]),
        (EVA, ["fair-2026"]),
    ]
    args = ("country == 'GB' or country == 'DE'", "--tag", "fair-2026", "--tag", "vip")
    assert [each["email"] for each in shown(reworded, "prospects", "list", *args)["prospects"]] == [BOB]
    assert "fair-2026, vip" in reworded.ok("prospects", "list", "--columns", "email,tags")
    code, _, err = reworded.run("prospects", "list", "--tag", "fiar-2026")
    assert (code, "did you mean `fair-2026`?" in err) == (0, True)  # nobody has it is an answer too


# export


def test_tags_go_out_and_come_back(reworded: Shell) -> None:
    assert "tags" not in reworded.ok("prospects", "export").splitlines()[0]
    reworded.ok("prospects", "set", BOB, "--tag", "fair-2026", "--tag", "vip")
    out = reworded.ok("prospects", "export")
    header, bob, *_ = csv.reader(io.StringIO(out))
    assert (header[-1], bob[-1]) == ("tags", "fair-2026, vip")
    reworded.ok("prospects", "set", BOB, "--untag", "vip", "--untag", "fair-2026")
    reworded.write("again.csv", out)
    reworded.ok("prospects", "import", "again.csv", "--yes")
    (found,) = reworded.json("prospects", "export", "first_name == 'Bob'")
    assert found["tags"] == ["fair-2026", "vip"]


def activity(shell: Shell, *args: str) -> list[tuple[str, str, str]]:
    """What happened: person, letter, outcome."""
    rows = shell.json("prospects", "export", "--activity", *args)
    return [(row["email"], row["letter"], row["outcome"]) for row in rows]


@pytest.fixture
def busy(shell: Shell) -> Shell:
    """Bob got a letter and answered it, Eva's server refused hers, Bob opted out by telephone."""
    launched(shell)
    shell.ok("prospects", "set", BOB, "owner=ann", "--yes")
    shell.now += timedelta(hours=3)
    with shell.app().store as store:
        assert posting.post(store, shell.now) == 1
        assert posting.post(store, shell.now + timedelta(minutes=30), REFUSED) == 1
        out = store.read(messages.of_prospect, 1)[0]
    shell.now += timedelta(days=1)
    shell.write(
        "answer.eml",
        f"From: {BOB}\nTo: {out.mailbox}\nSubject: Re: {out.subject}\nMessage-ID: <1@acme.example>\n"
        f"In-Reply-To: {out.message_id}\nDate: Mon, 23 Nov 2026 15:00:00 +0000\n\nWhat does it cost?\n",
    )
    shell.ok("inbox", "import", "answer.eml")
    shell.ok("prospects", "mark", BOB, "opted-out")
    return shell


def test_an_activity_is_a_letter_an_answer_a_refusal_or_a_mark(busy: Shell) -> None:
    assert activity(busy) == [
        (BOB, "intro", "sent"),
        (EVA, "intro", "refused"),
        (BOB, "intro", "replied"),
        (BOB, "", "opted out"),
    ]
    first, _, reply, mark = busy.json("prospects", "export", "--activity")
    assert first == {
        "date": "2026-11-23T11:00:00+00:00",
        "email": BOB,
        "name": "Bob",
        "company": "Acme",
        "owner": "ann",
        "campaign": "shops",
        "letter": "intro",
        "outcome": "sent",
        "subject": "Shelving for Acme",
        "mailbox": "ann@northwind.example",
        "note": "",
    }
    assert (reply["date"], reply["note"]) == ("2026-11-23T15:00:00+00:00", "question")
    assert mark["note"] == "entered by hand"
    assert activity(busy, "--since", "today") == [(BOB, "", "opted out")]


def test_an_activity_runs_nothing_in_a_spreadsheet_and_names_no_one_who_was_erased(busy: Shell) -> None:
    busy.ok("prospects", "set", EVA, "company=+49 Shops")
    header, *rows = csv.reader(io.StringIO(busy.ok("prospects", "export", "--activity")))
    assert header[:4] == ["date", "email", "name", "company"]
    cells = [cell for row in rows for cell in row]
    assert "'+49 Shops" in cells
    assert not [cell for cell in cells if cell.strip()[:1] in {*"=+-@"}]
    busy.ok("prospects", "erase", BOB, "--yes")
    assert [who for who, _, _ in activity(busy)] == [EVA]


def test_what_does_not_go_together_is_told(busy: Shell) -> None:
    assert busy.run("prospects", "export", "--since", "today")[0] == 2
    assert busy.run("prospects", "export", "country == 'GB'", "--activity")[0] == 2
    _, out, err = busy.run("prospects", "export", "--activity", "-o", "crm.csv")
    assert (out, err) == ("", "4 entries in crm.csv\n")
    assert shown(busy, "log", "--limit", "1")["entries"][-1]["said"] == "exported what happened"
