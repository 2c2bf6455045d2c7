"""Where in a bounce the report ends and the mail that came back begins, and that mail's own headers."""

import re
from dataclasses import dataclass
from html import unescape
from itertools import islice

from outreach.inbound.headers import addresses
from outreach.inbound.mail import Mail, Part

# "--- Below this line is a copy of the message.", "Original message follows.", "Message headers follow."
_DIVIDER = re.compile(
    r"^[-*=|_> .:\t]{0,60}(?:"
    r"below (?:this line|the next line) is a copy|(?:this is|included is|here is|enclosed is|"
    r"the following is) a copy of (?:the|your) "
    r"(?:message|mail)|the header of the original message|(?:the )?(?:original|unsent|returned|"
    r"undelivered|failed) (?:message|mail|e-mail)"
    r"(?: (?:text|content|header|headers|body))?(?:(?: as)? ?follows?| is (?:attached|included)|"
    r"(?= ?[-*=|_:.]{1,60}$)|$)|"
    r"message (?:header|headers|text|body|contents?) follows?|headers? of the (?:original )?message follows?|"
    r"copy of (?:the )?(?:original )?message|start of (?:the )?returned message|begin (?:of )?message|"
    r"the (?:first|header|headers|text|top)[^\n]{0,40} of (?:your|the) (?:original )?(?:message|mail)|"
    r"text of (?:the )?message|return(?:ed)? message|original message|message header|mail header|"
    r"元のメール|オリジナルメッセージ|original-nachricht|message d'origine|mensaje original|mensagem original|"
    r"исходное (?:сообщение|письмо)|текст письма|原始邮件|原始郵件)",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER = re.compile(
    r"^[> \t]{0,4}(received|return-path|message-id|date|from|to|subject|mime-version|x-[\w-]{1,40}|delivered-to|"
    r"dkim-signature|content-type|reply-to|cc|user-agent|envelope-to)[ \t]{0,3}:[ \t]{0,3}",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(
    r"^[> \t]{0,9}message-id[ \t]{0,3}:\s{0,9}<?([^\s<>]{1,500})", re.IGNORECASE | re.MULTILINE
)
_ORIGINAL_ID = re.compile(
    r"^x-original-message-id[ \t]{0,3}:\s{0,9}<?([^\s<>]{1,500})", re.IGNORECASE | re.MULTILINE
)
_SENT_TO = re.compile(
    r"^[> \t]{0,4}(?:to|x-envelope-to|delivered-to|envelope-to|x-rcpt-to|x-hmxmroriginalrecipient)[ \t]{0,3}:"
    r"[ \t]{0,9}([^\n]{1,1000}(?:\n[ \t][^\n]{1,998}){0,20})",
    re.IGNORECASE | re.MULTILINE,
)
_SURE = {"received", "message-id", "return-path", "mime-version"}
_TELLING = {*_SURE, "date", "from", "delivered-to", "dkim-signature", "user-agent", "content-type"}
_NOT_READ = ("message/delivery-status", "message/feedback-report", "message/global-delivery-status")
MOST_HTML = 100_000
MOST_DIVIDERS = 50
_HIDDEN = re.compile(r"<(?:style|script|head)\b[^<>]{0,1000}>[^<]{0,20000}</", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|p|div|tr|li|h\d|table|/p|/div|/tr|/td|/li|/h\d)\b[^<>]{0,1000}>", re.IGNORECASE)
_MARK = re.compile(r"</?[a-zA-Z!][^<>@]{0,1000}>|<a\b[^<>]{0,1000}>", re.IGNORECASE)
_LONGEST_NAME = 60  # characters of a line before the colon that _HEADER asks for
_ENOUGH = 3  # header lines in a row that make a returned mail


@dataclass(frozen=True, slots=True)
class Split:
    """A bounce in two: the words of the report, and the returned mail with its headers first ("" where none)."""

    report: str
    returned: str

    @property
    def message_id(self) -> str:
        """The Message-ID of the mail that came back."""
        hit = _MESSAGE_ID.search(self.returned)
        return hit[1] if hit else ""

    @property
    def sent_to(self) -> tuple[str, ...]:
        """Whom the returned mail was for."""
        hit = _SENT_TO.search(self.returned)
        return addresses(hit[1]) if hit else ()


def split(mail: Mail) -> Split:
    """The report's own text (all that is no enclosed mail) and the enclosed or appended mail."""
    own = [part for part in mail.parts if not part.returned and not part.attached and part.text]
    readable = [part.text for part in own if _type(part) == "text/plain" and not _carries_headers(part)]
    if not "".join(readable).strip():
        readable = [_unmarked(part) for part in own if _type(part) not in _NOT_READ]
    report, appended = _cut("\n".join(readable))
    enclosed = [part.text for part in mail.parts if part.returned or _type(part).startswith("text/rfc822")]
    enclosed += [_header_lines(part) for part in mail.parts if _carries_headers(part)]
    return Split(report, "\n".join(enclosed) or appended)


def _type(part: Part) -> str:
    """The content type without what a broken header left in it."""
    return part.content_type.split()[0] if part.content_type.strip() else ""


def _carries_headers(part: Part) -> bool:
    """Whether a part's own headers are a mail's: it was enclosed without saying so."""
    return "message-id" in part.headers and ("from" in part.headers or "received" in part.headers)


def _header_lines(part: Part) -> str:
    return "\n".join(f"{name}: {value}" for name, value in part.headers.items())


def _unmarked(part: Part) -> str:
    """A part's text, HTML without its marks."""
    if _type(part) != "text/html":
        return part.text
    text = _BREAK.sub("\n", _HIDDEN.sub(" ", part.text[:MOST_HTML]))
    return unescape(_MARK.sub("", text))


def original_id(mail: Mail, parted: Split, fields: str = "") -> str:
    """The Message-ID of the mail a report is about, "" where nothing names it."""
    named = _ORIGINAL_ID.search(fields)
    if named:
        return named[1]
    if parted.message_id:
        return parted.message_id
    answered = mail.answers
    if answered:
        return answered[0]
    # a part with another boundary than the one announced is read as the end of the part before it
    hit = _MESSAGE_ID.search(parted.report) or _MESSAGE_ID.search(fields)
    return hit[1] if hit else ""


def _cut(text: str) -> tuple[str, str]:
    """A text cut at the first divider that headers follow, else where three lines of headers stand."""
    for hit in islice(_DIVIDER.finditer(text), MOST_DIVIDERS):
        end = text.find("\n", hit.end())
        rest = text[end + 1 :] if end >= 0 else ""
        if not rest.strip(" \n\t-=*_|") or _headers_at(rest[:6000]):
            return text[: hit.start()], rest
    start = _first_headers(text)
    return (text[:start], text[start:]) if start > 0 else (text, "")


def _headers_at(text: str) -> bool:
    """Whether a text opens with headers."""
    lines = [line for line in text.split("\n", 12)[:12] if line.strip(" -=*_|")]
    names = [hit[1].lower() for line in lines[:8] if (hit := _HEADER.match(line))]
    return bool(names) and bool(_HEADER.match(lines[0]) or len(names) > 1) and not _TELLING.isdisjoint(names)


def _first_headers(text: str) -> int:
    """Where the first run of three header lines begins that has Received or Message-ID in it; -1 for nowhere."""
    begin, run, telling, at = -1, 0, False, 0
    for line in text.split("\n"):
        hit = _HEADER.match(line) if ":" in line[:_LONGEST_NAME] else None
        if hit and line[:1] not in " \t":  # indented ones are quoted by the report
            begin = at if not run else begin
            run += 1
            telling = telling or hit[1].lower() in _SURE
            if run >= _ENOUGH and telling:
                return begin
        elif not (run and line[:1] in " \t" and line.strip()):
            run, telling = 0, False
        at += len(line) + 1
    return -1
