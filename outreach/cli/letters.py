"""What the commands over single letters share: which letter is meant."""

from typing import TYPE_CHECKING

from outreach.cli.app import App
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.model import Message


def known(app: App, text: str) -> "Message":
    """The letter with that number or Message-ID; OutreachError if there is none."""
    from outreach.store import messages

    digits = text.isascii() and text.isdigit() and len(text) < 19
    number = int(text) if digits else app.store.read(messages.number_of, text)
    found = app.store.read(messages.get, number) if number is not None else None
    if found is None:
        raise OutreachError(
            f"there is no letter {text}",
            hint="a letter has a number and a Message-ID: outreach why EMAIL shows a person's letters",
        )
    return found
