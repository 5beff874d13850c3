"""Where may a feed lead us? Not into our own network, unless this installation allows it.

The admin of an agency chooses host and port, and must not make a scanner of us. A name is looked up once, and the
connection goes to the very address that was checked: a second look-up could give another.
"""

import ipaddress
import socket
import time
from typing import Any

from django.conf import settings

from imports.fetching.sftp.trouble import AddressRefused, Unreachable

# One name may have many addresses; two families with a spare each are enough.
ADDRESSES_TRIED = 4
# IPv4 within IPv6, for networks that translate (RFC 6052): what counts is the address within.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def connection_to(host: str, port: int, seconds: float) -> socket.socket:
    """A TCP connection, made within that many seconds. Raises AddressRefused, Unreachable."""
    trouble: OSError | None = None
    deadline = time.monotonic() + seconds
    for family, sockaddr in _allowed(host, port)[:ADDRESSES_TRIED]:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(max(deadline - time.monotonic(), 0.01))
            connection.connect(sockaddr)
        except OSError as error:
            connection.close()
            trouble = error
        else:
            return connection
    if isinstance(trouble, TimeoutError):
        raise Unreachable(f"{host} did not answer in time.") from trouble
    reason = trouble.strerror if trouble else "it has no address"
    raise Unreachable(f"The connection to {host} failed: {reason}.") from trouble


def is_public(address: str) -> bool:
    """Does the address belong to somebody on the Internet, and not to a network of our own?"""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        within = ip.ipv4_mapped or ip.sixtofour
        if ip in TRANSLATED:
            within = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        ip = within or ip
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _allowed(host: str, port: int) -> list[tuple[int, Any]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"The connection to {host} failed: there is no server of that name.") from error
    every: list[tuple[int, Any]] = [(family, sockaddr) for family, _, _, _, sockaddr in found]
    if settings.SFTP_ALLOW_PRIVATE_HOSTS:
        return every
    public = [(family, sockaddr) for family, sockaddr in every if is_public(str(sockaddr[0]))]
    if every and not public:
        raise AddressRefused(
            f"{host} is an address within a private network, where feeds may not lead."
            " The operator of this installation can allow it."
        )
    return public
