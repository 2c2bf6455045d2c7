"""Challenge-response systems: the mail waits until its sender proves to be a person. Nobody has read it."""

from collections.abc import Iterable
from functools import cache

from outreach.data import table
from outreach.inbound.mail import Mail
from outreach.inbound.reading import Kind, Notice, Reading
from outreach.inbound.wording import SCANNED, Hit, Phrases, fold, made_ready, own_words

_WHERE = (
    "from",
    "message-id",
    "x-mailer",
    "sender",
    "reply-to",
    "return-path",
    "x-delivery-agent",
    "x-sender",
)
_OWN_HEADERS = ("x-tmda", "x-boxbe", "x-spamarrest", "x-choicemail", "x-qconfirm")
_LISTS = ("list-id", "list-post", "x-mailing-list", "mailing-list", "x-beenthere")


def read(mail: Mail) -> Reading | None:
    """The mail as a challenge; None for any other.

    A known system's mark and a task, or all of: the mail is held, what to do, and that spam is the reason.
    """
    text = own_words(mail)
    found = _first(
        (*_phrases().find(made_ready(mail.subject[:300])), *_phrases().find(made_ready(text[:SCANNED])))
    )
    if not {"prove", "held"} & found.keys():
        return None
    maker = _maker(mail, text)
    if maker and "prove" in found:
        return _reading(mail, f'{maker}; "{found["prove"]}"', text)
    listed = any(name in _LISTS for name, _ in mail.headers)
    if listed or "other" in found or not {"held", "prove", "spam"} <= found.keys():
        return None
    return _reading(
        mail, "wording: " + ", ".join(f'"{found[kind]}"' for kind in ("held", "prove", "spam")), text
    )


def _maker(mail: Mail, text: str) -> str:
    """The name of a known system where a header of the mail's own or its text has it, "" where none."""
    marks = " ".join(mail.header(name) for name in _WHERE).lower()
    links = fold(text)
    if any(name.startswith(_OWN_HEADERS) for name, _ in mail.headers):
        return "a header of the system"
    return next((name for name in _makers() if name in marks or name in links), "")


def _first(hits: Iterable[Hit]) -> dict[str, str]:
    found: dict[str, str] = {}
    for hit in hits:
        found.setdefault(hit.kind, hit.words)
    return found


@cache
def _makers() -> tuple[str, ...]:
    return tuple(table("answers/challenge")["makers"]["names"])


@cache
def _phrases() -> Phrases:
    kinds = table("answers/challenge")
    return Phrases({kind: languages for kind, languages in kinds.items() if kind != "makers"})


def _reading(mail: Mail, why: str, text: str) -> Reading:
    notices = (Notice(Kind.CHALLENGE, mail.sender),) if mail.sender else ()
    original = next(iter(mail.answers), "")
    return Reading(Kind.CHALLENGE, why, notices, text, original_message_id=original, trouble=mail.trouble)
