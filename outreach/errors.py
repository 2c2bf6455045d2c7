"""One tree of errors. Each says what happened, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in a user's file: 1-based line and column, 0 where unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        parts += [str(number) for number in (self.line, self.column) if number]
        return ":".join(parts)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in what the user gave us: where, what, and what to do."""

    where: Where
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if str(self.where) else ""
        return f"{place}{self.message}" + (f"\n  {self.hint}" if self.hint else "")


class OutreachError(Exception):
    """This call cannot go on; `message` says what happened, `hint` what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(OutreachError):
    """The user's files or arguments have problems: all of them, in order of place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(OutreachError):
    """The database cannot be used: missing, locked, newer than this program, or broken."""


class MailboxError(OutreachError):
    """A mailbox cannot be used: no secret, refused login, no TLS, unreachable."""


class ComposeError(OutreachError):
    """A message cannot be written safely: a value would break a header or a line limit."""


class PlanError(OutreachError):
    """A plan cannot be launched: expired, unknown, or no longer what was shown."""


def problem(message: str, *, hint: str = "", file: str = "", line: int = 0, column: int = 0) -> Problem:
    """A Problem in one call."""
    return Problem(Where(file, line, column), message, hint)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like `name`, or "" where none does."""
    folded = {word.casefold(): word for word in sorted(known)}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`, did you mean `x`?` for the nearest known name, or nothing."""
    near = nearest(name, known)
    return f", did you mean `{near}`?" if near else ""
