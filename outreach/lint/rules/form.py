"""Form: capitals, exclamation marks, prices and percents in the text; colours, sizes, hidden text in HTML."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.markup import Markup, read
from outreach.lint.markup.style import saturation
from outreach.lint.rule import Rule

SHOUTING = Rule("FMT201", "shouted-letter", Level.ERROR, points=5)
SHOUT = Rule("FMT202", "shouted-words", Level.WARNING, points=2)
MARKS = Rule("FMT203", "exclamation-marks", Level.WARNING, points=2)
COLOURS = Rule("FMT204", "many-colours", Level.WARNING)
SIZES = Rule("FMT205", "font-sizes", Level.WARNING)
HIDDEN = Rule("FMT206", "hidden-text", Level.ERROR, points=3)
BOLD = Rule("FMT207", "much-bold", Level.WARNING)
FACES = Rule("FMT208", "many-fonts", Level.INFO)
PARTS = Rule("FMT209", "text-unlike-html", Level.WARNING, points=1)
HEAVY = Rule("FMT210", "heavy-html", Level.WARNING)
PERCENTS = Rule("FMT211", "percent-marks", Level.INFO, craft=False)
MONEY = Rule("FMT212", "money-marks", Level.INFO, craft=False)
RULES = (
    *(SHOUTING, SHOUT, MARKS, COLOURS, SIZES, HIDDEN),
    *(BOLD, FACES, PARTS, HEAVY, PERCENTS, MONEY),
)

_CAPITALS = "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper())  # Latin, Greek, Cyrillic
_SHOUTED = re.compile(rf"[{_CAPITALS}](?<![^\W_].)(?<!----.)[{_CAPITALS}]*+(?![^\W_])")
_LOUD = re.compile(f"[{_CAPITALS}]" * 3)
_SAME_SHOUT = re.compile(r" {1,3}|\n| ?[&!'’–—-] ?")
_ACRONYM = 4  # letters
_SENTENCE_STARTS = re.compile(r"(?:^|[.!?…:\n])[\s\"'«“„*_-]*$")

_MARKS = re.compile(r"[!?！？](?:(?<![<#\[(=!?！？].)[!?！？]*+(?![\w=\[(/\\])|(?<=[！？])[！？]*+)")
_PERCENT = re.compile(r"\d ?[%％]")
_MONEY_SIGNS = "$€£¥￥₽₸₮₴₺₹"
_MONEY_WORDS = ("USD", "EUR", "GBP", "KZT", "RUB", "CNY", "MNT", "руб", "тенге", "тг", "元")
_CODES = "|".join(_MONEY_WORDS)
# Its first character alone comes first, so that the search skips all other ones quickly.
_MONEY = re.compile(
    rf"[\d{_MONEY_SIGNS}{''.join(word[0] for word in _MONEY_WORDS)}](?:(?<=\d) ?(?:[{_MONEY_SIGNS}]|{_CODES})|"
    rf"(?:(?<=[{_MONEY_SIGNS}])|{'|'.join(f'(?<={word[0]}){word[1:]}' for word in _MONEY_WORDS)}) ?\d)"
)
_PER_MARK = 0.3  # points of one percent or money mark in a hundred words
_MOST = 1.5  # points of all of them

_SHOWN = 3  # findings of one kind that are told one by one
_WORD = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\\W_]+")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]{1,2000}")
_KILOBYTE = 1000
_CLIPPED = 102  # kilobytes after which Gmail cuts a letter off


class Shout(NamedTuple):
    """Words in capitals in a row, [start, end): how many, how many longer than an acronym, their letters."""

    start: int
    end: int
    words: int
    long: int
    letters: int

    @property
    def loud(self) -> bool:
        """Is it more than acronyms side by side?"""
        return self.long > 0 or (self.words >= 4 and self.letters >= 3 * self.words)

    @property
    def phrase(self) -> bool:
        """Is it more than a name in capitals ("NORTHWIND GMBH")?"""
        return self.loud and (self.long >= 2 or self.words >= 3)


def shouts(text: str) -> list[Shout]:
    """The words in capitals of a text, those that stand side by side together; acronyms alone are there too.

    None where no word of three letters is in capitals. A script without case has none.
    """
    found: list[Shout] = []
    if not _LOUD.search(text):
        return found
    for hit in _SHOUTED.finditer(text):
        start, end = hit.span()
        letters = end - start
        new = Shout(start, end, 1, int(letters > _ACRONYM), letters)
        before = found[-1] if found else None
        if before and start - before.end <= 3 and _SAME_SHOUT.fullmatch(text, before.end, start):
            new = Shout(
                before.start, end, before.words + 1, before.long + new.long, before.letters + new.letters
            )
            found.pop()
        found.append(new)
    return found


def marks(text: str) -> list[re.Match[str]]:
    """Exclamation and question marks of a text, those in a row together; not those of code and addresses."""
    return list(_MARKS.finditer(text))


def one_of(run: str) -> str:
    """The one mark that says what several in a row do."""
    return "?" if "?" in run else "？" if "？" in run else run[0]


def check(copy: Copy) -> Iterator[Finding]:
    """The findings about a letter's form."""
    text = _own(copy)
    yield from _capitals(text)
    if "!" in text or "！" in text:
        yield from _exclamations(copy, text)
    if "%" in text or "％" in text:
        yield from _counted(PERCENTS, "percent marks", _PERCENT, copy, text)
    if any(map(text.__contains__, (*_MONEY_SIGNS, *_MONEY_WORDS))):
        yield from _counted(MONEY, "sums of money", _MONEY, copy, text)
    if copy.html is not None:
        markup = read(copy.html)
        for part in (_colours, _sizes, _hidden, _bold, _faces):
            yield from part(markup)
        yield from _parts(copy, markup)
        yield from _weight(markup)


def _own(copy: Copy) -> str:
    """The letter's own words at their own places: no signature, blanks where other mail is quoted."""
    text = copy.text[: copy.signature]
    pieces, at = [], 0
    for start, end in copy.quoted:
        pieces += [text[at:start], " " * (min(end, len(text)) - start)]
        at = end
    return "".join((*pieces, text[at:])) if pieces else text


def _capitals(text: str) -> Iterator[Finding]:
    loud = [shout for shout in shouts(text) if shout.loud]
    capitals = sum(shout.letters for shout in loud)
    phrases = [shout for shout in loud if shout.phrase]
    if capitals >= 20 and phrases:
        share = capitals / sum(map(str.isalpha, text))
        if share >= 0.15:
            severe = share >= 0.25
            yield SHOUTING.found(
                f"{share:.0%} of the letters stand in words of capitals",
                start=phrases[0].start,
                end=phrases[0].end,
                level=Level.ERROR if severe else Level.WARNING,
                points=5 if severe else 3,
                hint="write as you would speak: capitals for names and the first word only",
            )
    for number, (start, end, *_) in enumerate(phrases[:_SHOWN]):
        said = text[start:end]
        opens = _SENTENCE_STARTS.search(text, max(0, start - 20), start)
        yield SHOUT.found(
            f"{said[:60]!r} is shouted",
            start=start,
            end=end,
            rewrite=said.capitalize() if opens else said.lower(),
            points=0.5 if number else None,
        )


def _exclamations(copy: Copy, text: str) -> Iterator[Finding]:
    """An exclamation mark in the greeting is good manners in many languages and does not count."""
    greeting = copy.greeting.end if copy.greeting else 0
    hits = [hit for hit in marks(text) if "!" in hit[0] or "！" in hit[0]]
    hits = [hit for hit in hits if hit.end() > greeting or len(hit[0]) > 1]
    count = sum(hit[0].count("!") + hit[0].count("！") for hit in hits)
    dense = count >= 3 and count * 100 >= 2 * copy.words
    second = hits[1] if len(hits) > 1 else None  # it stands for them all
    if second:
        doubled = len(second[0]) > 1
        yield MARKS.found(
            f"{count} exclamation marks in {copy.words} words",
            start=second.start(),
            end=second.end(),
            level=Level.ERROR if dense or doubled else Level.WARNING,
            points=4 if dense else 1.5,
            hint="end the sentence with a full stop",
            fix=one_of(second[0]) if doubled else None,
        )
    rows = (hit for hit in hits if len(hit[0]) > 1 and hit is not second)
    for number, hit in enumerate(rows):
        yield MARKS.found(
            f"{hit[0][:20]!r}: one mark is enough",
            start=hit.start(),
            end=hit.end(),
            level=Level.ERROR,
            points=0 if number or second else 3,
            hint=f"write {one_of(hit[0])} or a full stop",
            fix=one_of(hit[0]),
        )


def _counted(rule: Rule, what: str, pattern: re.Pattern[str], copy: Copy, text: str) -> Iterator[Finding]:
    """Prices and percents: frequent in business mail, so they weigh little, and by their share of the words."""
    hits = list(pattern.finditer(text))
    if len(hits) >= 2:
        points = min(_MOST, _PER_MARK * len(hits) * 100 / max(50, copy.words))
        message = f"{len(hits)} {what} in {copy.words} words"
        yield rule.found(message, start=hits[1].start(), end=hits[1].end(), points=round(points, 2))


def _colours(markup: Markup) -> Iterator[Finding]:
    bright = [
        share for colour, share in markup.colours.items() if max(colour) > 80 and saturation(colour) > 0.25
    ]
    if len(bright) > 2:
        yield COLOURS.found(f"{len(bright)} text colours besides black and grey", "html", *bright[2][1:])
    for colour, share in markup.grounds.items():
        if max(colour) >= 200 and saturation(colour) >= 0.6 and share.letters * 4 >= markup.letters:
            message = f"text on a bright background, #{bytes(colour).hex()}"
            yield COLOURS.found(message, "html", *share[1:], level=Level.ERROR)


def _sizes(markup: Markup) -> Iterator[Finding]:
    large = next((item for item in markup.sizes.items() if item[0] >= 18), None)
    small = next((item for item in markup.sizes.items() if item[0] < 10), None)
    if large:
        yield SIZES.found(f"text of {large[0]:g} px, a headline's size", "html", *large[1][1:], points=2)
    if small:
        yield SIZES.found(f"text of {small[0]:g} px is hard to read", "html", *small[1][1:], points=1)
    if len(markup.sizes) > 2:
        third = list(markup.sizes.values())[2]
        yield SIZES.found(f"{len(markup.sizes)} font sizes", "html", *third[1:])


def _hidden(markup: Markup) -> Iterator[Finding]:
    first = min((share.start for share in markup.sizes.values()), default=0)
    for number, (how, text, start, end) in enumerate(markup.hidden[:_SHOWN]):
        said = " ".join(text.split())[:60]
        if end <= first:  # what an inbox shows behind the subject
            yield HIDDEN.found(
                f"a hidden preview line: {said!r}", "html", start, end, level=Level.INFO, points=0
            )
        else:
            points = 0 if number else None
            yield HIDDEN.found(f"hidden text ({how}): {said!r}", "html", start, end, points=points)
    for ratio, faint in markup.faint[:_SHOWN]:
        level, weight = (Level.ERROR, 3.0) if ratio < 1.5 else (Level.WARNING, 0.0)
        message = f"text that its background nearly swallows (contrast {ratio:g}, 4.5 is readable)"
        yield HIDDEN.found(message, "html", *faint[1:], level=level, points=weight)


def _bold(markup: Markup) -> Iterator[Finding]:
    share = markup.bold_letters / max(1, markup.letters)
    if share > 0.15 or len(markup.bold) > 4:
        last = markup.bold[min(4, len(markup.bold) - 1)]
        yield BOLD.found(f"{share:.0%} of the text is bold, in {len(markup.bold)} places", "html", *last[1:])


def _faces(markup: Markup) -> Iterator[Finding]:
    if len(markup.faces) > 1:
        names = list(markup.faces)
        yield FACES.found(f"{len(names)} fonts: {', '.join(names[:4])}", "html", *markup.faces[names[1]][1:])


def _parts(copy: Copy, markup: Markup) -> Iterator[Finding]:
    """Both parts should say the same; link addresses stand in one of them only."""
    if not copy.text.strip():
        yield PARTS.found("HTML without a text part", "html", points=1.5)
        return
    text = set(_WORD.findall(_LINK.sub(" ", copy.text).lower()))
    html = set(_WORD.findall(_LINK.sub(" ", markup.text).lower()))
    shared = len(text & html)
    if min(len(text), len(html)) >= 5 and shared < 0.6 * max(len(text), len(html)):
        share = shared / max(len(text), len(html))
        yield PARTS.found(f"text and HTML share only {share:.0%} of their words", "html")


def _weight(markup: Markup) -> Iterator[Finding]:
    size = markup.size / _KILOBYTE
    if size > 80:
        level = Level.ERROR if size > _CLIPPED else Level.WARNING
        yield HEAVY.found(
            f"{size:.0f} KB of HTML; Gmail cuts off after about {_CLIPPED}", "html", level=level
        )
