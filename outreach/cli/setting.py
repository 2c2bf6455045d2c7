"""`outreach prospects set`: fields and tags of people, changed by hand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from outreach.cli import people
from outreach.cli.app import App, dry_run_option, format_option, pass_app, yes_option
from outreach.errors import InputError, OutreachError, Problem, did_you_mean, problem
from outreach.report.lines import WIDTH, broken, number

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from outreach.model import FieldType, Value
    from outreach.report.edited import Edited
    from outreach.store.editing import Edit

BATCH = 2_000  # people to a transaction: a running sender hardly waits
NAMED = 3  # people named in the question


@click.command("set")
@click.argument("whom", metavar="EMAIL|CONDITION")
@click.argument("pairs", metavar="[FIELD=VALUE]...", nargs=-1)
@click.option("--tag", "tag", metavar="TAG", multiple=True, help="Mark them so.")
@click.option("--untag", "untag", metavar="TAG", multiple=True, help="Take that mark away.")
@yes_option
@dry_run_option
@format_option
@pass_app
def set_(
    app: App,
    whom: str,
    pairs: tuple[str, ...],
    tag: tuple[str, ...],
    untag: tuple[str, ...],
    yes: bool,
    dry_run: bool,
    shape: str,
) -> None:
    """Change fields and tags of people.

    `field=` without a value clears the field. Values are read as an import reads them: country=Germany is DE.
    Letters that wait keep their text until the next launch.

    \b
    Examples:
      outreach prospects set bob@acme.example city=Leeds "title=Head of Stores"
      outreach prospects set bob@acme.example phone= --tag met-at-fair
      outreach prospects set "city == 'Wien'" country=AT language=de
      outreach prospects set "tag('fair-2026')" --untag fair-2026 --dry-run
    """
    from outreach.report import edited as report

    wanted = _wanted(app, pairs, tag, untag)
    found = _whom(app, whom)
    if not found.one and not (yes or dry_run) and found.ids:
        people.be_sure(_question(app, found, wanted.said), yes=yes)
    done, now = report.Edited(), app.clock()
    for start in range(0, len(found.ids), BATCH):
        done += _do(app, found.ids[start : start + BATCH], wanted.edit, now, dry_run=dry_run)
    one = f"outreach prospects show {found.one}" if found.one else "outreach log --limit 5"
    app.show(
        shape,
        text=lambda: report.text(done, wanted.said, one, dry_run=dry_run),
        value=lambda: report.value(done, list(wanted.edit.values), dry_run=dry_run),
    )


class _Whom(NamedTuple):
    """Whom an edit is about; `one` is the address of a single person who was named."""

    ids: Sequence[int]
    one: str = ""


def _whom(app: App, text: str) -> _Whom:
    """A person where it looks like an address, else everybody whom the condition finds."""
    from outreach.store import people as acts

    word = text.strip()
    if "@" in word and not any(char in word for char in " '\"=()"):
        person = people.known(app, word)
        return _Whom([person.id], person.email)
    condition, now = people.condition(app, text), app.clock()
    return _Whom(app.store.read(acts.ids, condition, now))


class _Wanted(NamedTuple):
    """What is to change, and how that is said to people."""

    edit: "Edit"
    said: Sequence[str]


def _wanted(app: App, pairs: Sequence[str], tag: Sequence[str], untag: Sequence[str]) -> _Wanted:
    """The values of the pairs as the fields hold them; every problem at once."""
    from outreach.prospect import KNOWN
    from outreach.store import prospects
    from outreach.store.editing import Edit

    if not (pairs or tag or untag):
        raise click.UsageError("say what to change: field=value, --tag or --untag")
    types = {**KNOWN, **app.store.read(prospects.field_types)}
    values: dict[str, Value | None] = {}
    wrong: list[Problem] = []
    for pair in pairs:
        try:
            name, value = _pair(pair, types)
            if name in values:
                raise OutreachError(f"`{name}` is given twice", hint="say it once")
            values[name] = value
        except OutreachError as exc:
            wrong.append(problem(exc.message, hint=exc.hint))
    names = [_tags(each, wrong) for each in (tag, untag)]
    if both := set(names[0]) & set(names[1]):
        wrong.append(problem(f"--tag and --untag both name {min(both)}", hint="say which of them"))
    if wrong:
        raise InputError(wrong)
    said = [f"{name} = {_shown(value)}" for name, value in values.items()]
    said += [f"tag {name}" for name in names[0]] + [f"no tag {name}" for name in names[1]]
    return _Wanted(Edit(values, names[0], names[1]), said)


def _pair(pair: str, types: "dict[str, FieldType]") -> "tuple[str, Value | None]":
    """The field and its value, None for an empty one; OutreachError for what cannot be one."""
    from outreach import policy
    from outreach.prospect import converter

    name, equals, text = pair.partition("=")
    name = name.strip()
    if not equals:
        raise OutreachError(
            f"{pair!r} is no field=value", hint="write such as city=Leeds, or city= to clear it"
        )
    if name == "email":
        hint = "import the new address, and stop the old one: outreach stop EMAIL"
        raise OutreachError("an address stays what it is: letters and answers belong to it", hint=hint)
    if name in ("tag", "tags"):
        raise OutreachError(f"{name} is no field", hint="write --tag fair-2026, or --untag fair-2026")
    if name not in types:
        near = did_you_mean(name, types)
        hint = "" if near else "a field of your own comes with an import that has such a column"
        raise OutreachError(f"there is no field {name}{near}", hint=hint)
    try:
        value = converter(name, types[name])(text)
    except ValueError as exc:
        raise OutreachError(f"{name}: {exc}") from exc
    if name == "basis" and value and not policy.known_basis(str(value)):
        near = did_you_mean(str(value), policy.BASES)
        raise OutreachError(f"unknown basis {value}{near}", hint=f"known are {', '.join(policy.BASES)}")
    return name, None if value == "" else value


def _tags(names: Sequence[str], wrong: list[Problem]) -> tuple[str, ...]:
    """Tags as the store keeps them; what cannot be one goes to `wrong`."""
    from outreach.engine.reading import tag_name

    found: dict[str, None] = {}
    for name in names:
        try:
            found[tag_name(name)] = None
        except ValueError as exc:
            wrong.append(problem(str(exc)))
    return tuple(found)


def _shown(value: "Value | None") -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else str(value)


def _question(app: App, found: _Whom, said: Sequence[str]) -> str:
    """How many, the first of them, and what changes."""
    first = app.store.read(_emails, found.ids[:NAMED])
    names = ", ".join(first) + (", ..." if len(found.ids) > NAMED else "")
    asked = (f"{number(len(found.ids), 'person', 'people')}: {names}", f"Set {', '.join(said)}?")
    return "\n".join(line for text in asked for line in broken(text, WIDTH - len(" [y/N]: "), rest="  "))


def _emails(tx: "Connection", ids: Sequence[int]) -> list[str]:
    from outreach.store import prospects

    found = prospects.by_ids(tx, ids)
    return [found[each].email for each in ids if each in found]


def _do(app: App, ids: Sequence[int], edit: "Edit", now: "datetime", *, dry_run: bool) -> "Edited":
    from outreach.store import editing

    if dry_run:
        return app.store.read(editing.try_edit, ids, edit)
    return app.store.write(editing.edit, ids, edit, now=now, actor=app.actor)
