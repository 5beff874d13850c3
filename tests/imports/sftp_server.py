"""A real SSH server in the test's process, over TCP, with the faults that real servers have."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

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

    with _loop() as loop:
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


class Link:
    """What lies between us and a server: each way it takes `delay` seconds, or lets through a few bytes at a time."""

    def __init__(self, to_port: int, *, delay: float = 0.0) -> None:
        self.to_port = to_port
        self.delay = delay
        self.trickles = False  # one byte of the server's, ten times a second
        self.port = 0

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_there = await asyncio.open_connection("127.0.0.1", self.to_port)
        await asyncio.gather(self._carry(reader, to_there), self._carry(there, writer, may_trickle=True))

    async def _carry(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, may_trickle: bool = False
    ) -> None:
        loop = asyncio.get_running_loop()
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def arrive() -> None:
            while True:
                at, piece = await under_way.get()
                await asyncio.sleep(max(at - loop.time(), 0))
                if may_trickle and self.trickles:
                    for sign in piece:
                        to.write(bytes([sign]))
                        await asyncio.sleep(0.1)
                else:
                    to.write(piece)
                    await to.drain()
                under_way.task_done()

        arriving = asyncio.create_task(arrive())
        try:
            while piece := await source.read(1 << 18):
                under_way.put_nowait((loop.time() + self.delay, piece))
            await under_way.join()
        except ConnectionError:
            pass
        finally:
            arriving.cancel()
            to.close()


@contextmanager
def link(to_port: int, *, delay: float = 0.0) -> Iterator[Link]:
    """A link to that port of loopback; its own port leads through it."""
    between = Link(to_port, delay=delay)

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(between.connected, "127.0.0.1", 0, limit=1 << 22)

    async def close() -> None:
        listening.close()

    with _loop() as loop:
        listening = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
        between.port = listening.sockets[0].getsockname()[1]
        try:
            yield between
        finally:
            asyncio.run_coroutine_threadsafe(close(), loop).result(10)


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own; what still runs at the end is cancelled."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def cancel_all() -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        yield loop
    finally:
        asyncio.run_coroutine_threadsafe(cancel_all(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
