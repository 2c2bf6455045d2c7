"""What a person should hear of, each thing once until it is gone: values and their bookkeeping, no acts."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from outreach.report.inbox import kind_name
from outreach.report.needs import Need

HELD = "store_held"  # while that is so, nothing else is told: the store may be a restored one
# What is told at once, by code, after it has stood for so long: an inbox may be out of reach for a moment.
AT_ONCE: Mapping[str, timedelta] = {
    HELD: timedelta(0),
    "no_password": timedelta(0),
    "mailbox_paused": timedelta(0),
    "mailbox_unreachable": timedelta(0),
    "inbox_unreadable": timedelta(minutes=10),
    "uncertain": timedelta(0),
}
SPACE = timedelta(minutes=10)  # between two mails: what comes in between goes into one
A_DAY = 10  # mails; what is over waits for the daily digest


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell: `key` is the same as long as it lasts."""

    key: str
    text: str
    command: str = ""
    patience: timedelta = timedelta(0)


def of_needs(needs: Iterable[Need]) -> Iterator[Notice]:
    """What needs a person, without the mails that wait: those are told one by one."""
    for each in needs:
        if each.code != "answers":
            patience = AT_ONCE.get(each.code, timedelta(0))
            yield Notice(f"{each.code}:{each.subject}", each.text, each.command, patience)


def of_mails(rows: Iterable[Mapping[str, Any]]) -> Iterator[Notice]:
    """Mails that wait: who wrote, and under which subject; nothing of the text."""
    for row in rows:
        what = kind_name(str(row["kind"]), str(row["intent"] or ""))
        who = row["email"] or row["sender"] or "?"
        command = f"outreach inbox show {row['id']}"
        yield Notice(f"mail:{row['id']}", f"{what} from {who}: {row['subject']}", command)


def due(
    known: str,
    found: Collection[Notice],
    now: datetime,
    today: date,
    *,
    rationed: bool = True,
    partial: bool = False,
) -> tuple[str, tuple[Notice, ...]]:
    """What of `found` is to be told now, and what to remember in place of `known`: both texts are JSON.

    `rationed` is for mails: not two within ten minutes, at most ten a day. Else what lasts is told again on
    the next day. `partial`: `found` is not all there is, so nothing is taken to be gone.
    """
    state: dict[str, Any] = json.loads(known) if known else {}
    new_day = state.get("day") != today.isoformat()
    before: dict[str, Any] = {} if new_day and not rationed else state.get("notices", {})
    first = {"since": now.isoformat(), "told": False}
    kept = dict(before) if partial else {}
    notices = kept | {each.key: dict(before.get(each.key, first)) for each in found}
    mails, last = 0 if new_day else state.get("mails", 0), state.get("last", "")
    ready = tuple(
        each
        for each in found
        if not notices[each.key]["told"]
        and now - datetime.fromisoformat(notices[each.key]["since"]) >= each.patience
    )
    if rationed and (mails >= A_DAY or (last and timedelta(0) <= now - datetime.fromisoformat(last) < SPACE)):
        ready = ()
    for each in ready:
        notices[each.key]["told"] = True
    if ready:
        mails, last = mails + 1, now.isoformat()
    after = {"day": today.isoformat(), "mails": mails, "last": last, "notices": notices}
    return json.dumps(after, ensure_ascii=True), ready


def untold(known: str, notices: Iterable[Notice]) -> tuple[str, None]:
    """What to remember where these could not be told after all."""
    state: dict[str, Any] = json.loads(known) if known else {}
    for each in notices:
        if each.key in state.get("notices", {}):
            state["notices"][each.key]["told"] = False
    return json.dumps(state | {"last": "", "mails": max(0, state.get("mails", 0) - 1)}), None
