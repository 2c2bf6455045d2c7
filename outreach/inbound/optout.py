"""Requests not to be written to again, in the words of the person or as mail programs send them.

The safe side is to stop: a question how to unsubscribe is a request. A refusal ("not interested") is an answer
and none; so is a condition ("if you would rather not hear from us ..."), a story or a negated request.
"""

import re
from functools import cache

from outreach.data import table
from outreach.inbound.mail import Mail
from outreach.inbound.reading import Kind, Notice, Reading
from outreach.inbound.wording import Hit, Phrases, Words
from outreach.subjects import bare, marked

LOOKED_AT = 4_000
_MOST_SENTENCES, _FIRST_LINES, _SHORT = 60, 4, 40
_ASKING = ("request", "hard_word")
_LONGEST, _NEAR = 6, 8  # words: of a bare command; between a condition and what it is about
_SENTENCES = re.compile(r"[.!?;]+(?:\s|$)|[。！？；]|\n\s*\n|\n(?=[-*•>])")


def read(mail: Mail, said: str) -> Reading | None:
    """The mail as an opt-out request; None for any other. `said` is what was written, without quotes."""
    why = _by_words(said) or by_subject(mail, said)
    if not why:
        return None
    notices = (Notice(Kind.OPT_OUT, mail.sender),) if mail.sender else ()
    original = next(iter(mail.answers), "")
    return Reading(
        Kind.OPT_OUT, why, notices, said.strip(), original_message_id=original, trouble=mail.trouble
    )


def by_subject(mail: Mail, said: str = "") -> str:
    """Why the subject alone is a request ("unsubscribe", as mailto links write it), "" where it is none.

    An answer whose subject only repeats such a word ("Re: stop") is none unless nothing else is `said`.
    """
    subject = mail.subject[:200]
    if marked(subject) and (said.strip() or mail.answers):
        return ""
    text = bare(subject)
    return f'subject: "{text}"' if _bare(text) else ""


def _by_words(said: str) -> str:
    text = "\n".join(
        line for line in said[:LOOKED_AT].splitlines() if not line.lstrip().startswith((">", "|"))
    )
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines[:_FIRST_LINES]:
        if _bare(line):
            return f'wording: "{line.strip()[:60]}"'
    if not any(hit.kind in _ASKING for hit in _sentences().find(Words.of(text))):
        return ""
    short = len(text.strip()) <= _SHORT
    for sentence in _SENTENCES.split(text)[:_MOST_SENTENCES]:
        if sentence.strip():
            found = _asked(Words.of(sentence[:1000]), short)
            if found:
                return f'wording: "{found}"'
    return ""


def _bare(line: str) -> bool:
    """Whether a line is a word of command and nothing else ("STOP", "退订。", "Please unsubscribe!")."""
    if len(line) > 80:
        return False
    words = Words.of(line)
    if words.characters:
        return any(
            hit.words == "".join(filter(str.isalnum, words.characters)) for hit in _commands().find(words)
        )
    return len(words.words) <= _LONGEST and any(
        hit.first == 0 and hit.end == len(words.words) for hit in _commands().find(words)
    )


@cache
def _commands() -> Phrases:
    return Phrases({"bare": table("answers/optout")["bare"]})


@cache
def _sentences() -> Phrases:
    kinds = table("answers/optout")
    return Phrases({kind: kinds[kind] for kind in kinds if kind != "bare"})


def _asked(sentence: Words, short: bool) -> str:
    """The words of a sentence that ask to stop, "" where none do."""
    hits = _sentences().find(sentence)
    guards = [hit for hit in hits if hit.kind == "guard"]
    kinds = {hit.kind for hit in hits}
    if "offer" in kinds:
        return ""
    except_ = ("only",) if "more" in kinds else ("only", "place")
    only = [hit for hit in hits if hit.kind in except_]
    work = "thing" in kinds and "listed" not in kinds  # "remove the transport from the offer"
    for hit in hits:
        if hit.kind not in _ASKING or (hit.kind == "hard_word" and not short):
            continue
        if work and any(
            each.kind == "removal" and each.first < hit.end and hit.first < each.end for each in hits
        ):
            continue
        if any(_guards(guard, hit) for guard in guards) or any(
            0 <= each.first - hit.end <= 1 for each in only
        ):
            continue
        return hit.words
    return ""


def _guards(guard: Hit, hit: Hit) -> bool:
    near = guard.first <= hit.first and guard.end >= hit.first - _NEAR
    return near and (guard.first, guard.end) != (hit.first, hit.end)
