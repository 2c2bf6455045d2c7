"""Which findings are shown, and which are hidden: by the prefix of their codes, as ruff has it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from outreach.lint.score import Report

FAMILIES = {
    "SUB": "subject",
    "SPM": "spam-like phrases",
    "FMT": "form",
    "LNK": "links and images",
    "STR": "structure and craft",
    "IDN": "identity",
    "MRG": "fields",
    "OBF": "disguises",
    "SEQ": "sequences",
    "IGN": "ignore comments",
    "TPL": "files that cannot be read",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Prefixes of codes: only those in `select` (empty: all) and `extend` are shown, but for those in `ignore`.

    Where both name a code the longer prefix wins, `ignore` on a tie.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()

    def shows(self, code: str) -> bool:
        """Whether findings of that code are shown."""
        chosen = max(_lengths(code, (*self.select, *self.extend)), default=-1 if self.select else 0)
        return chosen > max(_lengths(code, self.ignore), default=-1)

    def shown(self, report: Report) -> Report:
        """The report with only the findings that are shown; its numbers stay."""
        return replace(report, findings=tuple(each for each in report.findings if self.shows(each.code)))


def _lengths(code: str, prefixes: Iterable[str]) -> Iterable[int]:
    return (len(prefix) for prefix in prefixes if code.startswith(prefix.upper()))
