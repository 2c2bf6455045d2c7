"""Previews as one HTML page: it asks no server for anything, and what prospects' data says never runs in it."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from string import Template
from typing import Any

from outreach import data
from outreach.campaign import Workspace
from outreach.model import OPEN_ENROLLMENT
from outreach.plan import Draft
from outreach.plan.letters import Letters, own_text
from outreach.report.letters import hold_value, name_of, standing, when
from outreach.report.lines import moment, number
from outreach.schedule.zones import zone, zone_of

MARK = '<meta name="generator" content="outreach preview">'
"""Stands at the beginning of every page: only such a file may be written over."""
MOST = 500  # people with their letters in one page
MOST_CHARACTERS = 16_000_000  # of all letters together: a browser opens that in a second or two

_HALVES = re.compile("[\ud800-\udfff]")
# What could end the element that holds the data, or begin another; in JSON the escapes mean the same.
_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
_GROUPS = {"new": "new", "held": "held", "outside": "over"}


@dataclass(frozen=True, slots=True)
class Page:
    """A campaign's people with their letters. `total` are all it is about; `odd` tells why who is an outlier."""

    workspace: Workspace
    campaign: str
    people: Iterable[Letters]
    total: int
    odd: Mapping[str, str]
    at: datetime
    zone: str
    chosen: str = ""  # how the people were chosen, where they are not all


def html(page: Page) -> tuple[str, int]:
    """The page, and how many people are in it: all that were given, or as many as MOST_CHARACTERS hold."""
    style, frame, script = (data.page(name) for name in ("page.css", "letter.css", "page.js"))
    people: list[dict[str, Any]] = []
    characters = 0
    for letters in page.people:
        one = _person(page, letters)
        characters += sum(len(each["text"]) + len(each["html"] or "") + 1_000 for each in one["letters"])
        if people and characters > MOST_CHARACTERS:
            break
        people.append(one)
    found = page.workspace.campaigns[page.campaign]
    values = {
        "campaign": page.campaign,
        "name": found.name or page.campaign,
        "about": _about(page),
        "note": _note(page, len(people)),
        "style": frame,
        "people": people,
    }
    text = Template(data.page("page.html")).substitute(
        policy=_policy((style, frame), script),
        title=escape(f"Preview of {page.campaign}"),
        style=style,
        data=_embedded(values),
        script=script,
    )
    return text, len(people)


def _policy(styles: Iterable[str], script: str) -> str:
    """What the page may do: these styles and this script, and nothing else; no address may be asked."""
    hashes = " ".join(map(_hash, styles))
    return (
        f"default-src 'none'; style-src {hashes}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    """A source of a Content Security Policy: the text of an element (CSP 3, 2.3.1)."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _embedded(values: Mapping[str, Any]) -> str:
    """JSON that can stand in a `script` element: nothing in it ends the element, half characters are replaced."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return _HALVES.sub("\ufffd", text).translate(_ESCAPED)


def _about(page: Page) -> str:
    """How many people, and that nothing has left by this."""
    people = number(page.total, "person", "people")
    return (
        f"{page.campaign} · {people} · written {moment(page.at, page.zone)} from the files, nothing is sent"
    )


def _note(page: Page, shown: int) -> str:
    if shown == page.total:
        return number(shown, "person", "people")
    return f"{shown:,} of {page.total:,} people: {page.chosen or 'as many as fit'}"


def _person(page: Page, letters: Letters) -> dict[str, Any]:
    """Somebody with the letters to come, as page.js takes them."""
    person, box, zone = letters.person, letters.mailbox, page.zone
    fields, status = person.fields, letters.status
    group = _GROUPS.get(status, "in" if status in OPEN_ENROLLMENT else "over")
    return {
        "email": person.email,
        "name": name_of(fields),
        "company": str(fields.get("company", "")),
        "language": letters.language,
        "group": group,
        "standing": standing(letters).replace("_", " "),
        "hold": hold_value(letters.hold),
        "odd": page.odd.get(person.email, ""),
        "from": [box.name, box.address],
        "sent": [{"letter": each.letter, "at": moment(each.sent_at, zone)} for each in letters.sent],
        "letters": [_letter(page, letters, each) for each in letters.drafts],
    }


def _letter(page: Page, letters: Letters, draft: Draft) -> dict[str, Any]:
    """A letter; its text is parted into its own words and the footer."""
    own = own_text(page.workspace, letters, draft) if draft.content.text else ""
    email = letters.person.email
    return {
        "step": draft.step + 1,
        "letter": draft.letter,
        "to": f"{draft.to_name} <{email}>" if draft.to_name else email,
        "subject": draft.subject,
        "thread": bool(draft.thread),
        "text": own,
        "footer": draft.content.text[len(own) :].strip(),
        "html": draft.content.html,
        "when": when(draft.opens_at, letters.person, page.zone),
        "clock": f"{draft.opens_at.astimezone(zone(zone_of(letters.person.fields, page.zone))):%H:%M}",
        "hold": hold_value(draft.hold),
    }
