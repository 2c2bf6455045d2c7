"""Errors in words: what happened, where, what to do. No traceback for what a user can mend."""

import os
import shutil
import sys
from collections.abc import Callable
from typing import TextIO

import click

from outreach.errors import InputError, OutreachError


def explained(work: Callable[[], object], out: TextIO) -> int:
    """Run a command; its exit code. Problems go to `out`."""
    try:
        result = work()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("\nstopped", file=out)
        return 130
    except click.ClickException as exc:
        exc.show(out)
        return exc.exit_code
    except BrokenPipeError:  # `outreach ... | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except InputError as exc:
        return _problems(exc, out)
    except OutreachError as exc:
        print(_fitted(f"error: {exc.message}" + (f"\n  {exc.hint}" if exc.hint else ""), out), file=out)
        return 1


def _fitted(text: str, out: TextIO) -> str:
    """A text broken between words for a terminal; a program gets each problem in one line, to look for."""
    if not out.isatty():
        return text
    from outreach.report.lines import WIDTH, broken

    columns = max(WIDTH, shutil.get_terminal_size().columns)
    lines = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip(" ")))
        lines += broken(line, columns, first=indent, rest=f"{indent}  ")
    return "\n".join(lines)


def _problems(exc: InputError, out: TextIO) -> int:
    for problem in exc.problems:
        print(_fitted(str(problem), out), file=out)
    count = len(exc.problems)
    print(f"{count} problem{'' if count == 1 else 's'}: nothing was changed", file=out)
    return 1
