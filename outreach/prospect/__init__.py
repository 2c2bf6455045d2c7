"""A prospect file's row becomes field values: which column is which field, and what its cell means."""

from outreach.prospect.address import address, address_or_domain, company_key
from outreach.prospect.columns import KNOWN, Columns, columns
from outreach.prospect.derived import DERIVED, derived
from outreach.prospect.finish import undeliverable
from outreach.prospect.rows import BadRow, Row, row_reader
from outreach.prospect.types import convert, infer_types
from outreach.prospect.values import UnknownValueError, clean, converter

__all__ = [
    "DERIVED",
    "KNOWN",
    "BadRow",
    "Columns",
    "Row",
    "UnknownValueError",
    "address",
    "address_or_domain",
    "clean",
    "columns",
    "company_key",
    "convert",
    "converter",
    "derived",
    "infer_types",
    "row_reader",
    "undeliverable",
]
