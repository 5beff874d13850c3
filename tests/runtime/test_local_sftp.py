"""The demo's SFTP server: real SSH, one folder per account, and nothing above it."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from django.utils import timezone
from pytest_django import Settings

from debtflow.demo import local_sftp
from debtflow.management.commands import sftp_server


@pytest.fixture
def account(settings: Settings, tmp_path: Path) -> Iterator[local_sftp.Account]:
    settings.DATA_DIR = tmp_path
    account = local_sftp.account("northgate")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(sftp_server.listen(account.port), loop).result(10)

    async def close() -> None:
        server.close()
        await server.wait_closed()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    yield account
    asyncio.run_coroutine_threadsafe(close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def client(account: local_sftp.Account) -> Iterator[paramiko.SFTPClient]:
    transport = paramiko.Transport((account.host, account.port))
    transport.connect(username=account.username, password=account.password)
    assert f"{transport.get_remote_server_key().get_name()} {transport.get_remote_server_key().get_base64()}" == (
        account.host_key
    )
    client = paramiko.SFTPClient.from_transport(transport)
    assert client
    yield client
    client.close()
    transport.close()


def test_a_creditor_puts_a_file_and_we_move_it(client: paramiko.SFTPClient, account: local_sftp.Account) -> None:
    assert sorted(client.listdir("/")) == ["failed", "incoming", "outgoing", "processed"]
    with client.open("/incoming/new.csv", "w") as file:
        file.write("external_ref\n")
    client.posix_rename("/incoming/new.csv", "/processed/new.csv")
    assert (account.home / "processed" / "new.csv").read_text() == "external_ref\n"


def test_nobody_climbs_out_of_his_folder(client: paramiko.SFTPClient) -> None:
    with pytest.raises(OSError, match="No such file"):
        client.stat("/../../accounts.json")
    client.symlink("/../../../accounts.json", "/incoming/link")
    with pytest.raises(OSError):
        client.open("/incoming/link")


def test_a_wrong_password_and_a_stranger_are_refused(account: local_sftp.Account) -> None:
    for username, password in ((account.username, "wrong"), ("stranger", account.password), (account.username, "")):
        transport = paramiko.Transport((account.host, account.port))
        with pytest.raises(paramiko.AuthenticationException):
            transport.connect(username=username, password=password)
        transport.close()


def test_key_password_and_port_are_kept(account: local_sftp.Account) -> None:
    assert local_sftp.account("northgate") == account
    assert (local_sftp.root() / "accounts.json").stat().st_mode & 0o777 == 0o600


def test_samples_are_put_once(account: local_sftp.Account) -> None:
    local_sftp.put_samples()
    incoming = local_sftp.account(local_sftp.PLACEMENTS).home / "incoming"
    names = sorted(file.name for file in incoming.iterdir())
    today = f"{timezone.now().date():%Y-%m-%d}"
    assert names == [f"{name}_placements_{today}.csv" for name in ("lakeshore", "northgate", "summit")]
    (incoming / names[0]).unlink()
    local_sftp.put_samples()
    assert not (incoming / names[0]).exists()
