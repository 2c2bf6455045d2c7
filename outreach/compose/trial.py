"""A test letter: what a prospect would get, sent to somebody of one's own, marked, in no thread of a real one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from outreach.compose.body import body
from outreach.compose.headers import headers
from outreach.compose.readback import check
from outreach.model import Mailbox, Outgoing

HEADER = b"X-Outreach-Test: yes\r\n"
_NAME = "outreach-test."


def message_id(token: str, domain: str) -> str:
    """The Message-ID of a test letter, angle brackets included; `token` is random, of letters and digits."""
    return f"<{_NAME}{token}@{domain}>"


def is_trial(identifier: str) -> bool:
    """Whether a Message-ID, with brackets or without, is that of a test letter: an answer to it is nobody's."""
    return identifier.lstrip("<").startswith(_NAME)


def outgoing(real: Outgoing, to: str, names: Mapping[str, str]) -> Outgoing:
    """The letter as a test to an address; `names` gives the tests' Message-IDs for the real ones.

    A thread names only letters that go out in the same test.
    """
    return replace(
        real,
        message_id=names[real.message_id],
        to_email=to,
        to_name="",
        references=tuple(names[each] for each in real.references if each in names),
        unsubscribe="",
    )


def compose(real: Outgoing, test: Outgoing, mailbox: Mailbox, at: datetime) -> bytes:
    """The bytes of a test letter: those of the real one but for To, Date, Message-ID and its thread.

    HEADER marks it, and it has no List-Unsubscribe: whoever looks at it must not opt the prospect out. Raises
    ComposeError as `compose.compose`.
    """
    head, rest = headers(test, mailbox, at, by_hand=True), body(real)
    check(head + rest, test, mailbox, by_hand=True)
    return head + HEADER + rest
