"""The name of a letter: nobody can guess it, nobody can trace it to a person."""

import base64
import hmac


def message_id(key: bytes, campaign: str, email: str, letter: str, domain: str) -> str:
    """The Message-ID of one letter to one person in one campaign, angle brackets included.

    The same again for the same arguments, so a message can be looked up after a restore; without the key
    it tells nothing about the person. 26 characters and the domain, so 76 hold any domain up to 47.
    """
    parts = (part.encode() for part in ("message-id", campaign, email, letter))
    data = b"".join(b"%d:%b" % (len(part), part) for part in parts)
    digest = hmac.digest(key, data, "sha256")[:16]
    return f"<{base64.b32encode(digest).decode('ascii').rstrip('=').lower()}@{domain}>"
