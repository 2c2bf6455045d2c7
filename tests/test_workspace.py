"""A workspace on disk: found, read and checked; all problems of all files at once."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import workspace
from outreach.errors import InputError, OutreachError
from tests.sheets import xlsx
from tests.workspaces import CAMPAIGN, FILES, MAIN, changed, problems


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def load_problems(root: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        workspace.load(root)
    return [str(problem) for problem in caught.value.problems]


def test_the_checkout_itself_is_a_workspace() -> None:
    found = workspace.load(Path(__file__).parent.parent)
    assert found.campaigns
    for campaign in found.campaigns.values():
        assert all(found.letter(step.letter) for step in campaign.steps)


def test_what_is_on_disk_and_what_is_kept_as_text_are_the_same_workspace(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    found = workspace.load(tmp_path)
    again = workspace.parse(found.files, root=found.root)
    assert found.root == str(tmp_path)
    assert dict(found.files) == workspace.read(tmp_path) == FILES
    assert (again.campaigns, again.sender, again.mailboxes) == (
        found.campaigns,
        found.sender,
        found.mailboxes,
    )
    assert set(again.letters) == set(found.letters) == {"intro", "followup"}


def test_only_the_files_of_the_workspace_are_read(tmp_path: Path) -> None:
    others = [
        "notes.txt",
        "campaigns/prospects.csv",
        "campaigns/.draft.toml",
        "templates/old/x.txt",
        "outreach.db",
    ]
    write(tmp_path, {**FILES, **dict.fromkeys(others, "[not read")})
    (tmp_path / "templates/.#intro.txt").symlink_to("someone@host.4711")  # an editor's lock
    assert set(workspace.read(tmp_path)) == set(FILES)


def test_the_workspace_is_found_from_any_folder_inside_of_it(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    inside = tmp_path / "campaigns" / "old" / "drafts"
    inside.mkdir(parents=True)
    assert workspace.find(inside) == workspace.find(tmp_path) == tmp_path


def test_outside_of_a_workspace_the_remedy_is_init(tmp_path: Path) -> None:
    with pytest.raises(OutreachError) as caught:
        workspace.find(tmp_path)
    assert caught.value.message == f"no workspace here: {tmp_path} has no outreach.toml"
    assert caught.value.hint == "run `outreach init`"
    assert load_problems(tmp_path) == ["outreach.toml: is no file\n  run `outreach init`"]
    assert problems({}) == ["outreach.toml: is missing\n  run `outreach init`"]


def test_every_problem_of_every_file_comes_at_once(tmp_path: Path) -> None:
    files = {
        "outreach.toml": MAIN.replace('country = "GB"\n', "").replace('"Ann Lee"', "1"),
        "campaigns/broken.toml": 'name = "x\n',
        "campaigns/shops.toml": CAMPAIGN.replace('"intro"', '"intr"').replace(
            '"ann@northwind.example"]', '"bob@northwind.example"]\nexclude = ["customers.csv"]'
        ),
        "campaigns/twice.toml": 'name = "x"\nname = "y"\n',
        "templates/intro.txt": "Subject: Hello\n\n{% if %}\n",
        "templates/followup.txt": "\nAny news?\n",
        "customers.csv": "ann@acme.example\nnobody\n",
    }
    write(tmp_path, files)
    (tmp_path / "templates/latin.txt").write_bytes("Subject: Grüße\n\nText\n".encode("latin-1"))
    found = load_problems(tmp_path)
    places = [problem.split(": ")[0] for problem in found]
    assert places == [
        "campaigns/broken.toml:1:10",
        "campaigns/shops.toml:3:14",
        "campaigns/shops.toml:7:10",
        "campaigns/twice.toml:2:1",
        "customers.csv:2",
        "outreach.toml:1:2",
        "outreach.toml:8:8",
        next(place for place in places if place.startswith("templates/intro.txt:3")),
        "templates/latin.txt:1:12",
    ]


def test_a_file_that_cannot_be_read_is_not_called_missing_elsewhere(tmp_path: Path) -> None:
    text = CAMPAIGN.replace('"]\n', '"]\nexclude = ["customers.csv"]\n', 1)
    write(tmp_path, {**FILES, "campaigns/shops.toml": text})
    (tmp_path / "templates/intro.txt").write_bytes(b"Subject: x\n\n\xff\n")
    (tmp_path / "customers.csv").write_bytes("name,email\nJosé,jose@acme.example\n".encode("latin-1"))
    assert load_problems(tmp_path) == [
        "customers.csv:2:4: is not UTF-8: byte 0xE9 at position 14\n"
        "  save it as UTF-8; in Excel: Save As, CSV UTF-8 (comma delimited)",
        "templates/intro.txt:3:1: is not UTF-8: byte 0xFF at position 12\n  save it as UTF-8",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (xlsx({"S": [["email"], ["ann@acme.example"]]}), "is a spreadsheet, and a list here is a text"),
        (b"%PDF-1.7\n\xff", "this is a PDF document, not a table"),
    ],
)
def test_a_list_that_is_no_text_is_called_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    text = CAMPAIGN.replace('"]\n', '"]\nexclude = ["customers.xlsx"]\n', 1)
    write(tmp_path, {**FILES, "campaigns/shops.toml": text})
    (tmp_path / "customers.xlsx").write_bytes(content)
    hint = "save it as CSV and name that file instead; in Excel: Save As, CSV UTF-8 (comma delimited)"
    assert load_problems(tmp_path) == [f"customers.xlsx: {said}\n  {hint}"]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    for name in FILES:
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + FILES[name].encode())
    assert workspace.read(tmp_path) == FILES
    (tmp_path / "templates/intro.txt").write_bytes(b"\xef\xbb\xbfSubject: \xff")
    assert load_problems(tmp_path) == [
        "templates/intro.txt:1:10: is not UTF-8: byte 0xFF at position 12\n  save it as UTF-8"
    ]


def test_names_match_in_whatever_form_the_disk_keeps_them(tmp_path: Path) -> None:
    composed, decomposed = "r\u00e9gal", "re\u0301gal"
    files = changed(FILES, "campaigns/shops.toml", '"intro"', f'"{composed}"')
    files[f"templates/{decomposed}.txt"] = files.pop("templates/intro.txt")
    assert composed in workspace.load(write(tmp_path, files)).letters


def test_links_out_of_the_workspace_are_refused(tmp_path: Path) -> None:
    root = write(tmp_path / "here", FILES)
    secret = tmp_path / "secret.txt"
    secret.write_text("Subject: secret\n\nx\n")
    (root / "templates/leak.txt").symlink_to(secret)
    (root / "templates/self.txt").symlink_to("self.txt")
    (root / "templates/gone.txt").symlink_to("nowhere.txt")
    (root / "templates/copy.txt").symlink_to("intro.txt")  # a link inside is a file like any other
    (root / "templates/folder.txt").mkdir()
    os.mkfifo(root / "campaigns/pipe.toml")  # must not be waited for
    assert load_problems(root) == [
        "campaigns/pipe.toml: is no file\n  remove it, or put a file there",
        "templates/folder.txt: is no file\n  remove it, or put a file there",
        "templates/gone.txt: is no file\n  remove it, or put a file there",
        "templates/leak.txt: is a link out of the workspace\n  copy the file here instead",
        "templates/self.txt: is a link to itself\n  remove it",
    ]


def test_a_file_without_rights_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, FILES)

    def refused(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refused)  # root, as whom tests may run, may read every file
    assert load_problems(tmp_path)[0] == (
        "campaigns/shops.toml: cannot be read: Permission denied\n  check the file and its rights"
    )


def test_sizes_are_limited(tmp_path: Path) -> None:
    text = CAMPAIGN.replace('"]\n', '"]\nexclude = ["customers.csv"]\n', 1)
    write(tmp_path, {**FILES, "campaigns/shops.toml": text, "customers.csv": "ann@acme.example\n" * 100_000})
    assert workspace.load(tmp_path).campaigns["shops"].excluded == {"ann@acme.example"}
    write(tmp_path, {"templates/intro.txt": "Subject: x\n\n" + "x" * 1_000_000})
    assert load_problems(tmp_path) == ["templates/intro.txt: is larger than 1 MB\n  split it"]
    write(tmp_path, {f"templates/letter-{number}.txt": "\nx\n" for number in range(1000)})
    assert load_problems(tmp_path) == [
        f"{tmp_path}: 1004 files are too many: a workspace has at most 1000\n"
        "  move what is not used any more to another folder"
    ]


def test_a_letter_has_one_text_for_a_language() -> None:
    files = {**FILES, "templates/intro.de.txt": FILES["templates/intro.txt"]}
    assert problems(files) == []
    assert problems({**files, "templates/intro.DE.txt": files["templates/intro.de.txt"]}) == [
        "templates/intro.de.txt: templates/intro.DE.txt is the same letter in the same language\n"
        "  keep one of the two files"
    ]


def test_a_fault_in_a_shared_part_is_said_once() -> None:
    part = '{% include "_signature.txt" %}'
    files = {name: text + part if name.startswith("templates/") else text for name, text in FILES.items()}
    assert problems({**files, "templates/_signature.txt": "Ann Lee\n"}) == []
    (found,) = problems({**files, "templates/_signature.txt": "Ann Lee {{ phone( }}\n"})
    assert found.startswith("templates/_signature.txt:1:")


SOUP = st.text("[]{}=\"'\n #,.-abcdeilmoprst0123456789", max_size=40)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_no_damage_to_a_file_ever_ends_in_anything_but_a_list_of_problems(
    name: str, data: st.DataObject
) -> None:
    text = FILES[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    problems({**FILES, name: text[:start] + data.draw(SOUP) + text[end:]})
