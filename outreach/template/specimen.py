"""A letter without a reader: every branch of it once, with specimens in place of the fields."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from jinja2 import nodes

from outreach.model import Rendered
from outreach.template.letter import Letter
from outreach.template.reading import Part
from outreach.template.rendering import RenderError, Run, assemble
from outreach.template.slots import Mode, Slot

MOST = 40
"""Specimens of one letter; branches beyond are seen where somebody's letter takes them."""

_ADDRESS = "https://specimen.example/"


def specimens(letter: Letter, value: Callable[[str], str]) -> Iterator[Rendered]:
    """The letter as it may look: first with every condition true, then once for each other branch.

    `value` gives the specimen for an expression such as `first_name | default("there")`. No expression is
    evaluated. What cannot be put together (an empty body where all conditions fail) is left out.
    """
    seen: set[tuple[int, ...]] = set()
    bodies = islice(_choices(letter.body), MOST)
    subjects: list[list[int] | None] = [None]
    if letter.subject:
        subjects = [*islice(_choices(letter.subject), MOST)]
    for body, subject in _zipped([*bodies], subjects):
        key = (*(subject or ()), -1, *body)
        if key in seen:
            continue
        seen.add(key)
        try:
            yield assemble(
                letter,
                _run(letter.subject, subject, value) if letter.subject and subject is not None else None,
                _addresses(letter, _run(letter.body, body, value)),
            )
        except RenderError:
            continue


def _zipped(
    bodies: list[list[int]], subjects: list[list[int] | None]
) -> Iterator[tuple[list[int], list[int] | None]]:
    """Every body and every subject at least once."""
    for place in range(max(len(bodies), len(subjects))):
        yield bodies[min(place, len(bodies) - 1)], subjects[min(place, len(subjects) - 1)]


def _run(part: Part, indices: list[int], value: Callable[[str], str]) -> Run:
    texts = []
    for index in indices:
        text, _, place = part.pieces[index]
        texts.append(value(place[3]) if text is None else text)
    return indices, texts


def _addresses(letter: Letter, run: Run) -> Run:
    """The same with a web address wherever a value is a link's."""
    if not letter.layouts:
        return run
    indices, texts = run
    values = [place for place, index in enumerate(indices) if letter.body.pieces[index].text is None]
    for part, _ in letter.layouts.of(tuple(indices)).text:
        if isinstance(part, Slot) and part.mode is Mode.ADDRESS:
            texts[values[part.value]] = _ADDRESS
    return run


def _choices(part: Part) -> Iterator[list[int]]:
    """The pieces of every way through the branches, the one with all conditions true first."""
    for false in _branches(part.tree.body, frozenset()):
        yield [*_chosen(part.tree.body, false)]


def _branches(body: Iterable[nodes.Node], false: frozenset[nodes.If]) -> Iterator[frozenset[nodes.If]]:
    """Sets of conditions that fail, so that each branch is taken by one of them; all others hold."""
    yield false
    for node in body:
        if isinstance(node, nodes.If):
            failed = false
            for chained in (node, *node.elif_):
                if failed is not false:
                    yield failed
                yield from islice(_branches(chained.body, failed), 1, None)
                failed |= {chained}
            yield from _branches(node.else_, failed)


def _chosen(body: Iterable[nodes.Node], false: frozenset[nodes.If]) -> Iterator[int]:
    """The pieces that are written where these conditions fail and all others hold."""
    for node in body:
        if isinstance(node, nodes.Output):
            yield from (pair.items[0].value for pair in node.nodes)  # type: ignore[attr-defined]
        elif isinstance(node, nodes.If):
            branch = next((each for each in (node, *node.elif_) if each not in false), None)
            yield from _chosen(branch.body if branch else node.else_, false)
