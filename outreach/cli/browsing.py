"""`outreach preview --browser`: everybody's letters as one page, written where only its owner can read it."""

import os
import secrets
import shlex
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outreach.cli import people
from outreach.cli.app import App
from outreach.cli.terminal import has_screen
from outreach.errors import OutreachError
from outreach.report.lines import labelled, number

if TYPE_CHECKING:
    from outreach.engine.previews import Roll
    from outreach.model import Prospect

FOLDER = "previews"  # of the workspace; git does not see what is in it
_PAGES = (".html", ".htm")
# Endings of files that a browser does not show as a page; any other is part of the name, as in `fair.v2`.
_TEXTS = frozenset({".csv", ".eml", ".json", ".md", ".toml", ".tsv", ".txt", ".xml"})
_BINARY = frozenset(
    {".doc", ".docx", ".jpeg", ".jpg", ".odt", ".pdf", ".png", ".rtf", ".xls", ".xlsx", ".zip"}
)


@dataclass(frozen=True, slots=True)
class Written:
    """A page: its file, how many people it shows `of` how many, whether a browser was asked to open it."""

    file: Path
    people: int
    of: int
    opened: bool = False

    def text(self) -> str:
        """Where the page is, and what to do where no browser opened it."""
        shown = number(self.people, "person", "people")
        some = f"{shown} of {self.of:,}" if self.people < self.of else shown
        follow = "in the browser: ? tells the keys" if self.opened else "open that file in a browser"
        return "\n".join(
            (labelled("PAGE", str(self.file)), labelled("SHOWS", some), labelled("NEXT", follow))
        )

    def value(self) -> dict[str, Any]:
        """`{"file", "people", "of", "opened"}`: the file's path, people in it, people in all, true or false."""
        return {"file": str(self.file), "people": self.people, "of": self.of, "opened": self.opened}


def named(app: App, file: str, stem: str) -> Path:
    """The file of a page that was named: a browser shows a file as a page by its ending, so one is added.

    OutreachError for a folder, and for a name that ends as another kind of file does. `stem` is the campaign's.
    """
    name = Path(file)
    if file.endswith(("/", os.sep)) or name.name in ("", "..") or os.path.isdir(people.path(app, name)):
        within = shlex.quote(str(name / f"{stem}.html"))
        raise OutreachError(f"{file} is a folder", hint=f"name a file in it: --browser {within}")
    suffix = name.suffix.lower()
    if suffix in _TEXTS | _BINARY:
        page = shlex.quote(str(name.with_suffix(".html")))
        raise OutreachError(f"{file}: the name of a page ends in .html", hint=f"--browser {page}")
    return people.path(app, name if suffix in _PAGES else name.with_name(f"{name.name}.html"))


def browse(
    app: App, stem: str, roll: "Roll", given: Path | None, first: "Prospect | None", *, show: bool
) -> Written:
    """Write the page of a campaign, and with `show` have a browser open it.

    `given` is the file, None for `previews/CAMPAIGN.html` of the workspace; `first` stands first.
    """
    file = given or _own_folder(app) / f"{stem}.html"
    shown, total = write(app, stem, roll, file, first)
    opened = False
    if show and has_screen():
        with suppress(webbrowser.Error):  # then it is opened by hand
            opened = webbrowser.open(file.absolute().as_uri())
    return Written(file, shown, total, opened)


def write(app: App, stem: str, roll: "Roll", file: Path, first: "Prospect | None") -> tuple[int, int]:
    """Write the page; how many people it shows, and of how many."""
    from outreach.engine import pages
    from outreach.report import page

    _check(file)
    chosen = pages.choose(roll, app.store.id)
    everybody = chosen.people
    if first is not None:
        everybody = (first, *(each for each in everybody if each.id != first.id))
    total = max(len(roll.people), len(everybody))
    one = page.Page(
        workspace=app.workspace,
        campaign=stem,
        people=(roll.of(each) for each in everybody),
        total=total,
        odd=roll.odd,
        at=app.clock(),
        zone=app.timezone,
        chosen=chosen.how,
    )
    text, shown = page.html(one)
    _save(file, text)
    return shown, total


def _own_folder(app: App) -> Path:
    folder = app.root / FOLDER
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
        if not folder.is_symlink():  # what git does elsewhere is not ours to say
            with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as ignore:
                ignore.write("*\n")
    except OSError as exc:
        raise OutreachError(f"{folder} cannot be written: {exc.strerror}", hint="--browser FILE") from exc
    return folder


def _check(file: Path) -> None:
    """Only a page of ours is written over."""
    from outreach.report.page import MARK

    try:
        with file.open("rb") as opened:
            begins = opened.read(1_000)
    except FileNotFoundError:
        return
    except OSError as exc:
        raise OutreachError(f"{file}: {exc.strerror}", hint="name a file to write: --browser FILE") from exc
    if begins and MARK.encode() not in begins:
        raise OutreachError(f"{file} is there already and is no preview", hint="name another file")


def _save(file: Path, text: str) -> None:
    """Write the file whole or not at all; it holds personal data, so only its owner may read it."""
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}.new")
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
        new.replace(file)
    except OSError as exc:
        raise OutreachError(f"{file} cannot be written: {exc.strerror}", hint="--browser FILE") from exc
    finally:
        new.unlink(missing_ok=True)
