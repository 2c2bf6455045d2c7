"""What a campaign's queue waits for: every open letter under the first thing that keeps it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from outreach.engine.why.scene import Scene, pause_rule
from outreach.model import MessageStatus, Scope
from outreach.report.explained import Line, Outcome, Rule
from outreach.report.standing import Pause
from outreach.schedule.picker import mailbox_full
from outreach.schedule.slots import cap
from outreach.store import launches, stops
from outreach.store import why as stored
from outreach.store.why import Letter

STILL = {
    MessageStatus.UNCERTAIN: Rule("uncertain", Outcome.STOPS),
    MessageStatus.CLAIMED: Rule("slot", Outcome.YES),
    MessageStatus.SENDING: Rule("underway", Outcome.YES),
}


def line(scene: Scene, stem: str) -> Line:
    """Letters by what they wait for, and the next departure."""
    launched = scene.revisions.get(stem)
    status = scene.store.read(launches.campaigns).get(stem)
    leaves = scene.departure(stem) if launched else None
    waits: list[Rule] = []
    if launched:
        sorting = _Sorting(scene, stem, launched.campaign.max_new_per_day)
        waits = scene.store.read(lambda tx: _gathered(stored.open_letters(tx, stem), sorting))
    return Line(
        campaign=stem,
        status=status or "never",
        waits=waits,
        sender=scene.sender(),
        people=scene.store.read(stored.people, stem),
        email=leaves.track.email if leaves else "",
        letter=leaves.letter if leaves else "",
        at=leaves.at if leaves else None,
        history=scene.store.read(stored.history, campaign=stem),
    )


class _Sorting:
    """Finds for a letter the first rule that keeps it. What holds for many letters is worked out once."""

    def __init__(self, scene: Scene, stem: str, new_per_day: int | None) -> None:
        self._scene, self._stem = scene, stem
        self._pauses = {
            (Scope(each["scope"]), each["name"]): _pause(each)
            for each in scene.store.read(stops.pauses, scene.now)
        }
        used, limit = scene.used.new[stem], new_per_day
        self._new = None if limit is None or used < limit else _cap("new", stem, limit)
        self._mailbox = cache(self._full)
        self._inbox = cache(lambda address: scene.inbox(address, due=True))

    def rules(self, letter: Letter) -> Iterator[Rule]:
        """Everything that keeps a letter, in the order in which it is told; last its place in the line."""
        now = self._scene.now
        status = MessageStatus(letter.status)
        if status is MessageStatus.HELD:
            yield Rule("held", Outcome.STOPS, {"reason": letter.reason})
        if status in STILL:
            yield STILL[status]
        yield from self._paused(letter)
        if letter.due_at > now:
            yield Rule("deferred" if letter.tries else "delay", Outcome.WAITS, at=letter.due_at)
        if letter.opens_at > now:
            yield Rule("window", Outcome.WAITS, at=letter.opens_at)
        if letter.closes_at <= now:
            yield Rule("late", Outcome.WAITS)
        yield from self._caps(letter)
        if not letter.first and self._inbox(letter.mailbox).outcome is Outcome.WAITS:
            yield self._inbox(letter.mailbox)
        yield Rule("slot", Outcome.YES)

    def _paused(self, letter: Letter) -> Iterator[Rule]:
        names = (
            (Scope.ALL, ""),
            (Scope.CAMPAIGN, self._stem),
            (Scope.MAILBOX, letter.mailbox),
            (Scope.PROSPECT, str(letter.prospect_id)),
        )
        yield from (self._pauses[name] for name in names if name in self._pauses)

    def _caps(self, letter: Letter) -> Iterator[Rule]:
        full = self._mailbox(letter.mailbox)
        limits, used = self._scene.house.limits, self._scene.used
        if full is not None:
            yield full
        if used.companies[letter.company] >= limits.company_per_day:
            yield _cap("company", "their company", limits.company_per_day)
        if letter.first and self._new is not None:
            yield self._new

    def _full(self, address: str) -> Rule | None:
        scene, desk = self._scene, self._scene.desks[address]
        allowed = cap(desk.mailbox, desk.pace, scene.used.day)
        scope = mailbox_full(address, allowed, scene.house.limits, scene.used)
        if not scope:
            return None
        if scope == "mailbox":
            return _cap(scope, address, allowed)
        return _cap(scope, desk.mailbox.domain, scene.house.limits.domain_per_day)


def _cap(scope: str, name: str, limit: int) -> Rule:
    return Rule("cap", Outcome.WAITS, {"scope": scope, "name": name, "limit": limit})


def _pause(row: Mapping[str, Any]) -> Rule:
    """A pause in force as a rule; the pauses of single people are told as one."""
    single = row["scope"] == Scope.PROSPECT
    name, reason, until = (
        ("single people", "", None) if single else (row["name"], row["reason"], row["until"])
    )
    actor = "somebody" if single else row["actor"]
    return pause_rule(Pause(Scope(row["scope"]), name, reason, actor, row["at"], until))


def _gathered(letters: Iterable[Letter], sorting: _Sorting) -> list[Rule]:
    """One rule for each reason, with its letters and the earliest of its times; the most letters first."""
    rules: dict[str, Rule] = {}
    counts: Counter[str] = Counter()
    for letter in letters:
        rule = next(sorting.rules(letter))
        key = f"{rule.rule} {sorted(rule.facts.items())}"
        times = [each.at for each in (rule, rules.get(key, rule)) if each.at]
        rules[key] = replace(rule, at=min(times, default=None))
        counts[key] += 1
    return [
        replace(rules[key], facts={**rules[key].facts, "letters": count})
        for key, count in counts.most_common()
    ]
