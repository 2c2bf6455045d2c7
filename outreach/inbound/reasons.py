"""Why a mail was not delivered, and whether the address will never work: packs/reasons.toml read as rules."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from outreach.data import table
from outreach.inbound.reading import Kind

UNDEFINED = "undefined"
MOST = 1000  # characters of an answer that are looked at
_SHORT = 6  # letters: a word with fewer must stand alone
_BARE = re.compile(r"[^\W_]{1,40}")
_ADDRESS = re.compile(r"(?<![\w!#$%&'*+/=?^`{|}~.-])<?[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[\w.-]{1,200}>?")
# 5.1.1, #5.1.1, (#5.1.1), 550-5.1.1, but no part of an IP address or a version
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d)\.(\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(r"(?<![\d.:])([45]\d\d)(?=[ \-:;<,]|$)(?!-\d\d\d)")
# Codes that say that the address itself was refused (RFC 3463 3.2); Exchange Online adds 5.4.1.
_ADDRESS_CODES = {"1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "1.351", "4.1"}
# "5.1.1 delivery attempt failed": such words stand beside any failure, that code beside one (RFC 3463 3.2).
_UNKNOWN_CODE = "1.1"
_VAGUE = ("expired", "systemerror", "contenterror", "syntaxerror")
# A refusal without telling words: before any address was named it is about us.
_REASON_AT = {"CONN": "blocked", "EHLO": "blocked", "MAIL": "rejected"}
# Postfix puts this before whatever a policy server of its owner says: it tells nothing of the address.
_WRAPPED = re.compile(r"recipient address rejected: (?!access denied|[|])([^|]{2,1000})")
# "550 : User unknown": the server has no recipient at hand any more, so the answer is one to DATA.
_NOBODY = re.compile(r"\b550 ?: (?:user unknown|unknown user)")


_Set = tuple[str, ...]  # words that must all occur
_Piece = tuple[str, ...]  # three letters; none of a word of two, which is looked for always


@dataclass(frozen=True, slots=True)
class _Said:
    """One line of the table: a reason, the words for it (one of the sets must occur), and against it."""

    reason: str
    words: tuple[_Set, ...]
    unless: tuple[_Set, ...]
    certain: bool


class _Rules:
    """The lines of the table by a few letters of each of their sets: of 1,400 few have to be looked for."""

    def __init__(self, rules: Sequence[_Said]) -> None:
        self._rules = tuple(rules)
        sets = [(place, each, _pieces(each[0])) for place, rule in enumerate(rules) for each in rule.words]
        common = Counter(chain.from_iterable(pieces for _, _, pieces in sets))
        self._by_piece: dict[_Piece, list[tuple[int, _Set]]] = defaultdict(list)
        for place, each, pieces in sets:
            rarest = min(pieces, key=lambda letters: (common[letters], letters), default=())
            self._by_piece[rarest].append((place, each))

    def first(self, text: str) -> _Said | None:
        """The first line whose words a text has and none of those against it."""
        known = self._by_piece
        keys = known.keys() & {(), *_pieces(text)}
        places = {place for key in keys for place, each in known[key] if _occurs(each, text)}
        fitting = (self._rules[place] for place in sorted(places))
        return next((rule for rule in fitting if not any(_occurs(each, text) for each in rule.unless)), None)


def _occurs(words: _Set, text: str) -> bool:
    return words[0] in text and all(word in text for word in words[1:])


def _pieces(text: str) -> set[_Piece]:
    """All rows of three letters in a text."""
    return set(zip(text, text[1:], text[2:], strict=False))


def _whole(word: str) -> str:
    """A short word stands alone: "rbl" is no part of "marble"."""
    return f" {word} " if len(word) < _SHORT and word.isascii() and word.isalnum() else word


def _split(words: Sequence[str]) -> tuple[_Set, ...]:
    return tuple(tuple(map(_whole, each.split(" & "))) for each in words)


@cache
def _rules() -> _Rules:
    return _Rules(
        [
            _Said(
                row["reason"], _split(row["words"]), _split(row.get("unless", ())), row.get("certain", False)
            )
            for row in table("reasons")["said"]
        ]
    )


@cache
def _by_host() -> tuple[tuple[_Set, _Said], ...]:
    """What words mean at some hosts: parts of the hosts' names, and the line of the table."""
    return tuple(
        (tuple(row["hosts"]), _Said(row["reason"], _split(row["words"]), (), True))
        for row in table("reasons")["host"]
    )


def status_of(text: str, field: str = "") -> str:
    """The enhanced status code that says most (RFC 3463), else the reply code, else "".

    `text` is what the server said, `field` a report's Status. A code in the text is the refusing server's
    own; of several the last that is not X.0.0, as a relay quotes the server before it.
    """
    found = [".".join(hit) for hit in _STATUS.findall(text[:MOST])]
    own = [".".join(hit) for hit in _STATUS.findall(field[:40])]
    telling = [code for code in found if not code.endswith(".0.0")]
    better = [code for code in own if not code.endswith(".0.0")]
    chosen = telling[-1:] or better[:1] or own[:1] or found[:1]
    return chosen[0] if chosen else reply_of(text)


def reply_of(text: str) -> str:
    """The SMTP reply code in a server's answer, "" where there is none."""
    hit = _REPLY.search(text[:MOST])
    return hit[1] if hit else ""


def judge(code: str, text: str, command: str = "", hosts: str = "") -> tuple[Kind, str]:
    """HARD_BOUNCE or SOFT_BOUNCE, and the reason, of a refusal.

    `code` is an enhanced status or reply code or "", `text` what the server said, `command` the SMTP command
    it answered where known, `hosts` a text that names the servers that took part. Hard is only what makes the
    address or its domain useless for ever: a temporary code never is, and "user unknown" is believed where the
    address itself was refused (at RCPT TO, or with a code for bad addresses): servers that say so after the
    letter was sent mean their filter.
    """
    said = _plain(text)
    reason, certain = _reason(code, said, hosts.lower())
    reply = reply_of(text)
    if reason in (UNDEFINED, "onhold") and reply:
        reason = _REASON_AT.get(command, reason)
    if reason == "userunknown" and not certain and not _believed(code, said, command):
        reason = "filtered"
    passing = _passing(code, said, reply)
    hard = reason in table("reasons")["hard"] and not passing
    return (Kind.HARD_BOUNCE if hard else Kind.SOFT_BOUNCE), reason


def _passing(code: str, said: str, reply: str) -> bool:
    """Whether it may work later: by the enhanced code, unless the server's reply code says otherwise."""
    if code.startswith("5."):
        return reply.startswith("4") and said.startswith(reply)
    return reply.startswith("4") or (code.startswith("4") and not reply)


def sorted_as(category: str, kind: Kind, reason: str) -> tuple[Kind, str]:
    """The kind and reason of a sending service's own category of bounces; those given where it has none."""
    named = table("reasons")["category"].get(category.strip().lower())
    if not named:
        return kind, reason
    return (Kind.HARD_BOUNCE if named in table("reasons")["hard"] else Kind.SOFT_BOUNCE), named


def _plain(text: str) -> str:
    """A server's words for the table: lower case, addresses as "@", and once more as bare words at the end."""
    return _bared(" ".join(_ADDRESS.sub("@", text[:MOST]).lower().split()))


def _bared(said: str) -> str:
    return f"{said} | {' '.join(_BARE.findall(said))} "


def _reason(code: str, said: str, hosts: str) -> tuple[str, bool]:
    """The reason, and whether the words leave no doubt about it."""
    codes = table("reasons")
    detail = code[2:] if code[1:2] == "." else ""
    if found := codes["decisive"].get(detail):
        return str(found), False
    for names, own in _by_host():
        if any(name in hosts for name in names) and any(_occurs(each, said) for each in own.words):
            return own.reason, True
    rule = _rules().first(said)
    if rule and rule.reason == "userunknown" and (within := _WRAPPED.search(said)):
        rule = _rules().first(_bared(within[1]))
    if rule and not (detail == _UNKNOWN_CODE and rule.reason in _VAGUE):
        return rule.reason, rule.certain
    found = codes["code"].get(detail) or codes["reply"].get(code) or codes["reply"].get(reply_of(said))
    return str(found or UNDEFINED), False


def _believed(code: str, said: str, command: str) -> bool:
    """Whether "unknown" is about the address."""
    if _NOBODY.search(said):
        return False
    detail = code[2:] if code[1:2] == "." else ""
    if detail in _ADDRESS_CODES:
        return True
    return command == "RCPT" and not (detail.startswith("7.") and "access denied" in said)
