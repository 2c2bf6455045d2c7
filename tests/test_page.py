"""The page of previews: what a browser makes of it, and that prospects' data does nothing in it."""

import json
import re
import stat
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.report import page as report
from outreach.store import prospects
from outreach.store.tables import prospect
from tests.chromium import Chromium, chromium, ended, text
from tests.cli import Shell

__all__ = ["chromium"]

BOB = "bob@acme.example"
MARKDOWN = "Subject: Shelving for {{ company }}\nFormat: markdown\n\nHello **{{ first_name }}**,\n\nA & B.\n"
HOSTILE = (
    "</script><script>document.title='PWNED'</script>",
    "<img src=x onerror=document.title='PWNED'>",
    "--><!--<script>document.title='PWNED'//",
    "'\"><svg onload=document.title='PWNED'>\u202e",
)


@pytest.fixture
def shops(shell: Shell) -> Shell:
    """The small workspace, with somebody held and a first letter in Markdown."""
    shell.fill()
    more = "noname@dale.example,,Dale,retail,GB\n"
    shell.write("prospects.csv", (shell.folder / "prospects.csv").read_text() + more)
    shell.write("templates/intro.txt", MARKDOWN)
    shell.ok("prospects", "import", "prospects.csv")
    return shell


def made(shell: Shell, *args: str) -> Path:
    """The page."""
    found = shell.json("preview", "shops", "--browser", "--no-open", *args)
    return Path(found["file"])


def data(page: Path) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"))
    assert found
    value: dict[str, object] = json.loads(found[1])
    return value


def people(page: Path) -> list[str]:
    found = data(page)["people"]
    assert isinstance(found, list)
    return [each["email"] for each in found]


def test_it_lies_in_the_workspace_for_its_owner_alone(shops: Shell) -> None:
    out = shops.ok("preview", "shops", "--browser", "--no-open")
    page = shops.folder / "previews" / "shops.html"
    assert out.splitlines()[:2] == [f"PAGE      {page}", "SHOWS     3 people"]
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert (page.parent / ".gitignore").read_text() == "*\n"
    assert people(page) == [BOB, "eva@birch.example", "noname@dale.example"]
    assert people(made(shops, "--prospect", "tom@cedar.example"))[0] == "tom@cedar.example"
    assert [each.name for each in page.parent.iterdir() if each.suffix != ".html"] == [".gitignore"]


def test_a_file_that_is_no_preview_is_not_written_over(shops: Shell) -> None:
    assert made(shops, "--prospect", BOB).name == "shops.html"
    shops.write("mine.html", "<p>mine</p>")
    code, _, err = shops.run("preview", "shops", "--browser", "mine.html", "--no-open")
    assert (code, "is there already and is no preview" in err) == (1, True)
    assert (shops.folder / "mine.html").read_text() == "<p>mine</p>"
    for _ in range(2):
        shops.ok("preview", "shops", "--browser", "new.html", "--no-open")
    code, _, err = shops.run("preview", "shops", "--browser", "no/such/folder.html", "--no-open")
    assert (code, "cannot be written" in err) == (1, True)


def test_the_campaign_may_stand_after_the_option(shops: Shell) -> None:
    assert "3 people" in shops.ok("preview", "--browser", "shops", "--no-open")
    assert "which campaign?" in shops.run("preview", "--browser")[2]


def test_of_many_people_a_sample_with_all_that_is_worth_a_look(
    shops: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"p{number}@c{number}.example,Pat,C{number},retail\n" for number in range(520))
    odd = "odd@elm.example,Elm Trading and Import-Export of All Goods in the World,Elm,retail\n"
    shops.add(f"email,first_name,company,industry\n{rows}{odd}")
    out = shops.ok("preview", "shops", "--browser", "--no-open")
    assert "SHOWS     500 people of 524" in out
    page = shops.folder / "previews" / "shops.html"
    assert data(page)["note"] == "500 of 524 people: 1 outliers, 1 held, 498 drawn by lot"
    assert {"odd@elm.example", "noname@dale.example"} <= set(people(page))
    assert people(made(shops)) == people(page)
    monkeypatch.setattr(report, "MOST_CHARACTERS", 50_000)
    shops.ok("preview", "shops", "--browser", "--no-open")
    assert 5 < len(people(page)) < 50


def test_it_asks_no_server_and_lets_nothing_else_run(shops: Shell) -> None:
    raw = made(shops).read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', raw)
    assert policy
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    page = raw.partition('id="data">')[0]
    assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", page)


def hostile(shell: Shell, value: str) -> None:
    """Give Bob that name, behind the back of the import, which would clean some of it."""
    with shell.app().store as store:
        person = store.read(prospects.get, BOB)
        assert person is not None
        fields = prospects.encode({**person.fields, "first_name": value, "company": value})
        store.write(
            lambda tx: tx.execute(sa.update(prospect).where(prospect.c.id == person.id).values(fields=fields))
        )


@pytest.mark.parametrize(("value", "part"), [*zip(HOSTILE, ("html", "plain") * 2, strict=True)])
def test_hostile_names_are_text(shops: Shell, chromium: Chromium, value: str, part: str) -> None:
    shops.write("templates/intro.txt", "Subject: Hi\nFormat: markdown\n\nHello {{ company }}.\n")
    hostile(shops, value)
    page = made(shops)
    raw = page.read_text("utf-8")
    assert raw.count("</script") == 2
    assert "PWNED'</script" not in raw
    shown = chromium.shows(page, f"{BOB}/1/{part}/desktop")
    assert "<title>PWNED" not in shown
    assert value.rstrip("\u202e") in text(shown).replace("\u202e", "")
    assert len(re.findall(r"<(?:script|svg|img)\b", shown)) == 2  # the data and the page's own script


def test_the_policy_keeps_a_script_out_that_got_in(shops: Shell, chromium: Chromium) -> None:
    page = made(shops)
    broken = page.with_name("broken.html")
    evil = "<script>document.title='PWNED'</script><img src=x onerror=\"document.title='PWNED'\">"
    broken.write_text(ended(page.read_text("utf-8"), evil), "utf-8")
    assert "<title>Bob" in chromium.shows(broken)
    broken.write_text(
        broken.read_text("utf-8").replace("default-src 'none'", "script-src 'unsafe-inline'"), "utf-8"
    )
    assert "<title>PWNED" in chromium.shows(broken)  # without the policy it does its harm


def test_the_address_says_what_is_shown(shops: Shell, chromium: Chromium) -> None:
    page = made(shops)
    shown = chromium.shows(page, f"{BOB}/1/html/desktop")
    assert f"<h2>Bob</h2><span>Acme · {BOB} · new, a launch enrolls them</span>" in shown
    frame = re.search(r"<iframe [^>]*>", shown)
    assert frame
    assert 'sandbox=""' in frame[0]
    assert "<strong>Bob</strong>" in unescape(frame[0])  # browsers differ in what they escape
    shown = chromium.shows(page, f"{BOB}/1/plain/phone")
    assert '<body class="phone">' in shown
    assert "Hello Bob, A & B." in text(shown)
    assert '<pre class="footer" aria-label="Footer">Ann Lee\nNorthwind Shelving Ltd\n1 Dock Road' in shown
    second = chromium.shows(page, f"{BOB}/2/html/desktop")  # it has no HTML: the text is shown
    assert "A second thought about Acme." in text(second)
    assert "<dt>Thread</dt>" in second
    assert "<h2>Bob</h2>" in chromium.shows(page, "%%%/no/such/place")


def test_the_inbox_line_is_what_an_inbox_shows(shops: Shell, chromium: Chromium) -> None:
    line = chromium.shows(made(shops), BOB).partition('id="inbox-line"')[2].partition("</article>")[0]
    assert (
        text(f"<body{line}").partition("> ")[2].startswith("A Ann Lee Shelving for Acme – Hello Bob, A & B.")
    )


def test_somebody_held_says_why_and_what_to_do(shops: Shell, chromium: Chromium) -> None:
    shown = text(chromium.shows(made(shops), "noname@dale.example"))
    assert "Held: no first_name. To do: fill the column and import the file again" in shown


KEYS = """
const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const log = [];
const note = () => log.push(location.hash.slice(1));
const keys = ["ArrowDown", "ArrowRight", "w", "v", "ArrowUp", "ArrowUp", "ArrowLeft", "2"];
for (const key of keys) { press(key); note(); }
const search = document.getElementById("search");
search.value = "BIRCH eva"; search.dispatchEvent(new Event("input"));
log.push(document.querySelectorAll("#list a").length, document.getElementById("count").textContent);
search.value = ""; search.dispatchEvent(new Event("input"));
document.querySelector('[data-chip="held"]').click();
log.push(document.querySelector("#list a").dataset.email);
document.getElementById("theme").click(); log.push(document.documentElement.dataset.theme);
press("?"); log.push(document.getElementById("keys").open);
document.body.insertAdjacentHTML("beforeend", '<output id="log"></output>');
document.getElementById("log").textContent = JSON.stringify(log);
"""


def test_keys_search_and_chips(shops: Shell, chromium: Chromium) -> None:
    shown = chromium.shows(made(shops), f"{BOB}/1/html/desktop", KEYS)
    log = re.findall(r'<output id="log">(.*?)</output>', shown)[-1]
    eva, bob = "eva@birch.example", BOB
    assert json.loads(log.replace("&quot;", '"')) == [
        *(f"{eva}/1/html/desktop", f"{eva}/2/html/desktop", f"{eva}/2/html/phone", f"{eva}/2/plain/phone"),
        *(f"{bob}/2/plain/phone", f"{bob}/2/plain/phone", f"{bob}/1/plain/phone", f"{bob}/2/plain/phone"),
        *(1, "1 of 3 people here", "noname@dale.example", "dark", True),
    ]


MOUSE = """
const log = [], active = () => document.activeElement;
const focus = () => active().dataset.chip || active().textContent.slice(0, 6);
const click = (selector, place = 0) => {
  const one = document.querySelectorAll(selector)[place];
  one.focus(); one.click();
};
const shown = () => {
  dispatchEvent(new Event("hashchange")); // a browser's own comes when the script is over
  log.push(location.hash.slice(1), document.body.className);
};
click("button[data-part=plain]"); click("button[data-width=phone]");
click("#list a", 1); shown();
click(".steps button", 1); log.push(focus());
click("#list a", 0); shown();
click("#chips button", 1); log.push(focus());
document.body.insertAdjacentHTML("beforeend", '<output id="log"></output>');
document.getElementById("log").textContent = JSON.stringify(log);
"""


def test_a_click_keeps_how_letters_are_looked_at_and_where_the_focus_is(
    shops: Shell, chromium: Chromium
) -> None:
    shown = chromium.shows(made(shops), f"{BOB}/1/html/desktop", MOUSE)
    log = re.findall(r'<output id="log">(.*?)</output>', shown)[-1]
    assert json.loads(log.replace("&quot;", '"')) == [
        *("eva@birch.example/1/plain/phone", "phone", "2 foll"),
        *(f"{BOB}/2/plain/phone", "phone", "new"),
    ]
    assert "After a click into an HTML letter" in text(shown)


@pytest.mark.parametrize("linked", [False, True])
def test_git_hears_of_the_folder_once(
    shops: Shell, tmp_path_factory: pytest.TempPathFactory, linked: bool
) -> None:
    """Somebody's own .gitignore stays as it is; a folder elsewhere gets none."""
    folder = shops.folder / "previews"
    if linked:
        folder.symlink_to(tmp_path_factory.mktemp("elsewhere"))
        made(shops)
        assert [each.name for each in folder.iterdir()] == ["shops.html"]
    (folder / ".gitignore").parent.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*.html\n!kept.html\n")
    made(shops)
    assert (folder / ".gitignore").read_text() == "*.html\n!kept.html\n"


def test_a_campaign_of_nobody_needs_no_page(shops: Shell) -> None:
    shops.edit("campaigns/shops.toml", "'retail'", "'mining'")
    code, out, err = shops.run("preview", "shops", "--browser", "--no-open")
    assert (code, out) == (1, "")
    assert "the segment of shops matches nobody" in err
    assert not (shops.folder / "previews").exists()
    assert people(made(shops, "--prospect", BOB)) == [BOB]


def test_a_page_ends_as_a_browser_wants_it(shops: Shell) -> None:
    shops.ok("preview", "shops", "--browser", "mine", "--no-open")
    assert (shops.folder / "mine.html").exists()
    code, _, err = shops.run("preview", "shops", "--browser", "mine.txt", "--no-open")
    assert (code, "mine.txt: the name of a page ends in .html" in err) == (1, True)
    assert not (shops.folder / "mine.txt").exists()


@pytest.mark.parametrize(
    ("given", "file"),
    [("fair.v2", "fair.v2.html"), ("out/fair.v2", "out/fair.v2.html"), ("out/1.HTM", "out/1.HTM")],
)
def test_a_point_in_the_name_of_a_page_is_no_ending(shops: Shell, given: str, file: str) -> None:
    (shops.folder / "out").mkdir()
    out = shops.ok("preview", "shops", "--browser", given, "--no-open")
    assert f"PAGE      {shops.folder / file}\n" in out
    assert (shops.folder / file).is_file()


@pytest.mark.parametrize(
    ("given", "wrong", "hint"),
    [
        ("out/", "out/ is a folder", "--browser out/shops.html"),
        ("out", "out is a folder", "--browser out/shops.html"),
        ("new/", "new/ is a folder", "--browser new/shops.html"),
        (".", ". is a folder", "--browser shops.html"),
        ("out/a b.TXT", "out/a b.TXT: the name of a page ends in .html", "--browser 'out/a b.html'"),
        ("x" * 300, "File name too long", "--browser FILE"),
    ],
)
def test_what_is_no_page_is_refused_with_one_that_is(shops: Shell, given: str, wrong: str, hint: str) -> None:
    (shops.folder / "out").mkdir()
    code, _, err = shops.run("preview", "shops", "--browser", given, "--no-open")
    told = " ".join(err.split())
    assert (code, wrong in told, hint in told) == (1, True, True), err
    assert not list((shops.folder / "out").iterdir())


def test_a_letter_says_when_it_leaves_by_both_clocks_and_lists_by_its_readers(
    shops: Shell, chromium: Chromium
) -> None:
    shops.add("email,first_name,company,industry,country\nrosa@blocks.test,Rosa,Blocks,retail,KZ\n")
    page = made(shops, "--prospect", "rosa@blocks.test")
    (rosa,) = [each for each in data(page)["people"] if each["email"] == "rosa@blocks.test"]  # type: ignore[attr-defined]
    assert rosa["letters"][0]["when"] == "Mon 23 Nov 08:10 (13:10 Almaty)"
    assert re.search(r"13:10\s*</time>", chromium.shows(page))
