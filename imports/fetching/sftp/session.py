"""How does a session with a server come about? Address checked, key verified, signed in, watched all the time."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import paramiko
from django.conf import settings

from imports.fetching.sftp import addresses, host_keys
from imports.fetching.sftp.patience import Watch
from imports.fetching.sftp.remote import WINDOW_BYTES, Asking, Remote
from imports.fetching.sftp.trouble import NotAllowed, SignInRefused, Unreachable

CONNECT_SECONDS = 15
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr")
SIGNATURES = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}


@dataclass(frozen=True)
class Address:
    """Where and as whom to sign in. `host_key` is the pinned public key: type and base64, as in known_hosts."""

    host: str
    port: int
    username: str
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    host_key: str = ""


def host_key_of(host: str, port: int) -> str:
    """The key that the server shows now, for a person to compare and accept. Raises Trouble."""
    with session(host, port, CONNECT_SECONDS * 2) as server:
        return server.host_key()


@contextmanager
def connected(address: Address) -> Iterator[Remote]:
    """A signed-in session with the server, its key verified; SFTP_VISIT_SECONDS at most. Raises Trouble."""
    host_keys.parts(address.host_key)
    with session(address.host, address.port, settings.SFTP_VISIT_SECONDS) as server:
        shown = server.host_key(address.host_key)
        if not host_keys.same(shown, address.host_key):
            raise host_keys.refusal(address.host, address.host_key, shown)
        server.sign_in(address)
        yield server.remote()


@contextmanager
def session(host: str, port: int, seconds: float) -> Iterator["Session"]:
    """A connection of so many seconds at most, not yet verified, nobody signed in."""
    connection = addresses.connection_to(host, port, CONNECT_SECONDS)
    with connection, Session.over(connection, host, seconds) as server:
        yield server


class Session:
    """The steps of becoming connected, in their order."""

    def __init__(self, transport: paramiko.Transport, asking: Asking) -> None:
        self._transport = transport
        self._asking = asking

    @classmethod
    @contextmanager
    def over(cls, connection: socket.socket, host: str, seconds: float) -> Iterator["Session"]:
        """A session over a connection; both are closed at the end."""
        transport = _transport(connection)
        watch = Watch(host, transport.close, seconds)
        try:
            yield cls(transport, Asking(host, watch, transport.is_active))
        finally:
            watch.stop()
            transport.close()

    def host_key(self, pinned: str = "") -> str:
        """The key that the server proves to have; of the pinned one's type, when it has one of that type."""
        if pinned:
            _prefer(self._transport, host_keys.parts(pinned)[0])
        with self._asking("the encryption", seconds=CONNECT_SECONDS):
            self._transport.start_client(timeout=2 * CONNECT_SECONDS)
            key = self._transport.get_remote_server_key()
        return f"{key.get_name()} {key.get_base64()}"

    def sign_in(self, address: Address) -> None:
        """Sign in with the private key, or else with the password. Raises SignInRefused, Unreachable."""
        key = _private_key(address.private_key) if address.private_key else None
        with self._asking("the sign-in"):
            try:
                if key:
                    self._transport.auth_publickey(address.username, key)
                else:
                    self._transport.auth_password(address.username, address.password)
            except paramiko.BadAuthenticationType as error:
                kinds = " or ".join(error.allowed_types)
                raise SignInRefused(f"{address.host} lets {address.username} sign in by {kinds} only.") from error
            except paramiko.AuthenticationException as error:
                if not self._transport.is_active():
                    raise Unreachable(f"{address.host} broke the connection off during the sign-in.") from error
                raise SignInRefused(f"{address.host} refuses the user {address.username} or the credential.") from error

    def remote(self) -> Remote:
        """What can be done once signed in."""
        with self._asking("SFTP"):
            client = paramiko.SFTPClient.from_transport(self._transport, WINDOW_BYTES, 1 << 18)
        if client is None:
            raise NotAllowed("The server offers no SFTP.")
        return Remote(client, self._asking)


def _transport(connection: socket.socket) -> paramiko.Transport:
    transport = paramiko.Transport(connection, default_window_size=WINDOW_BYTES)
    # The watch is what ends them; the library's own time-outs only must not come first.
    transport.banner_timeout = transport.handshake_timeout = 2 * CONNECT_SECONDS
    options = transport.get_security_options()
    options.ciphers = [cipher for cipher in CIPHERS if cipher in options.ciphers]
    return transport


def _prefer(transport: paramiko.Transport, kind: str) -> None:
    """Ask for a key of that type before all others, lest a server with several shows another than the pinned."""
    options = transport.get_security_options()
    first = [name for name in SIGNATURES.get(kind, (kind,)) if name in options.key_types]
    options.key_types = [*first, *(name for name in options.key_types if name not in first)]


def check_private_key(text: str) -> None:
    """Raises SignInRefused, with a sentence, for what is no private key that we can sign in with."""
    _private_key(text)


def _private_key(text: str) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text))
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise SignInRefused("The private key cannot be read. It must be in OpenSSH or PEM form, without passphrase.")
