"""A real SSH server on loopback, so that the demo imports files the way production does."""

import asyncio
import signal
from typing import Any

import asyncssh
from django.core.management.base import BaseCommand

from debtflow.demo import local_sftp


class PasswordServer(asyncssh.SSHServer):
    """Signs in the accounts of `local_sftp` by password, and nobody else by anything else."""

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return local_sftp.is_allowed(username, password)


def _files_of(channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
    """Each account sees its own home as `/`, and nothing above it."""
    home = local_sftp.home(channel.get_extra_info("username"))
    return asyncssh.SFTPServer(channel, chroot=str(home).encode())


async def listen(port: int) -> asyncssh.SSHAcceptor:
    """A listening server; the caller closes it."""
    return await asyncssh.listen(
        local_sftp.HOST,
        port,
        server_host_keys=[local_sftp.host_key()],
        server_factory=PasswordServer,
        sftp_factory=_files_of,
        allow_scp=False,
        allow_pty=False,
    )


async def _serve_until_told() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with await listen(local_sftp.port()):
        await stop.wait()


class Command(BaseCommand):
    help = "Serve the demo's SFTP folders on loopback until interrupted."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(_serve_until_told())
