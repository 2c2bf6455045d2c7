"""What a list says of those who want no letters, or cannot get them: its columns for it, and their words."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final

from outreach import data
from outreach.model import Fields, Value
from outreach.prospect.address import address
from outreach.prospect.columns import KNOWN, Columns, fold, means


class Role(StrEnum):
    """What a column is for, besides its field. Of `TOLD` any text says it, of `STATUS` only certain words."""

    OPT_OUT = "opt_out"
    OPT_OUT_TOLD = "opt_out_told"
    CONSENT = "consent"
    BOUNCED = "bounced"
    BOUNCED_TOLD = "bounced_told"
    STATUS = "status"


class Said(StrEnum):
    """What a cell says of its person. UNCLEAR is a text in a column of opt-outs that is neither yes nor no."""

    NOTHING = ""
    OPTED_OUT = "opted_out"
    UNCLEAR = "unclear"
    REFUSED = "refused"
    AGREED = "agreed"
    BOUNCED = "bounced"


_MARKS: Final = frozenset("✓✔☑✅+●•*×х")  # ticks; a ✗ is yes to one and no to another
_EMPTY: Final = "-–—._/ "
_BETWEEN: Final = re.compile(r'[\s,;|/<>()\[\]":]+')
_LONGEST: Final = 2_000  # characters of a cell that are looked through for addresses
_DIGITS: Final = re.compile(r"[\d\s.,:/+TZ年月日时分-]+(?:[AaPp]\.?[Mm]\.?)?")
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LOOKED_AT: Final = 200  # rows of which it is told beforehand what a column of a status says

Step = Callable[[dict[str, Value], list[str]], None]


@lru_cache(maxsize=1024)
def role(header: str) -> Role | None:
    """What a column with that header says of its people, if anything."""
    name = fold(header)
    for each in Role:
        if name in _columns(each):
            return each
    if any(word in name for word in _columns("elsewhere")):
        return None
    starts = {"opt_out_starts": Role.OPT_OUT, "consent_starts": Role.CONSENT}
    return next((each for at, each in starts.items() if name.startswith(tuple(_columns(at)))), None)


@lru_cache(maxsize=4096)
def says(what: Role, text: str) -> Said:
    """What a cell of a column says of its person."""
    text = text.strip()
    word = _words().get(fold(text), "")
    if not text or word == "no" or not (word or _is_filled(text)):
        return Said.REFUSED if what is Role.CONSENT and word == "no" else Said.NOTHING
    if what in (Role.BOUNCED, Role.BOUNCED_TOLD):
        sure = what is Role.BOUNCED_TOLD or word in ("yes", "bounced") or _is_moment(text)
        return Said.BOUNCED if sure else Said.NOTHING
    if what is Role.OPT_OUT_TOLD or word == "opted_out":
        return Said.OPTED_OUT
    if what is Role.OPT_OUT:
        sure = word == "yes" or text in _MARKS or _is_moment(text)
        return Said.OPTED_OUT if sure else Said.UNCLEAR
    if word in ("refused", "bounced"):
        return Said(word) if what is Role.STATUS or word == "refused" else Said.NOTHING
    return Said.AGREED if what is Role.CONSENT and (word == "yes" or text in _MARKS) else Said.NOTHING


def agreed(text: str) -> bool | None:
    """Whether a cell of a column of consents says yes or no; None where it says neither."""
    said = says(Role.CONSENT, text)
    return {Said.AGREED: True, Said.REFUSED: False, Said.OPTED_OUT: False}.get(said)


def addresses(columns: Columns, cells: Sequence[str]) -> list[str]:
    """Every address of a row's person that can be read: those in the cell for it, else in a further one."""
    for at in (columns.names.index("email"), *columns.spares):
        text = unicodedata.normalize("NFKC", cells[at]) if at < len(cells) else ""
        parts = (
            part.partition("?")[0].strip(".'") for part in _BETWEEN.split(text[:_LONGEST]) if "@" in part
        )
        if found := list(dict.fromkeys(filter(None, map(_address, parts)))):
            return found
    return []


def _address(text: str) -> str:
    try:
        return address(text)
    except ValueError:
        return ""


def steps(columns: Columns) -> tuple[Step, ...]:
    """The steps that a file with these columns needs: `consent` and `verified` are made of columns that stay."""
    named = zip(columns.names, columns.headers, strict=True)
    own = [(name, role(header)) for name, header in named if name and name not in KNOWN]
    kept = (Role.CONSENT, Role.BOUNCED, Role.BOUNCED_TOLD, Role.STATUS)
    return tuple(_step(name, what) for name, what in own if what in kept)


def also(columns: Columns, rows: Iterable[Sequence[str]]) -> dict[int, tuple[str, ...]]:
    """Place of a column of the user's own -> the known fields that the first rows fill from it too.

    `opt_outs` stands for a status by which people are suppressed.
    """
    kept = {
        at: role(header)
        for at, (name, header) in enumerate(zip(columns.names, columns.headers, strict=True))
        if name == "verified" or (name and name not in KNOWN)
    }
    found: dict[int, dict[str, None]] = {at: {} for at, what in kept.items() if what}
    verdict = _verdicts() if "verified" not in columns.names else {}
    checked = [at for at in kept if means(columns.headers[at], "status")] if verdict else []
    for at in checked:
        found.setdefault(at, {})
    for _, cells in zip(range(_LOOKED_AT if found else 0), rows, strict=False):
        for at, fields in found.items():
            what, text = kept[at], cells[at] if at < len(cells) else ""
            if what and (field := _FILLED.get(says(what, text))):
                fields[field] = None
            if at in checked and fold(text) in verdict:
                fields["verified"] = None
    return {at: tuple(fields) for at, fields in found.items() if fields}


def unwilling(fields: Fields) -> bool:
    """Whether a list says that a person has not agreed to get letters."""
    return fields.get("consent") is False


_FILLED: Final[Mapping[Said, str]] = {
    Said.OPTED_OUT: "opt_outs",
    Said.REFUSED: "consent",
    Said.AGREED: "consent",
    Said.BOUNCED: "verified",
}


def _step(name: str, what: Role) -> Step:
    def step(values: dict[str, Value], warnings: list[str]) -> None:
        if name not in values:
            return
        said = says(what, str(values[name]))
        if said is Said.REFUSED:
            values["consent"] = False
        elif said is Said.AGREED:
            values.setdefault("consent", True)
        elif said is Said.BOUNCED:
            values["verified"] = "invalid"

    return step


def _is_filled(text: str) -> bool:
    """Whether anything stands in a cell: "-" and "." are nothing."""
    return bool(text.strip(_EMPTY))


def _is_moment(text: str) -> bool:
    """Whether a text is a date, a time or a number other than 0."""
    if _DIGITS.fullmatch(text):
        return any("1" <= char <= "9" for char in text)
    return len(text) <= 40 and _YEAR.search(text) is not None


@cache
def _columns(name: str) -> frozenset[str]:
    return frozenset(map(fold, data.table("refusals")["columns"][name]))


@cache
def _words() -> Mapping[str, str]:
    """Folded word -> what it says."""
    table = data.table("refusals")["words"]
    return {fold(word): said for said in table for word in table[said]}


@cache
def _verdicts() -> frozenset[str]:
    return frozenset(map(fold, data.table("addresses")["verified"]["unmistakable"]))
