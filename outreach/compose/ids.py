"""The name of a letter: nobody can guess it, nobody can trace it to a person."""

import base64
import hmac

LOCAL_LIMIT = 64  # characters of a local part (RFC 5321 4.5.3.1.1)


def return_path(address: str, message_id: str, *, plus: bool) -> str:
    """The envelope sender of a letter: with `plus` name+TOKEN@domain, so that a report on it names the letter.

    TOKEN is the local part of its Message-ID. Where that would be too long, and without `plus`, the address.
    """
    local, _, domain = address.rpartition("@")
    named = f"{local}+{message_id.strip('<>').partition('@')[0]}"
    return f"{named}@{domain}" if plus and len(named) <= LOCAL_LIMIT else address


def message_id(key: bytes, campaign: str, email: str, letter: str, domain: str) -> str:
    """The Message-ID of one letter to one person in one campaign, angle brackets included.

    The same again for the same arguments, so a message can be looked up after a restore; without the key
    it tells nothing about the person. 26 characters and the domain, so 76 hold any domain up to 47.
    """
    parts = (part.encode() for part in ("message-id", campaign, email, letter))
    data = b"".join(b"%d:%b" % (len(part), part) for part in parts)
    digest = hmac.digest(key, data, "sha256")[:16]
    return f"<{base64.b32encode(digest).decode('ascii').rstrip('=').lower()}@{domain}>"
