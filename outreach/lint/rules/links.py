"""Links and pictures: few links, none that hides where it leads, few pictures, none without words."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from outreach import data
from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.markup import Anchor, Markup, Picture, read
from outreach.lint.rule import Rule

MANY = Rule("LNK301", "many-links", Level.WARNING)
SHORT = Rule("LNK302", "short-link", Level.ERROR, points=2)
FALSE = Rule("LNK303", "false-link", Level.ERROR, points=3)
HOST = Rule("LNK304", "suspect-host", Level.ERROR, points=4)
PICTURES = Rule("LNK305", "pictures", Level.WARNING)
WORDLESS = Rule("LNK306", "picture-without-words", Level.WARNING)
EMBEDDED = Rule("LNK307", "embedded-picture", Level.WARNING)
TRACKED = Rule("LNK308", "tracking", Level.INFO)
RULES = (MANY, SHORT, FALSE, HOST, PICTURES, WORDLESS, EMBEDDED, TRACKED)

# More links than this: level and points.
_COUNTS = ((3, Level.ERROR, 0.5), (2, Level.WARNING, 0.0), (1, Level.INFO, 0.0))
_FREE_CONTACTS = 2  # links in the signature that are contacts
_LEAVING = re.compile(
    r"unsub|opt-?_?out|privacy|datenschutz|abmeld|desinscri|désinscri|confidential|privacidad|gizlilik|otpis|"
    r"konfiden|preferences",
    re.IGNORECASE,
)
_SIGNATURE = 2000  # characters of a signature that are searched for contacts
_AROUND = 120  # characters of a link's line that are searched for the words of an opt-out
_URL = re.compile(
    r"(https?)://(?:([^/?#\s@]{0,200})@)?(\[[0-9a-f:.]{2,45}\]|[^/?#\s:@]{1,255})(?::\d{1,5})?([/?#]\S*)?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}$|\d{8,10}$|0x[0-9a-f]{8}$|\[")
_ADDRESS_LIKE = re.compile(
    r"(?:https?://)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(?::\d{1,5})?(?:[/?#]\S*)?$", re.IGNORECASE
)
# The reader's mail address in what a link asks for.
_WATCHED = re.compile(r"[?&=/#;,|:]([\w.+-]{1,64}(?:@|%40)(?:[\w-]{1,63}\.){1,8}[a-z]{2,24})", re.IGNORECASE)
_CARRIED = re.compile(r"[/?&=](?:https?(?::|%3a)|www\.)", re.IGNORECASE)
_SCRIPTS = (re.compile("[a-z]"), re.compile("[\u0400-\u052f]"), re.compile("[\u0370-\u03ff]"))
_TWO_PART = frozenset(("co", "com", "org", "net", "gov", "edu", "ac"))  # before a country: example.co.uk

_LOGO = 20_000  # square pixels that are no picture but a mark beside the signature
_LETTER_AREA = 180  # square pixels of a letter at 15 px with its line and its share of spaces
_FEW_LETTERS = 400


class Link(NamedTuple):
    """A web address of the letter: in "text" or "html", its characters [start, end), the address, its parts."""

    part: str
    start: int
    end: int
    url: str
    scheme: str
    user: str
    host: str
    path: str


def check(copy: Copy) -> Iterator[Finding]:
    """The findings about a letter's links and pictures: those of its HTML where it has any, else of its text."""
    markup = read(copy.html) if copy.html is not None else None
    links = list(_in_html(markup)) if markup else []
    links = links or list(_in_text(copy))
    if links:
        yield from _many(copy, links, markup)
        for link in links:
            yield from _one(copy, link)
    if markup:
        for anchor in markup.anchors:
            yield from _honest(anchor)
        if markup.pictures:
            yield from _pictures(markup)


def _parsed(part: str, start: int, end: int, url: str) -> Link | None:
    address = _URL.match(url if "://" in url[:8] else f"https://{url}")
    if not address:
        return None
    scheme, user, host, path = address.groups(default="")
    return Link(part, start, end, url, scheme.lower(), user, host.lower().rstrip("."), path)


def _in_text(copy: Copy) -> Iterator[Link]:
    for piece in copy.links:
        link = _parsed("text", piece.start, piece.end, copy.said(piece))
        if link:
            yield link


def _in_html(markup: Markup) -> Iterator[Link]:
    for anchor in markup.anchors:
        if anchor.href[:4].lower() in ("http", "www."):
            link = _parsed("html", anchor.start, anchor.end, anchor.href)
            if link:
                yield link


def _many(copy: Copy, links: list[Link], markup: Markup | None) -> Iterator[Finding]:
    """Ways out (opt-out, privacy) are not counted, nor the first contacts in the signature."""
    if len(links) <= _COUNTS[-1][0]:
        return
    shown = {anchor.start: anchor.shown for anchor in markup.anchors} if markup else {}
    tail = copy.text[copy.signature :][:_SIGNATURE]
    counted, contacts = [], 0
    for link in links:
        if _leads_out(copy, link, shown.get(link.start, "")):
            continue
        closing = link.start >= copy.signature if link.part == "text" else link.url in tail
        contacts += closing
        if not closing or contacts > _FREE_CONTACTS:
            counted.append(link)
    for limit, level, points in _COUNTS:
        if len(counted) > limit:
            last = counted[limit]
            message = f"{len(counted)} links; a first letter needs one at most"
            yield MANY.found(message, last.part, last.start, last.end, level=level, points=points)
            return


def _leads_out(copy: Copy, link: Link, shown: str) -> bool:
    if _LEAVING.search(link.url) or (copy.sender and link.url == copy.sender.privacy_url):
        return True
    if link.part == "text":
        start = max(0, link.start - _AROUND)
        before = copy.text[start : link.start].rpartition("\n")[2]
        shown = before + copy.text[link.start : link.end + _AROUND].partition("\n")[0]
    said = shown.casefold()
    return bool(_LEAVING.search(said)) or any(word in said for word in copy.vocabulary.optout)


def _one(copy: Copy, link: Link) -> Iterator[Finding]:
    place = (link.part, link.start, link.end)
    host = link.host.removeprefix("www.")
    if host in data.words("shorteners"):
        yield SHORT.found(f"{host} hides where the link leads", *place, hint="write the real address")
    if _NUMERIC.match(host):
        yield HOST.found(f"a link to a number instead of a name: {host}", *place)
    elif link.user:
        yield HOST.found(f"{link.user[:40]}@ before {host} disguises the address", *place)
    elif _mixed(host):
        yield HOST.found(f"{host} mixes letters of two scripts", *place)
    elif link.scheme == "http":
        yield HOST.found(
            f"{host} without encryption", *place, level=Level.WARNING, points=0, hint="use https://"
        )
    own = copy.mailbox.domain if copy.mailbox else ""
    if _CARRIED.search(link.path) and not (own and _related(host, own)):
        yield TRACKED.found(f"the link leads through {host} to another address", *place)
    elif _names_its_reader(copy, link):
        hint = "leave the address out: it tells who clicked, and travels to whoever the link is passed on to"
        yield TRACKED.found("the link carries its reader's mail address", *place, hint=hint)


def _names_its_reader(copy: Copy, link: Link) -> bool:
    """Whether somebody's mail address is in what a link asks for; a way out may have it."""
    asked = link.path.partition("?")[2]
    if ("@" not in asked and "%40" not in asked) or _LEAVING.search(link.url):
        return False
    own = copy.mailbox.address.lower() if copy.mailbox else ""
    return any(hit[1].replace("%40", "@").lower() != own for hit in _WATCHED.finditer(f"?{asked}"))


def _mixed(host: str) -> bool:
    """Is a part of the name written in letters of two scripts (as it looks to its reader)?"""
    if host.isascii() and "xn--" not in host:
        return False
    return any(
        sum(bool(script.search(_shown(label))) for script in _SCRIPTS) > 1 for label in host.split(".")
    )


def _shown(label: str) -> str:
    """A part of a host name as it is shown (RFC 3492)."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _related(host: str, other: str) -> bool:
    """Do two host names belong to the same owner, as far as names tell?"""
    return _owner(host) == _owner(other)


def _owner(host: str) -> str:
    labels = host.lower().rstrip(".").split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in _TWO_PART else labels[-2:])


def _honest(anchor: Anchor) -> Iterator[Finding]:
    """A link that shows one address must not lead to another."""
    shown = _ADDRESS_LIKE.match(anchor.shown) if "." in anchor.shown else None
    link = _parsed("html", anchor.start, anchor.end, anchor.href) if shown else None
    if shown and link and anchor.href[:4].lower() == "http" and not _related(shown[1], link.host):
        message = f"the link shows {shown[1].lower()} and leads to {link.host}"
        yield FALSE.found(message, "html", anchor.start, anchor.end)


def _pictures(markup: Markup) -> Iterator[Finding]:
    pixels = [picture for picture in markup.pictures if picture.pixel]
    seen = [picture for picture in markup.pictures if not picture.pixel]
    for pixel in pixels:
        yield TRACKED.found(
            "a picture nobody sees: it reports that the letter was opened", "html", *pixel[4:]
        )
    if len(seen) > 1:
        yield PICTURES.found(f"{len(seen)} pictures", "html", *seen[1][4:])
    yield from _proportion(markup, seen)
    for picture in seen:
        if picture.alt is None:
            yield WORDLESS.found("a picture without alt text", "html", *picture[4:])
        if picture.src[:11].lower() == "data:image/":
            yield EMBEDDED.found(
                "a picture within the HTML: many mail programs show nothing", "html", *picture[4:]
            )


def _proportion(markup: Markup, seen: list[Picture]) -> Iterator[Finding]:
    """A mark of known small size beside the signature is no picture that the letter rests on."""
    large = [picture for picture in seen if picture.area is None or picture.area > _LOGO]
    if not large:
        return
    area = sum(picture.area or 0 for picture in large)
    share = area / (area + markup.letters * _LETTER_AREA) if area else 0.0
    if markup.letters < _FEW_LETTERS or share > 0.4:
        message = f"{markup.letters} letters of text beside a picture"
        if markup.letters >= _FEW_LETTERS:
            message = f"pictures take about {share:.0%} of the letter"
        yield PICTURES.found(message, "html", *large[0][4:], level=Level.ERROR, points=1)
