"""Positions in TOML: every key that tomllib reads stands where we say; broken files never crash."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import Problem, Where
from outreach.workspace.scanner import KeyPath, scan
from outreach.workspace.toml import Document, read

TRICKY = '''\
# a comment with [brackets] and key = "value"
title = "one # no comment"
"quoted \\"key\\"" = 1
'single "key"' = 2
dotted."a.b".c = 1979-05-27 07:32:00
long = """
first ] } , = "" line \\
  """""
raw = \'\'\'
it's = [ raw ]''\'\'\'
list = [ # comment ]
  "a,]", 'b', [1, 2,], # another
  { x = 1, y.z = [ true ] },
]
inline = { "k y" = { deep = [ {}, { last = 0 } ] } }

[ table . "sub table" ]
key = 07:32:00

[[array]]
name = "first"
[array.nested]
name = "n1"
[[array.parts]]
p = 1
[[array.parts]]
p = 2
[[array]]
name = "second"
[[array.parts]]
p = 3
'''


def paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The path of everything in what tomllib returns."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, part in value.items():
            yield from paths(part, (*path, name))
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from paths(part, (*path, index))


def key_at(text: str, offset: int) -> str:
    """The key that starts at the offset, read by tomllib itself."""
    for end in range(offset + 1, len(text) + 1):
        try:
            (name,) = tomllib.loads(f"{text[offset:end]} = 0")
        except ValueError:
            continue
        if end == len(text) or not (text[offset] not in "\"'" and (text[end].isalnum() or text[end] in "_-")):
            return name
    raise AssertionError(f"no key at {offset}")


def check_every_place(text: str) -> None:
    data = tomllib.loads(text)
    places = scan(text).places
    assert set(paths(data)) == set(places)
    for path, place in places.items():
        name = path[-1]
        if isinstance(name, str):
            assert key_at(text, place.key) == name
        elif text[place.key] not in "\"'[{" and isinstance(path[-2], str) and place.key == place.value:
            value = data
            for part in path:
                value = value[part]  # type: ignore[index]
            if isinstance(value, dict):  # [[table]]
                assert key_at(text, place.key) == path[-2]


def test_every_key_and_value_of_a_tricky_file_has_its_place() -> None:
    check_every_place(TRICKY)
    check_every_place(TRICKY.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("title",), (2, 1), (2, 9)),
        (("dotted", "a.b", "c"), (5, 14), (5, 18)),
        (("list", 3, "y", "z"), (13, 14), (13, 18)),
        (("inline", "k y", "deep", 1, "last"), (15, 37), (15, 44)),
        (("table", "sub table"), (17, 11), (17, 11)),
        (("array", 0), (20, 3), (20, 3)),
        (("array", 0, "parts", 1, "p"), (27, 1), (27, 5)),
        (("array", 1, "parts", 0, "p"), (31, 1), (31, 5)),
        (("array", 1, "missing"), (28, 3), (28, 3)),
        (("nowhere",), (1, 1), (1, 1)),
    ],
)
def test_places_are_lines_and_columns(path: KeyPath, key: tuple[int, int], value: tuple[int, int]) -> None:
    document = read("x.toml", TRICKY)
    assert isinstance(document, Document)
    assert document.key(path) == Where("x.toml", *key)
    assert document.value(path) == Where("x.toml", *value)


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ('a = "x"', 1, 6),
        ("  a = 'x'", 1, 8),
        ('a = """x"""', 1, 8),
        ('a = """\nx"""', 2, 1),
        ("a = '''\r\nx'''", 2, 1),
    ],
)
def test_text_starts_after_its_quotes(source: str, line: int, column: int) -> None:
    document = read("x.toml", source)
    assert isinstance(document, Document)
    assert document.text(("a",)) == Where("x.toml", line, column)


KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True),
    st.sampled_from(["'a b'", '"a.b"', '"q\\"q"', "''", '"\\u00e9"', "'é['", '"#"']),
)
SCALARS = st.sampled_from(
    [
        *("1", "-2.5", "true", "inf", '""', '"x # ] }"', "'y = [z'", '"""a\n"" b\\\n """', "'''c\n'd''''"),
        *("1979-05-27T07:32:00Z", "1979-05-27 07:32:00.5", "1979-05-27", "07:32:00", "'a,b'"),
    ]
)
BLANKS = st.sampled_from(["", " ", "\n", " # c ] \" '\n\t", "\r\n"])
DOTTED = st.lists(KEYS, min_size=1, max_size=3).flatmap(
    lambda keys: st.sampled_from([".", " . ", "\t."]).map(lambda dot: dot.join(keys))
)


def joined(parts: list[str], blanks: list[str], brackets: str) -> str:
    body = ",".join(f"{blank}{part}{blank}" for part, blank in zip(parts, blanks, strict=False))
    return f"{brackets[0]}{body}{brackets[1]}"


def lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(joined, st.lists(values, max_size=3), st.lists(BLANKS, min_size=3), st.just("[]"))


def tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.builds("{} = {}".format, DOTTED, values)
    return st.builds(joined, st.lists(pair, max_size=3), st.just([" ", "", "\t"]), st.just("{}"))


VALUES = st.recursive(SCALARS, lambda values: lists(values) | tables(values), max_leaves=6)
LINES = st.one_of(
    st.builds("{} = {}".format, DOTTED, VALUES),
    st.builds("[ {} ] # c".format, DOTTED),
    st.builds("[[{}]]".format, DOTTED),
    st.sampled_from(["", "# a = 1", "  "]),
)


def valid(text: str) -> bool:
    try:
        tomllib.loads(text)
    except ValueError:
        return False
    return True


@settings(deadline=None, max_examples=200)
@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_every_key_path_of_any_document_has_its_place(lines: list[str], end: str) -> None:
    kept: list[str] = []
    for line in lines:  # drop the lines that contradict those before them
        if valid("\n".join([*kept, line])):
            kept.append(line)
    check_every_place(end.join(kept))


@settings(deadline=None, max_examples=200)
@given(st.text() | st.text("[]{}.,=\"'#\n\\ a1") | st.lists(LINES).map("\n".join))
def test_any_text_gives_a_document_or_a_problem_inside_of_it(text: str) -> None:
    found = read("x.toml", text)
    if isinstance(found, Problem):
        assert 1 <= found.where.line <= text.count("\n") + 1
        assert found.where.column >= 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('a = "x"\nb = ', '2:4: not valid TOML: invalid value\n  text stands in quotes: key = "text"'),
        (
            "a b = 1",
            "1:3: not valid TOML: expected '=' after a key in a key/value pair\n  a line is: key = \"text\"",
        ),
        ('a = "x\n', "1:7: not valid TOML: illegal character '\\n'\n  close the quotes on the same line"),
        (
            "from = 09:00",
            "1:9: not valid TOML: expected newline or end of document after a statement\n"
            '  one key a line; text and times stand in quotes: from = "09:00"',
        ),
        (
            "a = [\n1 2]",
            "2:3: not valid TOML: unclosed array\n  put commas between the entries and ] at the end",
        ),
        (
            "start = 25.12.2026",
            "1:14: not valid TOML: expected newline or end of document after a statement\n  write 2026-12-25",
        ),
        ("a = [\n 12/25/2026]", "2:4: not valid TOML: unclosed array\n  write 2026-12-25"),
        (
            "start = 5/12/2026",  # in May or in December
            "1:10: not valid TOML: expected newline or end of document after a statement\n"
            "  a date is year-month-day, such as 2026-12-25",
        ),
        ("[t]\na = 1\n[t]", None),
        ("a = 1\n\n[t]\nx = 1\nx = '''\n'''", "5:1: `x` stands here already (line 4)\n  keep one of them"),
        ("a = 1\na.b = 2", None),
    ],
)
def test_syntax_errors_say_where_and_what_to_do(source: str, said: str | None) -> None:
    found = read("c.toml", source)
    assert isinstance(found, Problem)
    assert found.hint
    if said:
        assert str(found) == f"c.toml:{said}"


def test_brackets_without_end_are_a_problem_not_a_crash() -> None:
    found = read("c.toml", "a = " + "[" * 100_000)
    assert isinstance(found, Problem)
    assert found.message == "brackets are nested too deeply"
