"""Characters that nobody sees: which of them a writing system needs, and which hide something."""

import re
import unicodedata

from outreach.lint.spelled import Disguise, Edit

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)
_JOINERS = frozenset("\u200c\u200d")
_VARIANTS = frozenset(map(chr, range(0xFE00, 0xFE10)))
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
# Scripts whose spelling needs joiners: Arabic and the like, those of India and its neighbours, Mongolian.
_JOINING = re.compile(
    "[\u0600-\u08ff\u0900-\u0fff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc]"
)
_SYMBOLS = frozenset(("So", "Sk", "Sm"))
_FLAG = "\U0001f3f4"  # the flags of England, Scotland and Wales are spelled in invisible letters


def hidden(text: str) -> tuple[list[Edit], list[Disguise]]:
    """What to take out of a text: every invisible character; and which of them have no business there."""
    edits, found = [], []
    right_to_left = bool(_RIGHT_TO_LEFT.search(text))
    for hit in _HIDDEN.finditer(text):
        start, end = hit.span()
        edits.append(Edit(start, end, ""))
        before, after = text[start - 1 : start], text[end : end + 1]
        if not _needed(hit[0], before, after, right_to_left):
            found.append(("invisible", start, end))
    return edits, found


def _needed(run: str, before: str, after: str, right_to_left: bool) -> bool:
    """Whether a run of invisible characters belongs where it stands: in emoji, joined scripts, bidi text."""
    signs = set(run)
    if signs <= _BIDI:
        return right_to_left
    if _JOINING.match(before) and (signs <= _JOINERS or "\u180b" <= min(signs) <= max(signs) <= "\u180e"):
        return True
    if before == _FLAG:
        return True
    if signs <= _JOINERS | _VARIANTS and _pictured(before):
        return _JOINERS.isdisjoint(signs) or _pictured(after)
    return False


def _pictured(char: str) -> bool:
    """Whether a character is an emoji or a sign made one: also the figures and signs of key caps."""
    return bool(char) and (unicodedata.category(char) in _SYMBOLS or char in "#*0123456789‼⁉〰〽")
