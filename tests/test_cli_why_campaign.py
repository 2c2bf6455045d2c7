"""`why` of a campaign and of a letter: what its letters wait for, what became of one; and of a name nobody has."""

from datetime import timedelta

import pytest

from outreach.model import Scope
from outreach.store import stops
from tests.cli import CAMPAIGN, Shell
from tests.posting import play, post, worker
from tests.why import BOB, facts, launched, one, verdict


def test_a_campaign_counts_what_its_letters_wait_for(shell: Shell) -> None:
    people = "".join(f"p{i}@firm{i}.example,Pat,Firm {i},retail,GB\n" for i in range(6))
    launched(shell, people, CAMPAIGN.replace("mailboxes", "max_new_per_day = 2\nmailboxes", 1))
    assert verdict(shell, "shops") == "shops sends intro to p0@firm0.example on Mon 23 Nov 09:00"
    assert [(w["rule"], w["facts"]["letters"]) for w in facts(shell, "shops")["waits"]] == [("delay", 6)]
    shell.now += timedelta(minutes=30)
    assert [w["rule"] for w in facts(shell, "shops")["waits"]] == ["window"]
    with shell.app().store as store:
        for _ in range(3):
            shell.now += timedelta(minutes=31)
            post(store, shell.now)
        person = one(store, "SELECT max(id) FROM prospect")
        store.write(
            stops.add_pause, Scope.PROSPECT, str(person), reason="", actor="ann", at=shell.now, until=None
        )
    found = facts(shell, "shops")
    assert {w["rule"]: w["facts"]["letters"] for w in found["waits"]} == {"cap": 3, "delay": 2, "pause": 1}
    assert found["waits"][0]["facts"]["scope"] == "new"
    assert found["people"] == {"active": 6}
    assert found["next"]["letter"] == "intro"
    assert found["next"]["at"].startswith("2026-11-24T09")
    assert "cap used up: shops has taken on its 2 new people of the day" in shell.ok("why", "shops")


def test_a_campaign_that_sends_nothing(shell: Shell) -> None:
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    assert verdict(shell, "shops") == "shops sends nothing: it was not launched"
    shell.ok("launch", "shops", "--yes")
    shell.ok("end", "shops", "--yes")
    assert verdict(shell, "shops") == "shops sends nothing: it has ended"


def test_a_letters_life(shell: Shell) -> None:
    launched(shell)
    with shell.app().store as store:
        worker(store, shell.now)
        shell.now = play(store, shell.now, 0.3)
    assert verdict(shell, "1") == "letter 1, intro to bob@acme.example: left on Mon 23 Nov 09:00"
    found = facts(shell, "3")
    assert found["status"] == "scheduled"
    assert found["verdict"]["at"] == "2026-11-26T09:00:00+00:00"
    with shell.app().store as store:
        message_id = one(store, "SELECT message_id FROM message WHERE id = 1")
    assert facts(shell, message_id) == facts(shell, "1")
    assert facts(shell, message_id.strip("<>")) == facts(shell, "1")
    shell.ok("stop", BOB, "--yes")
    assert verdict(shell, "3") == "letter 3, followup to bob@acme.example: cancelled: by hand"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bob@acme.exampl", "there is no prospect bob@acme.exampl, did you mean `bob@acme.example`?"),
        ("shop", "there is no campaign shop, did you mean `shops`?"),
        ("99", "there is no letter 99"),
        ("9" * 30, "there is no letter 999"),
        ("²", "there is no campaign ²"),
        ("bob@", "bob@ is no e-mail address"),
    ],
)
def test_unknown_names(shell: Shell, name: str, said: str) -> None:
    launched(shell)
    code, out, err = shell.run("why", name)
    assert (code, out) == (1, "")
    assert said in err
