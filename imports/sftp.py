"""How do we talk to a creditor's SFTP server? The only module that knows paramiko.

Every failure is a `Trouble` with a sentence; nothing of the library's own errors gets out. Names on the server are
never paths of ours: they are matched, compared and sent back, no more.
"""

import base64
import hashlib
import hmac
import io
import posixpath
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

import paramiko
from paramiko.sftp_file import SFTPFile

CONNECT_SECONDS = 15
ANSWER_SECONDS = 30
WINDOW_BYTES = 64 * 1024 * 1024
# Big pieces, a bounded number of them asked for ahead: half again the time of the sftp command, and flat memory.
PIECE_BYTES = 255 * 1024
PIECES_AHEAD = 64
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr")
SIGNATURES = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}


class Trouble(Exception):
    """The server could not be used; `str()` is the sentence for the user."""

    transient = False


class Unreachable(Trouble):
    """No connection, or it broke: worth another try."""

    transient = True


class HostKeyRefused(Trouble):
    """The server shows another key than the pinned one: nothing was sent, nothing was read."""


class SignInRefused(Trouble):
    """The server does not know the user, or refuses his password or key."""


class NotThere(Trouble):
    """The folder or file does not exist."""


class NotAllowed(Trouble):
    """The server refuses the operation."""


@dataclass(frozen=True)
class Address:
    """Where and as whom to sign in. `host_key` is the pinned public key: type and base64, as in known_hosts."""

    host: str
    port: int
    username: str
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    host_key: str = ""


@dataclass(frozen=True)
class RemoteFile:
    """A regular file as the server lists it; `mtime` in seconds since 1970."""

    name: str
    size: int
    mtime: int


def host_key_of(host: str, port: int) -> str:
    """The key that the server shows now, for a person to compare and accept. Raises Trouble."""
    with _named(host), _transport(host, port) as transport:
        transport.start_client(timeout=CONNECT_SECONDS)
        return _text(transport.get_remote_server_key())


def fingerprint(host_key: str) -> str:
    """The key's SHA-256, as ssh shows it."""
    _, encoded = _parts(host_key)
    digest = hashlib.sha256(base64.b64decode(encoded)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


@contextmanager
def connected(address: Address) -> Iterator["Remote"]:
    """A session with the server, signed in, its key verified. Raises Trouble."""
    with _named(address.host), _transport(address.host, address.port) as transport:
        _verify(transport, address)
        _sign_in(transport, address)
        client = paramiko.SFTPClient.from_transport(transport, WINDOW_BYTES, 1 << 18)
        if client is None:
            raise NotAllowed(f"{address.host} offers no SFTP.")
        channel = client.get_channel()
        if channel is not None:
            channel.settimeout(ANSWER_SECONDS)
        with client:
            yield Remote(client)


class Remote:
    """What we do on a server once signed in."""

    def __init__(self, client: paramiko.SFTPClient) -> None:
        self._client = client

    def files(self, folder: str) -> list[RemoteFile]:
        """The regular files of a folder, by name. Names that are no plain names are passed over."""
        with _about(folder):
            listed = [_remote_file(entry) for entry in self._client.listdir_iter(folder)]
        return sorted((file for file in listed if file), key=lambda file: file.name)

    def look_at(self, folder: str, name: str) -> RemoteFile | None:
        """The file as it is now, None when there is none."""
        try:
            with _about(name):
                entry = self._client.lstat(posixpath.join(folder, name))
        except NotThere:
            return None
        entry.filename = name
        return _remote_file(entry)

    def download(self, folder: str, file: RemoteFile, into: BinaryIO) -> str:
        """Write the file's bytes, as many as were listed; gives their SHA-256. The pieces are streamed."""
        digest = hashlib.sha256()
        with _about(file.name), self._client.open(posixpath.join(folder, file.name), "rb") as source:
            source.MAX_REQUEST_SIZE = PIECE_BYTES
            for piece in _pieces(source, file.size):
                digest.update(piece)
                into.write(piece)
        return digest.hexdigest()

    def move(self, folder: str, name: str, to_folder: str, *, otherwise: str) -> None:
        """Move a file; `otherwise` is its name when the other folder has one of that name."""
        with _about(to_folder):
            if not self._exists(to_folder):
                self._client.mkdir(to_folder)
        target = posixpath.join(to_folder, name)
        with _about(name):
            if self._exists(target):
                target = posixpath.join(to_folder, otherwise)
            self._client.rename(posixpath.join(folder, name), target)

    def _exists(self, path: str) -> bool:
        try:
            self._client.lstat(path)
        except FileNotFoundError:
            return False
        return True


def _remote_file(entry: paramiko.SFTPAttributes) -> RemoteFile | None:
    name = entry.filename
    plain = bool(name) and name not in (".", "..") and "/" not in name and "\0" not in name
    if not plain or entry.st_mode is None or not stat.S_ISREG(entry.st_mode):
        return None
    return RemoteFile(name, entry.st_size or 0, int(entry.st_mtime or 0))


def _pieces(source: SFTPFile, size: int) -> Iterator[bytes]:
    """The file's bytes in order; a bounded number of pieces is under way at any time."""
    offsets = range(0, size, PIECE_BYTES)
    for first in range(0, len(offsets), PIECES_AHEAD):
        chunks = [(at, min(PIECE_BYTES, size - at)) for at in offsets[first : first + PIECES_AHEAD]]
        for (_, length), piece in zip(chunks, source.readv(chunks), strict=True):
            if len(piece) != length:
                raise Unreachable("The file became shorter while it was read.")
            yield piece


# --- connecting ----------------------------------------------------------------------------------------------


@contextmanager
def _transport(host: str, port: int) -> Iterator[paramiko.Transport]:
    connection = socket.create_connection((host, port), CONNECT_SECONDS)
    transport = paramiko.Transport(connection, default_window_size=WINDOW_BYTES)
    transport.banner_timeout = transport.handshake_timeout = CONNECT_SECONDS
    transport.auth_timeout = transport.channel_timeout = ANSWER_SECONDS
    options = transport.get_security_options()
    options.ciphers = [cipher for cipher in CIPHERS if cipher in options.ciphers]
    try:
        yield transport
    finally:
        transport.close()


def _verify(transport: paramiko.Transport, address: Address) -> None:
    """The server must prove that it has the pinned key; it is asked for a key of that type only."""
    kind, _ = _parts(address.host_key)
    options = transport.get_security_options()
    types = [name for name in SIGNATURES.get(kind, (kind,)) if name in options.key_types]
    if types:
        options.key_types = types
    try:
        transport.start_client(timeout=CONNECT_SECONDS)
    except paramiko.IncompatiblePeer as error:
        raise HostKeyRefused(_refusal(address.host, f"it has no {kind} key any more")) from error
    shown = _text(transport.get_remote_server_key())
    if not hmac.compare_digest(shown, " ".join(_parts(address.host_key))):
        raise HostKeyRefused(_refusal(address.host, f"it is now {fingerprint(shown)}"))


def _refusal(host: str, what: str) -> str:
    return f"The host key of {host} is not the pinned one ({what}). Nothing was read. Ask the creditor, then pin it."


def _sign_in(transport: paramiko.Transport, address: Address) -> None:
    try:
        if address.private_key:
            transport.auth_publickey(address.username, _private_key(address.private_key))
        else:
            transport.auth_password(address.username, address.password)
    except paramiko.AuthenticationException as error:
        raise SignInRefused(f"{address.host} refuses the user {address.username} or the credential.") from error


def _private_key(text: str) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text))
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise SignInRefused("The private key cannot be read. It must be in OpenSSH or PEM form, without passphrase.")


def _parts(host_key: str) -> tuple[str, str]:
    words = host_key.split()
    if len(words) < 2:
        raise HostKeyRefused("No host key is pinned. Nothing was read.")
    return words[0], words[1]


def _text(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {key.get_base64()}"


# --- errors --------------------------------------------------------------------------------------------------


@contextmanager
def _named(host: str) -> Iterator[None]:
    """The library's and the network's errors as Trouble with the server."""
    try:
        yield
    except Trouble:
        raise
    except TimeoutError as error:
        raise Unreachable(f"{host} did not answer in time.") from error
    except (OSError, EOFError, paramiko.SSHException, UnicodeDecodeError) as error:
        raise Unreachable(f"The connection to {host} failed: {error or type(error).__name__}.") from error


@contextmanager
def _about(what: str) -> Iterator[None]:
    """The server's refusals as Trouble with a file or folder."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotThere(f"{what!r} does not exist on the server.") from error
    except PermissionError as error:
        raise NotAllowed(f"The server does not allow it: {what!r}.") from error
    except UnicodeDecodeError as error:
        raise NotAllowed(f"{what!r} holds a name that is not UTF-8. Rename that file.") from error
    except paramiko.SFTPError as error:
        raise NotAllowed(f"The server refuses {what!r}: {error}.") from error
    except TimeoutError:
        raise
    except OSError as error:
        if error.errno is not None:  # the network's own
            raise
        raise NotAllowed(f"The server refuses {what!r}: {error}.") from error
