"""A real browser for tests of pages: what it makes of a file, after scripts that a test adds have run."""

import base64
import hashlib
import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120.0  # seconds: no test waits so long unless something is broken
HEAD = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom")


class Chromium:
    """The browser; `shows` loads a page."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder

    def shows(self, page: Path, place: str = "", script: str = "") -> str:
        """The document after the page has loaded at `#place` and `script`, which its policy lets in, has run."""
        if script:
            page = self._with(page, script)
        profile = f"--user-data-dir={self._folder / 'profile'}"
        done = subprocess.run(
            [self._program, *HEAD, profile, f"{page.as_uri()}{'#' if place else ''}{place}"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout

    def _with(self, page: Path, script: str) -> Path:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
        text = page.read_text("utf-8").replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
        driven = self._folder / "driven.html"
        driven.write_text(ended(text, f"<script>{script}</script>"), "utf-8")
        return driven


def ended(page: str, markup: str) -> str:
    """A page with more at the end of its body."""
    before, end, after = page.rpartition("</body>")
    return f"{before}{markup}{end}{after}"


def text(document: str) -> str:
    """What of a document a reader sees, roughly: its body without elements."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", document.partition("<body")[2])
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.fixture
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Chromium:
    """The browser, or a skipped test where there is none."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    return Chromium(program, tmp_path_factory.mktemp("chromium"))
