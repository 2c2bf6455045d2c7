"""Two rows of one address in a file: what the first leaves empty is taken from the other one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeVar

from outreach.model import Fields, Prospect, Value
from outreach.prospect.address import company_key
from outreach.prospect.refusals import unwilling
from outreach.prospect.rows import Row

NAMES: Final = ("first_name", "last_name", "full_name", "honorific", "gender", "salutation")
_TELLING: Final = ("first_name", "last_name")


_Somebody = TypeVar("_Somebody", Row, Prospect)


def filled(first: _Somebody, later: Row) -> tuple[_Somebody, str]:
    """The first row, or a person in the store, with what only the later row has; and the field in which they
    differ, "" for none.

    A row that names somebody else gives nothing: two people behind one address would become a third one. Who
    is without consent in either row is without it.
    """
    fields, apart = together(first.fields, later.fields)
    same_person = apart not in NAMES
    source = first.source or (later.source if same_person else "")
    basis = first.basis or (later.basis if same_person else "")
    if (fields, source, basis) == (first.fields, first.source, first.basis):
        return first, apart
    company = company_key(first.email, str(fields.get("company", "")))
    return replace(first, company=company, fields=fields, source=source, basis=basis), apart


def fills(before: _Somebody, after: _Somebody) -> bool:
    """Whether somebody has something now that was empty before; a consent taken back is nothing of it."""
    new = after.fields.keys() - before.fields.keys()
    return bool(new or (after.source and not before.source) or (after.basis and not before.basis))


def together(first: Fields, later: Fields) -> tuple[Fields, str]:
    """As `filled`, of the fields alone. Where first and last name are the same, it is the same person, however the
    whole name and the form of address are written.
    """
    apart = [name for name, value in later.items() if _alike(first.get(name, value)) != _alike(value)]
    if unwilling(later) and "consent" in apart:
        apart.remove("consent")  # it is taken
    if all(name in first and name in later and name not in apart for name in _TELLING):
        apart = [name for name in apart if name not in NAMES]
    apart.sort(key=lambda name: name not in NAMES)
    if apart and apart[0] in NAMES:
        return ({**first, "consent": False} if unwilling(later) else first), apart[0]
    found: Mapping[str, Value] = {**later, **first}
    return ({**found, "consent": False} if unwilling(later) else found), apart[0] if apart else ""


def updated(first: Fields, later: Fields) -> dict[str, Value]:
    """The fields of a person with those of a later row over them.

    Where that names somebody else, first and last name, nothing stays of how the earlier one is called: it would
    be "Frau Meyer" for Bernd Meyer.
    """
    another = all(name in later and _alike(first.get(name)) != _alike(later[name]) for name in _TELLING)
    if another and "first_name" in first:
        first = {name: value for name, value in first.items() if name not in NAMES}
    return {**first, **later}


def _alike(value: Value | None) -> Value | None:
    """A value for comparison: how it is written does not make two people."""
    return " ".join(value.casefold().split()) if isinstance(value, str) else value
