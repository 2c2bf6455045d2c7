"""The subject: there, short, concrete, in an ordinary voice, and no false reply."""

import re
from collections.abc import Iterator

from outreach import data
from outreach.compose import false_reply
from outreach.lint.copy import WORD, Copy, words_in
from outreach.lint.finding import Finding, Level
from outreach.lint.language import words
from outreach.lint.normal import fold
from outreach.lint.rule import Rule
from outreach.lint.rules.form import Shout, marks, one_of, shouts

EMPTY = Rule("SUB001", "empty-subject", Level.ERROR, points=2, gate=True)
LONG = Rule("SUB002", "long-subject", Level.WARNING)
VAGUE = Rule("SUB003", "vague-subject", Level.INFO)
SHOUTED = Rule("SUB004", "shouted-subject", Level.ERROR, points=4)
MARKED = Rule("SUB005", "subject-exclamation", Level.WARNING, points=2)
REPLY = Rule("SUB006", "false-reply", Level.ERROR, gate=True)
EMOJI = Rule("SUB007", "subject-emoji", Level.WARNING, points=1)
PRICED = Rule("SUB008", "subject-price", Level.WARNING, points=1.5)
UNRELATED = Rule("SUB010", "subject-unlike-letter", Level.INFO)
RULES = (EMPTY, LONG, VAGUE, SHOUTED, MARKED, REPLY, EMOJI, PRICED, UNRELATED)

# Characters and words of a subject: beyond the first pair a warning, beyond the second a remark.
_LIMITS = ((60, 10, Level.WARNING), (45, 7, Level.INFO))
_CJK_LIMITS = ((24, Level.WARNING), (16, Level.INFO))
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_CJK_RUN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2,}")
_EMOJI = re.compile(
    "[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]\ufe0f?|[\u203c\u2049\u231a-\u23ff]\ufe0f"
)
_PRICE = re.compile(r"[$€£¥￥₽₸₮₴₺₹%％]|\d ?(?:USD|EUR|GBP|KZT|RUB|руб|тенге|тг|元)|(?:USD|EUR|GBP) ?\d")


def check(copy: Copy) -> Iterator[Finding]:
    """The findings about a letter's subject; none for a letter that goes on in a thread (`subject` None)."""
    subject = copy.subject
    if subject is None:
        return
    if not any(map(str.isprintable, subject.strip())):
        yield EMPTY.found("the subject is empty", "subject")
        return
    yield from _length(subject)
    yield from _vague(copy)
    yield from _voice(copy, subject)
    yield from _marked(subject)
    yield from _signs(subject)
    if not copy.reply and (":" in subject or not subject.isascii()) and false_reply(subject):
        colon = max(subject.find(":"), subject.find("："), 0)
        yield REPLY.found("a first letter cannot be an answer", "subject", 0, colon + 1)
    yield from _unrelated(copy, subject)


def _whole(rule: Rule, message: str, subject: str, level: Level | None = None, hint: str = "") -> Finding:
    return rule.found(message, "subject", 0, len(subject), level=level, hint=hint)


def _length(subject: str) -> Iterator[Finding]:
    """Chinese and Japanese are counted by characters, each word of another script as two."""
    hint = "keep the words that name the offer and the reader: up to {}"
    cjk = 0 if subject.isascii() else len(_CJK.findall(subject))
    if not cjk:
        size, count = len(subject.strip()), len(WORD.findall(subject))
        for characters, most, level in _LIMITS:
            if size > characters or count > most:
                message, enough = f"{size} characters, {count} words", "{} characters, {} words"
                yield _whole(LONG, message, subject, level, hint.format(enough.format(*_LIMITS[-1])))
                return
        return
    width = cjk + 2 * len(WORD.findall(_CJK.sub(" ", subject)))
    for limit, level in _CJK_LIMITS:
        if width > limit:
            enough = f"{_CJK_LIMITS[-1][0]} characters"
            yield _whole(LONG, f"as long as {width} characters", subject, level, hint.format(enough))
            return


def _vague(copy: Copy) -> Iterator[Finding]:
    said = WORD.findall(copy.folded_subject.text)
    if 0 < len(said) <= 3 and all(word in copy.vocabulary.vague for word in said):
        yield _whole(VAGUE, "the subject says nothing about the letter", copy.subject or "")


def _voice(copy: Copy, subject: str) -> Iterator[Finding]:
    loud = [shout for shout in shouts(subject) if shout.loud]
    shouted = sum(shout.letters for shout in loud)
    letters = sum(map(str.isalpha, subject)) if shouted >= 5 else 0
    if letters >= 8 and shouted >= 0.6 * letters:
        yield SHOUTED.found(
            "the subject is in capitals", "subject", 0, len(subject), rewrite=subject.strip().capitalize()
        )
    elif loud and _calls(copy, subject, loud[0]):
        place = loud[0].start, loud[0].end
        message = f"{subject[slice(*place)][:60]!r} is shouted and says nothing"
        hint = "leave it out: the subject names what the letter is about"
        yield SHOUTED.found(message, "subject", *place, level=Level.WARNING, points=1, hint=hint)


def _calls(copy: Copy, subject: str, shout: Shout) -> bool:
    """Whether a subject begins with a shout for attention ("URGENT:"); a name in capitals is none."""
    vague = copy.vocabulary.vague | words("en").vague
    said = words_in(fold(subject[shout.start : shout.end]).text)
    return not any(map(str.isalnum, subject[: shout.start])) and all(word in vague for word in said)


def _marked(subject: str) -> Iterator[Finding]:
    """The first exclamation mark, and every row of marks; the points are those of the first."""
    runs = [hit for hit in marks(subject) if len(hit[0]) > 1]
    first = next((at for at, char in enumerate(subject) if char in "!！"), -1)
    if first >= 0 and not any(hit.start() <= first < hit.end() for hit in runs):
        message = "an exclamation mark in the subject"
        yield MARKED.found(message, "subject", first, first + 1, hint="leave the mark out")
    for hit in runs:
        yield MARKED.found(
            f"{hit[0][:20]!r} in the subject: one mark is enough",
            "subject",
            *hit.span(),
            hint="end a question with one mark, anything else with none",
            fix=one_of(hit[0]),
            points=None if hit.start() <= first < hit.end() else 0,
        )


def _signs(subject: str) -> Iterator[Finding]:
    priced = _PRICE.search(subject)
    if priced:
        yield PRICED.found("a price or percentage in the subject", "subject", *priced.span())
    emoji = None if subject.isascii() else _EMOJI.search(subject)
    if emoji:
        yield EMOJI.found("a pictogram in the subject", "subject", *emoji.span())


def _unrelated(copy: Copy, subject: str) -> Iterator[Finding]:
    """Words are compared by their beginnings, so that no inflected form is missed."""
    text = copy.text.lower()
    lowered = subject.lower()
    runs = [] if lowered.isascii() else _CJK_RUN.findall(lowered)
    if runs:
        pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
        if not any(pair in text for pair in pairs):
            yield _whole(UNRELATED, "nothing of the subject is in the letter", subject)
        return
    ours, small = copy.vocabulary, data.words("small_words")
    content = [
        word
        for word in WORD.findall(lowered)
        if len(word) >= 4 and word not in small and word not in ours.you and word not in ours.we
    ]
    if content and not any(word[: max(4, len(word) * 3 // 5)] in text for word in content):
        yield _whole(UNRELATED, "no word of the subject is in the letter", subject)
