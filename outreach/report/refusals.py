"""Why a mailbox rests, as a sentence that needs no knowledge of mail."""

from collections.abc import Mapping

from outreach.report.standing import SENDER
from outreach.sequence import Verdict

_SENTENCES: Mapping[str, str] = {
    Verdict.POLICY: "its server refused a letter by policy",
    Verdict.QUOTA: "its server says that it has sent enough",
    Verdict.THROTTLED: "its server asks it to slow down",
    Verdict.AUTHENTICATION: "it cannot log in",
    Verdict.UNREACHABLE: "its server could not be reached",
}


def told(reason: str, actor: str) -> str:
    """ "throttled: 421 ..." as "its server asks it to slow down: 421 ..."; what people wrote stays as it is."""
    verdict, colon, said = reason.partition(": ")
    if actor != SENDER or not colon or verdict not in _SENTENCES:
        return reason
    return f"{_SENTENCES[verdict]}: {said}"
