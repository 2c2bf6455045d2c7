"""E-mail addresses as the store keeps them, and the company an address belongs to."""

import re
import unicodedata
from typing import Final

from outreach import data
from outreach.prospect.nothing import THING, no_value

MAX_LOCAL: Final = 64  # RFC 5321, section 4.5.3.1.1
MAX_ADDRESS: Final = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
_AROUND: Final = " <>'()[];,.:"  # what is left of a list or a link around an address
_NAMED: Final = re.compile(r"^[^<>@]*<([^<>]*)$")  # the end, a ">", is gone by then
_QUERY: Final = re.compile(r"\?(?:subject|body|cc|bcc)=.*$", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s,;|/]+|(?<=>)(?=.)")
_SPACED: Final = re.compile(r"\s*([@.,])\s*")

# Nearly every address in a file is a dot-atom (RFC 5322, section 3.2.3) at a host of plain labels
# (RFC 1123, section 2.1), under a top-level domain that has no reserved names (RFC 6761). email-validator
# finds the same in 20 us, this in one, and it takes 25 ms to import; whatever is not matched, punycode
# ("xn--") included, goes to it.
_ATOM: Final = r"[a-z0-9_!#$%&'*+\-/=?^`{|}~]+"
_LABEL: Final = r"(?!..--)[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
_ORDINARY: Final = "com|net|org|info|biz|example|[a-z]{2}"
_plain = re.compile(
    rf"(?=[^@]{{1,{MAX_LOCAL}}}@){_ATOM}(?:\.{_ATOM})*"
    rf"@(?:{_LABEL}\.)+(?:{_ORDINARY})"
).fullmatch


def address(text: str) -> str:
    """The address in lower case with an ASCII domain, which may be of the reserved .test and .example.

    Raises ValueError with what is wrong with it. The domain is not looked up. Letters beyond ASCII before the
    @ are refused: mail servers need an extension for them (SMTPUTF8, RFC 6531) that few have.
    """
    if text.isascii():
        lower = text.lower()
        if len(lower) <= MAX_ADDRESS and _plain(lower):
            return lower
    return validated(text)


def written_address(text: str) -> str:
    """As `address`, of text that has an address in it: "mailto:ann@acme.com", "Ann Lee <ann@acme.com>;".

    Raises ValueError, for several addresses and with what may have been meant where that can be told.
    """
    plain = unicodedata.normalize("NFKC", text).strip(_AROUND)
    if plain.startswith('"') and plain.endswith('"'):  # a single one is left of a row cut in the wrong place
        plain = plain.strip('"')
    plain = _NAMED.sub(r"\1", plain) if "<" in plain else plain
    plain = _QUERY.sub("", plain.removeprefix(plain[:7] if plain[:7].lower() == "mailto:" else ""))
    parts = dict.fromkeys(filter(None, (part.strip(_AROUND) for part in _BETWEEN.split(plain))))
    several = [part for part in parts if "@" in part]
    if len(several) > 1:
        shown = ", ".join(several[:3])
        raise ValueError(f"several addresses in one cell ({shown}): keep one, or make a row for each person")
    if len(parts) == 1:
        return address(several[0] if several else plain)
    try:
        return address(text)
    except ValueError as exc:
        meant = _SPACED.sub(lambda found: found[1].replace(",", "."), plain).lower()
        if not _plain(meant):
            raise
        raise ValueError(f"{exc}; did you mean {meant}?") from exc


def validated(text: str) -> str:
    """As `address`, every form by email-validator."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            text,
            strict=True,  # the local part's length too
            allow_smtputf8=False,
            check_deliverability=False,
            test_environment=True,  # admits .test, which reaches nobody
        )
    except EmailNotValidError as exc:
        raise ValueError(str(exc).removesuffix(".")) from exc
    if "." not in found.ascii_domain:
        raise ValueError("The part after the @-sign is not valid. It should have a period")
    return f"{found.ascii_local_part}@{found.ascii_domain}".lower()


def address_or_domain(text: str) -> str:
    """An address, or a domain written "acme.com", "@acme.com" or "www.acme.com", as prospects carry them.

    Raises ValueError for anything else.
    """
    name = text.strip().removeprefix("@")
    if "@" not in name and name.lower().startswith("www.") and name.count(".") > 1:
        name = name[4:]  # nobody's address is there: the domain of the web page is meant
    try:
        return address(name) if "@" in name else address(f"x@{name}").removeprefix("x@")
    except ValueError as exc:
        raise ValueError(f"{text!r} is neither an address nor a domain") from exc


def company_key(email: str, company: str = "") -> str:
    """What stands for a prospect's company: people with the same key are treated as colleagues.

    The company field without regard to case, width and white space; without one the mail domain, or the
    address itself where the domain is of a consumer mail provider. A company that says nothing ("-", "N/A") is
    none: it would make strangers colleagues.
    """
    if company and not no_value(company, THING):
        folded = company if company.isascii() else unicodedata.normalize("NFKC", company)
        return " ".join(folded.casefold().split())
    domain = email.rpartition("@")[2]
    return email if domain in data.words("consumer_domains") else domain
