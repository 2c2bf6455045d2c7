"""What a letter owes its reader: who writes, from where, why, and how to make it stop.

One footer for every country so far; the words are in `packs/footer.toml`.
"""

from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import TypeAlias

from outreach.data import table
from outreach.model import Content, Mailbox, Sender

Paragraphs: TypeAlias = tuple[tuple[str, ...], ...]

_REASONS = {
    "consent": "consent",
    "express_consent": "consent",
    "soft_opt_in": "customer",
    "implied_ebr": "customer",
}
"""A prospect's legal basis -> the sentence that gives the reason; any other basis gets the plain one."""

MOST_LETTERS = 5
"""Letters of one sequence to somebody who does not answer: the first and four follow-ups. Tools that have such
a limit set it at 4 (ColdSend) or 5 (Munin)."""

BASES = (
    *("consent", "express_consent", "soft_opt_in", "implied_ebr", "implied_publication"),
    *("legitimate_interest", "none_required"),
)
"""The legal bases that mean something; a prospect may have another one, which is kept as it is."""


def known_basis(text: str) -> str:
    """The basis that a text names, however it is spaced; "" for one that is not in BASES."""
    name = _basis(text)
    return name if name in BASES else ""


def _basis(text: str) -> str:
    return text.strip().lower().replace("-", "_").replace(" ", "_")


def footer(sender: Sender, mailbox: Mailbox, language: str, *, source: str = "", basis: str = "") -> str:
    """The footer as text, without an empty line around it and without a final line break.

    It names the person, the company, its postal address and the contacts; then why the reader gets this
    and where the address comes from (if `source` says so), how to stop it, and the privacy notice.
    `language` is a tag such as "de" or "de-AT"; one without words here gets English.
    """
    paragraphs = _paragraphs(sender, mailbox, language, source, basis)
    return "\n\n".join("\n".join(lines) for lines in paragraphs)


def footer_html(sender: Sender, mailbox: Mailbox, language: str, *, source: str = "", basis: str = "") -> str:
    """The same lines as `footer`, escaped, as paragraphs of an HTML letter."""
    paragraphs = _paragraphs(sender, mailbox, language, source, basis)
    blocks = ("<br>\n".join(map(escape, lines)) for lines in paragraphs)
    return "\n".join(f"<p>{block}</p>" for block in blocks)


def with_footer(
    content: Content, sender: Sender, mailbox: Mailbox, language: str, *, source: str = "", basis: str = ""
) -> Content:
    """The letter with the same footer at the end of its text and, if it has one, of its HTML.

    The letter's own text keeps its positions: only white space at its end is replaced.
    """
    below = footer(sender, mailbox, language, source=source, basis=basis)
    html = content.html
    if html is not None:
        html = f"{html.rstrip()}\n{footer_html(sender, mailbox, language, source=source, basis=basis)}\n"
    return replace(content, text=f"{content.text.rstrip()}\n\n{below}\n", html=html)


@lru_cache(maxsize=1024)
def _paragraphs(sender: Sender, mailbox: Mailbox, language: str, source: str, basis: str) -> Paragraphs:
    """The footer's lines: identity first, then the notice. Cached: a campaign has few of them."""
    words = _words(language)
    reason = _REASONS.get(_basis(basis), "why")
    origin = _line(source)
    identity = (
        mailbox.name,
        ", ".join(filter(None, (mailbox.title, sender.company))),
        *sender.address.splitlines(),
        " | ".join(filter(None, (mailbox.address, mailbox.phone, sender.website))),
    )
    notice = (
        words[reason],
        words["source"].format(source=origin) if origin else "",
        words["opt_out"].format(stop=words["stop"]),
        words["privacy"].format(url=sender.privacy_url) if sender.privacy_url else "",
    )
    return tuple(tuple(filter(None, map(_line, lines))) for lines in (identity, notice))


def _words(language: str) -> dict[str, str]:
    """The table of the longest known part of a language tag (RFC 4647 §3.4), else English."""
    pack = table("footer")
    tag = language.strip().lower().replace("_", "-")
    while tag:
        found: dict[str, str] | None = pack["language"].get(pack["alias"].get(tag, tag))
        if found is not None:
            return found
        tag = tag.rpartition("-")[0]
    english: dict[str, str] = pack["language"]["en"]
    return english


def _line(text: str) -> str:
    """One line: a value from a user's file must not open a line of its own."""
    return " ".join(text.split())
