"""Which people of a campaign stand in a page of previews: all, or those worth a look and a sample."""

from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

from outreach.engine.previews import Roll
from outreach.model import Prospect
from outreach.report.page import MOST

_NOTABLE = MOST * 3 // 10  # outliers, and held people, at most: the rest of the page is a sample


@dataclass(frozen=True, slots=True)
class Chosen:
    """People with their letters, and how they were chosen, "" where they are all."""

    people: tuple[Prospect, ...]
    how: str = ""


def choose(roll: Roll, seed: str) -> Chosen:
    """Everybody up to MOST people; of more the oddest outliers, people who are held, and a sample of all.

    The same seed draws the same sample. Everybody is planned for that.
    """
    everybody = roll.people
    if len(everybody) <= MOST:
        return Chosen(everybody)
    held = {person.id for person, _ in roll.plan_all().held.values()}
    odd = [each for each in everybody if each.email in roll.odd][:_NOTABLE]
    taken = {each.id for each in odd}
    kept_back = list(islice((each for each in everybody if each.id in held - taken), _NOTABLE))
    taken |= {each.id for each in kept_back}
    others = [each for each in everybody if each.id not in taken]
    drawn = sorted(others, key=lambda each: _draw(seed, each.email))[: MOST - len(taken)]
    chosen = {each.id for each in drawn}
    sample = [each for each in others if each.id in chosen]
    how = f"{len(odd)} outliers, {len(kept_back)} held, {len(sample)} drawn by lot"
    return Chosen((*odd, *kept_back, *sample), how)


def _draw(seed: str, email: str) -> bytes:
    return blake2b(f"{seed}|{email}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
