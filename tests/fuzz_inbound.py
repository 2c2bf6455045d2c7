"""Hostile mail in numbers: `python -m tests.fuzz_inbound FOLDER COUNT [--seed N] [--first N] [--only N]`.

Mails of FOLDER (any depth) are cut, spliced, flipped, mislabelled, nested and blown up, and each is read to the
end: parts, kind, clues, visible text, intent. The same seed and number make the same mail, so a crash that is
printed can be made again with `--only`. Exit 1 if anything was raised.
"""

import argparse
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

from outreach.inbound import parse
from outreach.inbound.classify import classify
from outreach.inbound.clues import clues, fingerprint
from outreach.inbound.intent import read as intent
from outreach.inbound.visible import visible

TODAY = date(2026, 11, 23)
CHARSETS = (
    b"utf-16",
    b"utf-7",
    b"idna",
    b"punycode",
    b"hex",
    b"none",
    b"\xff",
    b"x" * 300,
    b"",
    b"gb2312",
    b"koi8-r",
)
ENCODINGS = (b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"none", b"\0")
PIECES = (
    *(
        b"\0" * 9,
        b"\n\n",
        b"\r",
        b"=?utf-8?b?//8=?=",
        b"--x\n",
        b"\xd8\x00",
        b"\xff\xfe",
        b"<!--",
        b"&#xd800;",
    ),
    *(b"Content-Type: message/rfc822\n\n", b"\xe2\x80\xae", b"<div>" * 400, b"> " * 300, b"wrote:\n" * 99),
    *(b"From: a\nSent: b\nTo: c\n", "写道：\n".encode(), b"550 5.1.1 " * 90, b"\n--\n" * 50, b"\n \n" * 200),
)
RARE = 400  # of so many mails one is blown up


def cut(raw: bytes, other: bytes, chance: Random) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def flip(raw: bytes, other: bytes, chance: Random) -> bytes:
    found = bytearray(raw)
    for _ in range(min(len(found), chance.randrange(1, 200))):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def drop(raw: bytes, other: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + raw[at + chance.randrange(1, 500) :]


def splice(raw: bytes, other: bytes, chance: Random) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other) + 1) :]


def enclose(raw: bytes, other: bytes, chance: Random) -> bytes:
    kind = chance.choice(
        (b"message/rfc822", b"multipart/digest; boundary=x", b"message/delivery-status", b"text/html")
    )
    return b"Subject: Fw\nFrom: a@b.example\nContent-Type: " + kind + b"\n\n" + raw


def insert(raw: bytes, other: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.choice(PIECES) * chance.choice((1, 1, 1, 20)) + raw[at:]


def long_line(raw: bytes, other: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + bytes((chance.randrange(256),)) * chance.randrange(1, 50_000) + raw[at:]


def lines(raw: bytes, other: bytes, chance: Random) -> bytes:
    """Its lines in another order, or with other ends."""
    found = raw.split(b"\n")
    if chance.random() < 0.5:
        chance.shuffle(found)
    return chance.choice((b"\n", b"\r\n", b"\r", b"\n\n")).join(found)


def charset(raw: bytes, other: bytes, chance: Random) -> bytes:
    named = b"charset=" + chance.choice(CHARSETS) + b"; x="
    encoded = b"Content-Transfer-Encoding: " + chance.choice(ENCODINGS) + b"\nX-Was: "
    raw = raw.replace(b"charset=", named) if chance.random() < 0.7 else raw
    return raw.replace(b"Content-Transfer-Encoding: ", encoded) if chance.random() < 0.7 else raw


def levels(raw: bytes, other: bytes, chance: Random) -> bytes:
    """Up to 1,000 parts within parts."""
    count = chance.randrange(2, 1_001)
    one = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n'
    return b"From: a@b.example\n" + b"".join(one % (n, n) for n in range(count)) + raw


def flat(raw: bytes, other: bytes, chance: Random) -> bytes:
    """50,000 parts beside each other."""
    head = b'From: a@b.example\nContent-Type: multipart/mixed; boundary="b"\n\n'
    return (
        head
        + chance.choice((b"--b\n\nhello\n", b"--b\nContent-Type: text/html\n\n<b>a\n", b"--b\n")) * 50_000
        + raw
    )


def comments(raw: bytes, other: bytes, chance: Random) -> bytes:
    """900 comments within comments in every header that is taken apart."""
    nest = b"(" * 900 + (b")" * 900 if chance.random() < 0.5 else b"")
    return (
        b"".join(
            name + b": " + nest + b"\n" for name in (b"From", b"Date", b"Content-Type", b"Auto-Submitted")
        )
        + raw
    )


def huge(raw: bytes, other: bytes, chance: Random) -> bytes:
    """A line of 50 MB, in the body or in a header."""
    line = chance.choice((b"a", b"<", b"=", b"> ", b"-", b"1 ", b"\xe5", b"(", b"@", b"&#1;")) * (50 << 20)
    return raw + line[: 50 << 20] if chance.random() < 0.5 else b"Subject: " + line[: 50 << 20] + b"\n" + raw


def bomb(raw: bytes, other: bytes, chance: Random) -> bytes:
    """Very many headers, or one folded very often."""
    one = chance.choice(
        (b"X-A: b\n", b"Received: x\n", b"References: <1@b>\n", b" <1@b>\n", b":\n", b"To: a@b.example\n")
    )
    return b"From: a@b.example\n" + one * chance.randrange(1_000, 100_000) + raw


Way = Callable[[bytes, bytes, Random], bytes]
WAYS: tuple[Way, ...] = (cut, flip, drop, splice, enclose, insert, insert, long_line, lines, charset)
BLOWN: tuple[Way, ...] = (levels, flat, comments, huge, bomb)


def broken(corpus: list[bytes], seed: int, number: int) -> bytes:
    """The mail of a number."""
    chance = Random(f"{seed}:{number}")
    raw = chance.choice(corpus)
    for _ in range(chance.randrange(1, 5)):
        raw = chance.choice(WAYS)(raw, chance.choice(corpus), chance)
    if number % RARE == 0:
        raw = BLOWN[number // RARE % len(BLOWN)](raw, chance.choice(corpus), chance)
    return raw


def read(raw: bytes) -> str:
    """Everything that is made of a mail; its kind."""
    mail = parse(raw)
    reading = classify(mail)
    clues(mail, reading)
    fingerprint(mail)
    seen = visible(mail.plain, mail.html)
    intent(reading.said or seen.said, TODAY)
    str(reading).encode("utf-8")
    return str(reading.kind)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    files = sorted(path for path in options.folder.rglob("*") if path.suffix in (".eml", ".txt"))
    corpus = [path.read_bytes() for path in files]
    numbers = [options.only] if options.only else range(options.first, options.first + options.count)
    kinds: Counter[str] = Counter()
    slowest: list[tuple[float, int, int]] = []
    crashes = 0
    total = 0.0
    for number in numbers:
        raw = broken(corpus, options.seed, number)
        start = time.process_time()
        try:
            kinds[read(raw)] += 1
        except Exception:
            crashes += 1
            print(f"number {number}, {len(raw):,} bytes", traceback.format_exc(), sep="\n", flush=True)
        taken = time.process_time() - start
        total += taken
        slowest = sorted([*slowest, (taken, number, len(raw))], reverse=True)[:5]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(numbers):,} mails, {crashes} crashes, {len(numbers) / total:,.0f}/s, peak {peak:,.0f} MB",
        dict(kinds),
    )
    for taken, number, size in slowest:
        print(f"{taken * 1e3:6.0f} ms  number {number}, {size:,} bytes")
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main())
