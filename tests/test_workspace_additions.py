"""Adding a mailbox to files that people wrote: all else in them stays, or nothing changes."""

import os
import resource
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import InputError, OutreachError
from outreach.workspace import additions, starter
from outreach.workspace.additions import EXAMPLE_MAILBOX, EXAMPLE_SENDER, Addition
from tests.workspaces import CAMPAIGN, MAIN

KEYS: dict[str, str | int | bool] = {
    "address": "kate@shelves.test",
    "name": 'Kate "K" Ng\\',
    "smtp": "smtps://kate%40shelves.test@smtp.shelves.test:465",
    "answers": "manual",
    "per_day": 30,
    "ramp": True,
}
SENDER: dict[str, str | None] = {"company": "Shelves Ltd", "address": "1 Way\nLeeds", "website": None}


def folder(root: Path, main: str, campaign: str = CAMPAIGN) -> Path:
    (root / "campaigns").mkdir()
    (root / "outreach.toml").write_bytes(main.encode())
    (root / "campaigns" / "shops.toml").write_bytes(campaign.encode())
    return root


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_bytes().decode("utf-8-sig"))


def test_the_example_is_the_starters() -> None:
    main = tomllib.loads(starter.files(Path("/nowhere"))["outreach.toml"].decode())
    assert main["sender"]["company"] == EXAMPLE_SENDER
    assert [box["address"] for box in main["mailbox"]] == [EXAMPLE_MAILBOX]


COMMENTED = """\
# first
[[mailbox]]   # the old one
address = "ann@northwind.example"
away = [
  "2026-12-24",  # [not a heading]
]
note = '''
[sender]
# a text'''

# about the sender
[sender] # who
company = "Northwind"  # the firm
website = "https://a.example" # goes
address = \"\"\"
1 Dock
Road\"\"\" # where

# the end
[[mailbox]]
address = "bob@northwind.example"
"""


def test_what_is_not_changed_stays_as_it_is(tmp_path: Path) -> None:
    root = folder(
        tmp_path, COMMENTED, '# c\nmailboxes = [ "bob@northwind.example", "Ann@northwind.example" ] # m\n'
    )
    assert additions.add(root, Addition(KEYS, SENDER, "ann@northwind.example")) == [
        "outreach.toml",
        "campaigns/shops.toml",
    ]
    block = (
        '[[mailbox]]\naddress = "kate@shelves.test"\nname = "Kate \\"K\\" Ng\\\\"\n'
        'smtp = "smtps://kate%40shelves.test@smtp.shelves.test:465"\nanswers = "manual"\n'
        "per_day = 30\nramp = true\n"
    )
    assert (root / "outreach.toml").read_text() == (
        '# first\n\n# about the sender\n[sender] # who\ncompany = "Shelves Ltd"  # the firm\n'
        'address = "1 Way\\nLeeds" # where\n\n# the end\n[[mailbox]]\naddress = "bob@northwind.example"\n\n'
        + block
    )
    assert (root / "campaigns/shops.toml").read_text() == (
        '# c\nmailboxes = [ "bob@northwind.example", "kate@shelves.test" ] # m\n'
    )


def test_line_ends_of_windows_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    root = folder(tmp_path, "\ufeff" + MAIN.replace("\n", "\r\n"))
    additions.add(root, Addition(KEYS))
    raw = (root / "outreach.toml").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf[sender]\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert len(read(root / "outreach.toml")["mailbox"]) == 2


@pytest.mark.parametrize(
    "main",
    [
        'mailbox = [{ address = "ann@northwind.example" }, { address = "bob@northwind.example" }]\n',
        'sender = { company = "Northwind" }\n[[mailbox]]\naddress = "ann@northwind.example"\n',
        'sender.company = "Northwind"\n[x]\n',
    ],
)
def test_what_cannot_be_added_to_is_left_alone_and_the_lines_are_shown(tmp_path: Path, main: str) -> None:
    root = folder(tmp_path, main)
    with pytest.raises(OutreachError) as refused:
        additions.add(root, Addition(KEYS, SENDER, "ann@northwind.example"))
    assert 'address = "kate@shelves.test"' in refused.value.hint
    assert (root / "outreach.toml").read_text() == main
    assert (root / "campaigns/shops.toml").read_text() == CAMPAIGN


def test_all_files_change_or_none(tmp_path: Path) -> None:
    """The second of two files cannot be written: the disk takes no more than the first."""
    campaign = CAMPAIGN + "# long\n" * 1_000
    root = folder(tmp_path, MAIN, campaign)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(campaign) // 2, before[1]))
    try:
        with pytest.raises(OutreachError, match="cannot be written"):
            additions.add(root, Addition(KEYS, SENDER, "ann@northwind.example"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (root / "outreach.toml").read_text() == MAIN
    assert (root / "campaigns/shops.toml").read_text() == campaign
    assert sorted(each.name for each in root.rglob("*")) == ["campaigns", "outreach.toml", "shops.toml"]


def test_a_private_file_is_never_for_others_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even for the moment in which its new text is written."""
    root = folder(tmp_path, MAIN)
    (root / "outreach.toml").chmod(0o640)
    real, synced = os.replace, os.fsync
    seen: list[int] = []

    def writing(file: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(file).st_mode))
        synced(file)

    def standing(source: str, target: Path) -> None:
        seen.append(stat.S_IMODE(os.stat(source).st_mode))
        real(source, target)

    monkeypatch.setattr(os, "fsync", writing)
    monkeypatch.setattr(os, "replace", standing)
    additions.add(root, Addition(KEYS))
    assert seen == [0o600, 0o640]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b"*.password\n"),
        (b"# M\xfcll\n*.t\xe4st", b"# M\xfcll\n*.t\xe4st\n*.password\n"),
        (b"a\r\nb\r\n", b"a\r\nb\r\n*.password\r\n"),
        (b"\xff\xfea\0\n\0", b"\xff\xfea\0\n\0\n*.password\n"),
        (b"/kate@shelves.test.password\r\n", b"/kate@shelves.test.password\r\n"),
    ],
)
def test_gitignore_is_only_ever_added_to(tmp_path: Path, before: bytes | None, after: bytes) -> None:
    root = folder(tmp_path, MAIN)
    if before is not None:
        (root / ".gitignore").write_bytes(before)
    additions.add(root, Addition(KEYS, ignored="kate@shelves.test.password"))
    assert (root / ".gitignore").read_bytes() == after


def test_a_gitignore_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    root = folder(tmp_path, MAIN)
    (root / ".gitignore").mkdir()
    with pytest.raises(OutreachError, match=r"\.gitignore cannot be read"):
        additions.add(root, Addition(KEYS, ignored="kate.password"))
    assert (root / "outreach.toml").read_text() == MAIN


def test_what_stands_behind_the_mailbox_that_goes_stays(tmp_path: Path) -> None:
    sender = MAIN.partition("[[mailbox]]")[0]
    old = '[[mailbox]]\naddress = "ann@northwind.example"\naway = [\n  "2026-12-24",\n  # and more\n]\n'
    notes = '\n# imap later\n\n# [[mailbox]]\n# address = "bob@northwind.example"\n'
    for end in (notes, notes.rstrip()):
        (root := tmp_path / str(len(end))).mkdir()
        folder(root, sender + old + end)
        additions.add(root, Addition(KEYS, replaces="ann@northwind.example"))
        text = (root / "outreach.toml").read_text()
        assert text.startswith(
            sender.rstrip() + "\n" + notes + '\n[[mailbox]]\naddress = "kate@shelves.test"'
        )
        assert "and more" not in text


def test_what_was_edited_meanwhile_stays(tmp_path: Path) -> None:
    root = folder(tmp_path, MAIN)
    additions.look(root)
    (root / "outreach.toml").write_text(MAIN + "\n[limits]\ncompany_per_day = 1 # ours\n")
    additions.add(root, Addition(KEYS))
    assert "company_per_day = 1 # ours\n" in (root / "outreach.toml").read_text()


def test_a_mailbox_that_is_none_is_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(InputError) as refused:
        additions.mailbox({**KEYS, "per_day": 80, "smtp": "smtps://kate:secret7@smtp.shelves.test"})
    assert "from 1 to 50" in refused.value.message
    assert "holds a password" in refused.value.message
    assert "secret7" not in refused.value.message
    assert "sender" not in refused.value.message


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(name=TEXT, company=TEXT, comment=st.text("abc[]\"'#= ", max_size=20))
def test_any_text_is_written_so_that_it_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, name: str, company: str, comment: str
) -> None:
    root = folder(tmp_path_factory.mktemp("any"), MAIN.replace('GB"', f'GB" # {comment}'))
    additions.add(root, Addition({**KEYS, "name": name}, {"company": company, "website": name}))
    found = read(root / "outreach.toml")
    assert found["mailbox"][1] == {**KEYS, "name": name}
    assert (found["sender"]["company"], found["sender"]["website"]) == (company, name)
    assert f"# {comment}" in (root / "outreach.toml").read_text()
