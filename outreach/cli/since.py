"""`--since WHEN`: from which moment on something is shown."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
WORDS = {"today": 0, "yesterday": 1}
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"(\d{1,4}) ?(h|d|w)(?:ours?|ays?|eeks?)?")


def since_option(command: Command) -> Command:
    """`--since WHEN`, handed to the command as text: "" for all."""
    text = "Only from then on: today, yesterday, 7d, 3h, or a date like 2026-11-20."
    return click.option("--since", metavar="WHEN", default="", help=text)(command)


def moment(text: str, now: datetime, zone: str) -> datetime | None:
    """What `--since` names, None for no limit: a day begins at midnight in `zone`, hours count back from now.

    UsageError for anything else, and for what is still to come.
    """
    from outreach.schedule.zones import day_bounds, day_of

    word, today = text.strip().lower(), day_of(now, zone)
    if not word:
        return None
    try:
        span = _SPAN.fullmatch(word)
        if span and span[2] == "h":
            return now - int(span[1]) * UNITS["h"]
        if span:
            day = today - int(span[1]) * UNITS[span[2]]
        else:
            day = today - timedelta(days=WORDS[word]) if word in WORDS else date.fromisoformat(word)
        start = day_bounds(day, zone)[0]
    except (ValueError, OverflowError):
        hint = f"write today, yesterday, 7d, 3h, or a date like {today.isoformat()}"
        raise click.UsageError(f"--since {text}: {hint}") from None
    if day > today:
        raise click.UsageError(f"--since {text}: that is still to come, today is {today.isoformat()}")
    return start
