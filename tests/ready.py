"""The tables that reading mail needs, as JSON: `python -m tests.ready` writes `outreach/packs/ready/`.

To be run after a change of one of these TOML files. A forgotten run costs 30 ms at a start and nothing else: a
JSON that was not made of the TOML beside it is not used.
"""

import json
import tomllib
from pathlib import Path
from zlib import crc32

PACKS = Path(__file__).parent.parent / "outreach" / "packs"
TABLES = ("quotes", "reasons", "subjects", "traditional", "answers/*", "intents/*")


def sources() -> list[Path]:
    """The TOML files of the tables."""
    return [path for pattern in TABLES for path in sorted(PACKS.glob(f"{pattern}.toml"))]


def ready(source: Path) -> Path:
    """Where the JSON of a table is."""
    return (PACKS / "ready" / source.relative_to(PACKS)).with_suffix(".json")


def made(source: Path) -> str:
    """The JSON of a table: the checksum of the TOML, and the table."""
    text = source.read_text(encoding="utf-8")
    made = [crc32(text.encode("utf-8")), tomllib.loads(text)]
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n"


def main() -> None:
    for source in sources():
        path = ready(source)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made(source), encoding="utf-8")


if __name__ == "__main__":
    main()
