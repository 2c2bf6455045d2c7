"""outreach.toml: who writes, from which mailboxes, under which limits, and the named segments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from outreach import lint, segment
from outreach.campaign import LintSettings, Notify
from outreach.errors import Problem, Where, did_you_mean
from outreach.model import FieldType, Gap, Limits, Mailbox, Sender
from outreach.workspace import addresses, dates, exclude, values
from outreach.workspace.schema import Key, RefusedError, Section, check
from outreach.workspace.toml import Document

FILE = "outreach.toml"

_CEILING_PER_DAY = 50  # letters a mailbox may send without the reputation of a person's account suffering
_FLOOR_GAP = timedelta(seconds=60)
_DEFAULT_STORE = "sqlite:///outreach.db"
_MANY = 1_000_000
_OWN_RELAY_HINT = "or, for a mail server of your own, say so: own_relay = true"

_TOP = {
    "sender": Key(values.table, "company, address, country and timezone", True, "[sender]"),
    "mailbox": Key(values.tables("mailbox"), "address, name, smtp and imap", True, "[[mailbox]]"),
    "store": Key(values.table),
    "segments": Key(values.table),
    "limits": Key(values.table),
    "notify": Key(values.table),
    "lint": Key(values.table),
}
_SENDER = {
    "company": Key(values.text, '"Northwind Shelving Ltd"', required=True),
    "address": Key(values.lines, '"1 Dock Road, Leeds LS1 4AB, United Kingdom"', required=True),
    "country": Key(values.country, '"GB"', required=True),
    "timezone": Key(values.zone, '"Europe/London"', required=True),
    "privacy_url": Key(addresses.web_url, '"https://northwind.example/privacy"'),
    "website": Key(addresses.web_url, '"https://northwind.example"'),
}
_STORE = {"url": Key(addresses.store_url, '"sqlite:///outreach.db"', required=True)}
_MAILBOX = {
    "address": Key(addresses.mail_address, '"ann@northwind.example"', required=True),
    "name": Key(values.text, '"Ann Lee"', required=True),
    "title": Key(values.text, '"Sales"'),
    "phone": Key(values.text, '"+44 113 000 0000"'),
    "smtp": Key(addresses.mail_url("smtp"), '"smtps://ann@smtp.northwind.example:465"', required=True),
    "imap": Key(addresses.mail_url("imap"), '"imaps://ann@imap.northwind.example:993"'),
    "answers": Key(values.choice("imap", "manual"), '"manual"'),
    "per_day": Key(values.whole(1, _MANY), "30"),
    "gap": Key(values.gap, '"3-10 min"'),
    "connections": Key(values.whole(1, 100), "1"),
    "ramp": Key(values.flag, "true"),
    "password_file": Key(values.text, '"secrets/ann"'),
    "plus": Key(values.flag, "false"),
    "own_relay": Key(values.flag, "false"),
    "owner": Key(values.text, '"ann"'),
    "away": Key(dates.blackout, '["2026-12-24..2027-01-02"]'),
    "ramp_from": Key(values.whole(1, 50), "15"),
}
_LIMITS = {
    "company_per_day": Key(values.whole(1, _MANY), "2"),
    "company_people": Key(values.whole(1, _MANY), "3"),
    "domain_per_day": Key(values.whole(1, _MANY), "100"),
    "reply_stops": Key(values.reply_stops, '"company"'),
    "cool_off": Key(values.days, '"180 days"'),
    "key_accounts": Key(values.texts, '["key-accounts.csv"]'),
}
_NOTIFY = {
    "to": Key(addresses.mail_addresses, '["ops@northwind.example"]', required=True),
    "mailbox": Key(addresses.mail_address, '"ann@northwind.example"'),
    "digest": Key(dates.clock, '"07:00"'),
    "alerts": Key(values.flag, "true"),
    "heartbeat": Key(addresses.beat_url, '"https://monitor.example/ping/outreach"'),
}
_SECTIONS = {"sender": _SENDER, "store": _STORE, "limits": _LIMITS, "notify": _NOTIFY}
_LINT = {
    "select": Key(values.texts, '["SPM", "SUB"]'),
    "ignore": Key(values.texts, '["STR404"]'),
    "extend_select": Key(values.texts, '["STR404"]'),
    "packs": Key(values.texts, '["packs/ours.toml"]'),
}
_TABLES = {
    "[sender]": _SENDER,
    "[[mailbox]]": _MAILBOX,
    "[store]": _STORE,
    "[limits]": _LIMITS,
    "[notify]": _NOTIFY,
    "[lint]": _LINT,
}
_HOMES = {f"in {heading}": keys for heading, keys in _TABLES.items()}
ELSEWHERE = {f"in {heading} of {FILE}": keys for heading, keys in _TABLES.items()}
"""Where the keys of this file stand, for one that somebody wrote into a campaign."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What outreach.toml says; `sender` is None where it could not be read."""

    sender: Sender | None
    store_url: str
    segments: Mapping[str, str]
    segment_places: Mapping[str, Where]
    mailboxes: Mapping[str, Mailbox]
    named: frozenset[str] | None  # all mailboxes, those with problems too; None where an address is unknown
    limits: Limits
    lint: LintSettings
    key_accounts: frozenset[str] = frozenset()  # addresses and domains that no campaign may take on
    notify: Notify | None = None


def read(
    document: Document,
    problems: list[Problem],
    files: Mapping[str, str] = MappingProxyType({}),
    *,
    lists: Mapping[str, frozenset[str] | None] = MappingProxyType({}),
    own: bool = False,
) -> Settings:
    """The settings of the file; what is wrong with it is added to `problems`. `files` are those it may name,
    `lists` the entries of those that hold addresses and domains.

    Only in the user's `own` files are the linter's codes and packs looked at: a launched revision goes on
    with rules that are no more.
    """
    top = check(document, (), FILE, _TOP, document.data, _HOMES)
    problems += top.problems
    raw = top.values
    sections = {
        name: check(document, (name,), f"[{name}]", keys, raw[name], _HOMES)
        for name, keys in _SECTIONS.items()
        if name in raw
    }
    key_accounts = exclude.entries(sections["limits"], "key_accounts", lists) if "limits" in sections else ()
    problems += [found for section in sections.values() for found in section.problems]
    segments, places = _segments(document, raw.get("segments", {}), problems)
    mailboxes, named = _mailboxes(document, raw.get("mailbox", []), problems)
    if "notify" in sections:
        problems += _notifiers(sections["notify"], named)
    lint = _lint(document, raw.get("lint", {}), files, problems, own=own)
    sender, store = sections.get("sender"), sections.get("store")
    limits, notify = (
        dict(sections[name].values) if name in sections else {} for name in ("limits", "notify")
    )
    limits.pop("key_accounts", None)
    if "cool_off" in limits:
        limits["cool_off_days"] = limits.pop("cool_off")
    return Settings(
        sender=Sender(**sender.values) if sender and not sender.problems else None,
        store_url=store.values.get("url", _DEFAULT_STORE) if store else _DEFAULT_STORE,
        segments=segments,
        segment_places=places,
        mailboxes=mailboxes,
        named=named,
        limits=Limits(**limits),
        lint=lint,
        key_accounts=frozenset(key_accounts),
        notify=Notify(**notify) if "to" in notify else None,
    )


def _notifiers(notify: Section, named: frozenset[str] | None) -> list[Problem]:
    """What is wrong with the mailbox that tells the operator."""
    address = notify.values.get("mailbox", "")
    if not address or named is None or address in named:
        return []
    known = len(notify.problems)
    notify.refuse(
        "mailbox", f"no mailbox {address}{did_you_mean(address, named)}", "the address of a [[mailbox]]"
    )
    return notify.problems[known:]


def file_names(data: Mapping[str, Any]) -> frozenset[str]:
    """The files inside the workspace that the file names: rule packs and lists of key accounts."""
    return _names(data, "lint", "packs") | list_names(data)


def list_names(data: Mapping[str, Any]) -> frozenset[str]:
    """The lists of key accounts inside the workspace that the file names."""
    return _names(data, "limits", "key_accounts")


def _names(data: Mapping[str, Any], section: str, key: str) -> frozenset[str]:
    """The files inside the workspace that a key names; none where it names them wrongly."""
    try:
        return frozenset(filter(values.inside, values.texts(values.table(data.get(section)).get(key))))
    except RefusedError:
        return frozenset()


def _lint(
    document: Document,
    raw: Mapping[str, Any],
    files: Mapping[str, str],
    problems: list[Problem],
    *,
    own: bool,
) -> LintSettings:
    """What [lint] says; in the user's own files a code that no rule has, or a wrong pack, is a problem."""
    section = check(document, ("lint",), "[lint]", _LINT, raw, _HOMES)
    packs = []
    for place, name in enumerate(section.values.pop("packs", ())):
        if name in files:
            packs.append((name, files[name]))
        elif own:
            section.refuse(("packs", place), f"there is no file {name}", "name it from this folder on")
    if own and raw:
        problems += lint.check_packs(packs)
        rules = lint.linter(tuple(packs)).rules
        for key in ("select", "ignore", "extend_select"):
            for place, prefix in enumerate(section.values.get(key, ())):
                if not any(code.startswith(prefix.upper()) for code in rules):
                    message = f"no rule begins with {prefix}{did_you_mean(prefix.upper(), rules)}"
                    section.refuse((key, place), message, "outreach rule lists them")
    problems += section.problems
    return LintSettings(**section.values, packs=tuple(packs))


def _segments(
    document: Document, raw: Mapping[str, Any], problems: list[Problem]
) -> tuple[dict[str, str], dict[str, Where]]:
    section = Section(document, ("segments",))
    conditions: dict[str, str] = {}
    for name, value in raw.items():
        try:
            segment.parse(name, types={name: FieldType.BOOLEAN})  # a name alone must be a condition
        except segment.SegmentError:
            hint = "a letter first, then letters, digits, _ and -, and no word like `and`"
            section.refuse_key(name, f"`{name}` cannot name a segment", hint)
        try:
            conditions[name] = values.verbatim(value)
        except RefusedError as refused:
            section.refuse(name, f"`{name}` {refused.message}", refused.hint)
    problems += section.problems
    return conditions, {name: document.text(("segments", name)) for name in conditions}


def _mailboxes(
    document: Document, raw: list[dict[str, Any]], problems: list[Problem]
) -> tuple[dict[str, Mailbox], frozenset[str] | None]:
    mailboxes: dict[str, Mailbox] = {}
    named: dict[str, int] = {}
    complete = bool(raw)
    for index, entry in enumerate(raw):
        section = check(document, ("mailbox", index), "[[mailbox]]", _MAILBOX, entry, _HOMES)
        address = section.values.get("address", "")
        if address in named:
            line = document.value(("mailbox", named[address], "address")).line
            section.refuse(
                "address", f"mailbox {address} stands here already (line {line})", "keep one of them"
            )
        elif address:
            named[address] = index
        complete = complete and bool(address)
        _check_answers(section, entry)
        _check_pace(section)
        problems += section.problems
        if not section.problems:
            mailboxes[address] = Mailbox(**section.values)
    return mailboxes, frozenset(named) if complete else None


def _check_answers(section: Section, entry: Mapping[str, Any]) -> None:
    manual = section.values.get("answers") == "manual"
    if "imap" not in entry and not manual:
        section.refuse_key(
            "answers",
            "[[mailbox]] does not say where answers come from",
            f"add: imap = {_MAILBOX['imap'].example}; or answers = {_MAILBOX['answers'].example}, and enter "
            "answers with `outreach prospects mark`",
        )
    elif "imap" in entry and manual:
        section.refuse("answers", '`answers` is "manual", but `imap` is given too', "keep one of them")


def _check_pace(section: Section) -> None:
    """What a person's mailbox stands; only a relay of one's own may be driven harder."""
    if section.values.get("own_relay"):
        return
    per_day, gap = section.values.get("per_day", 1), section.values.get("gap", Gap(_FLOOR_GAP, _FLOOR_GAP))
    if per_day > _CEILING_PER_DAY:
        section.refuse(
            "per_day",
            f"`per_day` must be from 1 to {_CEILING_PER_DAY}, not {per_day}",
            f"more a day puts the mailbox at risk; {_OWN_RELAY_HINT}",
        )
    if gap.low < _FLOOR_GAP:
        section.refuse("gap", "`gap` must be at least 60 s", f'write gap = "3-10 min"; {_OWN_RELAY_HINT}')
    if section.values.get("connections", 1) > 1:
        section.refuse("connections", "`connections` must be 1", f"write connections = 1; {_OWN_RELAY_HINT}")
