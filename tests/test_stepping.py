"""Stepping through letters with keys: a real terminal, and the screen line by line."""

import fcntl
import os
import shutil
import signal
import sys
import termios
import threading
from datetime import UTC, datetime

import pytest

from outreach.cli import terminal
from outreach.engine import previews
from outreach.report import walking
from outreach.report.letters import Preview
from outreach.report.lines import width
from outreach.workspace import load
from tests import posting
from tests.cli import Shell
from tests.keyboard import OUTREACH, keyboard
from tests.launched import PATIENCE, Served

BOB, EVA, ODD = "bob@acme.example", "eva@birch.example", "odd@elm.example"
DOWN, RIGHT, LEFT = "\x1b[B", "\x1b[C", "\x1b[D"


@pytest.fixture
def shops(shell: Shell, post: Served) -> Shell:
    """Ten shops, one with an odd name, and one without a name, who is held."""
    shell.fill(smtp=post.server.url)
    rows = "".join(f"p{number}@c{number}.example,Pat,C{number},retail,GB\n" for number in range(6))
    odd = f"{ODD},Elm Trading and Import-Export of All Goods in the World,Elm,retail,GB\n"
    shell.write("prospects.csv", (shell.folder / "prospects.csv").read_text() + rows + odd)
    shell.ok("prospects", "import", "prospects.csv")
    shell.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    return shell


def test_from_the_first_look_to_the_way_back(shops: Shell) -> None:
    with keyboard(shops.folder, "preview", "shops") as keys:
        first = keys.sees("q quit")
        assert first.startswith(ODD)
        assert "1 of 10, outlier: longest first line (" in first
        assert len(first.split("\n")) == 24
        keys.types("n")
        assert keys.sees("q quit").startswith(BOB)
        keys.types(DOWN)
        assert "[2 followup, not before" in keys.sees("A second thought about Acme.")
        keys.types(f"1{RIGHT}{RIGHT}")
        assert "[1 intro, not before" in keys.sees("4 of 10")
        keys.types(LEFT)
        keys.sees("3 of 10")
        keys.types("h")
        assert "HELD: no first_name (fill the column" in keys.sees("held: 1 of 1")
        keys.types("o")
        assert keys.sees("outliers: 1 of 1").startswith(ODD)
        keys.types("/birxh\x7f\x7fch eva\r")
        assert keys.sees("found 'birch eva': 1 of 1").startswith(EVA)
        keys.types("/nobody\r")
        keys.sees("nobody: found 'nobody'")
        keys.types("a")
        keys.sees("1 of 10")
        keys.types("q")
        assert keys.ends() == 0


@pytest.mark.parametrize("end", ["\x1b", "\x03", "\x04"])
def test_escape_and_ctrl_c_leave_the_terminal_as_it_was(shops: Shell, end: str) -> None:
    with keyboard(shops.folder, "preview", "shops") as keys:
        keys.sees("q quit")
        keys.types(end)
        assert keys.ends() == 0
        assert "Traceback" not in keys.said


def test_a_termination_leaves_the_terminal_as_it_was(shops: Shell) -> None:
    with keyboard(shops.folder, "preview", "shops") as keys:
        keys.sees("q quit")
        keys.program.send_signal(signal.SIGTERM)
        assert keys.ends() == 128 + signal.SIGTERM


def test_a_test_letter_and_the_page_from_within(shops: Shell, post: Served) -> None:
    with keyboard(shops.folder, "preview", "shops", "--step", "2") as keys:
        keys.sees("[2 followup")
        keys.types("t")
        keys.sees("send this letter as a test to ann@northwind.example? y/n")
        keys.types("y")
        keys.sees("sent to ann@northwind.example; 19 more tests today")
        post.has_taken(1)
        for other in ("n", "\x1b", "\x03", "x"):
            keys.types("t")
            keys.sees("y/n")
            keys.types(other)
            keys.sees("nothing was sent")
        keys.types("b")
        keys.sees("written: previews/shops.html")
        keys.types("q")
        assert keys.ends() == 0
    assert len(post.server.received) == 1
    assert b"A second thought about Elm." in post.server.received[0].data


def test_what_keeps_a_test_from_leaving_is_said_in_full(shops: Shell, post: Served) -> None:
    shops.ok("pause", "--all", "--reason", "a wrong price")
    with keyboard(shops.folder, "preview", "shops") as keys:
        keys.sees("q quit")
        keys.types("t")
        keys.sees("any key goes back")
        assert "error: everything is paused: a wrong price\n  test letters too; go on: outreach" in keys.seen
        keys.types(" ")
        assert keys.sees("q quit").startswith(ODD)
        keys.types("q")
        assert keys.ends() == 0
    assert post.server.received == []


def test_what_is_typed_while_the_letters_are_made_ready_is_done_then(shops: Shell) -> None:
    with keyboard(shops.folder, "preview", "shops") as keys:
        keys.types("n")  # the program is not there yet
        keys.sees("making the letters ready ...")
        keys.types("n")
        assert keys.sees("3 of 10").startswith(EVA)
        keys.types("q")
        assert keys.ends() == 0


def test_ctrl_c_leaves_the_search_and_not_the_letters(shops: Shell) -> None:
    with keyboard(shops.folder, "preview", "shops") as keys:
        keys.sees("q quit")
        keys.types("/bir")
        keys.sees("company): bir")
        keys.types("\x03")
        assert keys.sees("q quit").startswith(ODD)
        keys.types("n")
        assert keys.sees("q quit").startswith(BOB)
        keys.types("q")
        assert keys.ends() == 0


def test_the_keys_are_listed(shops: Shell) -> None:
    with keyboard(shops.folder, "preview", "shops") as keys:
        assert "? keys" in keys.sees("q quit")
        keys.types("?")
        said = keys.sees("any key goes back").split("\n")
        assert [len(said), max(map(len, said))] == [24, 80]
        assert "j, k             a line down, a line up" in "\n".join(said)
        keys.types("q")
        assert keys.sees("q quit").startswith(ODD)
        keys.types("q")
        assert keys.ends() == 0


def test_a_long_reason_stands_in_as_many_lines_as_it_takes(shops: Shell) -> None:
    """Above it the letter has so much less room, and its end can still be reached."""
    why = "outlier: shortest first line (10 characters, usually 18), as said by somebody with many words"
    with shops.app().store as store:
        roll = previews.roll(store, load(shops.folder), "shops", shops.now)
    preview = Preview(roll.of(roll.people[0]), load(shops.folder).campaigns["shops"], "Europe/London")
    screen = walking.Screen(preview, 1, 10, view="outliers", said=why)
    shown = walking.lines(screen, 80, 14)
    status = shown[-2 - walking.status_lines(screen, 80) : -2]
    assert len(status) == 2
    assert why in " ".join(" ".join(status).split())
    last = walking.Screen(preview, 1, 10, top=walking.furthest(screen, 80, 14), view="outliers", said=why)
    assert walking.body(screen, 80)[-1] in "\n".join(walking.lines(last, 80, 14))


def test_a_step_is_the_campaigns_for_whoever_is_looked_at(shops: Shell) -> None:
    """Bob has had the first of three letters, the others have had none."""
    shops.write("templates/third.txt", "Format: text\n\nHello {{ first_name }},\n\nOne last word.\n")
    campaign = (shops.folder / "campaigns/shops.toml").read_text()
    segment = campaign.replace("'retail'", "'retail' and email == 'bob@acme.example'")
    steps = '\n[[step]]\nletter = "third"\nafter = "3 business days"\n'
    shops.write("campaigns/shops.toml", segment + steps)
    shops.ok("launch", "shops", "--yes")
    with shops.app().store as store:
        posting.play(store, shops.now, 1)
    shops.write("campaigns/shops.toml", campaign + steps)
    with keyboard(shops.folder, "preview", "shops", "--step", "2") as keys:
        assert "[2 followup" in keys.sees("q quit")
        keys.types("/bob\r")
        assert "[2 followup" in keys.sees("found 'bob'")
        keys.types(DOWN)
        keys.sees("[3 third")
        keys.types("a")
        assert "[3 third" in keys.sees("1 of 10")
        keys.types("1")
        keys.sees("[1 intro")
        keys.types("/bob\r")
        assert "[2 followup" in keys.sees("found 'bob'")  # the first has left: the next
        keys.types("q")
        keys.ends()


def test_ctrl_z_gives_the_terminal_back_and_fg_shows_the_letter_again(shops: Shell) -> None:
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("no bash on this machine")
    with keyboard(shops.folder, program=(shell, "--norc", "--noprofile", "-i")) as keys:
        keys.types(f"{' '.join(OUTREACH)} preview shops\n")
        keys.sees("q quit")
        keys.types("\x1a")
        keys.sees("Stopped")
        assert "\x1b[?25h\x1b[?1049l" in keys.said
        keys.types("fg\n")
        assert keys.sees("q quit").startswith(ODD)
        assert "\x1b[?1049h\x1b[?25l" in keys.said
        keys.types("n")
        assert keys.sees("q quit").startswith(BOB)
        keys.types("q")
        keys._until(lambda: "\x1b[?1049l" in keys.said, "way back")
        keys.types("exit\n")
        assert keys.program.wait(PATIENCE) == 0


def test_another_size_of_the_window_is_drawn_at_once_and_what_was_said_stays(shops: Shell) -> None:
    with keyboard(shops.folder, "preview", "shops") as keys:
        keys.sees("q quit")
        keys.types("9")
        keys.sees("there is no letter 9 to come")
        keys.resized(100, 30)
        screen = keys.sees("q quit").split("\n")
        assert [len(screen), len(screen[0])] == [30, 100]
        assert "there is no letter 9" in screen[-3]
        keys.types("q")
        keys.ends()


class Line:
    """A slow line: what is written comes only once what came before has been read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ear, self.mouth = os.pipe()
        monkeypatch.setattr(sys, "stdin", os.fdopen(self.ear, "rb", buffering=0, closefd=False))
        self.keys = terminal.Keys()

    def press(self, *pieces: bytes) -> str:
        """The key that comes of these pieces."""

        def write() -> None:
            for piece in pieces:
                while fcntl.ioctl(self.ear, termios.FIONREAD, bytes(4)) != bytes(4):
                    os.sched_yield()
                os.write(self.mouth, piece)

        writing = threading.Thread(target=write)
        writing.start()
        try:
            return self.keys.press()
        finally:
            writing.join()


def test_a_key_may_come_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "SOON", PATIENCE)
    line = Line(monkeypatch)
    assert line.press(b"\x1b", b"[", b"B") == DOWN
    assert line.press(b"\x1bO", b"C") == "\x1bOC"
    assert line.press("ä".encode()[:1], "ä".encode()[1:]) == "ä"
    monkeypatch.setattr(terminal, "SOON", 0.0)
    assert line.press(b"\x1b") in terminal.QUIT
    line.keys.wake()
    assert line.keys.press() == ""
    os.close(line.mouth)
    assert line.keys.press() in terminal.QUIT
    line.keys.close()


@pytest.mark.parametrize("words", ["字" * 60, "a字" * 50, "e\u0301" * 200, "short"])
def test_what_is_typed_never_runs_over_the_last_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    terminal.foot(words)
    shown = capsys.readouterr().out.rpartition("\x1b[K")[2]
    assert words.endswith(shown)
    assert width(shown) < 80
    assert len(shown) > 4


def test_a_long_letter_scrolls(shops: Shell) -> None:
    long = "\n".join(f"Line {number} of it." for number in range(1, 60))
    shops.write(
        "templates/intro.txt", f"Subject: Hi {{{{ company }}}}\n\nHello {{{{ first_name }}}},\n\n{long}\n"
    )
    with keyboard(shops.folder, "preview", "shops", "--step", "1") as keys:
        assert "Line 1 of it." in keys.sees("1-16/")
        keys.types(" j")
        assert "Line 1 of it." not in keys.sees(" 17-32/")
        keys.types("k" * 30)
        assert "Line 1 of it." in keys.sees(" 1-16/")
        keys.types(" " * 9)
        assert "United Kingdom" in keys.sees("q quit")
        keys.types("q")
        keys.ends()


def test_without_a_terminal_it_shows_the_first_person(shops: Shell) -> None:
    assert shops.ok("preview", "shops").startswith(f"{BOB}  shops: new")


def test_who_has_a_full_name_only_is_named(shops: Shell) -> None:
    shops.add("email,first_name,full_name,company,industry\nx@oak.example,,Madonna,Oak,retail\n")
    with keyboard(shops.folder, "preview", "shops") as keys:
        keys.types("/oak\r")
        assert keys.sees("found 'oak'").startswith("x@oak.example  Madonna, Oak ")
        keys.types("q")
        keys.ends()


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (20, 10), (200, 60)])
def test_a_screen_is_never_larger_than_the_terminal(shops: Shell, columns: int, rows: int) -> None:
    shops.write(
        "templates/intro.txt", "Subject: 你好 {{ company }}\n\nHello {{ first_name }},\n\n" + "字" * 500
    )
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    with shops.app().store as store:
        roll = previews.roll(store, load(shops.folder), "shops", now)
    for person in roll.people:
        preview = Preview(roll.of(person), load(shops.folder).campaigns["shops"], "Europe/London")
        for top in (0, 7, 10_000):
            shown = walking.lines(walking.Screen(preview, 1, 10, 0, top, "", "x" * 300), columns, rows)
            assert len(shown) == rows
            assert {width(line) for line in shown} == {columns}
            assert not any("\x1b" in line for line in shown)


def test_a_large_campaign_is_planned_as_it_is_looked_at(
    shops: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same letters, holds and outliers, whether everybody is planned at once or one after the other."""
    shops.add(
        "email,first_name,company,industry\n"
        + "".join(f"q{number}@elm.example,Quin,Elm,retail\n" for number in range(4))
    )
    shops.edit("campaigns/shops.toml", "'retail'", "'retail' and not tag('gone')")
    shops.write("tagged.csv", "email\np5@c5.example\n")
    shops.ok("prospects", "import", "tagged.csv", "--tag", "gone")
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    with shops.app().store as store:
        once = previews.roll(store, load(shops.folder), "shops", now)
        monkeypatch.setattr(previews, "AT_ONCE", 0)
        singly = previews.roll(store, load(shops.folder), "shops", now)
    assert (once.is_planned, singly.is_planned) == (True, False)
    assert [each.email for each in once.people] == [each.email for each in singly.people]
    assert [once.of(each) for each in once.people] == [singly.of(each) for each in once.people]
    assert "p5@c5.example" not in {each.email for each in once.people}
    assert once.odd == singly.odd
    assert not singly.is_planned
    (first,) = {each.email for each in (once.first(), singly.first()) if each}
    assert (first, singly.is_planned) == (BOB, False)
    held = {person.email: hold.reason for person, hold in singly.plan_all().held.values()}
    assert held == {person.email: hold.reason for person, hold in once.plan_all().held.values()}
    assert "3 people of the company are in it" in held.values()
