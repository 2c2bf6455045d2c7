"""`suppress add, list, import, lift`: who is never written to, whom that stops, and who may undo it."""

import pytest

from tests.cli import Shell
from tests.people import planned, shown


def letters(shell: Shell) -> dict[str, list[str]]:
    found = (shown(shell, "prospects", "show", email) for email in ("bob@acme.example", "eva@birch.example"))
    return {each["email"]: [letter["status"] for letter in each["letters"]] for each in found}


def test_adding_tells_who_was_stopped(running: Shell) -> None:
    out = running.ok("suppress", "add", "BOB@acme.example", "@cedar.example", "--reason", "asked by phone")
    assert "NEVER     to be written to: 2 new" in out
    assert "STOPPED   bob@acme.example in shops" in out
    assert "CANCELLED 1 letter" in out
    assert letters(running) == {"bob@acme.example": ["cancelled"], "eva@birch.example": ["scheduled"]}
    assert "0 new, 1 already" in running.ok("suppress", "add", "bob@acme.example")


def test_a_domain_covers_its_subdomains_and_no_lookalikes(running: Shell) -> None:
    running.add(
        "email,first_name,company,industry\nann@mail.acme.example,Ann,A,retail\nann@notacme.example,Ann,B,retail\n"
    )
    found = shown(running, "suppress", "add", "acme.example")
    assert found == {
        "dry_run": False,
        "added": 1,
        "known": 0,
        "stopped": [{"email": "bob@acme.example", "campaign": "shops"}],
        "cancelled": 1,
        "leaving": 0,
        "noted": "",
    }
    assert [each.prospect.email for each in planned(running).new] == ["ann@notacme.example"]


def test_a_dry_run_tells_the_same_and_stops_nobody(running: Shell) -> None:
    running.ok("suppress", "add", "eva@birch.example")
    entries = ("acme.example", "eva@birch.example")
    tried = shown(running, "suppress", "add", *entries, "--dry-run")
    assert letters(running)["bob@acme.example"] == ["scheduled"]
    done = shown(running, "suppress", "add", *entries)
    assert tried == {**done, "dry_run": True}
    assert (done["added"], done["known"], done["cancelled"]) == (1, 1, 1)


def test_everything_that_is_no_address_is_told_at_once_and_nothing_is_done(running: Shell) -> None:
    code, _, err = running.run("suppress", "add", "bob@acme.example", "acme", "a b@x.example")
    assert code == 1
    assert "'acme' is neither an address nor a domain" in err
    assert "'a b@x.example' is neither" in err
    assert letters(running)["bob@acme.example"] == ["scheduled"]


def test_a_whole_mail_provider_needs_a_yes(running: Shell) -> None:
    code, _, err = running.run("suppress", "add", "gmail.com")
    assert code == 1
    assert "gmail.com is a mail provider" in err
    assert shown(running, "suppress", "list")["total"] == 0
    running.ok("suppress", "add", "gmail.com", "--yes")


def test_the_list_is_newest_first_without_the_addresses_of_the_erased(running: Shell) -> None:
    running.ok("suppress", "add", "acme.example", "--reason", "customer")
    running.ok("prospects", "erase", "eva@birch.example", "--yes")
    header, erased, acme, total = running.ok("suppress", "list").splitlines()
    assert header.split() == ["WHO", "KIND", "SINCE", "REASON"]
    assert erased.split() == ["(erased)", "address", "Mon", "23", "Nov", "08:00", "erased"]
    assert acme.split() == ["acme.example", "domain", "Mon", "23", "Nov", "08:00", "customer"]
    assert total == "2 suppressions"
    found = shown(running, "suppress", "list", "--limit", "1")
    assert found == {
        "total": 2,
        "suppressions": [
            {"kind": "address", "value": "", "reason": "erased", "at": "2026-11-23T08:00:00+00:00"}
        ],
    }


@pytest.mark.parametrize(
    "content",
    [
        b"bob@acme.example\n# from the old tool\n\nzoe@elm.example\nbirch.example\n",
        "Name;Email\nБоб;bob@acme.example\nZoë;zoe@elm.example\n;birch.example\n".encode("utf-8-sig"),
        "Имя;Email;Domain\nБорис Петров;bob@acme.example;\nЗоя;zoe@elm.example;\nВсе;;birch.example\n".encode(
            "cp1251"
        ),
    ],
    ids=["list", "csv", "windows-1251"],
)
def test_a_file_is_suppressed_line_by_line(running: Shell, content: bytes) -> None:
    (running.folder / "optouts.csv").write_bytes(content)
    tried = shown(running, "suppress", "import", "optouts.csv", "--dry-run")
    assert letters(running)["bob@acme.example"] == ["scheduled"]
    done = shown(running, "suppress", "import", "optouts.csv", "--reason", "old tool")
    assert tried == {**done, "dry_run": True}
    assert (done["added"], done["cancelled"]) == (3, 2)
    assert {each["value"] for each in shown(running, "suppress", "list")["suppressions"]} == {
        *("bob@acme.example", "zoe@elm.example", "birch.example")
    }


def test_every_bad_line_is_told_and_all_others_are_done(running: Shell) -> None:
    running.write(
        "optouts.csv", "email\n" + "".join(f"nobody {at}\n" for at in range(9)) + "bob@acme.example\n"
    )
    code, out, err = running.run("suppress", "import", "optouts.csv")
    assert code == 1
    assert "1 new" in out
    assert letters(running)["bob@acme.example"] == ["cancelled"]
    for line in range(2, 11):
        assert f"optouts.csv:{line}: 'nobody {line - 2}' is neither an address nor a domain" in err
    assert "9 of the lines were left out" in err
    assert running.run("suppress", "import", "nowhere.csv")[0] == 1


def test_more_than_one_batch_is_one_result(running: Shell) -> None:
    running.write(
        "optouts.txt",
        "bob@acme.example\neva@birch.example\n" + "".join(f"p{at}@x.example\n" for at in range(1200)),
    )
    found = shown(running, "suppress", "import", "optouts.txt")
    assert (found["added"], found["cancelled"]) == (1202, 2)
    assert len(found["stopped"]) == 2


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("how", ["opted-out", "erase"])
def test_nothing_lifts_what_somebody_said_themselves(running: Shell, how: str, before: bool) -> None:
    if before:  # their own word takes the place of ours
        running.ok("suppress", "add", "bob@acme.example", "--reason", "a customer")
    running.ok(
        "prospects",
        *(["erase"] if how == "erase" else ["mark"]),
        "bob@acme.example",
        *(["--yes"] if how == "erase" else [how]),
    )
    code, _, err = running.run("suppress", "lift", "bob@acme.example", "--reason", "came back", "--yes")
    assert code == 1
    assert "bob@acme.example stays suppressed" in err


def test_a_mistake_is_lifted_with_its_reason_and_nobody_goes_on_by_it(running: Shell) -> None:
    running.ok("suppress", "add", "bob@acme.example", "--reason", "asked by phone")
    code, _, err = running.run("suppress", "lift", "bob@acme.example", "--reason", "Rob was meant")
    assert code == 1
    assert "is suppressed since Mon 23 Nov 08:00: asked by phone. Write to it again?" in err
    out = running.ok("suppress", "lift", "Bob@acme.example", "--reason", "Rob was meant", "--yes")
    assert "bob@acme.example may be written to again" in out
    assert letters(running)["bob@acme.example"] == ["cancelled"]
    assert "bob@acme.example" not in running.ok("suppress", "list")
    assert "lifted a suppression of bob@acme.example" in running.ok("log")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("eva@birch.example", "eva@birch.example itself is not suppressed"),
        ("bob@acme.example", "bob@acme.example itself is not suppressed"),
        ("nobody", "neither an address nor a domain"),
    ],
)
def test_only_what_is_suppressed_itself_is_lifted(running: Shell, value: str, said: str) -> None:
    """Bob is suppressed with all of Acme."""
    running.ok("suppress", "add", "acme.example")
    code, _, err = running.run("suppress", "lift", value, "--reason", "a mistake", "--yes")
    assert code == 1
    assert said in err
