"""Comments in a letter that take findings out of it: {# lint: ignore SPM103 -- the product is called that #}."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from outreach.errors import Where, did_you_mean
from outreach.lint.finding import Finding
from outreach.lint.rule import Rule
from outreach.lint.rules import files

_COMMENT = re.compile(r"\{#[-+]?\s{0,20}lint:?\s{0,20}ignore\b((?:[^#]|#(?!\})){0,400})#\}", re.IGNORECASE)
_DASHES = re.compile(r"--|\s[-–—]\s")
_LINE_END = re.compile(r"\r\n|\r|\n")
_HINT = "write {# lint: ignore SPM103 -- why this is right here #}"


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment: the codes (or their beginnings) it names, its reason, and where it stands."""

    codes: tuple[str, ...]
    reason: str
    where: Where

    def covers(self, code: str) -> bool:
        """Whether the comment takes findings of that code out."""
        return bool(self.reason) and code.startswith(self.codes)


def ignores(sources: Mapping[str, str]) -> list[Ignore]:
    """The comments of a letter's files (path -> text), in order of place."""
    found = []
    for file, text in sources.items():
        for hit in _COMMENT.finditer(text):
            codes, reason = [*_DASHES.split(hit[1], maxsplit=1), ""][:2]
            before = _LINE_END.split(text[: hit.start()])
            line, column = len(before), len(before[-1]) + 1
            named = tuple(dict.fromkeys(codes.replace(",", " ").upper().split()))
            found.append(Ignore(named, " ".join(reason.rstrip("-+ ").split()), Where(file, line, column)))
    return found


def taken_out(finding: Finding, comments: Iterable[Ignore], rules: Mapping[str, Rule]) -> bool:
    """Whether a comment takes a finding out of its letter. A gate stays: it is mended, or accepted at a launch."""
    return not rules[finding.code].gate and any(each.covers(finding.code) for each in comments)


def wrong(
    comments: Iterable[Ignore], findings: Iterable[Finding], rules: Mapping[str, Rule]
) -> list[Finding]:
    """What is wrong with the comments of a letter that has these findings (before any was taken out)."""
    codes = {finding.code for finding in findings}
    return [found for each in comments for found in _wrong(each, codes, rules)]


def _wrong(comment: Ignore, found: Collection[str], rules: Mapping[str, Rule]) -> Iterator[Finding]:
    if not comment.codes:
        yield _at(comment, files.NOTHING, "the comment names no code", _HINT)
    if not comment.reason:
        yield _at(comment, files.NO_REASON, "the comment gives no reason, so it is not honoured", _HINT)
    for code in comment.codes:
        meant = [each for each in rules if each.startswith(code)]
        if not meant:
            yield _at(
                comment,
                files.NOTHING,
                f"there is no rule {code:.40}{did_you_mean(code, rules)}",
                "outreach rule lists them",
            )
        elif all(rules[each].gate for each in meant):
            hint = f'mend it, or accept it at a launch: --accept {meant[0]} --reason "..."'
            yield _at(comment, files.NOTHING, f"no comment takes {code} out: it is a gate", hint)
        elif comment.reason and not any(each.startswith(code) for each in found):
            yield _at(
                comment, files.UNUSED, f"nothing here is {code}: the comment is not needed", "delete it"
            )


def _at(comment: Ignore, rule: Rule, message: str, hint: str) -> Finding:
    return replace(rule.found(message, hint=hint), where=comment.where, until=comment.where)
