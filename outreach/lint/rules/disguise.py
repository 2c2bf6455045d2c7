"""OBF: spellings made to get past a filter, and lines in a script that is not the letter's."""

import re
import unicodedata
from collections.abc import Iterator

from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.language import script_of
from outreach.lint.normal import Folded, fold
from outreach.lint.rule import Rule
from outreach.lint.scripts import in_latin, mostly_cyrillic, one_script

HIDDEN = Rule("OBF701", "hidden-characters", Level.ERROR, points=2.0, gate=True)
MIXED = Rule("OBF702", "mixed-scripts", Level.ERROR, points=2.0, gate=True)
SPELLED = Rule("OBF703", "disguised-spelling", Level.ERROR, points=3.0, gate=True)
FOREIGN = Rule("OBF704", "foreign-script", Level.INFO)
RULES: tuple[Rule, ...] = (HIDDEN, MIXED, SPELLED, FOREIGN)

_DOTTED_I = ("uk", "kk")  # their і is often typed as Latin i: careless, no disguise
_LINE_WORDS = 4
_PLAIN_WORDS = 3  # of them in lower case: names and addresses have capitals
_WORDS = {
    "latin": re.compile("[A-Za-z\u00c0-\u024f]+"),
    "cyrillic": re.compile("[\u0400-\u052f]+"),
    "cjk": re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"),
}
_LETTERS = re.compile(r"[^\W\d_]")


def check(copy: Copy) -> Iterator[Finding]:
    """The findings of subject and text, part by part."""
    if copy.subject:
        yield from _disguises(copy, "subject", copy.subject, copy.folded_subject)
    yield from _disguises(copy, "text", copy.text, copy.folded)
    yield from _foreign(copy)


def _disguises(copy: Copy, part: str, text: str, folded: Folded) -> Iterator[Finding]:
    in_cyrillic = bool(folded.disguises) and mostly_cyrillic(text)
    for kind, start, end in folded.disguises:
        said = text[start:end]
        if kind == "invisible":
            yield _hidden(part, start, end, said)
        elif kind == "mixed":
            if _WORDS["latin"].search(said) or in_cyrillic:
                yield _mixed(copy.tongue, part, start, end, said, one_script(said, in_cyrillic))
            else:
                yield _whole(part, start, end, said)
        else:
            plain = unicodedata.normalize("NFKC", said) if kind == "width" else fold(said).text
            yield SPELLED.found(
                f"“{said}” is spelled to get past a filter",
                part,
                start,
                end,
                hint="write the word in plain letters",
                rewrite=plain,
                fix=plain if kind == "width" and plain != said else None,
            )


def _hidden(part: str, start: int, end: int, said: str) -> Finding:
    names = ", ".join(dict.fromkeys(f"U+{ord(char):04X}" for char in said[:3]))
    soft = set(said) == {"\u00ad"}  # comes with text copied from a web page or a word processor
    return HIDDEN.found(
        f"invisible character {names}" + (" (soft hyphen)" if soft else ""),
        part,
        start,
        end,
        level=Level.WARNING if soft else None,
        hint="take it out; --fix does",
        fix="",
        points=0.0 if soft else None,
    )


def _mixed(tongue: str, part: str, start: int, end: int, said: str, fix: str) -> Finding:
    odd = [old for old, new in zip(said, fix, strict=True) if old != new] if fix else []
    scripts = sorted({unicodedata.name(char, "?").partition(" ")[0].capitalize() for char in odd})
    careless = bool(odd) and set(odd) <= {"i", "I"} and tongue in _DOTTED_I
    which = f": {', '.join(dict.fromkeys(odd))} {'is' if len(odd) == 1 else 'are'} {' and '.join(scripts)}"
    return MIXED.found(
        f"“{said}” mixes letters of two scripts" + (which if odd else ""),
        part,
        start,
        end,
        level=Level.WARNING if careless else None,
        hint="type the word again in one keyboard layout; --fix does",
        fix=fix or None,
        points=0.0 if careless else None,
    )


def _whole(part: str, start: int, end: int, said: str) -> Finding:
    """No fix: the word may be meant as it stands."""
    return MIXED.found(
        f"“{said}” looks like a Latin word and has no Latin letter",
        part,
        start,
        end,
        hint="type the word again in Latin letters, or put it in quotes if it is meant so",
        rewrite=in_latin(said),
    )


def _foreign(copy: Copy) -> Iterator[Finding]:
    """Lines of the body that are sentences in another script than most of the text; a block is one finding."""
    if copy.text.isascii():
        return
    script = script_of(copy.said(copy.body))
    if script not in _WORDS:
        return
    first = last = -1
    for line in copy.lines:
        inside = copy.body.start <= line.start and line.end <= copy.body.end
        if inside and _other_script(copy.said(line), script):
            first, last = (line.start if first < 0 else first), line.end
        elif first >= 0:
            yield _line(first, last)
            first = -1
    if first >= 0:
        yield _line(first, last)


def _line(start: int, end: int) -> Finding:
    return FOREIGN.found(
        "a line in another script than the letter",
        start=start,
        end=end,
        hint="write the letter in one language",
    )


def _other_script(line: str, script: str) -> bool:
    """Whether a line has no letter of `script` and a sentence in another. Links are no sentences."""
    if "://" in line or "@" in line or _WORDS[script].search(line):
        return False
    for other, pattern in _WORDS.items():
        words = pattern.findall(line)
        plain = sum(1 for word in words if word.islower() and len(word) > 1) if other != "cjk" else len(words)
        if len(words) >= _LINE_WORDS and plain >= _PLAIN_WORDS:
            return sum(map(len, words)) >= 0.9 * len(_LETTERS.findall(line))
    return False
