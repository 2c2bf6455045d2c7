"""Every person's letters of a campaign before the linter: what is wrong with some of them only."""

from collections.abc import Collection, Iterator

from outreach import template
from outreach.campaign import Workspace
from outreach.engine.previews import Previews
from outreach.lint import Finding
from outreach.model import Mailbox, Prospect, Rendered
from outreach.plan import linting
from outreach.plan.draft import template_fields
from outreach.plan.joining import likely_mailbox
from outreach.report.outliers import SHOWN, Group
from outreach.sequence import next_step
from outreach.template import Letter, MissingFields, RenderError


def people(read: Previews, known: Collection[Finding]) -> tuple[int, list[Group]]:
    """How many letters to people were linted, and the findings that only some of them have.

    All letters still to come of everybody in the plan and in the campaign. What `known` (the findings of the
    letters as they stand) says already is left out.
    """
    workspace, stem = read.workspace, read.plan.campaign
    said = {(each.code, each.where) for each in known}
    groups: dict[tuple[object, ...], Group] = {}
    letters = 0
    for letter, person, rendered, findings in _letters(workspace, stem, read):
        letters += 1
        for each in findings:
            if (each.code, each.where) in said:
                continue
            key = (each.code, each.where, letter.file)
            group = groups.get(key)
            if group is None:
                group = Group(each, 0, letter.file, person.email, _around(each, rendered))
            groups[key] = Group(group.finding, group.count + 1, group.letter, group.email, group.example)
    return letters, sorted(groups.values(), key=lambda each: (each.finding.where, each.finding.code))


def _letters(
    workspace: Workspace, stem: str, read: Previews
) -> Iterator[tuple[Letter, Prospect, Rendered, list[Finding]]]:
    """Each letter to come of each person, written, with what the linter finds in it."""
    campaign = workspace.campaigns[stem]
    for person, mailbox, language, sent in _people(workspace, stem, read):
        fields = template_fields(workspace.sender, person, mailbox, language)
        done = set(sent)
        while (place := next_step(campaign.steps, done)) is not None:
            done.add(campaign.steps[place].letter)
            letter = workspace.letter(campaign.steps[place].letter, language)
            if letter is None:
                continue
            try:
                rendered = template.render(letter, fields)
            except (MissingFields, RenderError):  # the plan holds them with the reason
                continue
            yield letter, person, rendered, linting.of_person(workspace, letter, rendered, first=place == 0)


def _people(
    workspace: Workspace, stem: str, read: Previews
) -> Iterator[tuple[Prospect, Mailbox, str, tuple[str, ...]]]:
    """Those who are new, those held for a letter's sake, and those in the campaign, with the letters they got."""
    campaign = workspace.campaigns[stem]
    for new in read.plan.new:
        yield new.prospect, workspace.mailboxes[new.mailbox], new.language, ()
    for person, hold in read.held.values():
        if hold.code == "lint" and person.id not in read.state.enrolled:
            keeper = read.state.keepers.get(person.company, "")
            address = likely_mailbox(workspace, campaign, person, read.state.seed, keeper)
            language = workspace.language(campaign, str(person.fields.get("language", "")))
            yield person, workspace.mailboxes[address], language if isinstance(language, str) else "", ()
    for enrolled in read.state.enrolled.values():
        box = workspace.mailboxes.get(enrolled.mailbox)
        if enrolled.status == "active" and box:
            yield enrolled.prospect, box, enrolled.language, tuple(each.letter for each in enrolled.sent)


def _around(finding: Finding, rendered: Rendered) -> str:
    """The words a finding stands among, in one person's letter."""
    text = (rendered.content.subject or "") if finding.part == "subject" else rendered.content.text
    start = text.rfind("\n", 0, finding.start) + 1
    start = max(start, finding.start - SHOWN // 2)
    line = text[start : start + SHOWN].partition("\n")[0]
    return line
