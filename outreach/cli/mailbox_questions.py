"""What `outreach mailbox add` asks, in order: who, where, how to log in, how much a day, and on whose behalf."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import click

from outreach.cli.asking import Asking, say
from outreach.cli.mailbox_secret import Secret, ask_secret
from outreach.report.lines import width
from outreach.workspace.schema import RefusedError

if TYPE_CHECKING:
    from outreach.mailbox.providers import Provider
    from outreach.model import Mailbox
    from outreach.workspace.additions import Addition, Plain, Present

MOST = 50  # letters a day that outreach.toml takes for a mailbox of a person
USUAL = 30
# How old a mailbox is -> the letters it may begin with. New ones begin with 5. What others publish for the second
# week of a ramp is 10, for the third 20; providers ask never to double what a mailbox sends (Google, "Increase
# sending volume slowly"), so that it never begins with more than it writes by now.
STARTS: Mapping[str, int] = {"new": 5, "months": 10, "years": 20}
_AGES = {
    "new": "made in the last weeks: begins with 5 letters a day",
    "months": "in daily use for some months: may begin with 10",
    "years": "in daily use for a year or longer: may begin with 20",
}
_OTHER = "other"
_WHOSE, _AT = "whose servers", "servers"  # of the round before
SHORTEST = 10  # columns of a postal address, so that a Chinese one may have fewer letters
_SERVER = re.compile(r"://|^[\w.-]+:\d{1,5}$")
LONGEST = 600  # characters of a server's URL: user, host and port


@dataclass(frozen=True, slots=True)
class Answers:
    """All that is known of a mailbox before it is written."""

    box: "Mailbox"
    addition: "Addition"
    provider: "Provider | None"
    secret: Secret = field(repr=False)


def ask(asking: Asking, present: "Present", root: Path) -> Answers:
    """The answers to all questions; OutreachError where one cannot be taken and nobody is asked."""
    from outreach.workspace import additions

    _check_options(asking)
    keys: dict[str, Plain] = dict(_who(asking, present))
    address = str(keys["address"])
    provider = _provider(asking, address)
    keys |= _servers(asking, address, provider)
    secret = ask_secret(asking, additions.mailbox({**keys, "per_day": 1}), provider, root)
    keys |= _pace(asking, provider)
    if secret.file:
        keys["password_file"] = secret.file
    replaces = _replaced(asking, present)
    addition = additions.Addition(
        mailbox=keys,
        sender=_sender(asking, present, address),
        replaces=replaces,
        ignored=secret.file if not Path(secret.file).is_absolute() else "",
    )
    return Answers(additions.mailbox(keys), addition, provider, secret)


def ask_servers(asking: Asking, answers: Answers, root: Path) -> Answers:
    """The same mailbox with its servers, its user and its login asked again."""
    from outreach.workspace import additions

    before = answers.addition.mailbox
    who = {key: value for key, value in before.items() if key in ("address", "name", "title", "phone")}
    pace = {key: value for key, value in before.items() if key in ("per_day", "ramp", "ramp_from")}
    keys = who | _servers(asking, answers.box.address, answers.provider, anew=True) | pace
    secret = ask_secret(asking, additions.mailbox(keys), answers.provider, root)
    if secret.file:
        keys["password_file"] = secret.file
    ignored = secret.file if not Path(secret.file).is_absolute() else ""
    addition = replace(answers.addition, mailbox=keys, ignored=ignored)
    return replace(answers, box=additions.mailbox(keys), addition=addition, secret=secret)


def _check_options(asking: Asking) -> None:
    """OutreachError where an option cannot be taken that a later question is for: before the first is asked."""
    from outreach.workspace import values

    later: Mapping[str, Callable[[str], object]] = {
        "provider": _known_provider,
        "postal": _postal,
        "country": _country_of,
        "timezone": values.zone,
        "website": _page,
        "privacy-url": _page,
    }
    for key, parse in later.items():
        if asking.given.get(key):
            asking.checked(key, parse, optional=parse is _page)


def _who(asking: Asking, present: "Present") -> "dict[str, Plain]":
    from outreach.compose import display_name
    from outreach.prospect import address
    from outreach.workspace import values

    def new(answer: str) -> str:
        found = address(answer)
        if found in present.mailboxes:
            hint = f"to try it: outreach mailbox test {found}"
            raise RefusedError(f"is in outreach.toml already: {found}", hint)
        return found

    def name(answer: str) -> str:
        if not any(map(str.isalpha, answer)):
            raise RefusedError("is no name: it has no letter")
        return display_name(values.text(answer), what="the name")

    found = {"address": asking.text("address", "Address of the mailbox", new)}
    guess = found["address"].partition("@")[0].replace(".", " ").replace("_", " ").title()
    found["name"] = asking.text("name", "Name that people see in From", name, guess if " " in guess else "")
    for key, question in (("title", "Title, as in Sales"), ("phone", "Phone")):
        if answer := asking.text(key, question, values.text, optional=True):
            found[key] = answer
    return dict(found)


def _provider(asking: Asking, address: str) -> "Provider | None":
    """Who runs the mailbox: sure by its domain, else by its mail servers, which a person confirms."""
    from outreach.mailbox import providers

    domain = address.rpartition("@")[2]
    certain = providers.of_domain(domain)
    if asking.given.get("smtp") and not asking.given.get("provider"):
        asking.before["provider"] = _OTHER
        return None
    default = asking.before.get("provider", "")
    if certain and not asking.given.get("provider") and default in ("", certain.id):
        _tell(certain)
        return certain
    if not default and not asking.given.get("provider"):
        click.echo(f"  looking up who runs {domain} ...", err=True)
        found = providers.find(domain)
        default = found.id if found else _OTHER

    if not asking.given.get("provider") and not asking.quiet:
        say(", ".join((*providers.known(), _OTHER)))
    answer = asking.text("provider", f"Provider that runs {domain}", _known_provider, default)
    if answer == _OTHER:
        return None
    chosen = providers.named(answer)
    _tell(chosen)
    return chosen


def _known_provider(answer: str) -> str:
    """A provider's id, or `other`."""
    from outreach.mailbox import providers

    return _OTHER if answer.strip().lower() == _OTHER else providers.named(answer).id


def _tell(provider: "Provider") -> None:
    limit = f"takes up to {provider.per_day:,} letters a day" if provider.per_day else "names no limit a day"
    say(f"{provider.title}: {limit}", provider.note)


def _servers(
    asking: Asking, address: str, provider: "Provider | None", *, anew: bool = False
) -> "dict[str, Plain]":
    """Its URLs: the provider's but for what somebody says of this mailbox, by an option or in the round before.

    :param anew: all is asked, also where the provider's are known: they did not do.
    """
    whose, domain = provider.id if provider else _OTHER, address.rpartition("@")[2]
    own = {
        key
        for key in ("user", "smtp", "imap")
        if asking.given.get(key) or (key in asking.before and asking.before.get(_WHOSE) == whose)
    }
    if anew or provider is None or "smtp" in own:
        own = {"user", "smtp", "imap"}
    asking.before[_WHOSE] = whose
    user, named = address, True
    if "user" in own:
        # Where nobody is asked, the address alone is no user of this machine's servers: they may let everybody in.
        named = bool(asking.said("user")) or not asking.quiet
        said = asking.before.get("user", address)  # who is in the URLs where nobody was asked for it
        user = asking.text("user", "User name at its servers (-: none)", _user, address, optional=True)
        _rename(asking, said, user)
    smtp, imap = provider.urls(user) if provider else (f"smtp.{domain}:465", f"imap.{domain}:993")
    if "smtp" in own:
        smtp = asking.text("smtp", "SMTP server", server("smtp", user, named=named), smtp)
    if "imap" in own:
        question = "IMAP server (-: you enter answers by hand)"
        imap = asking.text("imap", question, server("imap", user, named=named), imap, optional=True)
    if asking.before.get(_AT) != f"{smtp} {imap}":
        asking.typed = ""  # a password is for the servers that it was typed for
    asking.before[_AT] = f"{smtp} {imap}"
    return {"smtp": smtp, "imap": imap} if imap else {"smtp": smtp, "answers": "manual"}


def _user(answer: str) -> str:
    from outreach.workspace import values

    if _SERVER.search(answer):
        raise RefusedError("is a server: that is asked next", "here: who logs in there, often the address")
    return values.text(answer)


def _rename(asking: Asking, before: str, user: str) -> None:
    """Put another user into the URLs of the round before, which are the defaults now."""
    for key in ("smtp", "imap"):
        url = asking.before.get(key, "")
        old = f"://{quote(before, safe='')}@" if before else "://"
        if "://" in url and (before or "@" not in url):
            new = f"://{quote(user, safe='')}@" if user else "://"
            asking.before[key] = url.replace(old, new, 1)


def server(protocol: str, user: str, *, named: bool = True) -> Callable[[str], str]:
    """A parser for a server: HOST, HOST:PORT or a URL; gives the URL with the user in it, "" for "none".

    :param named: somebody said who the user is; if not, a server of this machine gets none.
    """
    from outreach.mailbox.probe import waits_for_tls
    from outreach.mailbox.providers import with_user
    from outreach.mailbox.wire import is_loopback
    from outreach.workspace.addresses import mail_url

    usual, upgraded = (465, "587") if protocol == "smtp" else (993, "143")

    def parse(answer: str) -> str:
        if answer.lower() in ("none", "-", "manual"):
            if protocol == "imap":
                return ""
            raise RefusedError("is no server", "a mailbox needs one to send by: HOST, HOST:PORT or a URL")
        if len(answer) > LONGEST:
            raise RefusedError(f"is longer than {LONGEST} characters", "a host's name has at most 253")
        url = answer
        host, _, port = answer.partition(":")
        if "://" not in answer:
            url = f"{protocol}s://{host}:{port or usual}"
            mail_url(protocol)(url)
            number = int(port or usual)
            if is_loopback(host):
                plain = number != usual and not waits_for_tls(host, number)
            else:
                plain = protocol == "smtp" and port == upgraded
            url = url if not plain else url.replace("s://", "://", 1)
        mail_url(protocol)(url)
        if "@" in url or (is_loopback(urlsplit(url).hostname or "") and not named):
            return url
        return with_user(url, user)

    return parse


def _pace(asking: Asking, provider: "Provider | None") -> "dict[str, Plain]":
    age = asking.choice("age", "How old is it", _AGES, "new")
    begin = STARTS[age]
    if begin > STARTS["new"]:
        question = "Letters a day that go out from it by now"
        writes = int(asking.text("writes", question, number(0, 100_000), str(begin)))
        begin = max(each for each in STARTS.values() if each <= max(min(begin, writes), STARTS["new"]))
    top = min(MOST, provider.per_day or MOST) if provider else MOST
    question = f"Letters a day at most, follow-ups too (1 to {top})"
    per_day = int(asking.text("per-day", question, number(1, top), str(min(USUAL, top))))
    return {"per_day": per_day, "ramp": True, "ramp_from": min(begin, per_day)}


def number(low: int, high: int) -> Callable[[str], int]:
    """A parser for a whole number from `low` to `high`."""

    def parse(answer: str) -> int:
        plain = answer.strip()
        if not (plain.isascii() and plain.isdecimal() and len(plain) < 10 and low <= int(plain) <= high):
            raise RefusedError(f"must be a whole number from {low} to {high}")
        return int(plain)

    return parse


def _replaced(asking: Asking, present: "Present") -> str:
    """The example's mailbox, if it is to go; "" if it is not there or stays."""
    from outreach.workspace.additions import EXAMPLE_MAILBOX

    if EXAMPLE_MAILBOX not in present.mailboxes or asking.said("keep-example"):
        return ""
    campaigns = ", ".join(present.naming(EXAMPLE_MAILBOX))
    where = f", in {campaigns} too" if campaigns else ""
    if not asking.quiet:
        text = f"{EXAMPLE_MAILBOX} is the example's: the new one can take its place{where}."
        say(text, indent="")
    return EXAMPLE_MAILBOX if asking.sure("Replace the example's mailbox", default=True) else ""


def _sender(asking: Asking, present: "Present", address: str) -> dict[str, str | None]:
    """The fields of `[sender]` to set: asked where they lack, or are the example's."""
    from outreach.workspace import values

    if not present.lacking:
        return {}
    if present.is_example:
        company = present.sender["company"]
        if asking.quiet and not asking.given.get("company"):
            said = f"[sender] is still the example's, {company}: every letter says so"
            say(said, indent="")
            return {}
        say(f"Who stands behind the letters? So far it is the example's {company}.", indent="")
    else:
        say("Who stands behind the letters? It is in the footer of each.", indent="")
    found: dict[str, str | None] = {}
    if "company" in present.lacking:
        found["company"] = asking.text("company", "Company, with its legal form", values.text)
    if "address" in present.lacking:
        found["address"] = asking.text("postal", "Postal address, on one line", _postal)
    if "country" in present.lacking:
        top = address.rpartition(".")[2]
        found["country"] = asking.text("country", "Country", _country_of, _country(top))
    if "timezone" in present.lacking:
        known = found.get("country") or str(present.sender.get("country", ""))
        found["timezone"] = asking.text("timezone", "Time zone of its day", values.zone, _zone(known))
    if present.is_example:
        for key, option in (("website", "website"), ("privacy_url", "privacy-url")):
            question = "Website" if key == "website" else "Page of your privacy notice"
            found[key] = asking.text(option, question, _page, optional=True) or None
    return found


def _postal(answer: str) -> str:
    from outreach.workspace import values

    if width(answer) < SHORTEST or not any(map(str.isalpha, answer)):
        raise RefusedError("is no postal address", 'write it whole, like "1 Mill Road, Leeds LS1 4AB"')
    return values.text(answer)


def _country_of(answer: str) -> str:
    from outreach.prospect.places import country_code
    from outreach.workspace import values

    return values.country(country_code(answer) or answer)


def _page(answer: str) -> str:
    """A page's URL; a bare host and path are one of https."""
    from outreach.workspace import addresses

    bare = "://" not in answer and "." in answer.partition("/")[0]
    return addresses.web_url(f"https://{answer}" if bare else answer)


def _country(top: str) -> str:
    """The country that a top-level domain is of, "" for none."""
    from outreach import data

    code = {"uk": "GB"}.get(top, top.upper())
    return code if code in data.country_zones() else ""


def _zone(country: str) -> str:
    from outreach import data

    return next(iter(data.country_zones().get(country, ())), "") or os.environ.get("TZ", "")
