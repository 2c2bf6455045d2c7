"""Where the store is, read as forgivingly as possible: a stop must not wait until a typo is mended."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from outreach import data
from outreach.workspace.load import basics
from outreach.workspace.settings import FILE

_STORE = re.compile(r'^\s*url\s*=\s*["\']((?:sqlite|postgresql\+psycopg)://[^"\']+)["\']', re.MULTILINE)
_ZONE = re.compile(r'^\s*timezone\s*=\s*["\']([\w/+-]+)["\']', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """The store's URL as written, and the sender's zone; "" where that is none, or cannot be read."""

    store_url: str
    timezone: str


def place(root: Path) -> Place:
    """Where the store of a workspace is, whatever else is wrong in outreach.toml.

    Raises InputError with all problems of that file where it does not say it plainly.
    """
    try:
        text = (root / FILE).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        text = ""
    url, zone = _plain(text) or _found(text)
    if not url:
        settings = basics(root)
        return Place(settings.store_url, settings.sender.timezone if settings.sender else "")
    return Place(url, zone if zone in data.zone_names() else "")


def _plain(text: str) -> tuple[str, str] | None:
    """The two values of a file that is valid TOML; None for one that is not, or has them elsewhere."""
    try:
        tables = tomllib.loads(text)
        url, zone = tables["store"]["url"], tables["sender"]["timezone"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return None
    return (
        (url, zone)
        if isinstance(url, str) and isinstance(zone, str) and _STORE.match(f'url="{url}"')
        else None
    )


def _found(text: str) -> tuple[str, str]:
    """The first lines that look like the two values."""
    url, zone = _STORE.search(text), _ZONE.search(text)
    return url.group(1) if url else "", zone.group(1) if zone else ""
