"""Jinja as letters use it: sandboxed, every token with its offset in the file, output in pieces."""

from collections.abc import Callable, Iterator
from typing import cast

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.lexer import TokenStream
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS

from outreach.errors import Problem, did_you_mean
from outreach.template.filters import FILTERS
from outreach.template.source import Tape

Token = tuple[int, str, str]
"""Offset on the tape, kind, text as written."""

LONGEST = 200
"""Tokens in one {{ ... }} or {% ... %}: what keeps parsing within its depth."""

DEEPEST = 10
"""{% if %} in each other."""

TAGS = ("if", "elif", "else", "endif", "include")
_TAG_HINTS = {
    "for": "letters have no loops: write the lines out, or put the finished text into a prospect field",
    "set": "letters have no variables: put the value into a prospect field",
    "macro": 'letters have no macros: put the text into a file `_name.txt` and {% include "_name.txt" %}',
    "extends": 'put the shared text into a file `_name.txt` and {% include "_name.txt" %}',
    "print": "write {{ field }}",
    "filter": "write {{ field | filter }}",
}
_TAG_HINT = "letters know if, elif, else, endif and include"
_SYNTAX_HINT = "write {{ field }}, {{ field | default('words') }} or {% if field %} ... {% endif %}"


class Missing(StrictUndefined):
    """A field this person lacks: false in a condition, `is defined` is false, an error anywhere else."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


class PieceGenerator(CodeGenerator):
    """Yields each output as one (index, value) pair, so the renderer knows where every piece comes from."""

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802 -- the library calls it so
        for child in node.nodes:
            self.writeline("yield ", child)
            self.visit(child, frame)


class LetterEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox: fields and the filters of FILTERS, and nothing else."""

    code_generator_class = PieceGenerator

    def __init__(self) -> None:
        super().__init__(
            undefined=Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,  # nothing is computed before a person's fields are there
            cache_size=0,
        )
        self.globals = {}
        self.filters = {name: each.call for name, each in FILTERS.items()}
        self.tests = {name: TESTS[name] for name in ("defined", "undefined")}


ENVIRONMENT = LetterEnvironment()


def tokens(source: str, base: int) -> list[Token]:
    """The tokens of a source that starts at offset `base`; a TemplateSyntaxError's `lineno` is an offset."""
    found: list[Token] = []
    cursor = 0
    try:
        for _, kind, text in ENVIRONMENT.lexer.tokeniter(source, None):
            # the lexer covers the source but for the blanks it strips before a tag
            cursor = source.index(text, cursor)
            found.append((base + cursor, kind, text))
            cursor += len(text)
    except TemplateSyntaxError as exc:
        raise TemplateSyntaxError(exc.message or "", base + min(cursor, len(source) - 1)) from exc
    return list(_with_line_ends(found))


def _with_line_ends(stream: list[Token]) -> Iterator[Token]:
    """The tokens with the line break behind a tag that has words before it on its line.

    Jinja drops the break behind every tag. That is meant for lines of tags alone: behind words it would join two
    paragraphs.
    """
    words = False
    for at, kind, text in stream:
        if kind in ("block_end", "comment_end") and text.endswith("\n"):
            wanted = words and not text.startswith("-")  # -%} asks to join
            yield at, kind, text.removesuffix("\n") if wanted else text
            if wanted:
                yield at + len(text) - 1, "data", "\n"
            words = False
            continue
        yield at, kind, text
        if kind == "data":
            words = bool(text.rpartition("\n")[2].strip()) or (words and "\n" not in text)
        elif kind == "variable_begin":
            words = True


def _tags(stream: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each opening `{{` or `{%` with the tokens up to its end, blanks left out."""
    opening, inside = None, list[Token]()
    for token in stream:
        if token[1] in ("variable_begin", "block_begin"):
            opening, inside = token, []
        elif token[1] in ("variable_end", "block_end") and opening:
            yield opening, inside
            opening = None
        elif opening and token[1] != "whitespace":
            inside.append(token)


def _tag_problems(stream: list[Token], tape: Tape) -> Iterator[Problem]:
    """Tags that letters do not have, ifs that do not close, and expressions without end."""
    open_ifs: list[int] = []
    refused: set[str] = set()
    for (at, kind, _), inside in _tags(stream):
        tag = inside[0][2] if inside and inside[0][1] == "name" else ""
        if len(inside) > LONGEST:
            yield Problem(tape.where(at), "this expression is too long", "write it in several")
        if kind == "variable_begin" or (tag.startswith("end") and tag[3:] in refused):
            continue
        if tag not in TAGS:
            refused.add(tag)
            guess = did_you_mean(tag, TAGS) if tag not in _TAG_HINTS else ""
            message = f"letters have no {{% {tag} %}}{guess}" if tag else "an empty tag {% %}"
            yield Problem(tape.where(at), message, _TAG_HINTS.get(tag, _TAG_HINT))
        elif tag == "if":
            open_ifs.append(at)
            if len(open_ifs) == DEEPEST + 1:
                yield Problem(
                    tape.where(at), f"more than {DEEPEST} {{% if %}} in each other", "write it flat"
                )
        elif tag != "include" and not open_ifs:
            yield Problem(tape.where(at), f"there is no {{% if %}} for this {{% {tag} %}}", "delete it")
        elif tag == "endif":
            open_ifs.pop()
    for at in open_ifs[:1]:
        yield Problem(tape.where(at), "this {% if %} has no {% endif %}", "write {% endif %} where it ends")


class _LetterParser(Parser):
    """Jinja's parser over our tokens: every node's `lineno` is an offset on the tape."""

    def __init__(self, stream: list[Token]) -> None:
        super().__init__(ENVIRONMENT, "")
        self.stream = TokenStream(ENVIRONMENT.lexer.wrap(stream), None, None)


def parse(source: str, base: int, tape: Tape) -> tuple[nodes.Template, list[Token], list[Problem]]:
    """The tree of a source at offset `base`, its tokens, and what is wrong. RecursionError if too deep."""
    stream: list[Token] = []
    try:
        stream = tokens(source, base)
        problems = list(_tag_problems(stream, tape))
        tree = _LetterParser(stream).parse() if not problems else nodes.Template([])
    except TemplateSyntaxError as exc:
        message = (
            (exc.message or "")
            .replace("end of print statement", "}}")
            .replace("end of statement block", "%}")
        )
        tree, problems = nodes.Template([]), [Problem(tape.where(exc.lineno), message, _SYNTAX_HINT)]
    except ValueError:  # Python reads no number of more than 4,300 digits
        tree, problems = nodes.Template([]), [Problem(tape.where(base), "a number is too long", _SYNTAX_HINT)]
    return tree, stream, problems


Root = Callable[..., Iterator[tuple[int, object]]]


def compile_root(tree: nodes.Template) -> tuple[Root, Callable[[int], int]]:
    """The tree as a generator function of a context, and a map from its Python lines to offsets on the tape.

    RecursionError, MemoryError or SyntaxError when it is nested deeper than Python allows.
    """
    tree.set_environment(ENVIRONMENT)
    template = ENVIRONMENT.template_class.from_code(ENVIRONMENT, ENVIRONMENT.compile(tree), {})
    return cast(Root, template.root_render_func), template.get_corresponding_lineno
