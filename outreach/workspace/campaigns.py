"""campaigns/*.toml: each file one campaign, checked against the mailboxes, letters and lists it names."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import PurePosixPath
from typing import Any

from outreach.campaign import Campaign
from outreach.errors import Problem, did_you_mean, problem
from outreach.model import Step, Window
from outreach.template import Letter
from outreach.workspace import dates, exclude, settings, values
from outreach.workspace.addresses import mail_address
from outreach.workspace.schema import Key, RefusedError, Section, check, shown
from outreach.workspace.toml import Document

FOLDER = "campaigns/"

_STEM = re.compile(r"[^\W_][\w-]*")
_CAMPAIGN = {
    "name": Key(values.text, '"Shelving for shops"', required=True),
    "segment": Key(values.verbatim, "\"industry == 'retail'\"", required=True),
    "mailboxes": Key(values.texts, '["ann@northwind.example"]', required=True),
    "exclude": Key(values.texts, '["customers.csv"]'),
    "enroll": Key(values.choice("launch", "nightly"), '"launch"'),
    "max_new_per_day": Key(values.whole(1, 1_000_000), "20"),
    "grace": Key(values.grace, '"10 min"'),
    "exclusive": Key(values.flag, "true"),
    "start": Key(dates.day, "2026-12-01"),
    "cool_off": Key(values.days, '"180 days"'),
    "window": Key(values.table),
    "step": Key(values.tables("step"), 'letter = "retail-intro"', True, "[[step]]"),
}
_WINDOW = {
    "days": Key(dates.weekdays, '"mon-fri"'),
    "from": Key(dates.start_clock, '"09:00"'),
    "to": Key(dates.clock, '"17:00"'),
    "timezone": Key(values.window_zone, '"prospect"'),
    "blackout": Key(dates.blackout, '["2026-12-24..2027-01-02"]'),
    "holidays": Key(values.flag, "true"),
}
_ELSEWHERE = ("window", "step", "mailboxes", "start")  # what is made of more than one key
_STEP = {
    "letter": Key(values.text, '"retail-intro"', required=True),
    "after": Key(values.delay, '"3 business days"'),
    "was": Key(values.text, '"old-stem"'),
}
_HOMES = {
    "at the top, above the first [table]": _CAMPAIGN,
    "in [window]": _WINDOW,
    "in [[step]]": _STEP,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the files of a campaign may name.

    `mailboxes` is None where outreach.toml cannot be read, and then not checked. `letters` holds what exists
    at all; a letter is missing from `readable` when its own file has a problem, which is reported there.
    """

    mailboxes: Collection[str] | None
    letters: Collection[str]
    readable: Mapping[str, Mapping[str, Letter]]
    lists: Mapping[str, frozenset[str] | None]  # exclude file -> entries; None where it cannot be read


def read(document: Document, known: Known, problems: list[Problem]) -> Campaign | None:
    """The campaign of a file, or None; what is wrong with it is added to `problems`."""
    section = check(document, (), "the campaign", _CAMPAIGN, document.data, _HOMES | settings.ELSEWHERE)
    stem = PurePosixPath(document.file).stem
    if not _STEM.fullmatch(stem):
        hint = "a campaign's file is named with letters, digits, - and _, like retail-shelving.toml"
        section.problems.append(problem("this is no name of a campaign", hint=hint, file=document.file))
    window = _window(document, section)
    steps = _steps(document, section, known)
    mailboxes = _mailboxes(section, known.mailboxes)
    excluded = exclude.entries(section, "exclude", known.lists)
    problems += section.problems
    if section.problems:
        return None
    plain = {name: value for name, value in section.values.items() if name not in _ELSEWHERE}
    return Campaign(
        stem=stem,
        file=document.file,
        segment_at=document.text(("segment",)),
        mailboxes=mailboxes,
        steps=steps,
        step_places=tuple(document.value(("step", index, "letter")) for index in range(len(steps))),
        excluded=excluded,
        window=window,
        **plain,
    )


def _window(document: Document, campaign: Section) -> Window:
    raw = campaign.values.get("window", {})
    section = check(document, ("window",), "[window]", _WINDOW, raw, _HOMES)
    found = {{"from": "start", "to": "end"}.get(name, name): value for name, value in section.values.items()}
    window = Window(**found, first_day=campaign.values.get("start"))
    if not {"from", "to"}.isdisjoint(raw) and window.end != time(0) and window.end <= window.start:
        section.refuse(
            "to" if "to" in raw else "from",
            f"the window closes ({window.end:%H:%M}) before it opens ({window.start:%H:%M})",
            "`to` must be later than `from`; midnight is 24:00",
        )
    campaign.problems += section.problems
    return window


def _steps(document: Document, campaign: Section, known: Known) -> tuple[Step, ...]:
    raw: list[dict[str, Any]] = campaign.values.get("step", [])
    sections = [
        check(document, ("step", index), "[[step]]", _STEP, entry, _HOMES) for index, entry in enumerate(raw)
    ]
    for index, section in enumerate(sections):
        _check_letter(section, index, known)
        _check_order(section, index, raw[index])
        _check_names(section, index, sections)
        campaign.problems += section.problems
    return tuple(Step(**section.values) for section in sections if not section.problems)


def _check_letter(section: Section, index: int, known: Known) -> None:
    stem = section.values.get("letter")
    if stem is None:
        return
    if stem not in known.letters:
        suggestion = did_you_mean(stem, known.letters)
        section.refuse("letter", f"no letter {shown(stem)}{suggestion}", f"or write templates/{stem}.txt")
    elif index == 0:
        for letter in known.readable.get(stem, {}).values():
            if not letter.has_subject:
                message = f"the first letter has no subject: {letter.file}"
                section.refuse(
                    "letter", message, "start it with a line like: Subject: Shelving for your shop"
                )


def _check_order(section: Section, index: int, raw: Mapping[str, Any]) -> None:
    if index == 0 and "after" in raw:
        section.refuse("after", "the first step has no letter before it", "remove `after` here")
    elif index > 0 and "after" not in raw:
        section.refuse_key(
            "after",
            "[[step]] lacks `after`: when does this letter leave?",
            f"add: after = {_STEP['after'].example}",
        )


def _check_names(section: Section, index: int, sections: list[Section]) -> None:
    """The letter's stem names a step, so that it may stand only once, as new name or as old one."""
    letters = [other.values.get("letter") for other in sections]
    letter, was = section.values.get("letter"), section.values.get("was")
    if letter is not None and letter in letters[:index]:
        section.refuse(
            "letter",
            f"{shown(letter)} is step {letters.index(letter) + 1} already",
            "nobody gets the same letter twice: copy it under another name",
        )
    if was is not None and was in letters:
        section.refuse(
            "was",
            f"{shown(was)} is a step of this campaign",
            "`was` is the name a step had before it was renamed",
        )
    if was is not None and was in [other.values.get("was") for other in sections[:index]]:
        section.refuse("was", f"{shown(was)} is the old name of another step already", "keep one of them")


def _mailboxes(section: Section, known: Collection[str] | None) -> tuple[str, ...]:
    names = section.values.get("mailboxes")
    if names == ():
        section.refuse("mailboxes", "`mailboxes` is empty", "name the address of a [[mailbox]]")
    found: list[str] = []
    for place, name in enumerate(names or ()):
        try:
            address = mail_address(name)
        except RefusedError:
            address = name.lower()
        if known is not None and address not in known:
            message = f"no mailbox {shown(name)} in {settings.FILE}{did_you_mean(address, known)}"
            section.refuse(("mailboxes", place), message, "write the address of a [[mailbox]]")
        elif address in found:
            section.refuse(("mailboxes", place), f"`mailboxes` names {shown(name)} twice", "once is enough")
        found.append(address)
    return tuple(found)


def exclude_names(data: Mapping[str, Any]) -> frozenset[str]:
    """The exclude files inside the workspace that a campaign names; none where it names them wrongly."""
    try:
        return frozenset(filter(values.inside, values.texts(data.get("exclude"))))
    except RefusedError:
        return frozenset()


def is_campaign(name: str) -> bool:
    """Whether a relative path is a file of campaigns/."""
    return PurePosixPath(name).match("campaigns/*.toml") and name.startswith(FOLDER)
