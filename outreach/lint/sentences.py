"""Where sentences end, in the languages that letters are written in."""

import re
from collections.abc import Iterator

# A mark, a full-width mark, a line break; said first, so that the search skips all other characters quickly.
_END = re.compile(
    r"[.!?…。！？\n](?:(?<=[.!?…])[.!?…]{0,7}[\"'”»)\]]{0,4}(?=\s|$)|(?<=[。！？])[。！？]{0,7}[」』”）]{0,4}"
    r"|(?<=\n)(?:\s*\n|(?=[ \t]*(?:[-*•·–—]|\d{1,2}[.)])\s)))"
)
_WORDED = re.compile(r"[^\W_]")
# What a dot ends that is no sentence: initials, and words cut short that something always follows.
_ABBREVIATION = re.compile(
    r"(?<![^\W_])(?:[A-ZА-ЯӘҒҚҢӨҰҮ]|[zdiuov]|(?<!\.)[а-яәғқңөұү]|Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Nr|Ltd|Inc|Co|Corp|Ave|approx|vs"
    r"|bzw|ca|inkl|ggf|evtl|Str|Tel|tel|Hr|Fa|Mme|Mlle|Sr|Sra|Srta|Ud|Uds|Av|núm|Sig|Dott|Ing|Exmo|np|ul|nr|tys"
    r"|Cad|Sok|Mah|ул|пр|стр|кв|оф|им|тел|руб|тыс|млн|млрд|вул|тис|грн|көш|тг)\.$"
)
_FIGURES = re.compile(r"(?<![\w.])\d{1,2}\.$")
_ORDINALS = ("de", "pl", "tr", "mn", "kk")  # languages that write "am 12. Mai"
_ABBREVIATED = 12  # characters before a dot that are looked at


def sentences(text: str, start: int, end: int, tongue: str) -> Iterator[tuple[int, int]]:
    """The sentences of text [start, end), trimmed, as [start, end) of the text.

    Paragraphs and items of lists end them too. A dot before a small letter, and one of an abbreviation, does not.
    """
    begin = start
    for hit in _END.finditer(text, start, end):
        if text[hit.start()] in ".…" and _goes_on(text, begin, hit, end, tongue):
            continue
        if _WORDED.search(text, begin, hit.end()):
            yield trimmed(text, begin, hit.end())
        begin = hit.end()
    if _WORDED.search(text, begin, end):
        yield trimmed(text, begin, end)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) without the white space at its ends."""
    said = text[start:end]
    start += len(said) - len(said.lstrip())
    return start, start + len(said.strip())


def _goes_on(text: str, begin: int, dot: re.Match[str], end: int, tongue: str) -> bool:
    """Whether the sentence goes on behind a dot."""
    after = text[dot.end() : min(end, dot.end() + 4)]
    if not after.strip() or "\n\n" in after:
        return False
    if after.lstrip()[0].islower():
        return True
    before = text[max(begin, dot.start() - _ABBREVIATED) : dot.start() + 1]
    if _FIGURES.search(before):
        return tongue in _ORDINALS or not text[begin : dot.start()].strip(" \t\n0123456789")
    return bool(_ABBREVIATION.search(before))
