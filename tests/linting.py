"""What the tests of the linter in the program share: letters and campaigns to lint."""

from outreach import template
from outreach.errors import InputError
from outreach.lint import Finding, linter
from outreach.lint.letters import lint_letter
from outreach.lint.sequence import lint_sequence
from outreach.lint.unreadable import unreadable
from outreach.workspace import parse
from tests.cli import MAIN


def letter(text: str) -> list[Finding]:
    """What is found in a letter's file that lies in no workspace; its problems where it cannot be read."""
    try:
        read = template.parse("templates/a.txt", text, {})
    except InputError as exc:
        return [unreadable(each) for each in exc.problems]
    return list(lint_letter(linter(()), read).findings)


def sequence(*steps: tuple[str, str]) -> list[Finding]:
    """What is found in a campaign whose letters have these bodies and delays ("" for the first)."""
    files = {"outreach.toml": MAIN.format(store="sqlite:///x.db", smtp="smtp://127.0.0.1:1")}
    campaign = 'name = "C"\nsegment = "industry == \'retail\'"\nmailboxes = ["ann@northwind.example"]\n'
    for number, (body, after) in enumerate(steps):
        head = "Subject: Shelving\n" if not number else "Format: text\n"
        files[f"templates/l{number}.txt"] = f"{head}\nHello {{{{ first_name }}}},\n\n{body}\n"
        campaign += f'[[step]]\nletter = "l{number}"\n' + (f'after = "{after}"\n' if after else "")
    files["campaigns/c.toml"] = campaign
    workspace = parse(files)
    return lint_sequence(workspace, workspace.campaigns["c"])
