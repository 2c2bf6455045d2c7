"""What an address makes one doubt: nobody's mailbox, a whole team's, a private one, a mistyped domain."""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Final

from outreach import data

_DIGITS: Final = "0123456789"
_HEAD: Final = 3
_SHORT: Final = 4  # letters of a name such as "mail", which too many others are one letter away from
_LONGEST: Final = 12  # letters of a name that may be a provider's with a slip
_CUT_COM: Final = ("co", "cm", "om")  # what a hurried .com becomes; they exist, but have no big provider


def doubter() -> Callable[[str], tuple[str, ...]]:
    """A function that gives the warnings about an address as `address` returns it.

    Their kinds are "role address", "consumer address" and "likely mistyped domain", each with the value quoted.
    """
    consumer, roles = data.words("consumer_domains"), _listed("roles")
    leads = re.compile(f"(?:{'|'.join(map(re.escape, _listed('leading')))})[._-]").match

    def doubts(email: str) -> tuple[str, ...]:
        local, _, domain = email.rpartition("@")
        found: tuple[str, ...] = ()
        if domain in consumer:
            found = (f"consumer address {email!r}",)
        elif meant := mistyped(domain):
            found = (f"likely mistyped domain {domain!r} ({meant}?)",)
        if local.rstrip(_DIGITS) in roles or leads(local):
            found = (f"role address {email!r}", *found)
        return found

    return doubts


def unread(email: str) -> bool:
    """Whether nobody reads an address (noreply@), or it is for reports of trouble only (postmaster@, abuse@)."""
    return email[:_HEAD] in _unread_heads() and _unread().match(email) is not None


@lru_cache(maxsize=4096)
def mistyped(domain: str) -> str:
    """The domain that was meant, "gmail.com" for "gmial.com"; "" for one that may well be meant as it is.

    Doubted are endings that do not exist (.con), and names one slip away from a big provider's: a letter
    too many, too few, another, or two in the wrong order; of short names only a doubled letter or an order.
    """
    before, _, last = domain.rpartition(".")
    if mended := _endings().get(last):
        whole = f"{before}.{mended}"
        return mistyped(whole) or whole
    name, _, ending = domain.partition(".")
    if ending in _CUT_COM and f"{name}.com" in _listed("often"):
        return f"{name}.com"
    near = _often().get(ending)
    if near is None or not 1 < len(name) < _LONGEST or domain in _known():
        return ""
    for meant in (*near.get(name[0], ()), *near.get(name[-1], ())):
        if _is_slip(name, meant):
            return f"{meant}.{ending}"
    return ""


def _is_slip(name: str, meant: str) -> bool:
    """Whether a name is another one with one slip of the fingers."""
    if abs(len(name) - len(meant)) > 1:
        return False
    at = next((at for at, (one, two) in enumerate(zip(name, meant, strict=False)) if one != two), len(meant))
    if len(name) > len(meant):
        doubled = at > 0 and name[at] == meant[at - 1]
        return name[at + 1 :] == meant[at:] and (doubled or len(meant) > _SHORT)
    if len(name) < len(meant):
        return name[at:] == meant[at + 1 :] and len(meant) > _SHORT
    swapped = name[at : at + 2] == meant[at : at + 2][::-1] and name[at + 2 :] == meant[at + 2 :]
    return swapped or (name[at + 1 :] == meant[at + 1 :] and len(meant) > _SHORT)


@cache
def _often() -> Mapping[str, Mapping[str, list[str]]]:
    """Ending -> first or last letter -> names of big providers: one slip leaves one of the two as it is."""
    found: dict[str, dict[str, list[str]]] = {}
    for domain in data.table("addresses")["often"]:
        name, _, ending = domain.partition(".")
        for letter in {name[0], name[-1]}:
            found.setdefault(ending, {}).setdefault(letter, []).append(name)
    return found


@cache
def _endings() -> Mapping[str, str]:
    """An ending that does not exist -> the one that was meant."""
    return dict(data.table("addresses")["endings"])


@cache
def _unread_heads() -> frozenset[str]:
    """How such addresses begin: looking that up first takes a third of the time."""
    return frozenset(each[:_HEAD] for each in _listed("unread"))


@cache
def _unread() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(map(re.escape, _listed('unread')))})[@+]")


@cache
def _known() -> frozenset[str]:
    """Domains that are meant as they are."""
    return _listed("often") | _listed("real") | data.words("consumer_domains")


@cache
def _listed(kind: str) -> frozenset[str]:
    return frozenset(data.table("addresses")[kind])
