"""What the files change for those who are in a campaign already, group by group: lines of the plan's screen."""

from collections import Counter
from collections.abc import Iterator

from outreach.plan import Plan
from outreach.report.lines import day, number
from outreach.schedule.zones import day_of, zone

FEW = 5  # letters that leave in a day even from a mailbox that is new
MOST = 4  # groups of one kind on the screen; the JSON has everybody


def sellers(made: Plan) -> Iterator[str]:
    """Who is written to by another seller than their owner, since the company is kept by the first one."""
    groups = Counter((each.mailbox, each.owner) for each in made.new if each.owner)
    for (mailbox, owner), count in groups.most_common(MOST):
        people = number(count, "person", "people")
        yield f"{people} of {owner}'s stay with {mailbox}, who wrote to their companies first"


def changed(made: Plan, revision: int, coming: int, zone_name: str) -> Iterator[str]:
    """Letters that wait and change: texts, dates, places in the sequence. `revision` is the launched one (0 for
    none), `coming` the number of the next.
    """
    coming = coming if made.files_changed else revision
    texts = Counter(each.draft.letter for each in made.reworded if each.text and not each.draft.hold)
    for letter, count in texts.most_common():
        yield f"{number(count, 'waiting letter')} reworded ({letter}, revision {coming})"
    yield from _moves(made, zone_name)
    yield from _turns(made)
    if made.files_changed and revision:
        yield f"the files become revision {coming}"


def _turns(made: Plan) -> Iterator[str]:
    """Letters that come, come no more, or come too late."""
    for letter, count in made.gained.items():
        yield f"{number(count, 'person gets', 'people get')} {letter} too: it is new in the sequence"
    for letter, count in made.lost.items():
        yield f"{number(count, 'person gets', 'people get')} {letter} no more: it is gone from the sequence"
    for letter, count in made.passed.items():
        people = number(count, "person is", "people are")
        yield f"{people} past the place of {letter}: it is not sent to them"
    follows = {each.draft.letter for each in made.reworded} | set(made.gained)
    turns = Counter((each.old, each.draft.letter if each.draft else "") for each in made.replaced)
    for (old, new), count in turns.items():
        if new and new not in follows:
            yield f"{number(count, 'person gets', 'people get')} {new} next, in place of {old}"


def _moves(made: Plan, zone_name: str) -> Iterator[str]:
    """ "12 waiting letters move from Fri 27 Nov to Mon 30 Nov"; within a day the times are told."""
    moved = [each for each in made.reworded if each.moved]
    groups: Counter[tuple[str, str]] = Counter()
    for each in moved:
        then, now = each.opened_at or each.draft.opens_at, each.draft.opens_at
        if day_of(then, zone_name) == day_of(now, zone_name):
            clocks = [f"{at.astimezone(zone(zone_name)):%H:%M}" for at in (then, now)]
            groups[clocks[0], f"{clocks[1]} on {day(now, zone_name)}"] += 1
        else:
            groups[day(then, zone_name), day(now, zone_name)] += 1
    shown = groups.most_common(MOST)
    for (then_, now_), count in shown:
        # Of many that may leave from one moment on, a cap lets some go later.
        later = " or later" if count > FEW else ""
        yield f"{number(count, 'waiting letter moves', 'waiting letters move')} from {then_} to {now_}{later}"
    if rest := len(moved) - sum(count for _, count in shown):
        yield f"{number(rest, 'waiting letter moves', 'waiting letters move')} to other days"


def leaving(made: Plan) -> Iterator[str]:
    """ "2 people in the campaign are in an exclude file by now"."""
    for reason, count in Counter(each.reason for each in made.leaving).items():
        is_ = "is" if count == 1 else "are"
        what = reason if count == 1 or reason.startswith("in ") else f"{reason.removeprefix('a ')}s"
        yield f"{number(count, 'person', 'people')} in the campaign {is_} {what} by now"


def kept(made: Plan, revision: int, coming: int) -> Iterator[str]:
    """People who got letters already: the last one, of which revision, and what follows of which."""
    groups = Counter(made.stands).most_common(MOST)
    renewed = made.files_changed and revision
    for stand, count in groups:
        got = f"{number(count, 'person', 'people')} already got {stand.letter}"
        if not stand.following:
            yield f"{got}; nothing follows"
        elif renewed:
            yield f"{got} of revision {stand.revision}; what follows is {stand.following} of revision {coming}"
        else:
            yield f"{got}; {stand.following} follows"
    if rest := made.kept - sum(count for _, count in groups):
        yield f"{number(rest, 'more person goes on', 'more people go on')} likewise"
