"""templates/: the letters by stem and language, with the partials (`_signature.txt`) they include."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from outreach import template
from outreach.errors import InputError, Problem, problem
from outreach.template import Letter

FOLDER = "templates/"


def read(files: Mapping[str, str], problems: list[Problem]) -> dict[str, dict[str, Letter]]:
    """The letters among the files, stem -> language in lower case ("" for none) -> letter.

    What is wrong with them is added to `problems`, a fault of a shared partial only once.
    """
    names = sorted(name for name in files if is_template(name))
    partials = {PurePosixPath(name).name: files[name] for name in names if is_partial(name)}
    letters: dict[str, dict[str, Letter]] = defaultdict(dict)
    found: set[Problem] = set()
    for name in names:
        if is_partial(name):
            continue
        try:
            letter = template.parse(name, files[name], partials)
        except InputError as exc:
            found.update(exc.problems)
            continue
        texts, language = letters[letter.stem], letter.language.lower()
        if language in texts:
            message = f"{texts[language].file} is the same letter in the same language"
            found.add(problem(message, hint="keep one of the two files", file=name))
        texts[language] = letter
    problems += found
    return dict(letters)


def stems(names: Iterable[str]) -> frozenset[str]:
    """The stems of the letters that have a file, also where that file cannot be used."""
    files = (PurePosixPath(name).name for name in names if is_template(name) and not is_partial(name))
    return frozenset(name.partition(".")[0] for name in files)


def is_template(name: str) -> bool:
    """Whether a relative path is a file of templates/."""
    return PurePosixPath(name).match("templates/*.txt") and name.startswith(FOLDER)


def is_partial(name: str) -> bool:
    """Whether a file of templates/ is a part that letters include, not a letter."""
    return PurePosixPath(name).name.startswith("_")
