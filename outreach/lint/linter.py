"""The linter of a workspace: the built-in rules and phrases, and those its owner added."""

from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

from outreach import data
from outreach.errors import OutreachError, Problem
from outreach.lint import own as packs_of
from outreach.lint.copy import Copy
from outreach.lint.finding import Finding
from outreach.lint.own import Own
from outreach.lint.rules import FAMILIES, RULES, Family, phrases
from outreach.lint.score import Report, judge

_SAYS = frozenset(("finds", "why", "source", "fix", "bad", "good"))  # of a rule's document


class Linter:
    """Lints letters by all rules. `rules` are those it knows, by code."""

    def __init__(self, own: Own = Own(), plugins: Iterable[Family] = ()) -> None:  # noqa: B008 -- frozen
        plugins = tuple(plugins)
        theirs = (rule for family in plugins for rule in family.RULES)
        self.rules = {**RULES, **{rule.code: rule for rule in (*own.rules, *theirs)}}
        self._families = tuple(each for each in FAMILIES if each is not phrases)
        self._plugins = plugins
        self._finder = (
            phrases.Finder(own.phrases, rules=own.rules) if own.phrases or own.rules else phrases.BUILTIN
        )

    def lint(self, copy: Copy) -> Report:
        """What all rules find in a letter."""
        return self.judge(self._found(copy), copy.words)

    def judge(self, findings: Iterable[Finding], words: int) -> Report:
        """The report over these findings of a letter of so many words."""
        return judge(findings, words, self.rules)

    def phrases(self, copy: Copy) -> list[Finding]:
        """What is found by phrases alone."""
        return list(self._finder.check(copy))

    def touches(self, text: str, language: str) -> bool:
        """Whether some phrase has a word of this text: where none has, the text is part of no phrase."""
        return self._finder.touches(text, language)

    def _found(self, copy: Copy) -> Iterator[Finding]:
        yield from self._finder.check(copy)
        for family in self._families:
            yield from family.check(copy)
        for plugin in self._plugins:
            try:
                yield from list(plugin.check(copy))
            except Exception as exc:  # whatever somebody else's rules may raise
                message = f"the linter's plugin {_name(plugin)} failed: {type(exc).__name__}: {exc}"
                raise OutreachError(message, hint="mend or uninstall the package") from exc


@lru_cache(maxsize=4)
def linter(packs: tuple[tuple[str, str], ...]) -> Linter:
    """The linter with a workspace's own packs, given as (path, text), and with what plugins bring.

    What is wrong with a pack (see `check_packs`) is left out; OutreachError for a plugin that cannot be used.
    """
    own, _ = packs_of.read(packs)
    plugins: tuple[Family, ...] = data.plugins()
    known = {*RULES, *(rule.code for rule in own.rules)}
    for plugin in plugins:
        wrong = next(_wrong(plugin, known), "")
        if wrong:
            message = f"{wrong} of the linter's plugin {_name(plugin)}"
            raise OutreachError(
                message, hint="mend or uninstall the package; docs/lint.md says what it offers"
            )
        known |= {rule.code for rule in plugin.RULES}
    return Linter(own, plugins)


def _wrong(plugin: Family, known: Container[str]) -> Iterator[str]:
    """What is wrong with what an entry point has given."""
    if not isinstance(getattr(plugin, "RULES", None), tuple) or not callable(getattr(plugin, "check", None)):
        yield "there are no RULES or no check"
        return
    for rule in plugin.RULES:
        if rule.code in known:
            yield f"there is another rule {rule.code} beside that"
        elif rule.document is None or not rule.document.keys() >= _SAYS:
            yield f"a document is lacking for rule {rule.code}"


def _name(plugin: object) -> str:
    return getattr(plugin, "__name__", type(plugin).__name__)


def check_packs(packs: Iterable[tuple[str, str]]) -> list[Problem]:
    """Everything that is wrong with packs given as (path, text)."""
    return packs_of.read(packs)[1]
