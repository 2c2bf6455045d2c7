"""The scores of finished letters: a line of text, or a row of JSON Lines."""

import json
from typing import Any

from outreach.lint import Report


def text(name: Any, report: Report) -> str:
    """ "a1  spam 12.5  craft 88  SPM103 STR407"; a name that would break the line stands as JSON."""
    codes = dict.fromkeys(each.code for each in report.findings)
    shown = name if isinstance(name, str) and name.isprintable() else json.dumps(name)
    return f"{shown}  spam {report.spam:g}  craft {report.craft}  {' '.join(codes)}".rstrip()


def value(name: Any, report: Report) -> dict[str, Any]:
    """`{"id", "spam", "craft", "findings": [{"code", "level", "message", "part", "start", "end"}]}`.

    `start` and `end` count characters of the `part`: "subject", "text" or "html".
    """
    return {
        "id": name,
        "spam": report.spam,
        "craft": report.craft,
        "findings": [
            {
                "code": each.code,
                "level": str(each.level),
                "message": each.message,
                "part": each.part,
                "start": each.start,
                "end": each.end,
            }
            for each in report.findings
        ],
    }
