"""What does a server show at a first look? For "Test connection": nothing is written, there or here."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from imports.fetching.sftp import host_keys
from imports.fetching.sftp.remote import RemoteFile
from imports.fetching.sftp.session import Address, session
from imports.fetching.sftp.trouble import Trouble

# Somebody waits for the page.
PROBE_SECONDS = 20
SHOWN_FILES = 20


@dataclass(frozen=True)
class Probe:
    """The server's key, and when it is the pinned one, the first `files` that match by name, and how many `more`.

    `trouble` is a sentence, empty when all is well; `host_key` is empty when the server could not be reached.
    """

    host_key: str = ""
    fingerprint: str = ""
    key_is_pinned: bool = False
    files: list[RemoteFile] = field(default_factory=list)
    more: int = 0
    trouble: str = ""


def probe(address: Address, folder: str, pattern: str) -> Probe:
    """Look at the server, within PROBE_SECONDS. Signs in only when its key is the pinned one. Raises nothing."""
    shown, pinned = "", False
    try:
        with session(address.host, address.port, PROBE_SECONDS) as server:
            shown = server.host_key(address.host_key)
            if not address.host_key:
                return Probe(shown, host_keys.fingerprint(shown))
            pinned = host_keys.same(shown, address.host_key)
            if not pinned:
                raise host_keys.refusal(address.host, address.host_key, shown)
            server.sign_in(address)
            files, number = _some(server.remote().files(folder), pattern)
            return Probe(shown, host_keys.fingerprint(shown), pinned, files, number - len(files))
    except Trouble as trouble:
        return Probe(shown, host_keys.fingerprint(shown) if shown else "", pinned, trouble=str(trouble))


def _some(files: Iterator[RemoteFile], pattern: str) -> tuple[list[RemoteFile], int]:
    """The first by name of those that match, and the number of all."""
    number = 0

    def matching() -> Iterator[RemoteFile]:
        nonlocal number
        for file in files:
            if file.is_usable and file.matches(pattern):
                number += 1
                yield file

    return heapq.nsmallest(SHOWN_FILES, matching(), key=lambda file: file.name), number
