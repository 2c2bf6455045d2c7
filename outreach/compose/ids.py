"""The two names a letter carries that nobody can guess and nobody can trace to a person."""

import base64
import hmac


def message_id(key: bytes, campaign: str, email: str, letter: str, domain: str) -> str:
    """The Message-ID of one letter to one person in one campaign, angle brackets included.

    The same again for the same arguments, so a message can be looked up after a restore; without the key
    it tells nothing about the person. 26 characters and the domain, so 76 hold any domain up to 47.
    """
    return f"<{_keyed(key, 16, 'message-id', campaign, email, letter)}@{domain}>"


def unsubscribe_token(key: bytes, email: str) -> str:
    """The 16 characters by which an opt-out request names a person without giving the address away."""
    return _keyed(key, 10, "unsubscribe", email)


def _keyed(key: bytes, size: int, *parts: str) -> str:
    """`size` bytes of HMAC-SHA256 over the parts, as lower-case base32."""
    data = b"".join(b"%d:%b" % (len(part), part) for part in (text.encode() for text in parts))
    return base64.b32encode(hmac.digest(key, data, "sha256")[:size]).decode("ascii").rstrip("=").lower()
