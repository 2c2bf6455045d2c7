"""Launched revisions as values: unattended work reads these, never the files on disk."""

from dataclasses import dataclass, replace

from outreach.campaign import Campaign, Workspace
from outreach.model import CampaignStatus
from outreach.plan.make import settings_digest
from outreach.store import Store, launches
from outreach.workspace import parse


@dataclass(frozen=True, slots=True)
class Launched:
    """A campaign as launched: its revision's number, its files' values, the campaign among them, and whether
    it was ended since.
    """

    id: int
    number: int
    workspace: Workspace
    campaign: Campaign
    ended: bool = False


class Revisions:
    """Reads and remembers the launched revision of each campaign."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[str, Launched] = {}

    def get(self, stem: str) -> Launched | None:
        """The campaign as launched; None if it never was."""
        revision = self._store.read(launches.launched, stem)
        if revision is None:
            return None
        known = self._read.get(stem)
        if known is None or known.id != revision.id:
            workspace = parse(revision.files).accepting(revision.accepted.items())
            known = Launched(revision.id, revision.number, workspace, workspace.campaigns[stem])
            self._read[stem] = known
        return replace(known, ended=revision.status is CampaignStatus.ENDED)

    def must(self, stem: str) -> Launched:
        """The campaign as launched, where the store shows that it was."""
        found = self.get(stem)
        assert found is not None, stem
        return found


def edited(store: Store, workspace: Workspace) -> dict[str, int]:
    """The campaigns that go on and whose files say something else than was launched: stem -> that revision."""
    revisions, found = Revisions(store), {}
    for stem, status in store.read(launches.campaigns).items():
        if status is CampaignStatus.ENDED or stem not in workspace.campaigns:
            continue
        launched = revisions.get(stem)
        if launched is None:
            continue
        boxes = {*workspace.campaigns[stem].mailboxes, *launched.campaign.mailboxes}
        digests = {
            settings_digest(each, each.campaigns[stem], boxes) for each in (workspace, launched.workspace)
        }
        if len(digests) > 1:
            found[stem] = launched.number
    return found
