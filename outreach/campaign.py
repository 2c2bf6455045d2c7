"""What the workspace's files say, as values: Workspace, Campaign, and the language a person is written in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta

from outreach.errors import Problem, Where
from outreach.model import Hold, Limits, Mailbox, Sender, Step, Window
from outreach.segment import SegmentError
from outreach.template import Letter


@dataclass(frozen=True, slots=True)
class LintSettings:
    """`[lint]` of outreach.toml: which codes are shown (by prefix), and the user's own packs as (path, text).

    `accepted` are the codes that a launch lets through, each with its reason; they are never in a file.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    packs: tuple[tuple[str, str], ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Notify:
    """`[notify]` of outreach.toml: who is told by mail how things stand, and a URL that is called to say so.

    `mailbox` sends these mails ("": the first one); `digest` is the time of the daily one in the sender's
    zone, None for none; `alerts` are sent at once when something needs a person.
    """

    to: tuple[str, ...]
    mailbox: str = ""
    digest: time | None = None
    alerts: bool = True
    heartbeat: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One file of campaigns/: who gets which letters from which mailboxes, and when.

    `segment` is a condition's text; `segment_at` is where its first character stands. `excluded` holds the
    addresses and domains (lower case, ASCII domain) of the files named in `exclude`.
    """

    stem: str
    name: str
    file: str
    segment: str
    segment_at: Where
    mailboxes: tuple[str, ...]
    steps: tuple[Step, ...]
    step_places: tuple[Where, ...] = ()  # where each [[step]] names its letter
    exclude: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    enroll: str = "launch"  # or "nightly"
    max_new_per_day: int | None = None
    grace: timedelta = timedelta(minutes=10)
    cool_off: int | None = None  # days since another campaign's last letter; None: as [limits] says
    exclusive: bool = True  # a prospect has no other open enrollment of that kind while in this one
    window: Window = Window()

    def excludes(self, email: str) -> bool:
        """Whether an address, or its domain, stands in one of the exclude files."""
        return email in self.excluded or email.rpartition("@")[2] in self.excluded


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything the files of one folder say. `files` is all text that was read, by relative path."""

    root: str
    files: Mapping[str, str]
    sender: Sender
    mailboxes: Mapping[str, Mailbox]
    campaigns: Mapping[str, Campaign]
    letters: Mapping[str, Mapping[str, Letter]]  # stem -> language ("" is the default text) -> letter
    segments: Mapping[str, str]
    segment_places: Mapping[str, Where]  # where the first character of each condition stands
    store_url: str
    limits: Limits
    lint: LintSettings = LintSettings()
    key_accounts: frozenset[str] = frozenset()  # addresses and domains that no campaign may take on
    empty_lists: frozenset[str] = frozenset()  # files of addresses and domains without a single one

    def is_key_account(self, email: str) -> bool:
        """Whether an address, or its domain, stands in a file of key accounts."""
        return email in self.key_accounts or email.rpartition("@")[2] in self.key_accounts

    def accepting(self, codes: Iterable[tuple[str, str]]) -> "Workspace":
        """The same workspace, where a launch lets these codes of the linter through, each with its reason."""
        return replace(self, lint=replace(self.lint, accepted=tuple(codes)))

    def segment_problem(self, campaign: Campaign, error: SegmentError) -> Problem:
        """What is wrong with a campaign's condition, at its place in the file the user wrote."""
        start = self.segment_places[error.segment] if error.segment else campaign.segment_at
        first = start.column - 1 if error.line == 1 else 0
        where = Where(start.file, start.line + error.line - 1, first + error.column)
        return Problem(where, error.message, error.hint)

    def letter(self, stem: str, language: str = "") -> Letter | None:
        """The text of a letter in that language; "" asks for the text without one.

        "de-AT" is served by the letter's de-AT text, else its de text, never by another language.
        """
        texts = self.letters.get(stem, {})
        return next((texts[tag] for tag in tuple(_tags(language)) or ("",) if tag in texts), None)

    def language(self, campaign: Campaign, language: str = "") -> str | Hold:
        """The language in which a reader of `language` gets every letter of a campaign.

        It is `language` itself where all letters have a text in it (or in its base: de for de-AT), and ""
        where none has. Some but not all is a Hold: nobody is written to in two languages.
        """
        tags = tuple(_tags(language))
        stems = tuple(step.letter for step in campaign.steps)
        lacking = [stem for stem in stems if not any(tag in self.letters.get(stem, {}) for tag in tags)]
        if tags and not lacking:
            return tags[0]
        if len(lacking) < len(stems):
            return no_text(lacking[0], tags[-1])
        missing = next((stem for stem in stems if "" not in self.letters.get(stem, {})), None)
        if missing is None or not tags:
            return "" if missing is None else no_text(missing, "")
        fix = f"write templates/{missing}.txt (for everybody), or templates/{missing}.LANGUAGE.txt"
        return replace(no_text(missing, tags[-1]), fix=fix)


def _tags(language: str) -> Iterator[str]:
    """A language tag and the shorter ones it falls back to: zh-hant-tw, zh-hant, zh (RFC 4647, 3.4)."""
    tag = language.strip().replace("_", "-").lower()
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def no_text(stem: str, language: str) -> Hold:
    """The hold of somebody whose language a letter lacks."""
    wanted = f"templates/{stem}.{language}.txt" if language else f"templates/{stem}.txt"
    reason = (
        f"{stem} has no text in {language}" if language else f"{stem} has no text for an unknown language"
    )
    return Hold("language", reason, f"write {wanted}")
