"""`outreach preview` on a terminal: stepping through a campaign's people with keys."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from outreach.cli import browsing, terminal, testing
from outreach.cli.app import App
from outreach.cli.errors import explained
from outreach.errors import OutreachError
from outreach.report.lines import number

if TYPE_CHECKING:
    from outreach.engine.previews import Roll
    from outreach.model import Prospect
    from outreach.report.walking import Screen


@dataclass(frozen=True, slots=True)
class Start:
    """What is stepped through: a campaign's people, first the letter of that step (from 0)."""

    stem: str
    roll: "Roll"
    step: int = 0


class Walk:
    """Where somebody is who steps through people: whom they see, which letter, how far it is scrolled.

    `step` is that of the campaign (from 0): people have different letters still to come.
    """

    def __init__(self, app: App, start: Start, screen: terminal.Screen) -> None:
        self.app, self.stem, self.roll = app, start.stem, start.roll
        self.seen: Sequence[Prospect] = start.roll.people
        self.view, self.said, self.own, self.keys = "", "", screen, screen.keys
        self.place, self.step, self.top = 0, start.step, 0

    def screen(self) -> "Screen":
        """What is to be shown now."""
        from outreach.report.letters import Preview
        from outreach.report.odd import said
        from outreach.report.walking import Screen

        person = self.seen[self.place]
        letters = Preview(
            letters=self.roll.of(person),
            campaign=self.app.workspace.campaigns[self.stem],
            zone=self.app.timezone,
            changed=self.roll.files_changed,
        )
        told = self.said or said(self.roll.odd, person.email)
        return Screen(letters, self.place + 1, len(self.seen), self.step, self.top, self.view, told)

    def go(self, by: int) -> None:
        """To the next person, or the one before."""
        self.place = min(max(self.place + by, 0), len(self.seen) - 1)
        self.top = 0

    def turn(self, by: int) -> None:
        """To the next letter, or the one before."""
        from outreach.report.walking import draft_of

        screen = self.screen()
        current, steps = draft_of(screen), [each.step for each in screen.preview.drafts]
        if current is not None:
            place = steps.index(current.step) + by
            self.step, self.top = steps[min(max(place, 0), len(steps) - 1)], 0

    def letter(self, number: int) -> None:
        """To the letter of that step, where it is to come."""
        if number in [each.step + 1 for each in self.screen().preview.drafts]:
            self.step, self.top = number - 1, 0
        else:
            self.said = f"there is no letter {number} to come"

    def scroll(self, lines: int) -> None:
        """Move the letter up or down; by 0 lines a page."""
        from outreach.report import walking

        columns, rows = terminal.size()
        screen = self.screen()
        by = lines or max(walking.page(screen, columns, rows) - 1, 1)
        self.top = min(max(self.top + by, 0), walking.furthest(screen, columns, rows))

    def only(self, view: str, people: "Sequence[Prospect]") -> None:
        """Step through these people from now on; where there are none everything stays."""
        if not people:
            self.said = f"nobody: {view}"
            return
        self.seen, self.view, self.place, self.top = people, view, 0, 0

    def held(self) -> None:
        """Step through those who are held; for that everybody is planned."""
        if not self.roll.is_planned:
            terminal.foot(f"planning {number(len(self.roll.people), 'person', 'people')}, a moment ...")
        self.only("held", [person for person, _ in self.roll.plan_all().held.values()])

    def outliers(self) -> None:
        """Step through those whose letters are unlike the others."""
        self.only("outliers", [each for each in self.roll.people if each.email in self.roll.odd])

    def find(self) -> None:
        """Ask for words, and step through those whose address, name or company has them."""
        words = terminal.typed(self.keys, "find (address, name or company): ")
        if not words:
            return
        wanted = words.casefold().split()
        names = ("first_name", "last_name", "full_name", "company")
        self.only(
            f"found {words!r}",
            [
                each
                for each in self.roll.people
                if all(
                    word
                    in " ".join((each.email, *(str(each.fields.get(name, "")) for name in names))).casefold()
                    for word in wanted
                )
            ],
        )

    def browser(self) -> None:
        """Write the page and open it."""
        terminal.foot("writing the page ...")
        try:
            written = browsing.browse(self.app, self.stem, self.roll, None, self.seen[self.place], show=True)
        except OutreachError as exc:
            self.said = exc.message
        else:
            self.said = (
                f"{'opened' if written.opened else 'written'}: {written.file.relative_to(self.app.root)}"
            )

    def test(self) -> None:
        """Send the letter on the screen as a test to the mailbox it would come from, after a question of a key."""
        from outreach.report.walking import draft_of

        screen = self.screen()
        letters, draft = screen.preview.letters, draft_of(screen)
        to = letters.mailbox.address
        try:
            wanted = testing.prepared(self.app, self.stem, letters, [draft] if draft else [], [to])
            if not terminal.agreed(self.keys, f"send this letter as a test to {to}?"):
                self.said = "nothing was sent"
                return
            terminal.foot("sending ...")
            testing.deliver(self.app, wanted)
        except (OutreachError, KeyboardInterrupt) as exc:
            self._explain(exc)
        else:
            left = wanted.left - len(wanted.copies)
            self.said = f"sent to {to}; {number(left, 'more test', 'more tests')} today"

    def _explain(self, problem: BaseException) -> None:
        """Say in full what went wrong, on the usual screen, until a key is pressed."""

        def again() -> None:
            raise problem

        with terminal.aside(self.own):
            explained(again, sys.stderr)
            click.echo("\nany key goes back to the letters")

    def help(self) -> None:
        """Say what the keys do, until one is pressed."""
        from outreach.report.walking import help_lines

        press = ""
        while not press:
            terminal.show(help_lines(*terminal.size()))
            press = self.keys.press()


_ACTS: Mapping[str, Callable[[Walk], None]] = {
    **dict.fromkeys(("n", *terminal.ENTER, "\x1b[C", "\x1bOC"), lambda walk: walk.go(1)),
    **dict.fromkeys(("p", "\x1b[D", "\x1bOD"), lambda walk: walk.go(-1)),
    **dict.fromkeys(("\x1b[B", "\x1bOB"), lambda walk: walk.turn(1)),
    **dict.fromkeys(("\x1b[A", "\x1bOA"), lambda walk: walk.turn(-1)),
    **dict.fromkeys((" ", "\x1b[6~"), lambda walk: walk.scroll(0)),
    "\x1b[5~": lambda walk: walk.scroll(-10),
    "j": lambda walk: walk.scroll(1),
    "k": lambda walk: walk.scroll(-1),
    "/": Walk.find,
    "h": Walk.held,
    "o": Walk.outliers,
    "a": lambda walk: walk.only("", walk.roll.people),
    "b": Walk.browser,
    "t": Walk.test,
    "?": Walk.help,
}


def step_through(app: App, ready: Callable[[], Start]) -> None:
    """Show a letter, and do what the keys say until one of them ends it; the terminal is as before then.

    `ready` may take its time: the screen says so at once, and what is typed by then is done afterwards.
    """
    with terminal.screen() as screen:
        terminal.alone("making the letters ready ...")
        start = ready()
        with suppress(KeyboardInterrupt):
            _keep_showing(Walk(app, start, screen))


def _keep_showing(walk: Walk) -> None:
    from outreach.report import walking

    while True:
        if not walk.keys.waiting:
            columns, rows = terminal.size()
            screen = walk.screen()
            status = walking.status_lines(screen, columns)
            terminal.show(walking.lines(screen, columns, rows), status)
        press = walk.keys.press()
        if press:  # else the same is drawn anew
            walk.said = ""
        if press in terminal.QUIT:
            return
        if press.isdecimal() and press != "0":
            walk.letter(int(press))
        elif press in _ACTS:
            _ACTS[press](walk)
