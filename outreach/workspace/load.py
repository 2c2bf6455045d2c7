"""From the texts of a workspace to its values: everything that is wrong in any file, reported at once."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from outreach.campaign import Campaign, Workspace
from outreach.errors import InputError, Problem, problem
from outreach.workspace import campaigns, disk, exclude, letters, settings, toml
from outreach.workspace.campaigns import Known
from outreach.workspace.settings import Settings
from outreach.workspace.toml import Document


def load(root: Path) -> Workspace:
    """The workspace in a folder, read and checked; raises InputError with every problem of every file."""
    problems: list[Problem] = []
    files, unread = disk.collect(root, problems)
    return _parsed(files, unread, str(root), problems, own=True)


def basics(root: Path) -> Settings:
    """What outreach.toml alone says, whatever is wrong in campaigns and letters: a stop must not wait for them.

    Raises InputError with every problem of that file.
    """
    unread: list[Problem] = []
    files, _ = disk.collect(root, unread)
    problems = [each for each in unread if each.where.file == settings.FILE]
    main = _documents({name: files[name] for name in files if name == settings.FILE}, problems)
    found = _basics(main[settings.FILE], files, problems) if main else None
    if problems or found is None:
        raise InputError(problems)
    return found


def _basics(main: Document, files: Mapping[str, str], problems: list[Problem]) -> Settings:
    lists = _lists(sorted(settings.list_names(main.data)), files, frozenset(), problems)
    return settings.read(main, problems, files, lists=lists)


def parse(files: Mapping[str, str], *, root: str = "") -> Workspace:
    """The workspace that these texts describe, keyed by path: from a folder or from a stored revision.

    Raises InputError with every problem of every file. Reads nothing but its arguments and package data.
    """
    return _parsed(files, frozenset(), root, [])


def _parsed(
    files: Mapping[str, str],
    unread: frozenset[str],
    root: str,
    problems: list[Problem],
    *,
    own: bool = False,
) -> Workspace:
    documents = _documents(files, problems)
    if settings.FILE not in files and settings.FILE not in unread:
        problems.append(problem("is missing", hint="run `outreach init`", file=settings.FILE))
    main = documents.pop(settings.FILE, None)
    named = {name for each in documents.values() for name in campaigns.exclude_names(each.data)}
    names = named | (settings.list_names(main.data) if main else frozenset())
    lists = _lists(sorted(names), files, unread, problems)
    found = settings.read(main, problems, files, lists=lists, own=own) if main else None
    texts = letters.read(files, problems)
    known = Known(
        mailboxes=found.named if found else None,
        letters=letters.stems((*files, *unread)),
        readable=texts,
        lists=lists,
    )
    read = [campaigns.read(document, known, problems) for document in documents.values()]
    if problems or found is None or found.sender is None:
        raise InputError(problems)
    return Workspace(
        root=root,
        files=MappingProxyType(dict(files)),
        sender=found.sender,
        mailboxes=MappingProxyType(dict(found.mailboxes)),
        campaigns=MappingProxyType({each.stem: each for each in read if isinstance(each, Campaign)}),
        letters=MappingProxyType({stem: MappingProxyType(by_tag) for stem, by_tag in texts.items()}),
        segments=MappingProxyType(dict(found.segments)),
        segment_places=MappingProxyType(dict(found.segment_places)),
        store_url=found.store_url,
        limits=found.limits,
        lint=found.lint,
        key_accounts=found.key_accounts,
        empty_lists=frozenset(name for name, entries in lists.items() if not entries),
    )


def _documents(files: Mapping[str, str], problems: list[Problem]) -> dict[str, Document]:
    """outreach.toml and the campaigns that are valid TOML."""
    documents: dict[str, Document] = {}
    for name in sorted(files):
        if name == settings.FILE or campaigns.is_campaign(name):
            document = toml.read(name, files[name])
            if isinstance(document, Problem):
                problems.append(document)
            else:
                documents[name] = document
    return documents


def _lists(
    names: Collection[str],
    files: Mapping[str, str],
    unread: frozenset[str],
    problems: list[Problem],
) -> dict[str, frozenset[str] | None]:
    """The entries of every list of addresses and domains that is named; None where it cannot be read."""
    lists: dict[str, frozenset[str] | None] = {name: None for name in names if name in unread}
    for name in names:
        if name in files:
            lists[name] = exclude.read(name, files[name], problems)
    return lists
