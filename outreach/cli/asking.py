"""The questions of a dialogue: options answer them beforehand, and each can be answered again."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import click

from outreach.errors import OutreachError, did_you_mean

NONE = "-"  # the answer to an optional question that there is none
_MOST = 70  # characters of a question and its default: an answer has room behind them


@dataclass
class Asking:
    """Asks one question a line, on standard error; wrong answers are explained and asked again.

    :param given: answers from the command line, by the option's name without its dashes; "" is none.
    :param quiet: nothing is asked: defaults are taken, and what has none is an error that names the option.
    """

    given: Mapping[str, str]
    quiet: bool
    before: dict[str, str] = field(default_factory=dict)  # the answers of the round before: now the defaults
    typed: str = field(default="", repr=False)  # the password of the round before

    def again(self) -> None:
        """From now on everything is asked, with what was said so far as defaults."""
        self.before = {**self.given, **self.before}
        self.given = {}

    def said(self, key: str) -> str:
        """What was said about something, by an option or in the round before; "" for nothing."""
        return self.given.get(key) or self.before.get(key, "")

    def text(
        self,
        key: str,
        question: str,
        parse: Callable[[str], object],
        default: str = "",
        *,
        optional: bool = False,
    ) -> str:
        """The answer as `parse` has it, a text; "" for none to an `optional` question.

        :param parse: raises RefusedError, ValueError or OutreachError with what is wrong.
        """
        default = self.before.get(key, default)
        if self.given.get(key) or self.quiet:
            answer = self.given.get(key) or default
            if not answer and not optional:
                raise _missing(key, question)
            found = self._parsed(key, answer, parse, optional=optional)
        else:
            found = self._asked(question, parse, default, optional=optional)
        self.before[key] = found
        return found

    def checked(self, key: str, parse: Callable[[str], object], *, optional: bool = False) -> None:
        """OutreachError where an option is given that its question will not take."""
        self._parsed(key, self.given[key], parse, optional=optional)

    def _parsed(self, key: str, answer: str, parse: Callable[[str], object], *, optional: bool) -> str:
        if optional and answer in ("", NONE):
            return ""
        try:
            return str(parse(answer))
        except _refusals() as exc:
            raise OutreachError(f"--{key} {_why(exc)}", hint=getattr(exc, "hint", "")) from exc

    def _asked(self, question: str, parse: Callable[[str], object], default: str, *, optional: bool) -> str:
        while True:
            words = f"{question} (Enter for none)" if optional and not default else question
            answer = _prompt(words, default)
            if optional and answer in ("", NONE):
                return ""
            if not answer:
                click.echo("  this one needs an answer (Ctrl-C: stop, and nothing is changed)", err=True)
                continue
            try:
                return str(parse(answer))
            except _refusals() as exc:
                hint = getattr(exc, "hint", "")
                that = "" if isinstance(exc, OutreachError) else "that "
                say(f"{that}{_why(exc)}", hint)

    def choice(self, key: str, question: str, choices: Mapping[str, str], default: str) -> str:
        """One of the keys of `choices`, whose values say what they mean; only what is there is offered."""
        if not (self.given.get(key) or self.quiet):
            for name, meaning in choices.items():
                click.echo(f"  {name:<12} {meaning}", err=True)

        def parse(answer: str) -> str:
            from outreach.workspace.schema import RefusedError

            word = answer.strip().lower()
            found = [name for name in choices if name == word] or [
                name for name in choices if word and name.startswith(word)
            ]
            if len(found) != 1:
                raise RefusedError(f"is none of {', '.join(choices)}{did_you_mean(word, choices)}")
            return found[0]

        return self.text(key, question, parse, default)

    def sure(self, question: str, *, default: bool, quiet: bool | None = None) -> bool:
        """Yes or no; `quiet` (else the default) where nothing is asked."""
        if self.quiet:
            return default if quiet is None else quiet
        return bool(_heard(lambda: click.confirm(question, default=default, err=True)))

    def secret(self, question: str, *, optional: bool, way: str) -> str:
        """What is typed unseen; "" for none. `way` tells how else to hand it over.

        :raises OutreachError: nothing hides it here.
        """
        if self.quiet or not sys.stdin.isatty():
            if optional:
                return ""
            raise OutreachError("nobody is there to type the password unseen", hint=way)
        while True:
            default = "" if optional else None
            found = str(_heard(partial(click.prompt, question, default, True, show_default=False, err=True)))
            wrong = unfit(found)
            if not wrong:
                return found
            click.echo(f"  that {wrong}", err=True)


def unfit(secret: str) -> str:
    """Why a text cannot be a password; "" if it can. It never holds the text."""
    from outreach.mailbox.credentials import LONGEST

    try:
        size = len(secret.encode())
    except UnicodeEncodeError:
        return "holds bytes that are no UTF-8"
    if size > LONGEST:
        return f"has more than {LONGEST} bytes"
    return "holds a control character" if any(ord(char) < 32 or ord(char) == 127 for char in secret) else ""


@contextmanager
def unchanged() -> Iterator[None]:
    """Around a dialogue: Ctrl-C, or the end of the input, leaves everything as it was."""
    try:
        yield
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nnothing was changed", err=True)
        raise click.exceptions.Exit(130) from None


def _prompt(question: str, default: str) -> str:
    if len(question) + len(default) > _MOST:  # then the default is on a line of its own
        say(question)
        question = " "
    return str(_heard(partial(click.prompt, question, default, show_default=bool(default), err=True))).strip()


def say(*texts: str, indent: str = "  ") -> None:
    """Texts between questions, on standard error, none wider than the screen; empty ones are left out."""
    from outreach.report.lines import broken

    for text in filter(None, texts):
        click.echo("\n".join(broken(text, first=indent, rest=indent)), err=True)


def _heard(ask: Callable[[], object]) -> object:
    """What is answered; asked again as long as that is no text."""
    while True:
        try:
            return ask()
        except UnicodeError:
            click.echo("  that is no UTF-8 text", err=True)


def _missing(key: str, question: str) -> OutreachError:
    return OutreachError(f"nobody is asked, and --{key} is not given ({question})", hint=f"add --{key} ...")


def _refusals() -> tuple[type[Exception], ...]:
    """What a parser of an answer raises. Asked for late: the workspace's room takes its time to load."""
    from outreach.workspace.schema import RefusedError

    return RefusedError, ValueError, OutreachError


def _why(exc: Exception) -> str:
    """A refusal as it goes on after the name of what was refused."""
    return str(getattr(exc, "message", "") or f"will not do: {exc}")
