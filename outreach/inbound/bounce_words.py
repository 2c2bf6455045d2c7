"""Wording of bounces by its place: `[wording]` of packs/reasons.toml."""

from functools import cache

from outreach.data import table


@cache
def _phrases(place: str) -> tuple[str, ...]:
    return tuple(table("reasons")["wording"][place])


def said(place: str, text: str) -> str:
    """The first phrase of bounces that a text has in a place, "" for none.

    Places: subject, opening (of the report), unsent (enough where any machine writes), waiting (the mail is
    delayed, not lost), delivered (it arrived), list_server.
    """
    low = text.lower()
    return next((phrase for phrase in _phrases(place) if phrase in low), "")
