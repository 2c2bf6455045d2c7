"""Letters: no file and no value takes more than a moment or gets out of the sandbox."""

import pytest

from outreach.errors import InputError
from outreach.template import RenderError, parse, render
from outreach.template.filters import OUTPUT
from outreach.template.source import LIMIT

FAN = {f"_{n}.txt": f'{{% include "_{n + 1}.txt" %}}' * 20 for n in range(7)} | {"_7.txt": "x"}


@pytest.mark.parametrize(
    "body",
    [
        "x" * (LIMIT + 1),
        "{{ 'a' * 10**9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ a | center(10**8) }}",
        "{{ range(10**9) | join }}",
        "{% for a in range(10**9) %}{% for b in range(10**9) %}x{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ " + "(" * 20_000 + "a" + ")" * 20_000 + " }}",
        "{{ " + "(" * 95 + "a" + ")" * 95 + " }}",
        "{{ a" + "|upper" * 9_000 + " }}",
        "{% if a %}" * 3_000 + "{% endif %}" * 3_000,
        "{% if a %}" + "{% elif a %}" * 5_000 + "{% endif %}",
        "{{ " + "9" * 5_000 + " }}",
        '{% include "_0.txt" %}',
        "{" * LIMIT,
        "{{ a.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ a | attr('__class__') }}",
        "{{ lipsum.__globals__ }}",
        "{{ self.__init__ }}",
        "{{ cycler.__init__ }}",
        "{{ '{0.__class__}'.format(a) }}",
    ],
)
def test_a_file_that_goes_too_far_is_refused(body: str) -> None:
    with pytest.raises(InputError):
        parse("a.txt", "\n" + body, FAN)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_letter_that_grows_too_long_is_refused(form: str) -> None:
    long = parse("a.txt", f"Format: {form}\n\n" + "{{ a }}" * 1_000, {})
    with pytest.raises(RenderError, match=f"longer than {OUTPUT}"):
        render(long, {"a": "a" * 500})


def test_a_filter_makes_nothing_longer_than_a_letter() -> None:
    body = "{{ a | replace('a', '" + "b" * 1_000 + "') | replace('b', '" + "c" * 1_000 + "') }}"
    with pytest.raises(RenderError, match=f"`replace` makes more than {OUTPUT}"):
        render(parse("a.txt", "\n" + body, {}), {"a": "a" * 100})


def test_html_counts_too() -> None:
    with pytest.raises(RenderError, match="longer"):
        render(parse("a.txt", "Format: markdown\n\n{{ a }}", {}), {"a": '"' * 100_000})


@pytest.mark.parametrize(
    "body",
    [
        *("*" * 60_000, "*a " * 20_000, "a**b" * 15_000, "*a_ " * 15_000, "\\*" * 30_000, "<a:" * 20_000),
        *("[" * 199 + "]" * 30_000, "[a](" + "(" * 60_000, "- a\n" * 15_000, "[*a " * 199),
    ],
)
def test_hostile_markdown_is_laid_out_in_time(body: str) -> None:
    assert render(parse("a.txt", "Format: markdown\n\n" + body, {}), {}).content.text


@pytest.mark.parametrize("body", ["[" * 60_000, "- " * 30_000, "[a](b" * 500])
def test_markdown_beyond_measure_is_refused(body: str) -> None:
    with pytest.raises(InputError):
        parse("a.txt", "Format: markdown\n\n" + body, {})


def test_a_letter_sees_its_fields_and_nothing_else() -> None:
    names = ["range", "lipsum", "dict", "cycler", "joiner", "namespace", "environment", "context", "loop"]
    found = parse("a.txt", "\n" + "".join(f"{{{{ {name} | default('-') }}}}" for name in names), {})
    assert render(found, {}).content.text == "-" * len(names) + "\n"
