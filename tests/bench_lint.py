"""The linter's part of `make bench`: how well it tells spam from letters, how fast, and how time grows.

`make bench CORPORA=folder` measures on labelled mail: every folder/letters/*.jsonl whose rows have `label`
(1 spam, 0 not), `subject`, `text` and perhaps `lang`. Without it only the project's own letters are linted.
"""

import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from outreach import lint
from outreach.lint import Copy, Level
from outreach.lint.rules import phrases

OWN = Path(__file__).parent / "letters"
FLAGGED = 50.0
# What a list of single words looks for; those on the web have hundreds, all of this kind.
WORD_LIST = re.compile(
    r"\b(?:free|call|now|today|new|here|offer|price|save|deal|order|buy|cash|win|cheap|click|limited|best|"
    r"bonus|guarantee|urgent|only|discount|money|income|credit|act|apply|instant|join|trial|sale|access)\b",
    re.IGNORECASE,
)
Line = Callable[[str, str, str, str], None]


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def copy_of(row: dict[str, Any], html: bool = False) -> Copy:
    """A row as the linter takes it: a finished letter."""
    text = row.get("text") or ""
    page = f"<html><body><p>{text.replace('<', '&lt;')}</p></body></html>" if html else None
    return Copy(row.get("subject"), text, page, language=row.get("lang") or "", closing=text)


def auc(spam: Sequence[float], ham: Sequence[float]) -> float:
    """The share of pairs in which the spam has the higher score; a tie is half a pair."""
    order = sorted([(score, 1) for score in spam] + [(score, 0) for score in ham])
    rank, at, total = 0.0, 0, 0.0
    while at < len(order):
        end = at
        while end < len(order) and order[end][0] == order[at][0]:
            end += 1
        rank = (at + 1 + end) / 2
        total += rank * sum(label for _, label in order[at:end])
        at = end
    return (total - len(spam) * (len(spam) + 1) / 2) / (len(spam) * len(ham))


def told(name: str, rows: Sequence[dict[str, Any]], line: Line) -> None:
    """Quality on labelled mail, and that of a word list beside it."""
    labels = [row["label"] for row in rows]
    start = time.perf_counter()
    ours = [lint.lint(copy_of(row)).spam for row in rows]
    seconds = time.perf_counter() - start
    words = [
        float(len(set(WORD_LIST.findall(f"{row.get('subject') or ''} {row['text']}".lower()))))
        for row in rows
    ]
    figures = [_figures(labels, scores, least) for scores, least in ((ours, FLAGGED), (words, 2.0))]
    line(f"lint {name}", figures[0], f"word list {figures[1]}", f"{len(rows) / seconds:,.0f}/s")


def _figures(labels: Sequence[int], scores: Sequence[float], least: float) -> str:
    spam = [score for score, label in zip(scores, labels, strict=True) if label]
    ham = [score for score, label in zip(scores, labels, strict=True) if not label]
    caught, wrong = sum(score >= least for score in spam), sum(score >= least for score in ham)
    precision = caught / (caught + wrong) if caught + wrong else 1.0
    return (
        f"AUC {auc(spam, ham):.3f} P {precision:.3f} R {caught / len(spam):.2f} false {wrong / len(ham):.3f}"
    )


def own_letters(line: Line) -> None:
    """The project's own good letters, a language a line: errors, and letters with any SPM finding."""
    for path in sorted(OWN.glob("*.jsonl")):
        reports = [lint.lint(copy_of(row)) for row in read(path)]
        errors = sum(any(each.level is Level.ERROR for each in report.findings) for report in reports)
        any_spam = sum(any(each.code.startswith("SPM") for each in report.findings) for report in reports)
        craft = sum(report.craft for report in reports) / len(reports)
        line(
            f"good letters {path.stem}",
            f"{errors} with errors, {any_spam} any SPM",
            f"of {len(reports)}, craft {craft:.0f}",
            "",
        )


def rate(copies: Iterable[Copy], work: Callable[[Copy], object]) -> float:
    """Letters a second; none is kept, as in a run over many."""
    start = time.perf_counter()
    count = sum(1 for copy in copies if work(copy) is not copy)
    return count / (time.perf_counter() - start)


def speed(line: Line) -> None:
    """Letters a second on one core over the own English letters, against a word list as one regex."""
    rows = [
        {**row, "text": row["text"].replace(",", f" {turn},", 1)}  # no two are the same
        for turn in range(20)
        for row in read(OWN / "en.jsonl")
    ]
    kinds: dict[str, Callable[[], float]] = {
        "phrases": lambda: rate(map(copy_of, rows), lambda copy: list(phrases.check(copy))),
        "all text rules": lambda: rate(map(copy_of, rows), lint.lint),
        "with HTML": lambda: rate((copy_of(row, html=True) for row in rows), lint.lint),
    }
    peer = rate(map(copy_of, rows), lambda copy: WORD_LIST.findall(copy.text))
    for name, measured in kinds.items():
        ours = max(measured() for _ in range(2))
        line(
            f"lint speed, {name}", f"{ours:,.0f} letters/s", f"word list {peer:,.0f}/s", f"x{peer / ours:.1f}"
        )


def growth(line: Line) -> None:
    """How time grows with length, for texts that are hard on some part of it: 1.0 is linear."""
    hard = {
        "letters": read(OWN / "en.jsonl")[0]["text"],
        "one character": "a",
        "marks": "!?.",
        "spaced": "f r e e ",
        "brackets": "{{[<",
        "Chinese": "免费优惠",
        "mixed": "cкидкa ",
    }
    grown = defaultdict(list)
    for name, text in hard.items():
        for size in (25_000, 200_000):
            long = (text * (size // len(text) + 1))[:size]
            best = min(timed(lambda: lint.lint(Copy("A subject", long, closing=long))) for _ in range(2))  # noqa: B023
            grown[name].append(best)
    ratios = {name: slow / fast / 8 for name, (fast, slow) in grown.items()}
    worst = max(ratios, key=lambda name: ratios[name])
    line("lint growth, 25 to 200 KB", f"worst {ratios[worst]:.2f} ({worst})", "linear is 1.00", "")


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ten_letters(folder: Path, line: Line) -> None:
    """`outreach lint` of ten letters, from start to finish, against a bare interpreter."""
    (folder / "templates").mkdir(parents=True)
    (folder / "campaigns").mkdir()
    main = '[sender]\ncompany = "N"\naddress = "1 Dock Road, Leeds LS1 4AB"\ncountry = "GB"\n'
    main += 'timezone = "Europe/London"\n[[mailbox]]\naddress = "ann@northwind.example"\nname = "Ann Lee"\n'
    (folder / "outreach.toml").write_text(
        main + 'smtp = "smtps://ann@smtp.northwind.example:465"\nanswers = "manual"\n'
    )
    for number, row in enumerate(read(OWN / "en.jsonl")[:10]):
        text = f"Subject: {row['subject'] or 'Shelving for your shop'}\n\n{row['text']}"
        (folder / "templates" / f"letter-{number}.txt").write_text(text, encoding="utf-8")
    call = [sys.executable, "-m", "outreach", "-C", str(folder), "lint"]
    ours = min(timed(lambda: subprocess.run(call, capture_output=True, check=False)) for _ in range(5))
    bare = min(timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)) for _ in range(5))
    line("lint ten letters", f"{ours:.2f} s", f"python -c pass {bare:.2f} s", f"x{ours / bare:.1f}")


def bench(folder: Path, corpora: str, line: Line) -> None:
    """Every part."""
    for path in sorted(Path(corpora).glob("letters/*.jsonl")) if corpora else ():
        told(path.stem, read(path), line)
    own_letters(line)
    speed(line)
    growth(line)
    ten_letters(folder, line)
