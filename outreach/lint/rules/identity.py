"""IDN: who sends the letter, from where, how to answer and how to make it stop."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, takewhile

from outreach import data
from outreach.lint import address, terms
from outreach.lint.copy import WORD, Copy, words_in
from outreach.lint.fact import fact
from outreach.lint.finding import Finding, Level
from outreach.lint.language import LANGUAGES
from outreach.lint.language import words as words_of
from outreach.lint.normal import fold
from outreach.lint.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule("IDN501", "no-sender", Level.ERROR, gate=True),
    Rule("IDN502", "few-contacts", Level.WARNING),
    Rule("IDN503", "no-postal-address", Level.ERROR, gate=True),
    Rule("IDN504", "no-opt-out", Level.ERROR, gate=True),
    Rule("IDN505", "foreign-from", Level.WARNING),
    Rule("IDN506", "buried-contacts", Level.WARNING),
)
_SENDER, _CONTACTS, _ADDRESS, _OPT_OUT, _FROM, _BURIED = RULES

_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(
    r"(?:^|\.)\d{1,10}\.?$"
)  # an IP address: nobody registers it, links are judged elsewhere
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_LAST_LINES = 12  # where contacts are looked for
_END_LINES = 8  # the least that counts as the letter's end
_FEWEST_WAYS = 2
_NOTICE = 240  # characters at the end in which the line on how to stop stands, if it is not the last one
_MOST_NOTICE = 60  # words below the contacts; more are no line on how to stop
_SAME_ADDRESS = 0.7  # share of the words of the known address: "St" for "Street" is no other one


@dataclass(frozen=True)
class Closing:
    """The text in which identity, address and opt-out must stand."""

    copy: Copy
    whole: str

    @fact
    def text(self) -> str:
        """It without lines that quote somebody else."""
        return _QUOTED.sub("", self.whole) if ">" in self.whole else self.whole

    @fact
    def lines(self) -> list[str]:
        """Its lines with words, trimmed."""
        return [line for each in self.text.splitlines() if (line := each.strip())]

    @fact
    def tail(self) -> list[str]:
        """Its last third without the greeting, and never less than the signature or the last few lines."""
        third = sum(map(len, self.lines)) / 3
        sizes = accumulate(len(line) for line in reversed(self.lines))
        count = 1 + sum(1 for size in sizes if size < third)
        body = int(self.copy.greeting is not None)  # it is the first line with words
        if self.whole.startswith(self.copy.text):
            signed = self.whole[self.copy.signature :]
            count = max(count, sum(1 for line in signed.splitlines() if line.strip()))
        return self.lines[max(body, len(self.lines) - max(count, _END_LINES)) :]

    @fact
    def folded(self) -> str:
        """Its characters made comparable."""
        return self.copy.folded.text if self.text == self.copy.text else fold(self.text).text

    @fact
    def words(self) -> list[str]:
        """Its folded words, in order."""
        return words_in(self.folded)


def check(copy: Copy) -> Iterator[Finding]:
    """The IDN findings of a letter; none where nobody knows its closing."""
    if copy.closing is None:
        return
    closing = Closing(copy, copy.closing)
    yield from _sender(closing)
    yield from _contacts(closing)
    if not _has_address(closing):
        hint = "add the street, the postal code and the place"
        yield _ADDRESS.found("no postal address of the sender", hint=hint)
    if not _has_opt_out(closing):
        hint = 'add a line such as "Not interested? Reply with the word STOP."'
        yield _OPT_OUT.found("no way to stop the letters", hint=hint)
    yield from _from(closing)


def _sender(closing: Closing) -> Iterator[Finding]:
    missing = list(_unnamed(closing) if _known(closing.copy) else _nameless(closing))
    if missing:
        message = f"the letter's end does not give {' and '.join(missing)}"
        yield _SENDER.found(message, hint="sign with a person's name and the company's")


def _known(copy: Copy) -> bool:
    return copy.sender is not None or copy.mailbox is not None


def _unnamed(closing: Closing) -> Iterator[str]:
    """Which of the names we know are not in the letter's end."""
    end = fold("\n".join(closing.tail)).text
    words = frozenset(WORD.findall(end))
    mailbox, sender = closing.copy.mailbox, closing.copy.sender
    for name in (mailbox.name if mailbox else "", sender.company if sender else ""):
        parts = set(WORD.findall(fold(name).text))
        if not (parts - address.firm_words() <= words or _dense(name) in _dense(end)):
            yield f'"{name}"'


def _nameless(closing: Closing) -> Iterator[str]:
    """What the end lacks when nobody said who sends: a name, or a second one and nothing else of a firm."""
    names: set[str] = set()
    firm = False
    for line in reversed(closing.tail):
        held = address.names(_unsigned(closing.copy, line))
        names.update(held.parts)
        firm = firm or held.firm
        if names and (firm or len(names) > 1):
            return
    if not names:
        yield "the sender's name"
    if not firm:
        yield "the company"


def _unsigned(copy: Copy, line: str) -> str:
    """A line without the goodbye that it begins with."""
    low = line.lower()
    if not low.startswith(copy.vocabulary.signoffs):
        return line
    leaving = max(len(each) for each in copy.vocabulary.signoffs if low.startswith(each))
    return line[leaving:].strip(" ,;!.，。！")


def _contacts(closing: Closing) -> Iterator[Finding]:
    last = _ways(closing.lines[-_LAST_LINES:])
    ways = last if len(last) >= _FEWEST_WAYS else _ways(closing.lines)
    if len(ways) < _FEWEST_WAYS:
        message = f"only one way to answer besides the reply: {min(ways)}" if ways else "no contacts"
        yield _CONTACTS.found(message, hint="give two or more: phone, e-mail, web page, postal address")
    elif not last:
        message = f"no contacts in the last {_LAST_LINES} lines"
        yield _BURIED.found(message, hint="put them below the name, at the end")


def _ways(lines: list[str]) -> set[str]:
    """The ways to answer in some lines, from the last one up until there are enough."""
    found: set[str] = set()
    for line in reversed(lines):
        found |= address.ways(line)
        if len(found) >= _FEWEST_WAYS:
            break
    return found


def _has_address(closing: Closing) -> bool:
    sender = closing.copy.sender
    if sender is not None and sender.address.strip():
        parts = set(WORD.findall(fold(sender.address).text))
        there = parts.intersection(closing.words)
        return len(there) >= _SAME_ADDRESS * len(parts) or _dense(sender.address) in _dense(closing.folded)
    digits = (line for line in reversed(closing.lines) if _DIGIT.search(line))  # every address has some
    return any("post" in address.ways(line) for line in digits)


def _has_opt_out(closing: Closing) -> bool:
    """Whether a line says how, in any language: most often the last one, in the letter's own."""
    text, own = closing.folded, terms.opt_outs(closing.copy.tongue)
    ends = (text[text.rstrip().rfind("\n") + 1 :], text[-_NOTICE:])
    return (
        any(own.within(words_in(end), end) for end in ends)
        or _opt_outs().within(closing.words, text)
        or any(sign in text for sign in data.table("identity")["opt_out"]["links"])
        or "unsubscri" in (closing.copy.html or "").lower()
        or _declines(closing)
    )


def _declines(closing: Closing) -> bool:
    """Whether the lines below the contacts say "not": people offer to stop in more words than lists can hold."""
    below = list(takewhile(lambda line: not address.ways(line), reversed(closing.lines)))
    if len(below) == len(closing.lines):
        return False
    text, signs = fold("\n".join(below)).text, data.table("identity")["opt_out"]
    words = WORD.findall(text)
    negative = not frozenset(signs["negations"]).isdisjoint(words)
    return len(words) <= _MOST_NOTICE and (negative or any(part in text for part in signs["negative_parts"]))


@cache
def _opt_outs() -> terms.Terms:
    """What tells how to stop the letters in any language, with the words that our own footers ask for."""
    stops = [each["stop"] for each in data.table("footer")["language"].values()]
    return terms.Terms([*stops, *(group for name in LANGUAGES for group in words_of(name).optout)])


def _from(closing: Closing) -> Iterator[Finding]:
    """Judged by the mailbox; where it is unknown, by the mail addresses that the letter's end gives."""
    copy, free = closing.copy, data.words("consumer_domains")
    given = {host for line in closing.tail for host in address.mail_domains(line)}
    domains = {copy.mailbox.domain} if copy.mailbox else given
    if domains and domains <= free:
        message = f"an address of a free mail service: {', '.join(sorted(domains))}"
        yield _FROM.found(message, hint="write from the company's own domain")
    elif copy.mailbox and copy.links:
        named = (host for link in copy.links for host in address.hosts(copy.said(link)))
        linked = {_site(host) for host in named if not _NUMBERED.search(host)}
        hosts = linked - frozenset(data.table("identity")["hosts"]["shared"])
        if hosts and _site(copy.mailbox.domain) not in hosts:
            message = f"sent from {copy.mailbox.domain}, but all links lead to {', '.join(sorted(hosts))}"
            yield _FROM.found(message, hint="link to pages of the domain that you write from")


def _site(host: str) -> str:
    """The part of a host that somebody registers: two labels, or three as in "example.co.uk"."""
    labels = host.split(".")
    second = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if second else -2 :])


def _dense(text: str) -> str:
    return "".join(fold(text).text.split())
