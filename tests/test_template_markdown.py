"""Markdown letters: one source, two parts, and values that stay values."""

import pytest

from outreach.errors import InputError
from outreach.model import Content, Value
from outreach.template import RenderError, parse, render

EVIL = '**Bold** <b>[x](http://evil.example)</b> & "q"\n# head'


def content(body: str, **fields: Value) -> Content:
    return render(parse("a.txt", "Format: markdown\n\n" + body, {}), fields).content


@pytest.mark.parametrize(
    ("body", "text", "html"),
    [
        ("a **b** *c* d", "a b c d\n", "<p>a <strong>b</strong> <em>c</em> d</p>\n"),
        ("a\nb  \nc\\\nd", "a\nb\nc\nd\n", "<p>a<br>\nb<br>\nc<br>\nd</p>\n"),
        ("a\n\n\nb", "a\n\nb\n", "<p>a</p>\n<p>b</p>\n"),
        (
            "We:\n\n* a\n* b\n\nBye",
            "We:\n\n- a\n- b\n\nBye\n",
            "<p>We:</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>Bye</p>\n",
        ),
        (
            "3. a\n   b\n4. c",
            "3. a\n   b\n4. c\n",
            '<ol start="3">\n<li>a<br>\nb</li>\n<li>c</li>\n</ol>\n',
        ),
        (
            "- a\n  - b\n\n  c",
            "- a\n  - b\n\n  c\n",
            "<ul>\n<li>\n<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n<p>c</p>\n</li>\n</ul>\n",
        ),
        (
            "[our site](https://x.example/a?b=c&d)",
            "our site (https://x.example/a?b=c&d)\n",
            '<p><a href="https://x.example/a?b=c&amp;d">our site</a></p>\n',
        ),
        (
            "<https://x.example> <ann@x.example>",
            "https://x.example ann@x.example\n",
            '<p><a href="https://x.example">https://x.example</a> '
            '<a href="mailto:ann@x.example">ann@x.example</a></p>\n',
        ),
        (
            "[https://x.example](https://x.example) [Ann](mailto:ann@x.example)",
            "https://x.example Ann (ann@x.example)\n",
            '<p><a href="https://x.example">https://x.example</a> <a href="mailto:ann@x.example">Ann</a></p>\n',
        ),
        (r"\*a\* \x", "*a* \\x\n", "<p>*a* \\x</p>\n"),
        (
            "<b>x</b> &copy; `c`\n---\n> q\n\n    code",
            "<b>x</b> &copy; `c`\n---\n> q\n\ncode\n",
            "<p>&lt;b&gt;x&lt;/b&gt; &amp;copy; `c`<br>\n---<br>\n&gt; q</p>\n<p>code</p>\n",
        ),
    ],
)
def test_text_and_html_come_from_one_source(body: str, text: str, html: str) -> None:
    assert content(body) == Content(None, text, html)


def test_values_are_literal_in_both_parts() -> None:
    got = content("- **{{ v }}** and [{{ v }}](https://x.example) _{{ v }}_", v=EVIL)
    escaped = "**Bold** &lt;b&gt;[x](http://evil.example)&lt;/b&gt; &amp; &quot;q&quot;<br>\n# head"
    assert got.text == f"- {EVIL} and {EVIL} (https://x.example) {EVIL}\n"
    assert got.html == (
        f"<ul>\n<li><strong>{escaped}</strong> and "
        f'<a href="https://x.example">{escaped}</a> <em>{escaped}</em></li>\n</ul>\n'
    )


def test_a_value_is_not_the_start_of_a_list_or_paragraph() -> None:
    assert content("{{ a }}\n{{ b }}", a="- x", b="\n\n1. y").html == "<p>- x<br>\n<br>\n<br>\n1. y</p>\n"


def test_a_value_may_be_a_links_address_or_a_part_of_it() -> None:
    got = content(
        "[{{ site }}]({{ site }}) [plan](https://x.example/?for={{ company }}) [w](mailto:{{ mail }})",
        site="https://acme.example/a?b=c&d",
        company="A&B/<c> d",
        mail="bob@acme.example",
    )
    assert got.text == (
        "https://acme.example/a?b=c&d plan (https://x.example/?for=A%26B/%3Cc%3E%20d) w (bob@acme.example)\n"
    )
    assert got.html is not None
    assert 'href="https://acme.example/a?b=c&amp;d"' in got.html
    assert 'href="https://x.example/?for=A%26B/%3Cc%3E%20d"' in got.html
    assert 'href="mailto:bob@acme.example"' in got.html


def test_a_part_of_an_address_cannot_change_the_host() -> None:
    assert (
        "https://ours.example%40evil.example"
        in content("[a](https://ours.example{{ v }})", v="@evil.example").text
    )


@pytest.mark.parametrize("value", ["javascript:alert(1)", "data:text/html,x", "acme.example", "https://a b"])
def test_a_value_that_is_no_web_address_is_no_link(value: str) -> None:
    with pytest.raises(RenderError, match=r"a\.txt:3:9: .* is not a web address"):
        content("Go [on]({{ v }})", v=value)


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ("Hi\n\n# Offer", "5:1", "a letter has no headings"),
        ("Hi ![x](https://x.example/a.png)", "3:4", "a letter has no images"),
        ("Hi [x](javascript:alert)", "3:4", "`javascript:alert` is not a web address"),
        ("Hi [x](www.x.example)", "3:4", "`www.x.example` is not a web address"),
        ("Hi <ftp://x.example>", "3:4", "`ftp://x.example` is not a web address"),
        ("Hi [x](https://x.example 'y')", "3:4", "a letter's links have no titles"),
        (
            "{% if a %}\nHi\n{% else %}\n[x](foo:{{ b }})\n{% endif %}",
            "6:1",
            "`foo:{{ b }}` is not a web address",
        ),
    ],
)
def test_what_a_letter_has_not_is_refused_with_its_place(body: str, place: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        content(body)
    assert [str(each).splitlines()[0] for each in caught.value.problems] == [f"a.txt:{place}: {message}"]


def test_branches_lay_out_on_their_own() -> None:
    body = "{% if a %}\n- {{ a }}\n{% else %}\n1. none\n{% endif %}"
    assert content(body, a="x").html == "<ul>\n<li>x</li>\n</ul>\n"
    assert content(body).html == "<ol>\n<li>none</li>\n</ol>\n"


def test_the_subject_knows_no_markdown() -> None:
    letter = parse("a.txt", "Subject: *{{ a }}*\nFormat: markdown\n\nHi", {})
    assert render(letter, {"a": "**x**"}).content.subject == "***x***"
