"""What `outreach preview` was asked for: its options, and which of them go together."""

import sys
from dataclasses import dataclass

import click

OWN_FILE = " "  # --browser without a file: no file's name is a blank


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command."""

    prospect: str
    everybody: bool
    step: int | None
    letter: str
    raw: bool
    browser: str | None
    no_open: bool
    to_me: bool
    to: tuple[str, ...]
    yes: bool
    dry_run: bool
    shape: str

    @property
    def tests(self) -> bool:
        """Whether test letters are to be sent."""
        return self.to_me or bool(self.to)

    @property
    def walks(self) -> bool:
        """Whether a person at a terminal wants to look around."""
        other = self.prospect or self.raw or self.everybody or self.tests or self.browser is not None
        return not other and self.shape == "text" and sys.stdin.isatty() and sys.stdout.isatty()

    def check(self) -> None:
        """UsageError for options that do not go together."""
        browser = self.browser is not None
        for wrong, words in (
            (
                self.everybody and (self.prospect or self.raw),
                "--all shows everybody: leave out --prospect and --raw",
            ),
            (self.everybody and browser, "--all and --browser both show everybody: leave one out"),
            (
                self.tests and (self.everybody or self.raw or browser),
                "--to sends one person's letters: leave out --all, --raw and --browser",
            ),
            (
                browser and (self.raw or self.step or self.letter),
                "--browser shows all letters: leave out --step, --letter and --raw",
            ),
            (self.no_open and not browser, "--no-open goes with --browser"),
            ((self.yes or self.dry_run) and not self.tests, "--yes and --dry-run go with --to-me and --to"),
        ):
            if wrong:
                raise click.UsageError(words)
