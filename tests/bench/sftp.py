"""Download of 50 MB beside the `sftp` command, on loopback and over a link of 20 ms there and back (SPEC §14).

Ours is a session and `Remote.download` into a file of this process; the limit is OpenSSH's command, started anew. Both
talk to the same server, in a process of its own, and take turns; medians are compared. The second server cuts every
answer at 32 KB, as many do. Run by `make bench`, or alone: `python -m tests.bench.sftp [--quick]`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

MEGABYTES, ROUNDS, BAR = 50, 5, 2.0
RETURN_SECONDS = 0.020
ROOT = Path(__file__).resolve().parents[2]


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether every bar holds."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
    os.environ |= {"DEBUG": "1", "DATABASE_URL": os.environ.get("DATABASE_URL", "postgres://none@localhost/none")}
    django.setup()
    command = shutil.which("sftp")
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as served:
        found: dict[str, dict[str, list[float]]] = {}
        for _ in range(1 if quick else ROUNDS):
            for name, port in served["ports"].items():
                times = found.setdefault(name, {"ours": [], "limit": []})
                times["ours"].append(_ours(served, port))
                if command:
                    times["limit"].append(_limit(command, served, port))
    if not command:
        print("The sftp command is not installed: there is nothing to compare with.")
    return _report(found)


def _report(found: dict[str, dict[str, list[float]]]) -> bool:
    fine = True
    print(f"{'sftp, 50 MB':<24}{'ours s':>10}{'MB/s':>10}{'limit s':>10}{'ratio':>8}")
    for name, times in found.items():
        ours = median(times["ours"])
        limit = median(times["limit"]) if times["limit"] else 0.0
        holds = not limit or ours / limit <= BAR
        fine = fine and holds
        beside = f"{limit:>10.2f}{ours / limit:>8.2f}" if limit else f"{'-':>10}{'-':>8}"
        print(f"{name:<24}{ours:>10.2f}{MEGABYTES / ours:>10.0f}{beside}{'' if holds else '   over the bar'}")
    print(f"bar: ratio <= {BAR}")
    return fine


def _ours(served: dict[str, Any], port: int) -> float:
    from imports.fetching import sftp

    address = sftp.Address(
        "127.0.0.1", port, "northgate", private_key=Path(served["key_file"]).read_text(), host_key=served["host_key"]
    )
    begun = time.perf_counter()
    with sftp.connected(address) as remote, tempfile.TemporaryFile() as into:
        file = remote.look_at("incoming", "big.csv")
        if file is None:
            raise SystemExit("The file is not on the server.")
        remote.download("incoming", file, into)
    return time.perf_counter() - begun


def _limit(command: str, served: dict[str, Any], port: int) -> float:
    options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes", "LogLevel=ERROR")
    line = [command, "-q", "-P", str(port), "-i", served["key_file"], *(f"-o{option}" for option in options)]
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        subprocess.run(
            [*line, "northgate@127.0.0.1:/incoming/big.csv", f"{folder}/big.csv"], check=True, stdout=subprocess.DEVNULL
        )
        seconds = time.perf_counter() - begun
        if (Path(folder) / "big.csv").stat().st_size != MEGABYTES * 1_000_000:
            raise SystemExit("The sftp command did not fetch the whole file.")
    return seconds


@contextmanager
def _served(folder: Path) -> Iterator[dict[str, Any]]:
    serving = [sys.executable, "-m", "tests.bench.sftp", "--serve", str(folder)]
    with subprocess.Popen(serving, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def serve(folder: Path) -> None:
    """In a process of its own: the servers and the link, until it is told to end."""
    import asyncssh

    from tests.imports import sftp_server
    from tests.link import link

    key = asyncssh.generate_private_key("ssh-ed25519")
    key_file = folder / "key"
    key_file.write_bytes(key.export_private_key())
    key_file.chmod(0o600)
    with ExitStack() as open_until_the_end:
        ports: dict[str, int] = {}
        host_key = asyncssh.generate_private_key("ssh-ed25519")
        for name, at_most in (("", 0), (", 32 KB answers", 32 * 1024)):
            server = sftp_server.Server(folder / f"remote{at_most}")
            server.host_key = host_key
            server.authorized = key.export_public_key().decode()
            server.answers_at_most = at_most
            server.put("big.csv", os.urandom(1_000_000) * MEGABYTES)
            open_until_the_end.enter_context(sftp_server.running(server))
            slow = open_until_the_end.enter_context(link(server.port, delay=RETURN_SECONDS / 2))
            ports |= {f"loopback{name}": server.port, f"20 ms{name}": slow.port}
        told = {"ports": ports, "host_key": server.public_key, "key_file": str(key_file)}
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(Path(sys.argv[2]))
    else:
        raise SystemExit(not run(quick="--quick" in sys.argv[1:]))
