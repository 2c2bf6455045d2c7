"""Where, in a bounce written for people, the failing addresses stand and what the server said of each."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

MOST_LINES, LONGEST_LINE, MOST_SAID = 300, 1000, 1500
_LOCAL = r"(?:\"[^\"\s]{1,64}\"|[\w!#$%&'*+/=?^`{|}~.-]{1,200})"
_DOMAIN = r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
ADDRESS = re.compile(rf"(?<![\w!#$%&'*+/=?^`{{|}}~.-]){_LOCAL}@{_DOMAIN}")  # from a boundary on: linear
# A line that opens with an address: "<a@b.example>:", "a@b.example... User unknown", "  a@b.example on Monday"
_OPENS = re.compile(
    rf"(?:[-*>|•\s]|\d[.)]\s){{0,6}}(?:['\"«(\[]|mailto:|smtp:|"
    rf"rfc822;\s?){{0,3}}<?({_LOCAL}@{_DOMAIN})>?['\"»)\]]?"
    r"(?=$|[\s:,;(\[<|-]|\.(?:\s|$|\.))",
    re.IGNORECASE,
)
# Sendmail's summary: "550 <a@b.example>... User unknown", "554 5.0.0 <a@b.example>... reason"
_SUMMARY = re.compile(rf"[245]\d\d(?:[ -][245]\.\d\.\d{{1,3}})? <?({_LOCAL}@{_DOMAIN})>?\.\.\. ")
_LABEL = re.compile(
    r"(?:failed |original |final |intended |unknown )?(?:recipients?|addressee|destinatai?re?|"
    r"destinatario|empfänger|"
    r"rcpt to|recipient address|recipient's address|e-?mail address|address|адрес|получатель|收件人|宛先)"
    rf"(?: address)?(?:\(s\))?\s{{0,5}}[:=：]\s{{0,9}}['\"]?<?({_LOCAL}@{_DOMAIN})>?",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"(?:in reply to|in response to|after|did not like our|smtp command|command|response to|for|"
    r"following|during|sent <<<)"
    r"\W{0,5}(?:final |the )?(rcpt|mail from|end of data|data|helo|ehlo|initial connection|connect|"
    r"starttls|auth)\b|"
    r"\[(rcpt|mail|data|end_data|connect|bodysent|ehlo)[_ a-z]{0,8}\]|(does not like recipient)|"
    r"(does not like sender)|"
    r"(after i sent the message)|\(state (14)\)|\(state (1[5-9])\)|^(rcpt to|data|mail from)$|"
    r"(rejected recipient <|rejects the recipient)|smtp:(rcpt|mail|data|ehlo|helo|connect) host|"
    r"(but sender was rejected)|"
    r"(but my name was rejected)|(but greeting failed)|"
    r"sent: (rcpt|mail|data|ehlo|helo)\b|smtp error, (rcpt to|mail from|data|ehlo|helo)\b",
    re.MULTILINE,
)  # in small letters
# One of these is in whatever it finds; most texts have none.
_COMMANDS = (
    *("rcpt", "mail from", "[mail", "smtp:mail", "data", "helo", "ehlo", "connect", "starttls", "auth"),
    *("[bodysent", "does not like", "after i sent", "(state 1", "rejected recipient <", "rejects the rec"),
    *("but sender was", "but my name", "but greeting", "sent: mail"),
)
_AT_TIME = r"(?:(?:\w{3} )?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?:? )?"  # MDaemon's transcripts
_ASKED = re.compile(rf"{_AT_TIME}(?:>>>(?! ?<?[\w.+-]{{1,64}}@)|-->|Sent <<<)", re.IGNORECASE)
_ANSWERED = re.compile(rf"{_AT_TIME}(?:<<<|<--|Received >>>)", re.IGNORECASE)
# Lines about the mail sent, not about why it failed.
_HEADER_LIKE = re.compile(
    r"(?:from|to|cc|bcc|subject|date|sent(?: date)?|message-id|size(?: \(in bytes\))?|number of lines|"
    r"mail from|received|"
    r"original sender|sender-mta|sender|reply-to|arrival-date|last-attempt-date|x-[\w-]{1,40}|"
    r"mime-version|content-[\w-]{1,40}|"
    r"reporting-mta|received-from-mta|remote-mta|additional information)\s?:\s",
    re.IGNORECASE,
)
_OF_MAILBOX = re.compile(
    r"(?:the|this) (?:user|recipient|mailbox|account)[\w()' ]{0,60}\b(?:is|has|was|are)\b", re.IGNORECASE
)
MOST_FOUND = 50  # recipients; a letter of ours has one
_AT = {
    "rcpt": "RCPT", "rcpt to": "RCPT", "does not like recipient": "RCPT", "14": "RCPT",
    "rejected recipient <": "RCPT", "rejects the recipient": "RCPT", "but sender was rejected": "MAIL",
    "mail": "MAIL", "mail from": "MAIL", "does not like sender": "MAIL",
}  # fmt: skip
_BEFORE = {
    "helo": "EHLO",
    "ehlo": "EHLO",
    "initial connection": "CONN",
    "connect": "CONN",
    "starttls": "EHLO",
    "auth": "EHLO",
}


@dataclass(slots=True)
class Failure:
    """One recipient a bounce names: what was said of it, and the SMTP command that was refused ("" unknown)."""

    address: str
    said: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # paragraphs further down, which may be about it
    command: str = ""

    @property
    def text(self) -> str:
        """What was said next to the address, in one line."""
        return " ".join(" ".join(self.said).split())[:MOST_SAID]

    @property
    def all_text(self) -> str:
        """And what was said further down."""
        return " ".join(" ".join((*self.said, *self.after)).split())[:MOST_SAID]

    def add(self, line: str, far: bool = False) -> None:
        lines = self.after if far else self.said
        if line and len(lines) < 40 and line not in lines:
            lines.append(line)


def command_in(text: str) -> str:
    """The SMTP command a text says was refused: RCPT, MAIL, DATA, EHLO or CONN; "" where it does not say."""
    low = text.lower()
    hit = _COMMAND.search(low) if any(map(low.__contains__, _COMMANDS)) else None
    if not hit:
        return ""
    word = next(group for group in hit.groups() if group)
    return _AT.get(word) or _BEFORE.get(word) or "DATA"


def failures(text: str, own: Collection[str] = (), named: Collection[str] = ()) -> list[Failure]:
    """The recipients in a report's own words (without the mail returned), in order.

    `own` are not recipients, `named` are by a header: where the words name some of these, only these.
    """
    lines = [line[:LONGEST_LINE].rstrip() for line in text.split("\n", MOST_LINES)[:MOST_LINES]]
    reader = _Reader(frozenset(own))
    for line in lines:
        reader.line(line)
    found = reader.done()
    if agreed := [each for each in found if each.address in named]:
        return agreed
    if not found and not named:
        reader = _Reader(frozenset(own), anywhere=True)
        for line in lines:
            reader.line(line)
        found = reader.done()
    return found


class _Reader:
    """Goes through a report line by line and gathers what is said of each address."""

    def __init__(self, own: frozenset[str], anywhere: bool = False) -> None:
        self.found: dict[str, Failure] = {}
        self.current: list[Failure] = []
        self.fresh = False  # the line before opened an item and said nothing of it yet
        self.far = False  # an empty line came after something was said
        self.asked, self.about = "", ""  # the last command of a transcript, and its address
        self.loose: list[tuple[str, str]] = []  # answers in a transcript that name nobody
        self.own, self.anywhere = own, anywhere
        self.before: list[str] = []  # what is said of the mailbox before any address

    def line(self, line: str) -> None:
        """Takes the next line."""
        text = line.strip()
        if asked := _ASKED.match(text):
            self._command(text[asked.end() :].strip())
        elif answered := _ANSWERED.match(text):
            self._answer(text[answered.end() :].strip())
        elif "@" not in text:
            self._more(text)
        elif hit := _SUMMARY.match(text):
            self._open(hit[1], text, text)
        elif hit := _OPENS.match(text):
            self._open(hit[1], text[hit.end() :].strip(" :|>-"), text)
        elif hit := _LABEL.search(text):
            said = f"{text[: hit.start()]} {text[hit.end() :].strip(' :>')}"
            self._open(hit[1], said.strip(), text)
        elif self.anywhere and (address := self._named(text)):
            self._open(address, text, text)
        else:
            self._more(text)

    def done(self) -> list[Failure]:
        """What was found; answers that name nobody go to the only recipient, or to those nothing was said of."""
        found = list(self.found.values())
        for failure in found:
            failure.command = failure.command or command_in("\n".join((*failure.said, *failure.after)))
            failure.said[:0] = self.before
            if len(found) == 1 or not failure.said:
                for command, answer in self.loose:
                    failure.add(answer)
                    failure.command = failure.command or command
        return found

    def _open(self, address: str, rest: str, line: str) -> None:
        address = address.strip("'").lower()
        if address in self.own and not self.anywhere:
            self._more(rest)
            return
        failure = self.found.get(address)
        if failure is None:
            if len(self.found) >= MOST_FOUND:
                return
            failure = self.found[address] = Failure(address)
        if not (self.fresh and not rest):
            self.current = []
        if failure not in self.current:
            self.current.append(failure)
        failure.add(rest)
        failure.command = failure.command or command_in(line)
        self.fresh, self.far = not rest, False

    def _more(self, text: str) -> None:
        if not text:
            self.far = not self.fresh
            return
        if _is_rule(text) or _HEADER_LIKE.match(text):
            self.far = True
            return
        self.fresh = False
        if not self.found and len(self.before) < 5 and _OF_MAILBOX.match(text):
            self.before.append(text)
        for failure in self.current:
            failure.add(text, self.far)

    def _command(self, words: str) -> None:
        self.asked = _verb(words)
        hit = ADDRESS.search(words)
        self.about = hit[0].lower() if hit and self.asked == "RCPT" else ""
        self.current = []

    def _answer(self, answer: str) -> None:
        failure = self.found.get(self.about)
        if failure is None and self.about and answer[:1] in "45":
            failure = self.found[self.about] = Failure(self.about)
        if failure is None:
            if len(self.loose) < 20:
                self.loose.append((self.asked, answer))
        elif answer[:1] in "45":
            failure.add(answer)
            failure.command = self.asked

    def _named(self, text: str) -> str:
        found = (hit[0].lower() for hit in ADDRESS.finditer(text))
        return next((each for each in found if each not in self.own and not _is_server(each)), "")


def _verb(words: str) -> str:
    verb = words[:4].upper()
    return verb if verb in ("RCPT", "MAIL", "EHLO") else "DATA" if verb in ("DATA", ".") else "EHLO"


def _is_rule(text: str) -> bool:
    """Whether a line is a rule or a heading between rules: "-----", "--- Transcript ---"."""
    return text[:3] in ("---", "***", "===", "|--", "___") and text[-1:] in "-*=|_"


def _is_server(address: str) -> bool:
    local = address.partition("@")[0]
    return local in ("postmaster", "mailer-daemon", "abuse", "support", "helpdesk", "noreply", "no-reply")
