"""The answers' part of `make bench`: how well mail is known for what it is, and how fast.

`make bench CORPORA=folder` measures on labelled mail: folder/inbound/labels.jsonl (rows with `file` and `kind`)
and folder/replies/*/NAME.txt with NAME.expected, the part that its author wrote. The peer of all speeds is the
standard library's parser, which only takes a mail apart and decodes its text. Seconds are those of the processor.

`python -m tests.bench_inbound FOLDER` is the cold pass alone: one reading of every mail in a new process.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from email import message_from_bytes
from pathlib import Path

from outreach.inbound import Kind, parse
from outreach.inbound.classify import classify
from outreach.inbound.visible import visible

# The five classes that bounce parsers are compared by; what is in none of the first four is the fifth.
CLASSES = {
    Kind.HARD_BOUNCE: "hard_bounce",
    Kind.MOVED: "hard_bounce",
    Kind.SOFT_BOUNCE: "soft_bounce",
    Kind.DELAYED: "soft_bounce",
    Kind.COMPLAINT: "complaint",
    Kind.AUTO_REPLY: "auto_reply",
}
LABELS = {"hard_bounce", "soft_bounce", "complaint", "auto_reply"}
ORDINARY = (Kind.REPLY, Kind.UNRELATED)
TOO_MUCH = 0.2  # of the words of a reply lost, or of what is shown not in it
Line = Callable[[str, str, str, str], None]


def labelled(folder: Path) -> list[tuple[str, bytes]]:
    """The label and the bytes of every mail."""
    text = (folder / "labels.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(row) for row in text.splitlines() if row.strip()]
    return [(row["kind"], (folder / row["file"]).read_bytes()) for row in rows]


def kinds(mails: Sequence[tuple[str, bytes]], line: Line) -> None:
    """How often the class is right, and the two mistakes that cost a prospect."""
    found = [(label, classify(parse(raw)).kind) for label, raw in mails]
    right = sum((label if label in LABELS else "") == CLASSES.get(kind, "") for label, kind in found)
    soft = [kind for label, kind in found if label == "soft_bounce"]
    hard = [kind for label, kind in found if label == "hard_bounce"]
    people = [kind for label, kind in found if label == "not_automatic"]
    dead = sum(CLASSES.get(kind) == "hard_bounce" for kind in soft)
    stopped = sum(kind not in ORDINARY for kind in people)
    line("kind of mail, 5 classes", f"{right} of {len(found)}", f"{right / len(found):.1%} right", "")
    line("good address called dead", f"{dead} of {len(soft)}", f"{dead / max(1, len(soft)):.1%}", "")
    line(
        "dead address found",
        f"{sum(CLASSES.get(kind) == 'hard_bounce' for kind in hard)} of {len(hard)}",
        "",
        "",
    )
    line(
        "ordinary mail called other",
        f"{stopped} of {len(people)}",
        f"{stopped / max(1, len(people)):.1%}",
        "",
    )


def replies(folder: Path, line: Line) -> None:
    """What of a reply is shown: exact but for white space, quote leaked, own words lost."""
    paths = sorted(folder.glob("*.txt"))
    exact = leaked = lost = 0
    for path in paths:
        wanted = path.with_suffix(".expected").read_text(encoding="utf-8")
        shown = visible(path.read_text(encoding="utf-8")).text
        exact += "".join(shown.split()) == "".join(wanted.split())
        ours, theirs = Counter(shown.split()), Counter(wanted.split())
        leaked += (ours - theirs).total() > TOO_MUCH * max(1, ours.total())
        lost += (theirs - ours).total() > TOO_MUCH * max(1, theirs.total())
    figures = f"exact {exact / len(paths):.1%} leaked {leaked / len(paths):.1%} lost {lost / len(paths):.1%}"
    line(f"visible reply, {folder.name}", figures, f"of {len(paths)}", "")


def read(raw: bytes) -> object:
    return classify(parse(raw))


def taken_apart(raw: bytes) -> object:
    """The peer: the mail's tree and the decoded bytes of its leaves."""
    return [
        part.get_payload(decode=True) for part in message_from_bytes(raw).walk() if not part.is_multipart()
    ]


def seconds(raws: Sequence[bytes], work: Callable[[bytes], object]) -> float:
    """Processor seconds of one pass."""
    start = time.process_time()
    for raw in raws:
        work(raw)
    return time.process_time() - start


def speed(folder: Path, raws: Sequence[bytes], line: Line) -> None:
    """Mails a second, warm and in new processes that begin with cold tables, and the slowest mail."""
    count = len(raws)
    peer = count / min(seconds(raws, taken_apart) for _ in range(3))
    warm = count / min(seconds(raws, read) for _ in range(3))
    line("reading mail, warm", f"{warm:,.0f} mails/s", f"stdlib parser {peer:,.0f}/s", f"x{peer / warm:.1f}")
    call = [sys.executable, "-m", "tests.bench_inbound", str(folder)]
    passes = [subprocess.run(call, check=True, capture_output=True, text=True) for _ in range(3)]
    cold = count / min(float(each.stdout) for each in passes)
    line(
        f"reading mail, first {count}",
        f"{cold:,.0f} mails/s",
        f"stdlib parser {peer:,.0f}/s",
        f"x{peer / cold:.1f}",
    )
    slowest = max(min(seconds([raw], read) for _ in range(2)) for raw in raws)
    theirs = max(min(seconds([raw], taken_apart) for _ in range(2)) for raw in raws)
    line("slowest mail", f"{slowest * 1e3:.0f} ms", f"stdlib parser {theirs * 1e3:.0f} ms", "")


def bench(corpora: str, line: Line) -> None:
    """Every part; says so where there is no labelled mail."""
    folder = Path(corpora) / "inbound"
    if not corpora or not (folder / "labels.jsonl").is_file():
        line("reading mail", "not measured", "CORPORA=folder has labelled mail", "")
        return
    mails = labelled(folder)
    kinds(mails, line)
    for each in sorted((Path(corpora) / "replies").glob("*/")):
        replies(each, line)
    speed(folder, [raw for _, raw in mails], line)


if __name__ == "__main__":
    print(seconds([raw for _, raw in labelled(Path(sys.argv[1]))], read))
