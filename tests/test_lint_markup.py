"""The HTML of a letter is read as its reader sees it, whatever was written, and every place leads back to it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lint.markup import Anchor, Hidden, Markup, Picture, Share, read


def test_what_is_read_stands_in_lines_as_a_mail_program_shows_them() -> None:
    html = "<style>p{color:red}</style><p>Hello&nbsp;Anna,</p>\n<p>we  fit<br>shelving &amp; rails.<!-- x -->"
    assert read(html).text.split("\n") == ["Hello Anna,", "we fit", "shelving & rails."]


def test_a_link_is_known_by_target_text_and_place() -> None:
    html = "<p>See <a class=x href='https://firm.example/a?b=1&amp;c=2'>our <b>range</b></a>.</p>"
    (anchor,) = read(html).anchors
    assert anchor.href == "https://firm.example/a?b=1&c=2"
    assert anchor.shown == "our range"
    assert html[anchor.start : anchor.end] == html[html.index("<a") : html.index("</a>") + 4]


def test_a_link_that_is_never_closed_ends_where_the_next_begins() -> None:
    first, second = read('<a href="https://one.example">one<a href="https://two.example">two').anchors
    assert (first.shown, second.shown) == ("one", "two")


def test_a_picture_is_known_by_source_words_and_size() -> None:
    html = (
        '<img src="a.png" alt="Our range" width="120" style="height: 40px"><img src=o.gif width=1 height=1>'
    )
    logo, pixel = read(html).pictures
    assert (logo.src, logo.alt, logo.area, logo.pixel) == ("a.png", "Our range", 4800, False)
    assert (pixel.alt, pixel.pixel) == (None, True)
    assert html[pixel.start : pixel.end] == "<img src=o.gif width=1 height=1>"


@pytest.mark.parametrize(
    "html",
    [
        '<div style="display:none">secret</div>',
        '<div style="DISPLAY : none !important">secret</div>',
        "<p hidden>secret</p>",
        '<span style="visibility:hidden">secret</span>',
        '<span style="opacity:0">secret</span>',
        '<span style="font-size:0">secret</span>',
        '<span style="font:bold 1px Arial">secret</span>',
        '<span style="color:#fff">secret</span>',
        '<div style="background:#123456"><font color="#123456">secret</font></div>',
        '<table bgcolor=black><tr><td><span style="color:rgb(0, 0, 0)">secret</span></td></tr></table>',
        '<div style="max-height:0;overflow:hidden">secret</div>',
        '<p style="text-indent:-9999px">secret</p>',
        '<p style="display&#58;none">secret</p>',
        '<p style="color:rgba(0,0,0,0)">secret</p>',
        '<div style="display:none"><p style="display:block">secret</p></div>',
    ],
)
def test_hidden_text_is_found_and_not_read(html: str) -> None:
    markup = read(f"<p>Hello Anna</p>{html}<p>goodbye</p>")
    assert [hidden.text for hidden in markup.hidden] == ["secret"]
    assert markup.text == "Hello Anna\ngoodbye"


@pytest.mark.parametrize(
    "html",
    [
        '<td style="font-size:0"><span style="font-size:14px">seen</span></td>',
        '<div style="background-color:#000"><p style="color:white">seen</p></div>',
        '<div style="background:url(x.png)"><p style="color:white">seen</p></div>',
        '<div style="background:#000 url(x.png)"><p style="color:white">seen</p></div>',
        '<div style="overflow:hidden;height:100px">seen</div>',
        '<div style="display:none">\u200b&nbsp;&zwnj;</div>seen',
        '<div style="opacity:0.9">seen</div>',
        '<div style="color:white"><a href="https://firm.example">seen</a></div>',
        '<div style="display:none"></div>seen',
    ],
)
def test_what_a_reader_sees_is_not_taken_for_hidden(html: str) -> None:
    markup = read(html)
    assert markup.hidden == ()
    assert markup.text == "seen"


@pytest.mark.parametrize(
    ("html", "size"),
    [
        ('<p style="font-size:18px">x</p>', 18),
        ('<p style="font-size:12pt">x</p>', 16),
        ('<p style="font-size:20px"><b style="font-size:.5em">x</b></p>', 10),
        ('<p style="font-size:20px"><b style="font-size:150%">x</b></p>', 30),
        ('<font size="5">x</font>', 24),
        ("<font size=+1>x</font>", 18),
        ('<p style="font: italic bold 14px/1.5 Arial">x</p>', 14),
        ("<h1>x</h1>", 32),
        ("<p>x</p>", 16),
    ],
)
def test_a_size_is_told_in_pixels(html: str, size: float) -> None:
    assert list(read(html).sizes) == [size]


def test_looks_are_weighed_by_their_letters_and_placed() -> None:
    html = "<p style='color:#c00;font-family:Arial,sans-serif'>red <b>bold</b></p><p><a href=x>link</a> black</p>"
    markup = read(html)
    assert {colour: share.letters for colour, share in markup.colours.items()} == {
        (204, 0, 0): 7,
        (0, 0, 0): 5,
    }
    assert list(markup.faces) == ["arial"]
    (bold,) = markup.bold
    assert html[bold.start : bold.end] == "bold"
    assert (markup.bold_letters, markup.letters) == (4, 16)


def test_a_paragraph_ends_the_one_before_and_its_looks() -> None:
    markup = read('<p style="color:red">one<p>two<li style="font-size:20px">three<li>four')
    assert markup.colours[0, 0, 0].letters == len("twothreefour")
    assert markup.sizes[16.0].letters == len("onetwofour")


def test_faint_text_is_told_with_its_contrast() -> None:
    ((ratio, share),) = read('<p>seen</p><p style="color:#bbbbbb">faint</p>').faint
    assert ratio == pytest.approx(1.92, abs=0.01)  # by the formula of WCAG 2.2
    assert share.letters == 5


def test_the_size_is_in_bytes() -> None:
    assert read("<p>Привет</p>").size == 7 + 12


HOSTILE = {
    "open tags": "<b>" * 66_000,
    "closed in vain": "<b>x" * 30_000 + "</i>" * 20_000,
    "no end of a tag": "<a " * 66_000,
    "quotes": '<a ="' * 40_000,
    "comments": "<!--" * 50_000,
    "a comment of dashes": "<!--" + "-" * 200_000,
    "styles": "<style>" * 28_000,
    "almost closed": "<style><" + "</styl" * 30_000,
    "links": "<a href=x>y" * 18_000,
    "declarations": '<p style="' + "color:red;" * 20_000 + '">x',
    "a long font": '<p style="font:' + "a " * 100_000 + '">x',
    "blank attributes": "<a x" + " " * 200_000 + ">",
    "equal signs": "<a " + "= " * 100_000,
    "hidden pieces": "<p hidden>" + "x<b>y" * 40_000,
    "entities": "&" * 200_000,
    "half characters": "\ud800<b>\udfff" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_is_read_at_once(name: str) -> None:
    markup = read(HOSTILE[name])
    assert isinstance(markup, Markup)
    assert markup.size >= len(HOSTILE[name])


PIECES = st.sampled_from(
    [
        "<",
        ">",
        "</",
        "<a href='",
        "'",
        '"',
        "=",
        " style=",
        "color:#fff",
        "<p",
        "<b>",
        "</b>",
        "-->",
        "<!--",
        "&amp",
        "x",
        "\n",
    ]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join))
def test_any_string_is_read_and_every_place_lies_in_it(html: str) -> None:
    markup = read(html)
    groups: tuple[Sequence[Anchor | Picture | Hidden | Share], ...]
    groups = (markup.anchors, markup.pictures, markup.hidden, markup.bold)
    places = [(piece.start, piece.end) for group in groups for piece in group]
    assert all(0 <= start <= end <= len(html) for start, end in places)
    assert markup.letters >= markup.bold_letters
