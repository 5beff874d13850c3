"""The web server of the Procfile with the settings of production, and how a browser asks it, for `hundred_users`."""

import asyncio
import contextlib
import gzip
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

HOST = "debtflow.example"
WITH_LIMIT = "tests.bench.hundred_users_wsgi:application"

# Sessions are signed with them.
KEYS = {
    "SECRET_KEY": "of-the-bench-alone-" + "0" * 50,
    "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
}


def production(environment: dict[str, str]) -> dict[str, str]:
    """The variables of a web process in production."""
    left_out = {"DEBUG", "DATABASE_OWNER_URL"}
    told = {"ALLOWED_HOSTS": HOST, "EMAIL_HOST": "localhost", "BEHIND_TLS_PROXY": "1"}
    return {name: value for name, value in environment.items() if name not in left_out} | told


@contextlib.contextmanager
def web(environment: dict[str, str], root: Path) -> Iterator[int]:
    """The web server's port, while it runs as the Procfile says, with the limit as one page more."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = next(line for line in (root / "Procfile").read_text().splitlines() if line.startswith("web:"))
    words = line.removeprefix("web:").replace("${PORT:-8000}", str(port)).replace("${WEB_CONCURRENCY:-2}", "2")
    words = words.replace("debtflow.wsgi:application", WITH_LIMIT)
    collected_before = (root / "staticfiles").exists()
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], env=environment, cwd=root, check=True
    )
    serve = [sys.executable, "-m", *shlex.split(words)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(serve, env=environment, cwd=root, **silent) as server:
        try:
            _wait_for(port, server)
            yield port
        finally:
            server.terminate()
            if not collected_before:
                shutil.rmtree(root / "staticfiles")


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The web server did not come up.")


async def ask(
    port: int, path: str, cookies: str, token: str, form: dict[str, str] | None
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of the answer; `form` is posted with the token against forgery."""
    lines = [
        f"{'GET' if form is None else 'POST'} {path.split('#')[0]} HTTP/1.1",
        f"Host: {HOST}",
        f"Cookie: {cookies}",
    ]
    lines += ["X-Forwarded-Proto: https", "Connection: close", f"Origin: https://{HOST}", "Accept-Encoding: gzip"]
    data = b""
    if form is not None:
        data = urlencode(form | {"csrfmiddlewaretoken": token}).encode()
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(data)}"]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + data)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return int(first.split()[1]) if first else 0, headers, body.decode("utf-8", "replace")
