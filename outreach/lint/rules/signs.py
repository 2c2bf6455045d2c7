"""Emoji in the text, and messenger accounts to write to instead: rare in letters, common in chat spam."""

import re
from collections.abc import Iterator

from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.rule import Rule

EMOJI = Rule("FMT213", "emoji", Level.INFO)
MESSENGER = Rule("LNK309", "messenger-account", Level.INFO, points=1.5, craft=False)
RULES = (EMOJI, MESSENGER)

_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]")
_FEWEST_EMOJI = 2  # one smile is a smile
_PER_EMOJI = 0.4  # points
_MOST_EMOJI = 2.4  # points of all of them
_ACCOUNT = re.compile(r"@(?<![\w.@/+-]@)[A-Za-z]\w{4,31}(?![\w.@-]{0,99}\.[A-Za-z])")
_CHAT = re.compile(r"\b(?:t|wa|telegram)\.me/[\w+]{1,64}", re.IGNORECASE)


def check(copy: Copy) -> Iterator[Finding]:
    """Emoji and messenger accounts in the letter's own text."""
    if not copy.text.isascii():
        places = [hit.span() for hit in _EMOJI.finditer(copy.text, 0, copy.signature)]
        if len(places) >= _FEWEST_EMOJI:
            points = min(_MOST_EMOJI, _PER_EMOJI * len(places))
            yield EMOJI.found(
                f"{len(places)} emoji", "text", *places[0], hint="say it in words", points=points
            )
    hits = [_ACCOUNT.search(copy.text), _CHAT.search(copy.text) if ".me/" in copy.text.lower() else None]
    hit = min(filter(None, hits), key=re.Match.start, default=None)
    if hit:
        hint = "an account beside mail and phone is fine; alone it looks like chat spam"
        yield MESSENGER.found(f"{hit[0]} is a messenger account", "text", *hit.span(), hint=hint)
