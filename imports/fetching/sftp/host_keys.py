"""How is a server's public key written? As in known_hosts, type and base64, and for people as its fingerprint."""

import base64
import binascii
import hashlib
import hmac

from imports.fetching.sftp.trouble import HostKeyRefused


def parts(host_key: str) -> tuple[str, str]:
    """Type and base64 of a key. Raises HostKeyRefused when there is none."""
    words = host_key.split()
    if len(words) < 2:
        raise HostKeyRefused("No host key is pinned. Nothing was read. Compare the server's key and accept it.")
    return words[0], words[1]


def fingerprint(host_key: str) -> str:
    """The key's SHA-256, as ssh shows it. Raises HostKeyRefused for what is no key."""
    _, encoded = parts(host_key)
    try:
        digest = hashlib.sha256(base64.b64decode(encoded, validate=True)).digest()
    except binascii.Error as error:
        raise HostKeyRefused("The pinned host key is not written as in known_hosts. Nothing was read.") from error
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def same(one: str, other: str) -> bool:
    """Are they one key? Comments behind them do not count."""
    return hmac.compare_digest(" ".join(parts(one)).encode(), " ".join(parts(other)).encode())


def refusal(host: str, pinned: str, shown: str) -> HostKeyRefused:
    """The server's key is not the pinned one."""
    return HostKeyRefused(
        f"The host key of {host} is not the pinned one: {fingerprint(pinned)} is pinned, {fingerprint(shown)} is shown."
        " Nothing was read. Ask the creditor, then accept the new key."
    )
