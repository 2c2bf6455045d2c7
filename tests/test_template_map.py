"""The map from a rendered letter back to its template, over any letter and any person."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import InputError, Where
from outreach.model import Rendered, Span, Value
from outreach.template import Letter, MissingFields, RenderError, locate, missing, parse, render

SOURCE = """\
Subject: Shelves for {{ company }} in {{ city }}

Hello {{ name | default("there") }},
{# a note #}
{% if city %}
  two
  lines in {{ city }}
{% endif %}
{% include "_s.txt" %}
"""
PARTIALS = {"_s.txt": "--\n{{ name }} {{ city }}!\n", "_t.txt": "{% if a %}a{% else %}{{ b }}{% endif %}"}
FORMS = st.sampled_from(["text", "markdown"])

words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).filter(str.strip)
values: st.SearchStrategy[Value] = st.one_of(
    words, st.integers(), st.booleans(), st.dates(), st.floats(), st.text(max_size=9)
)
people = st.dictionaries(st.sampled_from("abc"), values)
outputs = ["{{ a }}", "{{ b | default('x') }}", "{{ a or b or 'none' }}", "{{ c | upper }}", "{{- c -}}"]
marks = [
    "- ",
    "1. ",
    "  - ",
    "**",
    "*",
    "_",
    "\\",
    "<",
    ">",
    "&",
    "`",
    "\\*",
    "~",
    "!",
    ")",
    "(",
    "[",
    "]",
    "#",
]
links = [
    "[w](https://x.example)",
    "[",
    "](",
    "](https://x.example/",
    "<https://x.example>",
    "[{{ a }}]({{ a }})",
]
plain = [
    "word",
    "two words",
    "Ünï",
    "https://x.example",
    "\n",
    "\n\n",
    "  \n",
    "\t",
    " ",
    "\r\n",
    "{# note #}",
]
others = ['{% include "_t.txt" %}', "{% raw %}{{{% endraw %}", "{{ b | round }}"]
good = st.recursive(
    st.lists(st.sampled_from([*outputs, *marks, *links, *plain, *others]), max_size=12).map("".join),
    lambda inner: st.tuples(
        inner,
        st.sampled_from(
            ["{% if a %}", "\n  {% if a == b %}\n", "{%- if not b -%}", "{% if c is defined %}\n"]
        ),
        inner,
        st.sampled_from(["", "{% else %}x", "\n{% elif b %}\n"]),
        st.sampled_from(["{% endif %}", "\n{% endif %}\n"]),
        inner,
    ).map("".join),
    max_leaves=6,
)
wild = st.lists(
    st.sampled_from(
        [
            *outputs,
            *marks,
            *links,
            *plain,
            *others,
            *(
                "{{",
                "}}",
                "{%",
                "%}",
                "{#",
                "{% if a %}",
                "{% else %}",
                "{% endif %}",
                "|",
                "'",
                '"',
                "a",
                ".b",
            ),
            *("[0]", "~", "is", "in", "\x07", "\U000f0001", "# ", "![", " 'title')"),
        ]
    ),
    max_size=12,
).map("".join)
sources = st.one_of(good, good, wild, st.text(max_size=60))


def read(source: str, form: str) -> Letter | None:
    try:
        return parse("a.txt", f"Subject: s\nFormat: {form}\n\n{source}", PARTIALS)
    except InputError:
        return None


def write(letter: Letter, fields: dict[str, Value]) -> Rendered | None:
    """The letter, or None where it says why not: fields that `missing` knew of, or a value of no use."""
    if lacking := missing(letter, fields):
        with pytest.raises(MissingFields) as caught:
            render(letter, fields)
        assert caught.value.names == lacking
        return None
    try:
        return render(letter, fields)
    except RenderError as exc:
        if "undefined" in exc.reason or "is missing" in exc.reason:
            raise
        return None


def tiles(spans: tuple[Span, ...], text: str) -> bool:
    edges = [0, *(span.end for span in spans)]
    return (
        [span.start for span in spans] == edges[:-1]
        and edges[-1] == len(text)
        and sorted(set(edges)) == edges
    )


def characters(source: str, where: Where) -> str:
    """The rest of the line at a place in a file."""
    return re.split("\r\n|\r|\n", source)[where.line - 1][where.column - 1 :]


def test_every_stretch_names_file_line_and_column() -> None:
    rendered = render(
        parse("templates/a.txt", SOURCE, PARTIALS), {"company": "Acme", "city": "Leeds", "name": "Bob"}
    )
    subject, text = rendered.content.subject or "", rendered.content.text
    assert [(subject[s.start : s.end], s.line, s.column, s.field) for s in rendered.subject_map] == [
        ("Shelves for ", 1, 10, ""),
        ("Acme", 1, 22, "company"),
        (" in ", 1, 35, ""),
        ("Leeds", 1, 39, "city"),
    ]
    assert [(text[s.start : s.end], s.line, s.column, s.field) for s in rendered.text_map] == [
        ("Hello ", 3, 1, ""),
        ("Bob", 3, 7, 'name | default("there")'),
        (",\n", 3, 36, ""),
        ("  two\n  lines in ", 6, 1, ""),
        ("Leeds", 7, 12, "city"),
        ("\n", 7, 22, ""),
        ("--\n", 1, 1, ""),
        ("Bob", 2, 1, "name"),
        (" ", 2, 11, ""),
        ("Leeds", 2, 12, "city"),
        ("!\n", 2, 22, ""),
    ]
    assert {s.file for s in rendered.text_map[:6]} == {"templates/a.txt"}
    assert {s.file for s in rendered.text_map[6:]} == {"templates/_s.txt"}
    assert locate(text, rendered.text_map, text.index("lines")) == Where("templates/a.txt", 7, 3)
    assert locate(text, rendered.text_map, text.index("ob")) == Where("templates/a.txt", 3, 7)


def test_markdown_is_mapped_through_markers_lists_and_links() -> None:
    source = (
        "Format: markdown\n\nA **bold** word\n\n  - item \\* one\n"
        "- [our *site*](https://x.example/{{ a }}/end), {{ a }}\n  next\n\n1. 1"
    )
    rendered = render(parse("a.txt", source, {}), {"a": "v"})
    text = rendered.content.text
    assert text == "A bold word\n\n- item * one\n- our site (https://x.example/v/end), v\n  next\n\n1. 1\n"
    assert [(text[s.start : s.end], s.line, s.column) for s in rendered.text_map if s.field] == [
        ("v", 6, 34),
        ("v", 6, 48),
    ]
    for word in ("bold", "word", "item", "one", "our", "site", "https", "end", "next", "* one"):
        assert characters(source, locate(text, rendered.text_map, text.index(word))).startswith(word)

    assert [locate(text, rendered.text_map, len(text) - back).column for back in (5, 2)] == [1, 4]


def test_blank_lines_before_the_first_words_are_counted() -> None:
    rendered = render(parse("a.txt", "\n{% if a %}\n{{ a }}\n{% endif %}\n\n Hi", {}), {})
    assert rendered.content.text == " Hi\n"
    assert rendered.text_map == (Span(0, 4, "a.txt", 6, 1),)


@settings(deadline=None, max_examples=300)
@given(sources, people, FORMS)
def test_any_file_and_any_person(source: str, fields: dict[str, Value], form: str) -> None:
    letter = read(source, form)
    rendered = write(letter, fields) if letter else None
    if letter is None or rendered is None:
        return
    text = rendered.content.text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert tiles(rendered.text_map, text)
    files = {"a.txt": letter.source, "_t.txt": PARTIALS["_t.txt"]}
    for span in rendered.text_map:
        for offset in range(span.start, span.end) if not span.field else ():
            if text[offset].isalpha():
                where = locate(text, rendered.text_map, offset)
                assert characters(files[where.file], where)[0] == text[offset]


conditions = st.recursive(
    st.sampled_from(["a", "b", "a is defined", "b is undefined", "c == 'x'", "a in ['x', b]", "'x'"]),
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: "({} {} {})".format(*parts)
        ),
        st.tuples(inner, inner, inner).map(lambda parts: "({} if {} else {})".format(*parts)),
        st.tuples(inner, inner).map(lambda parts: "({} | default({}))".format(*parts)),
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=300)
@given(conditions, conditions, st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y", ""])))
def test_who_has_the_required_fields_gets_the_letter(
    first: str, second: str, fields: dict[str, Value]
) -> None:
    source = (
        f".{{% if {first} %}}{{{{ a }}}}{{% elif {second} %}}{{{{ b }}}}{{% else %}}{{{{ c }}}}{{% endif %}}"
    )
    letter = read(f"{source}{{{{ 1 if ({second}) else 2 }}}}{{{{ {first} if a else '' }}}}", "text")
    if letter:
        write(letter, fields)


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[object] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


MARKUP = st.text("*_[]()<>&\"'`#-+1.!\\/:\u202e ab", min_size=1).filter(str.strip)


@settings(deadline=None)
@given(st.one_of(words, MARKUP))
def test_any_value_is_literal(value: str) -> None:
    body = "x **{{ v }}** [{{ v }}](https://x.example) - {{ v }}y"
    plain = render(parse("a.txt", f"\n{body}", {}), {"v": value}).content.text
    assert plain == body.replace("{{ v }}", value) + "\n"
    letter = parse("a.txt", f"Format: markdown\n\n{body}", {})
    content = render(letter, {"v": value}).content
    assert content.text == f"x {value} {value} (https://x.example) - {value}y\n"
    ours, theirs = _Tags(content.html or ""), _Tags(render(letter, {"v": "v"}).content.html or "")
    assert ours.tags == theirs.tags
    assert ours.words == f"x {value} {value} - {value}y\n"
