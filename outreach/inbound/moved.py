"""People who have left and addresses given up, with the address to write to instead where one is named.

Only an automatic mail, or somebody speaking of himself ("I have left ...", "my new address is ..."), says so
reliably. A colleague who writes "Anna has left, what is this about?" is a person who answered.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from outreach.inbound import automatic
from outreach.inbound.dates import absent_until
from outreach.inbound.headers import addresses
from outreach.inbound.mail import Mail
from outreach.inbound.reading import Kind, Notice, Reading
from outreach.inbound.wording import SCANNED, Hit, Words, fold, made_ready, own_words, phrases

_FIRST_LINES = 1_200  # characters in which it is said
_NAME = re.compile(r"[^\W\d_]{3,30}")
_NOBODY = ("noreply", "no-reply", "mailer-daemon", "postmaster", "donotreply", "do-not-reply")
_BESIDE = 2  # words between leaving and what is left for a while only
_NEAR = 6  # words between "I" and what it is about


def read(mail: Mail) -> Reading | None:
    """The mail as news that its sender's address is no longer his; None for any other mail.

    The one notice's recipient is that address; `successor` the first other address that the mail names, ""
    where it names none.
    """
    text = own_words(mail)
    subject = made_ready(mail.subject[:300])
    words = made_ready(text[:SCANNED])
    hits = _in_earnest(hit for hit in phrases("moved").find(words) if hit.at < _FIRST_LINES)
    titles = [hit for hit in phrases("moved").find(subject) if hit.kind in ("left", "address")]
    news = [hit for hit in hits if hit.kind in ("left", "address")]
    if not news and not titles:
        return None
    why = automatic.why(mail)
    spoken = {hit.kind for hit in phrases("away").find(words)}
    if why and "receipt" in spoken and not any(hit.kind == "left" for hit in news):
        return None  # a desk that names its addresses
    if why and spoken & {"away", "absent"} and mail.date and absent_until(text, mail.date.date()):
        return None  # who comes back has not left: others do the work meanwhile
    if why and (news or any(hit.kind == "left" for hit in titles)):
        return _reading(mail, f'{why}; "{(news or titles)[0].words}"', text)
    if "?" in text or "？" in text or "person" in spoken:
        return None  # who speaks of the offer has answered, whatever he has left
    for hit in news:
        if _of_himself(hit, hits) or (hit.kind == "left" and _names_sender(mail, words, hit)):
            return _reading(mail, f'wording: "{hit.words}"', text)
    return None


def _in_earnest(found: Iterable[Hit]) -> list[Hit]:
    """The words found without those of leaving that are about today's office or a holiday."""
    hits = list(found)
    still = [hit for hit in hits if hit.kind == "still"]
    return [
        hit
        for hit in hits
        if hit.kind != "left"
        or not any(each.first <= hit.end + _BESIDE and each.end >= hit.first - _BESIDE for each in still)
    ]


def _of_himself(news: Hit, hits: list[Hit]) -> bool:
    """Whether "I", "my" or "this address" stands in or directly before the words."""
    own = (hit for hit in hits if hit.kind == "own")
    return any(hit.first <= news.first + 1 and hit.end >= news.first - 1 for hit in own)


def _names_sender(mail: Mail, words: Words, hit: Hit) -> bool:
    """Whether the sentence is about the person named in From: "Anna Example no longer works here"."""
    shown = fold(mail.header("from").partition("<")[0])
    names = {name for name in _NAME.findall(shown) if len(name) > 2}
    before = words.words[max(0, hit.first - _NEAR) : hit.first] if not words.characters else []
    return any(first in names and second in names for first, second in pairwise(before))


def _reading(mail: Mail, why: str, text: str) -> Reading:
    own = {mail.sender, *addresses(mail.header("to")), *addresses(mail.header("cc"))}
    named = (each for each in addresses(text) if each not in own and not each.startswith(_NOBODY))
    notices = (Notice(Kind.MOVED, mail.sender),) if mail.sender else ()
    original = next(iter(mail.answers), "")
    return Reading(
        Kind.MOVED,
        why,
        notices,
        text,
        original_message_id=original,
        successor=next(named, ""),
        trouble=mail.trouble,
    )
