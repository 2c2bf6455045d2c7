"""The house keeps its order: who may import whom, what the core never touches, how big things may grow."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "outreach"
FILES = sorted(PACKAGE.rglob("*.py"))

# The core, lowest first: a room may import the rooms before it.
CORE = (
    "errors",
    "model",
    "data",
    "subjects",
    "segment",
    "prospect",
    "template",
    "campaign",
    "schedule",
    "sequence",
    "policy",
    "compose",
    "inbound",
    "lint",
    "plan",
    "report",
)
EDGES = ("workspace", "store", "mailbox")
MAY_IMPORT: dict[str, set[str]] = {
    **{room: set(CORE[:place]) for place, room in enumerate(CORE)},
    **{room: set(CORE) for room in EDGES},
    "engine": {*CORE, *EDGES},
    "daemon": {"errors", "model", "engine"},
    "fleet": {"errors", "model", "engine"},
    "web": {*CORE, "workspace", "store"},  # it shows; without engine and mailbox it cannot send
    "demo": {*CORE, *EDGES, "engine", "daemon", "fleet", "web"},
    "cli": {*CORE, *EDGES, "engine", "daemon", "fleet", "web", "demo"},
    "__main__": {"cli"},
    "__init__": set(),
}

# Time, luck, ids and texts are handed to the core; whatever it could fetch them with stays outside.
OUTSIDE_THE_CORE = {
    *("os", "pathlib", "io", "shutil", "tempfile", "glob", "sqlite3", "subprocess", "signal", "logging"),
    *("socket", "ssl", "selectors", "smtplib", "imaplib", "http", "urllib.request"),
    *("asyncio", "threading", "multiprocessing", "concurrent"),
    *("random", "secrets", "uuid", "time"),
    *("sqlalchemy", "psycopg", "aiosmtplib", "aiosmtpd", "imapclient", "apscheduler"),
    *("keyring", "platformdirs"),
    *("click", "starlette"),
}
NEVER_CALLED_IN_THE_CORE = {
    *("open", "print", "input", "read_text", "read_bytes", "write_text", "write_bytes"),
    *("now", "utcnow", "today", "localtime", "formatdate", "make_msgid"),
}
# Each of these would take a good part of the 0.2 s that `outreach --version` has.
HEAVY = {
    *("sqlalchemy", "psycopg", "aiosmtplib", "imapclient", "starlette", "apscheduler"),
    *("holidays", "jinja2", "email_validator", "keyring"),
}

FILE_LINES = 400
FUNCTION_LINES = 50


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def room(path: Path) -> str:
    """`outreach/lint/rules.py` and `outreach/lint.py` are both in the room `lint`."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ...]]:
    """The dotted path of each import: `from outreach import x` gives ("outreach", "x")."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((*node.module.split("."), alias.name) for alias in node.names)


def on_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: all of it but the insides of functions and TYPE_CHECKING."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from on_import(child)


each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))


@each_file
def test_a_room_imports_only_the_rooms_below_it(path: Path) -> None:
    own = room(path)
    assert own in MAY_IMPORT, f"no such room in the house: {own}"
    ours = [name for name in imported(ast.walk(parse(path))) if name[0] == "outreach"]
    assert all(len(name) > 1 for name in ours), "import a room, not the package"
    assert {name[1] for name in ours} <= MAY_IMPORT[own] | {own}


@each_file
def test_imports_are_absolute(path: Path) -> None:
    relative = [
        node.lineno for node in ast.walk(parse(path)) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative, f"relative imports on lines {relative}"


@pytest.mark.parametrize(
    "path", [path for path in FILES if room(path) in CORE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_the_core_is_pure(path: Path) -> None:
    tree = parse(path)
    outside = {".".join(name[:end]) for name in imported(ast.walk(tree)) for end in (1, 2)} & OUTSIDE_THE_CORE
    assert not outside, f"the core imports {outside}"
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {getattr(function, "attr", getattr(function, "id", "")) for function in called}
    # data.py is the one reader of the package's own tables.
    forbidden = NEVER_CALLED_IN_THE_CORE - ({"read_text", "read_bytes"} if room(path) == "data" else set())
    assert not names & forbidden, f"the core calls {names & forbidden}"


@each_file
def test_files_and_functions_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES
    functions = [
        node for node in ast.walk(parse(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno >= FUNCTION_LINES]
    assert not long, f"longer than {FUNCTION_LINES} lines: {long}"


@pytest.mark.parametrize(
    "path", [path for path in FILES if room(path) == "cli"], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_commands_import_heavy_libraries_only_when_they_run(path: Path) -> None:
    heavy = {name[0] for name in imported(on_import(parse(path)))} & HEAVY
    assert not heavy, f"imported at the top: {heavy}"


def test_starting_the_program_loads_nothing_heavy() -> None:
    """The rooms that a command imports at its top may not bring a heavy library in either."""
    code = f"import sys, outreach.cli; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from outreach import store", [("outreach", "store")]),
        ("import outreach.store.tables as t", [("outreach", "store", "tables")]),
        ("def f():\n    from outreach.engine import launch", [("outreach", "engine", "launch")]),
    ],
)
def test_no_way_of_importing_is_overlooked(source: str, names: list[tuple[str, ...]]) -> None:
    assert list(imported(ast.walk(ast.parse(source)))) == names


def test_only_what_runs_on_import_counts_as_top_level() -> None:
    source = """
try:
    import holidays
except ImportError:
    pass
if TYPE_CHECKING:
    import sqlalchemy
def command():
    import jinja2
class Group:
    import click
"""
    assert {name[0] for name in imported(on_import(ast.parse(source)))} == {"holidays", "click"}
