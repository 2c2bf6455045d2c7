"""Spellings that pass a filter and are still read: "f r e e", "d.o.t.s", "Gua/ranteed", "m0ney"."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice, pairwise, product
from typing import NamedTuple, TypeAlias

from outreach.data import table

Disguise: TypeAlias = tuple[str, int, int]
"""What was undone, and where: (kind, start, end)."""


class Edit(NamedTuple):
    """Characters [start, end) become `new`."""

    start: int
    end: int
    new: str


# What the shape of a text must have to be looked at (see normal.py for the kinds of characters): in ASCII
# text, and in any other.
_SPACED = ((b" a a ", b".a.", b"-a-a-"), (b" a a ", b" u u ", b".a.", b".u.", b"-a-a-", b"-u-u-"))
_MET = ((b"a0", b"0a", b"a!a"), (b"a0", b"0a", b"u0", b"0u", b"a!a"))
# One character of a few first: the search goes over all others quickly.
_LEET = re.compile(rb"[0!](?:(?<=0)(?:(?=[au])|(?<=[au]0))|(?<=[au0]!)(?=[au0]))")

_SIGNS = re.escape("._*/|~^+=·•-")
_SINGLE = r"(?:[^\W_](?![^\W_])|['’%])"
_SINGLES = re.compile(rf"(?<![^\W_])(?<![^\W_]['’.@])[^\W_](?:[ {_SIGNS}]{{1,5}}{_SINGLE}){{2,200}}")
_LETTER = re.compile(r"[^\W_]|['’%]")
_JOINT = re.compile(rb"\.(?<=[au]\.)(?=[au])")
_OTHER = ord("u")
_PIECE = r"[^\W\d_]{1,15}"
_PIECES = re.compile(
    rf"(?<![\w/@:.\\$#=&?<-])[^\W\d_]{{2,15}}(?:[/._*~^]{_PIECE}){{1,3}}(?![\w@\\=(/]|[.:-]\w)"
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_TOKEN = re.compile(r"[A-Za-z0-9$@!|]+|[\u0400-\u052f0-9$@!|]+")
_STAINED = re.compile(r"[a-z]{1,12}[01345](?:[a-z]{1,3}[01345])+[a-z]{0,12}")
_ADDRESS_BEFORE, _ADDRESS_AFTER = frozenset("/\\.:#&=?%_<~-"), frozenset("/\\_=%")
_HEX = re.compile("[0-9a-f]+")
_VOWELS = frozenset("aeiouyаеёиоуыэюяіїєәөүұ")
_ENDINGS = ("s", "es", "d", "ed", "r", "er", "ers", "ing", "ly", "y")

_TOKEN_MAX = 24  # characters; longer runs are keys and file names
_NEAR = 40  # characters: a disguise seldom comes alone
_READINGS = 16  # of one word that are tried: 1 is i or l
_SPACED_MIN, _DOTTED_MIN = 5, 7  # letters of a spelled word that no list has: shorter ones are abbreviations
_BEGINNING_MIN = 4  # letters: "use" begins too many words
_CUT_MAX = 48  # characters of a cut word
_JOINED_MIN = 5  # letters of a word cut in two


def spelled(text: str, shape: bytes) -> tuple[list[Edit], list[Disguise]]:
    """The spellings to undo in a text, in order and apart, and where they are. `shape` is its pre-search."""
    kind = 0 if text.isascii() else 1
    found: list[tuple[Disguise, list[Edit]]] = []
    if any(map(shape.__contains__, _SPACED[kind])):
        found += _singles(text)
    if b"." in shape:
        found += _cut(text, shape)
    if any(map(shape.__contains__, _MET[kind])):
        found += _leet(text, shape)
    if not found:
        return [], []
    edits: list[Edit] = []
    disguises: list[Disguise] = []
    for disguise, changes in sorted(found):
        if not disguises or disguise[1] >= disguises[-1][2]:
            disguises.append(disguise)
            edits += changes
    return edits, disguises


def _singles(text: str) -> Iterator[tuple[Disguise, list[Edit]]]:
    """Words written letter by letter: "f r e e   m o n e y", "d.o.t.s"."""
    for hit in _SINGLES.finditer(text):
        places = [letter.start() for letter in _LETTER.finditer(text, *hit.span())]
        gaps = [text[left + 1 : right] for left, right in pairwise(places)]
        joint = Counter(gaps).most_common(1)[0][0]
        words: list[list[int]] = [[places[0]]]
        for place, gap in zip(places[1:], gaps, strict=True):
            if gap == joint:
                words[-1].append(place)
            else:
                words.append([place])
        said = ["".join(text[place] for place in word).lower() for word in words]
        if not any(_meant(word, joint) for word in said) and not _talk(said):
            continue
        breaks = {word[-1] for word in words}
        if len(words) == 1:
            breaks |= {places[cut - 1] for cut in _cuts(said[0])}
        edits = [
            Edit(left + 1, right, " " if left in breaks else "")
            for left, right in pairwise(places)
            if left not in breaks or not text[left + 1 : right].isspace() or len(words) == 1
        ]
        yield ("spaced", *hit.span()), edits


def _talk(words: list[str]) -> bool:
    """Whether short words make sense together: all of the list but one, "t.r.y. .i.t. .n.o.w"."""
    unknown = sum(1 for word in words if not known(word) and word not in ("a", "i"))
    return len(words) - unknown >= 2 > unknown and sum(map(len, words)) >= _SPACED_MIN


def _meant(word: str, joint: str) -> bool:
    """Whether letters set apart by `joint` are a word. "a.s.a.p", "U.S.A." and "x y z" are not."""
    if _CJK.fullmatch(word):
        return len(word) >= 4 and joint.strip() not in ("", "/", "-", "·", "•")
    least = _DOTTED_MIN if joint.strip() else _SPACED_MIN
    return (len(word) >= 4 and known(word)) or (len(word) >= least and _speakable(word))


def _cuts(letters: str) -> tuple[int, ...]:
    """Where a row of letters falls into words of the list ("freemoney": 4); () where it does not."""
    if _listed(letters) or len(letters) > 60:
        return ()
    ways: dict[int, tuple[int, ...]] = {0: ()}
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 15), end):
            if start in ways and (_listed(letters[start:end]) or letters[start:end] in ("a", "i")):
                ways[end] = (*ways[start], end)
                break
    return ways.get(len(letters), (0,))[:-1]


def _cut(text: str, shape: bytes) -> Iterator[tuple[Disguise, list[Edit]]]:
    """Words with a sign within: "Gua/ranteed". Whatever begins with a word is two: "and/or", "free_trial"."""
    done = 0
    for joint in _JOINT.finditer(shape):
        place = joint.start()
        if place < done:
            continue
        start = _run(text, shape, max(done, place - _CUT_MAX), place, b"a.u", str.isalpha)
        hit = _PIECES.match(text, start)
        if not hit:
            continue
        done = hit.end()
        pieces = re.split(r"[/._*~^]", hit[0].lower())
        word = "".join(pieces)
        if len(word) >= _JOINED_MIN and known(word, len(pieces[0]) + 1) and not known(pieces[0]):
            signs = re.finditer(r"[/._*~^]", hit[0])
            yield (
                ("spaced", *hit.span()),
                [Edit(hit.start() + sign.start(), hit.start() + sign.end(), "") for sign in signs],
            )


def _run(
    text: str, shape: bytes, low: int, place: int, kinds: bytes, is_letter: Callable[[str], bool]
) -> int:
    """Where the run of letters and characters of some kinds that ends at `place` begins, `low` at the least."""
    start = low + len(shape[low:place].rstrip(kinds))
    if b"u" in shape[start:place]:  # not ASCII: letters, or signs that end the run
        while place > start and (shape[place - 1] != _OTHER or is_letter(text[place - 1])):
            place -= 1
        return place
    return start


def _leet(text: str, shape: bytes) -> Iterator[tuple[Disguise, list[Edit]]]:
    """Words with figures and signs for letters: "m0ney", "v1agra", "$ale"; near one, all that can be read so."""
    done = 0
    doubtful: list[tuple[int, int]] = []
    near: set[int] = set()
    for hit in _LEET.finditer(shape):
        if hit.start() < done:
            continue
        start, done = _token(text, shape, hit.start())
        before, after = text[start - 1 : start], text[done : done + 2]
        if (
            before in _ADDRESS_BEFORE
            or after[:1] in _ADDRESS_AFTER
            or (after[:1] in ".:@" and after[1:].isalnum())
        ):
            continue
        read = _read(text[start:done])
        if read:
            near.update(start // _NEAR + step for step in (-1, 0, 1))
            yield ("leet", start, done), [Edit(start, done, read)]
        else:
            doubtful.append((start, done))
    for start, end in doubtful if near else ():
        ways = _ways(text[start:end].lower())
        if ways and start // _NEAR in near:
            yield (
                ("leet", start, end),
                [Edit(start, end, next((word for word in ways if known(word)), ways[0]))],
            )


def _token(text: str, shape: bytes, place: int) -> tuple[int, int]:
    """The run of letters, figures and signs read as letters around a place; signs at its end are none of it."""
    start = _run(text, shape, max(0, place - _TOKEN_MAX - 1), place, b"a0!u", str.isalnum)
    ahead = shape[place : place + _TOKEN_MAX + 1]
    end = place + len(ahead) - len(ahead.lstrip(b"a0!u"))
    if b"u" in shape[place:end]:
        end = next((at for at in range(place, end) if shape[at] == _OTHER and not text[at].isalnum()), end)
    return start, place + max(1, len(text[place:end].rstrip("!|@")))


@lru_cache(maxsize=4096)
def _read(token: str) -> str:
    """The word that a token with figures stands for; "" where it is what it looks like: B2B, 4x4, SALE5, h264."""
    low = token.lower()
    bare = low.rstrip("0123456789$")
    if not 3 <= len(token) <= _TOKEN_MAX or not _TOKEN.fullmatch(token) or "@" in (low[0], low[-1]):
        return ""
    if low[:2].isdigit() or known(bare) or (known(low[1:]) and not low[0].isalpha()):
        return ""
    if not (token[1:].islower() or token[1:].isupper()):
        return ""  # one case, but for the first letter: keys and base64 have all
    if (not low[0].isalpha() or token.isupper()) and len(token) == 3:
        return ""
    ways = _ways(low)
    for way in ways:
        if known(way):
            return way
    stained = _STAINED.fullmatch(low) and len(low) >= 6 and not _HEX.fullmatch(low) and not token.isupper()
    return ways[0] if ways and stained and _speakable(ways[0]) else ""


def _ways(token: str) -> list[str]:
    """How figures and signs in a word of lower case can be read: "1t" is it or lt. None where one is no letter."""
    signs = _stands_for("cyrillic" if re.search("[\u0400-\u052f]", token) else "latin")
    if any(not char.isalpha() and char not in signs for char in token):
        return []
    choices = [char if char.isalpha() else signs[char] for char in token]
    return ["".join(way) for way in islice(product(*choices), _READINGS)]


@lru_cache(maxsize=8192)
def known(word: str, least: int = 0) -> bool:
    """Whether a word of lower case is on the list of words that get disguised, in some form.

    A beginning counts from `least` letters on.
    """
    beginnings = _lists()[1]
    return _listed(word) or any(
        word[:end] in beginnings for end in range(max(_BEGINNING_MIN, least), len(word))
    )


def _listed(word: str) -> bool:
    """Whether a word is on the list as it is, or with an English ending."""
    exact, beginnings = _lists()
    if word in exact or word in beginnings:
        return True
    return len(word) > 4 and any(
        word.endswith(ending) and (word[: -len(ending)] in exact or word[: -len(ending)] in beginnings)
        for ending in _ENDINGS
    )


def _speakable(word: str) -> bool:
    """Whether letters can be a word: vowels and consonants in turn, not a row of the alphabet."""
    vowels = sum(1 for char in word if char in _VOWELS)
    if not 0.2 <= vowels / len(word) <= 0.7 or max(Counter(word).values()) > len(word) / 2:
        return False
    steps = sum(1 for left, right in pairwise(word) if ord(right) - ord(left) == 1)
    run = longest = 0
    for char in word:
        run = 0 if char in _VOWELS else run + 1
        longest = max(longest, run)
    return longest <= 4 and steps * 2 < len(word)


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    """The words of the list: those as they are, and beginnings."""
    listed = " ".join(table("confusables")["words"].values()).split()
    whole = frozenset(word for word in listed if not word.endswith("*"))
    return whole, frozenset(word[:-1] for word in listed if word.endswith("*"))


@cache
def _stands_for(script: str) -> Mapping[str, str]:
    """Sign -> the letters it may stand for."""
    return {pair[0]: pair[1:] for pair in table("confusables")["digits"][script].split()}
