"""A real SSH server in the test's process, over TCP, with the faults that real servers have."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

USERNAME, PASSWORD = "northgate", "placements"


class _Door(asyncssh.SSHServer):
    def __init__(self, server: "Server") -> None:
        self._server = server

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
        self.lists_also: list[str] = []  # names that only a hostile server lists
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


def _handler(server: Server) -> type[asyncssh.SFTPServer]:
    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            server.sign_ins += 1
            super().__init__(channel, chroot=str(server.root).encode())

        def rename(self, old: bytes, new: bytes) -> Any:
            if server.refuses_rename:
                raise asyncssh.SFTPPermissionDenied("no")
            return super().rename(old, new)

        def read(self, file: Any, offset: int, size: int) -> Any:
            if server.cuts_after is not None and offset + size > server.cuts_after:
                self.channel.get_connection().abort()
            return super().read(file, offset, size)

        async def scandir(self, path: bytes) -> Any:
            async for entry in super().scandir(path):
                yield entry
            for name in server.lists_also:
                attrs = asyncssh.SFTPAttrs(size=5, mtime=1, permissions=0o100644)
                yield asyncssh.SFTPName(name.encode(), attrs=attrs)

    return Files


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server listens on a free port of loopback, in a thread with its own event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[server.host_key],
            server_factory=lambda: _Door(server),
            sftp_factory=_handler(server),
            allow_scp=False,
        )

    async def close() -> None:
        acceptor.close()
        await acceptor.wait_closed()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    server.port = acceptor.get_port()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
