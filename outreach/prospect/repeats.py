"""Two rows of one address in a file: what the first leaves empty is taken from the other one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from outreach.model import Fields, Value
from outreach.prospect.address import company_key
from outreach.prospect.refusals import unwilling
from outreach.prospect.rows import Row

_NAMES: Final = ("first_name", "last_name", "full_name", "honorific", "gender", "salutation")


def filled(first: Row, later: Row) -> tuple[Row, str]:
    """The first row with what only the later one has, and the field in which they differ, "" for none.

    A row that names somebody else gives nothing: two people behind one address would become a third one. Who
    is without consent in either row is without it.
    """
    fields, apart = together(first.fields, later.fields)
    same_person = apart not in _NAMES
    source = first.source or (later.source if same_person else "")
    basis = first.basis or (later.basis if same_person else "")
    if (fields, source, basis) == (first.fields, first.source, first.basis):
        return first, apart
    company = company_key(first.email, str(fields.get("company", "")))
    return replace(first, company=company, fields=fields, source=source, basis=basis), apart


def together(first: Fields, later: Fields) -> tuple[Fields, str]:
    """As `filled`, of the fields alone."""
    apart = [name for name, value in later.items() if _alike(first.get(name, value)) != _alike(value)]
    apart.sort(key=lambda name: name not in _NAMES)
    if apart and apart[0] in _NAMES:
        return ({**first, "consent": False} if unwilling(later) else first), apart[0]
    found: Mapping[str, Value] = {**later, **first}
    return ({**found, "consent": False} if unwilling(later) else found), apart[0] if apart else ""


def _alike(value: Value) -> Value:
    """A value for comparison: how it is written does not make two people."""
    return " ".join(value.casefold().split()) if isinstance(value, str) else value
