"""What came back, in counts: of a day, or of one run."""

from outreach.model import Kind
from outreach.report.inbox import kind_name
from outreach.report.lines import number
from outreach.report.standing import CameBack

# In this order, and by these names: what only tells how a letter fares on its way is left out.
SHOWN = {
    Kind.REPLY: "replies",
    Kind.AUTO_REPLY: "away",
    Kind.OPT_OUT: "",
    Kind.HARD_BOUNCE: "",
    Kind.SOFT_BOUNCE: "",
    Kind.COMPLAINT: "",
    Kind.MOVED: "moved",
    Kind.CHALLENGE: "",
    Kind.UNRELATED: "mails that nobody could make out",
}
ONE = {Kind.UNRELATED: "mail that nobody could make out"}


def came_back(found: CameBack) -> str:
    """ "4 replies (1 interested), 3 away, 1 opt-out, 1 bounce"; "" for nothing."""
    parts = []
    for kind, many in SHOWN.items():
        if count := found.kinds.get(kind, 0):
            told = number(count, ONE.get(kind) or kind_name(kind), many)
            interested = kind is Kind.REPLY and found.interested
            parts.append(f"{told} ({found.interested} interested)" if interested else told)
    return ", ".join(parts)


def came_back_value(found: CameBack) -> dict[str, int]:
    """How many by kind, all kinds."""
    return {str(kind): found.kinds.get(kind, 0) for kind in Kind}
