"""The heartbeat calls a monitor, follows it nowhere it should not go, and keeps the URL's secret."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from outreach.engine import heartbeat

SECRET = "s3cret-ping-key"


class Monitor(HTTPServer):
    """Answers each path with a status and perhaps a place to go on to; `asked` are the paths."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[str] = []
        self.answer = (200, "")


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Monitor)
        self.server.asked.append(self.path)
        status, place = self.server.answer if self.path != "/moved" else (200, "")
        self.send_response(status)
        if place:
            self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def monitor() -> Iterator[Monitor]:
    with Monitor() as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        try:
            yield server
        finally:
            server.shutdown()
            serving.join(10)


def test_it_calls_the_url_and_says_nothing() -> None:
    with monitor() as server:
        assert heartbeat.call(f"http://127.0.0.1:{server.server_port}/{SECRET}") == ""
        assert server.asked == [f"/{SECRET}"]


def test_a_redirect_on_this_machine_is_followed() -> None:
    with monitor() as server:
        server.answer = (302, f"http://127.0.0.1:{server.server_port}/moved")
        assert heartbeat.call(f"http://127.0.0.1:{server.server_port}/{SECRET}") == ""
        assert server.asked == [f"/{SECRET}", "/moved"]


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://monitor.example/x", "data:,x"]
)
def test_a_redirect_to_another_scheme_is_not_followed(place: str) -> None:
    with monitor() as server:
        server.answer = (302, place)
        said = heartbeat.call(f"http://127.0.0.1:{server.server_port}/{SECRET}")
        assert said == "the heartbeat to 127.0.0.1 was refused: HTTP 302"
        assert server.asked == [f"/{SECRET}"]


@pytest.mark.parametrize(
    "url",
    [
        f"http://monitor.example/{SECRET}",
        f"file:///etc/{SECRET}",
        f"https://127.0.0.1:1/{SECRET}",
        f"http://127.0.0.1:1/{SECRET}",
        f"http://127.0.0.1:1/{SECRET} with a space",
        f"http://127.0.0.1:99999/{SECRET}",
        f"ftp://monitor.example/{SECRET}",
    ],
)
def test_what_fails_is_told_without_the_secret(url: str) -> None:
    said = heartbeat.call(url)
    assert said.startswith("the heartbeat to ")
    assert SECRET not in said


def test_an_answer_that_is_an_error_is_told() -> None:
    with monitor() as server:
        server.answer = (503, "")
        said = heartbeat.call(f"http://127.0.0.1:{server.server_port}/{SECRET}")
        assert said == "the heartbeat to 127.0.0.1 was refused: HTTP 503"


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://monitor.example/x", True),
        ("http://localhost:8000/x", True),
        ("http://[::1]/x", True),
        ("http://monitor.example/x", False),
        ("http://127.0.0.1.monitor.example/x", False),
        ("file:///etc/passwd", False),
        ("https:///x", False),
        ("", False),
    ],
)
def test_only_https_or_this_machine_may_be_called(url: str, may: bool) -> None:
    assert heartbeat.allowed(url) is may
