"""A month of a marketer's life in any order: edits, launches, undos, pauses, imports, answers, restores.

Whatever happens, every promise of the audit holds, nobody gets a letter twice, and nobody who must not be
written to gets one, also where the store was restored from a backup in between.
"""

import os
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.engine import forecast, plans, release, undo, upkeep
from outreach.engine.answers import Inbox
from outreach.engine.revisions import Revisions
from outreach.errors import OutreachError
from outreach.model import OPEN_MESSAGE, Accepted, Answer, Deferred, Mailbox, Prospect, Scope, Unknown
from outreach.store import (
    Store,
    audit,
    backup,
    byhand,
    endings,
    launches,
    leases,
    marks,
    prospects,
    records,
    restore,
    stops,
    suppressions,
)
from outreach.store.claims import Claimed
from outreach.store.copies import OwnCopy
from outreach.store.tables import enrollment, message
from tests import posting
from tests.planning import Planning
from tests.test_engine_races import empty

MONTH = timedelta(days=28)
TAKEN = posting.TAKEN
FIRMS = ("acme", "birch", "cedar", "dune")
NAMES = ("ann", "bob", "cas", "dee")
EMAILS = tuple(f"{name}@{firm}.example" for firm in FIRMS for name in NAMES)
HEAD = "email,first_name,company,industry,country,owner\n"
MAILBOXES = """
[[mailbox]]
address = "jim@northwind.example"
name = "Jim Bell"
owner = "jim"
smtp = "smtps://jim@smtp.northwind.example:465"
answers = "manual"
ramp = false
"""
CAMPAIGN = """\
name = "{stem}"
segment = "industry == '{trade}'"
mailboxes = ["ann@northwind.example", "jim@northwind.example"]
enroll = "{enroll}"
{extra}
[[step]]
letter = "{stem}-intro"
{middle}
[[step]]
letter = "{stem}-last"
after = "{after}"
"""
MIDDLE = '\n[[step]]\nletter = "{stem}-middle"\nafter = "1 business day"\n'
STEMS = ("shops", "yards")
TRADES = {"shops": "retail", "yards": "building"}
MARKS = ("replied", "opted-out", "bounced")
Step: TypeAlias = tuple[str, ...]


def row(email: str, trade: str) -> str:
    name, firm = email.partition("@")[0], email.partition("@")[2].partition(".")[0]
    return f"{email},{name.title()},{firm.title()},{trade},GB,{'jim' if name in ('ann', 'bob') else ''}\n"


class Month:
    """The workspace, its store, and a ledger outside of it: who was sent what, and who must get nothing."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        people = HEAD + "".join(row(each, "retail") for each in EMAILS[:6])
        self.planning = Planning(url, folder, people)
        self.planning.files["outreach.toml"] += MAILBOXES
        self.extras = {stem: {"extra": "", "middle": "", "after": "2 business days"} for stem in STEMS}
        self.words = Counter[str]()
        self.left: list[OwnCopy] = []
        self.silent: dict[str, datetime] = {}  # opted out, bounced, suppressed: holds across restores
        self.stopped: dict[str, datetime] = {}  # replied: forgotten by a restore, until it is read again
        self.backup: Path | None = None
        self.revisions = Revisions(self.store)  # as a sender that never stops has them
        self.hand: list[Claimed] = []  # letters that a worker has claimed
        self.end = self.planning.now + MONTH
        for stem in STEMS:
            for letter in ("intro", "middle", "last"):
                self.write(stem, letter)
            self.rewrite(stem)

    def write(self, stem: str, letter: str) -> None:
        """Put other words into a letter."""
        self.words[stem] += 1
        head = f"Subject: {stem} for {{{{ company }}}}" if letter == "intro" else "Format: text"
        text = f"{head}\n\nHello {{{{ first_name }}}},\n\nThought {self.words[stem]} of {letter}.\n"
        self.planning.write(f"{stem}-{letter}", text)

    def rewrite(self, stem: str) -> None:
        enroll = "nightly" if stem == "yards" else "launch"
        text = CAMPAIGN.format(stem=stem, trade=TRADES[stem], enroll=enroll, **self.extras[stem])
        self.planning.files[f"campaigns/{stem}.toml"] = text

    @property
    def store(self) -> Store:
        return self.planning.store

    @property
    def now(self) -> datetime:
        return self.planning.now

    def play(self, days: str) -> None:
        """The sender works for so long, unless the store is held."""
        until, revisions = min(self.now + timedelta(days=float(days)), self.end), self.revisions
        while self.now < until and not upkeep.guard(self.store, self.now):
            upkeep.join(self.store, revisions, self.now)
            upkeep.reslot(self.store, revisions, self.now)
            ahead = forecast.departures(self.store, self.now, until)
            if not ahead:
                break
            self.planning.now = ahead[0].at
            upkeep.reslot(self.store, revisions, self.now)
            assert self.send() or self.hand, f"the calendar is wrong about {self.now}"
            if self.hand:
                break  # another worker has a letter of the mailbox in hand
            upkeep.advance(self.store, revisions, self.now)
        self.planning.now = max(self.now, until)

    def send(self) -> int:
        """Send what may leave now."""
        letters = posting.take(self.store, self.now)
        return sum(self.finish(letter, TAKEN) for letter in letters)

    def finish(self, letter: Claimed, answer: Answer) -> bool:
        """Let a claimed letter leave, unless the store says no."""
        marked = self.store.write(marks.mark, self.store.key, letter, posting.RAW, self.now)
        if not isinstance(marked, marks.Marked):
            return False
        self.store.witness.saw(marked.marks)
        self.store.write(records.record, self.store.key, letter, answer, self.now)
        if isinstance(answer, Accepted | Unknown):
            out = letter.outgoing
            known = out.message_id.strip("<>")
            self.left.append(OwnCopy("", known, known, out.unsubscribe, (out.to_email,), self.now))
        return True

    def claim(self) -> None:
        """A worker takes letters into its hand, and is slow."""
        if not upkeep.guard(self.store, self.now):
            upkeep.reslot(self.store, self.revisions, self.now)
            self.hand += posting.take(self.store, self.now)

    def go_on(self, how: str) -> None:
        """The slow worker goes on with what it has in hand, or is found dead."""
        answers: dict[str, Answer] = {
            "sent": TAKEN,
            "deferred": Deferred("rcpt", 451, "4.7.1", "try again later"),
            "unknown": Unknown("body", "the connection broke"),
        }
        if how == "dead":
            self.planning.now += timedelta(minutes=13)
            self.store.write(leases.reap, self.now, lambda worker: True)
        for letter in self.hand:
            self.finish(letter, answers.get(how, TAKEN))
        self.hand.clear()

    def happen(self, step: Step) -> None:
        """One thing happens, at a moment of its own; what the program refuses to do changes nothing."""
        with suppress(OutreachError):
            getattr(self, step[0])(*step[1:])
        self.planning.now += timedelta(seconds=1)

    def edit(self, stem: str, what: str) -> None:
        extras = self.extras[stem]
        match what:
            case "words":
                self.write(stem, "intro")
                self.write(stem, "last")
            case "insert":
                extras["middle"] = MIDDLE.format(stem=stem)
            case "remove":
                extras["middle"] = ""
            case "hurry":
                extras["after"] = "4 hours"
            case "exclude":
                self.planning.files["customers.csv"] = "birch.example\n"
                extras["extra"] = 'exclude = ["customers.csv"]'
            case "cool":
                extras["extra"] = 'cool_off = "5 days"'
            case _:
                extras["extra"] = f"start = {(self.now + timedelta(days=2)).date()}"
        self.rewrite(stem)

    def launch(self, stem: str, first: str) -> None:
        self.planning.launch(stem=stem, first=int(first) or None)

    def undo(self, stem: str) -> None:
        launch, _ = undo.ahead(self.store, stem, self.now)
        undo.undo(self.store, stem, launch, now=self.now, actor="me")

    def pause(self, scope: str, name: str) -> None:
        self.store.write(stops.add_pause, Scope(scope), name, reason="", actor="me", at=self.now)

    def resume(self, scope: str, name: str) -> None:
        self.store.write(stops.resume, Scope(scope), name, actor="me", at=self.now)

    def import_(self, start: str, trade: str) -> None:
        text = HEAD + "".join(row(each, trade) for each in EMAILS[int(start) :][:4])
        self.planning.add(text, on_existing="update")

    def mark(self, email: str, how: str) -> None:
        person = self.known(email)
        self.store.write(byhand.mark, self.store.key, person, how, at=self.now, actor="me")
        (self.stopped if how == "replied" else self.silent).setdefault(email, self.now)

    def lift(self, firm: str) -> None:
        """A suppression was a mistake."""
        domain, key = f"{firm}.example", self.store.key
        if self.store.write(suppressions.lift, key, domain, reason="wrong", at=self.now, actor="me"):
            for email in [each for each in self.lifted_by(domain) if each in self.silent]:
                del self.silent[email]

    def lifted_by(self, domain: str) -> list[str]:
        """Whom that leaves suppressed by nothing else."""
        people = [each for each in EMAILS if each.endswith(f"@{domain}")]
        return [each for each in people if not self.store.read(suppressions.find, self.store.key, each)]

    def known(self, email: str) -> Prospect:
        """The person of that address; who was not imported yet cannot be marked or stopped."""
        found = self.store.read(prospects.get, email)
        if found is None:
            raise OutreachError("not imported yet")
        return found

    def suppress(self, firm: str) -> None:
        domain = f"{firm}.example"
        self.store.write(
            suppressions.add, self.store.key, [domain], reason="customer", at=self.now, actor="me"
        )
        for email in EMAILS:
            if email.endswith(f"@{domain}"):
                self.silent.setdefault(email, self.now)

    def stop(self, email: str) -> None:
        person = self.known(email)
        self.store.write(endings.stop, person.id, campaign="", reason="", at=self.now, actor="me")

    def end_(self, stem: str) -> None:
        self.store.write(endings.end, stem, reason="", at=self.now, actor="me")

    def save(self) -> None:
        self.backup = self.folder / "saved.backup"
        backup.write(self.store, self.backup, now=self.now, actor="me")

    def restore(self) -> None:
        """The backup takes the store's place; a person releases it, the Sent folders being read."""
        if self.backup is None:
            return
        with restore.staged(self.backup) as copy:
            with restore.changing(copy.file) as tx:
                restore.hold(tx, copy.backup, self.now, "me")
            self.store.close()
            if self.url.startswith("sqlite"):
                restore.into_file(copy.file, Path(self.url.removeprefix("sqlite:///")), self.now)
            else:
                empty(self.url)
                restore.into_postgresql(copy.file, self.url)
        self.hand.clear()
        self.planning.store = Store(self.url, state=self.folder / "state")
        self.revisions = Revisions(self.store)
        self.store.relearn(self.now)
        assert upkeep.guard(self.store, self.now), "a restored store must hold itself"
        release.settle(self.store, release.Sight(self.left, {}), lambda: self.now)
        seen = release.survey(self.store, _no_inbox, lambda: self.now, change=True)
        release.release(self.store, seen, now=self.now, actor="me")
        self.stopped.clear()  # their answers are read again; without them nobody knows

    def stays_true(self) -> None:
        """What waits is what the launched files say, and nobody who goes on is left without a letter."""
        if upkeep.guard(self.store, self.now):
            return
        upkeep.advance(self.store, self.revisions, self.now)
        for stem, status in self.store.read(launches.campaigns).items():
            launched = Revisions(self.store).must(stem)
            if status == "launched":
                made = plans.make(self.store, launched.workspace, stem, self.now)
                assert not made.replaced
                assert not [each for each in made.reworded if each.text], (
                    "a letter has other words than launched"
                )
        left_alone = self.store.read(
            lambda tx: tx.execute(
                sa.select(enrollment.c.id).where(
                    enrollment.c.status == "active",
                    ~sa.exists().where(
                        message.c.enrollment_id == enrollment.c.id, message.c.status.in_(OPEN_MESSAGE)
                    ),
                )
            ).all()
        )
        assert not left_alone, "somebody goes on and has no letter"

    def promises(self) -> None:
        self.stays_true()
        checks = self.store.read(audit.audit, self.store.key, self.now)
        assert not [check for check in checks if check.broken]
        twice = [each for each, count in Counter(each.header_id for each in self.left).items() if count > 1]
        assert not twice, "a letter left twice"
        for copy in self.left:
            for ends in (self.silent, self.stopped):
                end = ends.get(copy.recipients[0])
                assert end is None or copy.at <= end, f"a letter to {copy.recipients[0]} left after a stop"


def _no_inbox(box: Mailbox) -> Inbox:
    raise AssertionError("answers are entered by hand")


stems, emails = st.sampled_from(STEMS), st.sampled_from(EMAILS)
targets = st.sampled_from(
    [("all", ""), ("campaign", "shops"), ("campaign", "yards"), ("mailbox", "ann@northwind.example")]
)
EDITS = ("words", "insert", "remove", "hurry", "exclude", "cool", "start")
LIFE = st.lists(
    st.one_of(
        st.tuples(st.just("play"), st.sampled_from(["0.1", "0.5", "1", "3"])),
        st.tuples(st.just("play"), st.sampled_from(["1", "2"])),
        st.tuples(st.just("edit"), stems, st.sampled_from(EDITS)),
        st.tuples(st.just("launch"), stems, st.sampled_from(["0", "0", "2"])),
        st.tuples(st.just("undo"), stems),
        targets.map(lambda each: ("pause", *each)),
        targets.map(lambda each: ("resume", *each)),
        st.tuples(st.just("import_"), st.sampled_from("0369"), st.sampled_from(["retail", "building"])),
        st.tuples(st.just("mark"), emails, st.sampled_from(MARKS)),
        st.tuples(st.just("suppress"), st.sampled_from(FIRMS)),
        st.tuples(st.just("lift"), st.sampled_from(FIRMS)),
        st.tuples(st.just("claim")),
        st.tuples(st.just("go_on"), st.sampled_from(["sent", "deferred", "unknown", "dead"])),
        st.tuples(st.just("stop"), emails),
        st.tuples(st.just("end_"), stems),
        st.tuples(st.just("save")),
        st.tuples(st.just("restore")),
    ),
    max_size=30,
)


@settings(
    max_examples=int(os.environ.get("OUTREACH_MONTHS", "40")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(steps=LIFE)
def test_a_month_in_any_order_keeps_every_promise(
    store_url: str, tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    folder = tmp_path_factory.mktemp("month")
    url = f"sqlite:///{folder / 'outreach.db'}" if store_url.startswith("sqlite") else store_url
    empty(url)
    month = Month(url, folder)
    try:
        month.launch("shops", "0")
        for step in steps:
            month.happen(step)
            month.promises()
    finally:
        month.store.close()


def test_the_month_is_lived_and_not_only_refused(tmp_path: Path) -> None:
    """One life that is known to do everything: else every step might be a refusal, and nothing be proved."""
    month = Month(f"sqlite:///{tmp_path / 'outreach.db'}", tmp_path)
    assert month.now < datetime(2026, 11, 24, tzinfo=UTC)
    month.launch("shops", "0")
    month.undo("shops")
    assert set(month.planning.enrolled().values()) == {"withdrawn"}
    month.launch("shops", "2")
    month.play("1")
    assert len(month.left) == 2
    month.save()
    month.launch("shops", "0")
    month.mark("cas@acme.example", "opted-out")
    month.play("1")
    left = len(month.left)
    assert left > 2
    month.restore()
    month.import_("6", "building")
    month.launch("yards", "0")
    month.play("3")
    month.promises()
    assert len(month.left) > left
    month.store.close()
