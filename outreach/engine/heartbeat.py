"""The heartbeat: a URL of a monitor that is called while all goes well, and raises the alarm when nobody calls."""

from http.client import HTTPException
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from outreach.mailbox.wire import is_loopback, reason, verified_tls

SECONDS = 10.0
_MOST = 1 << 10  # bytes of the answer that are read: nothing in it matters


def allowed(url: str) -> bool:
    """Whether a URL may be called: https, or http on this machine alone. It often holds a secret."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def call(url: str) -> str:
    """GET a URL, for at most ten seconds in all; "" if that went well, else why not.

    Nothing of the URL but its host is ever told.
    """
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return "the heartbeat was not called: its URL cannot be read"
    said: list[str] = []
    # The timeout of a socket is one of each reading: an answer that drips would go on for ever.
    calling = Thread(target=lambda: said.append(_call(url, host)), daemon=True)
    calling.start()
    calling.join(SECONDS)
    return said[0] if said else f"the heartbeat to {host} failed: no whole answer in time"


def _call(url: str, host: str | None) -> str:
    try:
        if not allowed(url):
            return f"the heartbeat to {host} was not called: only https:// may be"
        opener = build_opener(_Redirects(), HTTPSHandler(context=verified_tls()))
        with opener.open(Request(url, headers={"User-Agent": "outreach"}), timeout=SECONDS) as answer:
            answer.read(_MOST)
    except HTTPError as exc:
        exc.close()
        return f"the heartbeat to {host} was refused: HTTP {exc.code}"
    except (OSError, HTTPException, ValueError) as exc:
        cause = getattr(exc, "reason", None)
        why = reason(cause) if isinstance(cause, Exception) else type(exc).__name__
        return f"the heartbeat to {host} failed: {why}"
    return ""


class _Redirects(HTTPRedirectHandler):
    """Follows a redirect only to where a URL may be called."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]  # as the library has it
        if not allowed(newurl):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
