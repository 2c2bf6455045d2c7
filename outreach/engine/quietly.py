"""What `run --once --quiet` says: cron sends every line by mail, and starts it every few minutes."""

from collections.abc import Sequence

from outreach.engine import notices, notify
from outreach.engine.notices import Notice
from outreach.report.needs import needs
from outreach.report.once import Done
from outreach.schedule.zones import day_of
from outreach.store import Store, memo

SAID = "said quietly"


def new(store: Store, done: Done, troubles: Sequence[str] = ()) -> tuple[Notice, ...]:
    """What needs a person after a run and was not said today, written down as said.

    `troubles` are those with telling the operator by mail.
    """
    standing = done.standing
    mails = notify.waiting(store, standing)
    found = [
        *notices.of_needs(needs(standing)),
        *(
            Notice(f"joined:{stem}", f"{stem}: {each.text}")
            for stem, each in done.joined.items()
            if each.trouble
        ),
        *(Notice(f"notify:{each}", each) for each in troubles),
        *mails,
    ]
    today = day_of(standing.now, standing.zone)
    if not found and not store.read(memo.get, SAID):
        return ()
    partial = len(mails) == notify.MOST  # of very many mails the oldest are not looked at
    return store.write(
        memo.change,
        SAID,
        lambda known: notices.due(known, found, standing.now, today, rationed=False, partial=partial),
    )
