"""Words of automatic answers: what of them a mail has, and how much that speaks for a program."""

import re
from collections.abc import Iterable, Mapping

from outreach.inbound.dates import absent_until
from outreach.inbound.mail import Mail
from outreach.inbound.wording import SCANNED, Hit, made_ready, phrases
from outreach.subjects import bare, marked

_ENOUGH = 4
_FIRST_LINES = 700  # characters in which an absence is announced
_LONG = 3_000  # characters: such answers are short
_LISTS = ("list-id", "list-post", "list-unsubscribe", "x-mailing-list", "mailing-list", "x-beenthere")
NAMED = (
    *("provider", "label", "subject", "away", "absent", "receipt", "seen", "gateway", "automatic", "hint"),
    *("noreply", "robot"),
)
_OF_BODY = ("away", "absent", "automatic", "receipt", "gateway", "noreply", "hint", "person")
# One of these must be there, whatever else is.
_NEEDED = {"receipt", "away", "provider", "label", "absent", "seen", "gateway"}
_NUMBER = re.compile(
    r"\[[^\]]{0,20}#?\d{3,}|#\s?\d{3,}|\b(?:ticket|case|request|заявка|обращение)\b.{0,12}\d{3,}"
)
_ROBOT = re.compile(
    r"(?:no|not|do-?not|never)[-_.]?reply|quarantine|(?:mail|e-?mail|spam)[-_.]?(?:gateway|security|filter|firewall)"
    r"|anti-?spam|anti-?virus|postmaster|mailer-daemon|auto-?repl|auto-?respon",
    re.IGNORECASE,
)
_OF_PROGRAMS = {"provider", "label", "automatic", "noreply", "robot"}  # signs that no person gives
_WEIGHTS = {
    "provider": 4,
    "seen": 4,
    "label": 3,
    "away": 3,
    "receipt": 3,
    "gateway": 3,
    "absent": 2,
    "subject": 2,
    "automatic": 2,
    "noreply": 1,
    "robot": 1,
}


def signs_of(mail: Mail, text: str) -> dict[str, str]:
    """The first words found of each kind; of `hint` all, joined."""
    signs, put_aside = _signs_of_subject(mail.subject[:300])
    robot = _ROBOT.match(mail.sender)
    if robot and robot[0].lower() == "postmaster" and (mail.answers or marked(mail.subject)):
        robot = None  # a person bears that name too
    if robot:
        signs["robot"] = f"{robot[0]}@"
    body = phrases("away").find(made_ready(text[:SCANNED]))
    stays = [hit for hit in body if hit.kind == "stay"]
    absences = [hit for hit in body if hit.kind == "away"]
    for hit in body:
        if hit.kind in ("away", "absent", "gateway") and hit.at > _FIRST_LINES:
            continue
        if (hit.kind in ("away", "absent") and _stays(hit, stays)) or (
            hit.kind == "gateway" and not (put_aside or robot)
        ):
            continue
        if hit.kind == "hint" and any(_overlap(hit, each) for each in absences):
            continue  # the same words say no more
        if hit.kind == "hint" and "hint" in signs:
            signs["hint"] += f" ... {hit.words}"
        elif hit.kind in _OF_BODY:
            signs.setdefault(hit.kind, hit.words)
        elif hit.kind == "seen" and "seen_subject" in signs:
            signs["seen"] = hit.words
    if "away" in signs:
        signs.pop("absent", None)  # said already, and surer
    return signs


def _signs_of_subject(subject: str) -> tuple[dict[str, str], bool]:
    """The words found in a subject, and whether it is a gateway's that says the mail was put aside."""
    signs: dict[str, str] = {}
    answers, put_aside = marked(subject), False
    words = made_ready(subject if answers else bare(subject))
    for hit in phrases("away").find(words):
        if hit.kind in ("provider", "label", "seen_subject"):
            signs |= _subject_sign(words.characters or words.folded, hit)
        elif (
            hit.kind in ("away", "receipt", "automatic")
            or (hit.kind == "absent" and not answers)
            or (hit.kind == "gateway" and not answers)
        ):
            signs.setdefault("subject", hit.words)
            put_aside = put_aside or hit.kind == "gateway"
    return signs, put_aside


def _subject_sign(subject: str, hit: Hit) -> dict[str, str]:
    """What a phrase of programs is worth where it stands: at the beginning, in brackets, or anywhere."""
    before = subject[: hit.at].strip()
    after = subject[hit.at + len(hit.words) :].lstrip()
    alone = not after or after[0] in ":：-–—([|【/"
    bracketed = before[-1:] in ("(", "[", "【", "（", "「", "<", "*")
    if hit.kind == "provider" and (bracketed or not before):
        return {"provider": hit.words}
    if before:
        return {"subject": hit.words} if hit.kind == "provider" else {}
    if hit.kind == "seen_subject":
        return {"seen_subject": hit.words} if after[:1] in (":", "：", "") else {}
    return {"label": hit.words} if alone else {"subject": hit.words}


def _overlap(one: Hit, other: Hit) -> bool:
    return one.first < other.end and other.first < one.end


def _stays(away: Hit, stays: Iterable[Hit]) -> bool:
    """Whether words closely before an absence put it into the past, into a condition or on somebody else."""
    return any(away.first - 4 <= stay.end and stay.first <= away.first for stay in stays)


def enough(mail: Mail, signs: Mapping[str, str], text: str) -> bool:
    """Whether the words found in a mail make it an automatic one. `text` are its own words."""
    needed = signs.keys() & _NEEDED or signs.keys() >= {"subject", "automatic"}
    return bool(needed) and _weight(mail, signs, text) >= _ENOUGH


def _weight(mail: Mail, signs: Mapping[str, str], text: str) -> int:
    """How much speaks for a program; ENOUGH makes the mail an automatic one."""
    if not signs:
        return 0
    weight = sum(_WEIGHTS.get(name, 0) for name in signs)
    hints = 1 + signs["hint"].count(" ... ") if "hint" in signs else 0
    weight += min(2, hints)
    asked = "?" in text or "？" in text
    if "absent" in signs:
        personal = asked or "person" in signs or not (mail.date and absent_until(text, mail.date.date()))
        weight += -_WEIGHTS["absent"] if personal else 1
    names = {name for name, _ in mail.headers}
    weak = mail.header("precedence").lower() in ("bulk", "junk") or "x-auto-response-suppress" in names
    weight += weak or mail.header("return-path").strip() == "<>" or "x-ms-exchange-inbox-rules-loop" in names
    numbered = bool(_NUMBER.search(mail.subject[:300].lower()))
    if "receipt" in signs and (numbered or not marked(mail.subject) or signs.keys() & _OF_PROGRAMS):
        weight += numbered
    elif "receipt" in signs:
        weight -= _WEIGHTS["receipt"]  # "we received your offer" in the thread: people say so too
    weight += "label" in signs and bool(mail.answers)
    if names & set(_LISTS):
        weight -= 3
    if len(text) > _LONG:
        weight -= 2
    if "person" in signs and not (numbered or signs.keys() & _OF_PROGRAMS):
        weight -= 2
    if asked and not signs.keys() & {"provider", "automatic"}:
        weight -= 1  # programs seldom ask
    return weight
