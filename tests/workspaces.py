"""A small workspace as texts, to break in the tests one way at a time."""

from collections.abc import Mapping

from outreach import workspace
from outreach.errors import InputError

MAIN = """\
[sender]
company = "Northwind Shelving Ltd"
address = "1 Dock Road, Leeds LS1 4AB, United Kingdom"
country = "GB"
timezone = "Europe/London"

[[mailbox]]
address = "ann@northwind.example"
name = "Ann Lee"
smtp = "smtps://ann@smtp.northwind.example:465"
imap = "imaps://ann@imap.northwind.example:993"
"""
CAMPAIGN = """\
name = "Shelving for shops"
segment = "industry == 'retail'"
mailboxes = ["ann@northwind.example"]

[[step]]
letter = "intro"

[[step]]
letter = "followup"
after = "3 business days"
"""
FILES = {
    "outreach.toml": MAIN,
    "campaigns/shops.toml": CAMPAIGN,
    "templates/intro.txt": "Subject: Shelving for {{ company }}\n\nHello,\n",
    "templates/followup.txt": "\nAny news?\n",
}


def changed(files: Mapping[str, str], name: str, old: str, new: str) -> dict[str, str]:
    """The files with one of them changed; the text to change must be there."""
    assert files[name].count(old) == 1
    return {**files, name: files[name].replace(old, new)}


def problems(files: Mapping[str, str]) -> list[str]:
    """What the workspace says about these files, in order of place: `place: message` and the hint below."""
    try:
        workspace.parse(files)
    except InputError as exc:
        return [str(problem) for problem in exc.problems]
    return []
