"""Commands that a screen offers, as a shell takes them."""

import re
import shlex
from typing import Final

_BETWEEN: Final = re.compile(r"(?:[^\"$`\\!]|!=)*")
"""What a shell leaves as it is between double quotes; ! alone is its history, != is not."""


def word(text: str) -> str:
    """A text as one word of a command: in double quotes where single ones would have to be escaped."""
    readable = "'" in text and _BETWEEN.fullmatch(text)
    return f'"{text}"' if readable else shlex.quote(text)
