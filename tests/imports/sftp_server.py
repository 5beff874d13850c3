"""A real SSH server in the test's process, over TCP, with the faults that real servers have."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

from tests.link import event_loop

USERNAME, PASSWORD = "northgate", "placements"


class _Door(asyncssh.SSHServer):
    def __init__(self, server: "Server") -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._server.connections.append(conn)

    def public_key_auth_supported(self) -> bool:
        return bool(self._server.authorized)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key == asyncssh.import_public_key(self._server.authorized)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USERNAME, PASSWORD)


class Server:
    """Serves `root`; a fault is switched on by its attribute."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = 0
        self.refuses_rename = False
        self.cuts_after: int | None = None  # bytes of a download
        self.stalls_after: int | None = None
        self.answers_at_most = 0  # bytes of one answer to a read; 0: as many as were asked for
        self.stalled = asyncio.Event()  # never set
        # Called with the path when a file is opened, read, or looked at alone: the world moves on meanwhile.
        self.on: dict[str, Callable[[str], object]] = {}
        self.lists_also: list[str] = []  # names that only a hostile server lists
        self.connections: list[asyncssh.SSHServerConnection] = []
        self.sign_ins = 0
        self.authorized = ""  # a public key that may sign in
        for name in ("incoming", "processed", "failed"):
            (root / name).mkdir(parents=True)

    @property
    def incoming(self) -> Path:
        return self.root / "incoming"

    @property
    def public_key(self) -> str:
        return " ".join(self.host_key.export_public_key().decode().split()[:2])

    def put(self, name: str, content: bytes) -> Path:
        """A whole file, as a client that renames when it is done leaves it."""
        path = self.incoming / name
        path.write_bytes(content)
        return path

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.root / folder).iterdir())


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: Any, server: Server) -> None:
        self._server = server
        server.sign_ins += 1
        super().__init__(channel, chroot=str(server.root).encode())

    def _happens(self, what: str, path: bytes) -> None:
        if what in self._server.on:
            self._server.on[what](path.decode(errors="replace"))

    def rename(self, old: bytes, new: bytes) -> Any:
        if self._server.refuses_rename:
            raise asyncssh.SFTPPermissionDenied("no")
        return super().rename(old, new)

    def posix_rename(self, old: bytes, new: bytes) -> Any:
        if self._server.refuses_rename:
            raise asyncssh.SFTPPermissionDenied("no")
        return super().posix_rename(old, new)

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        self._happens("open", path)
        return super().open(path, pflags, attrs)

    def lstat(self, path: bytes) -> Any:
        self._happens("look", path)
        return super().lstat(path)

    async def read(self, file: Any, offset: int, size: int) -> Any:
        self._happens("read", b"")
        cuts, stalls = self._server.cuts_after, self._server.stalls_after
        if cuts is not None and offset + size > cuts:
            self.channel.get_connection().abort()
        if stalls is not None and offset + size > stalls:
            file.close()  # nobody else will
            await self._server.stalled.wait()
        return super().read(file, offset, min(size, self._server.answers_at_most or size))

    async def scandir(self, path: bytes) -> Any:
        async for entry in super().scandir(path):
            yield entry
        for name in self._server.lists_also:
            attrs = asyncssh.SFTPAttrs(size=5, mtime=1, permissions=0o100644)
            yield asyncssh.SFTPName(name.encode(), attrs=attrs)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server listens on a free port of loopback, in a thread with its own event loop."""

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[server.host_key],
            server_factory=lambda: _Door(server),
            sftp_factory=lambda channel: _Files(channel, server),
            allow_scp=False,
        )

    async def close() -> None:
        acceptor.close()
        await acceptor.wait_closed()
        await asyncio.sleep(0)  # who was let in a moment ago stands in the door by now
        for connection in server.connections:
            connection.abort()
        await asyncio.gather(*(connection.wait_closed() for connection in server.connections))

    with event_loop() as loop:
        acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
        server.port = acceptor.get_port()
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(close(), loop).result(10)


@contextmanager
def silent() -> Iterator[int]:
    """A server that takes every connection and never says a word; gives its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        yield listening.getsockname()[1]
