"""How does the stand-in listen? On loopback alone, HTTP/1.1 with connections kept alive, a thread for each.

with server.running(folder) as stand_in:
    account = stand_in.account("harborline")
    stripe.StripeClient(account.secret_key, base_addresses={"api": account.base_url})
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from debtflow.demo.local_stripe import delivery, routing
from debtflow.demo.local_stripe.faults import Dropped
from debtflow.demo.local_stripe.world import Answer, Request, World

HOST = "127.0.0.1"
LARGEST_BODY = 1 << 20
MOST_SWALLOWED = 1 << 24
IDLE_SECONDS = 60


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    wbufsize = -1  # one packet for head and body
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    server: "_Server"

    def _serve(self) -> None:
        size = self._size()
        if size is None or size > LARGEST_BODY:
            self.close_connection = True
            self._swallow(min(size or 0, MOST_SWALLOWED))
            self._write(Answer(400 if size is None else 413, b'{"error": {"type": "invalid_request_error"}}'))
            return
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, parts.query, headers, self.rfile.read(size))
        try:
            self._write(routing.answer(self.server.world, request))
        except Dropped:
            self._drop()

    do_GET = do_POST = do_DELETE = do_OPTIONS = do_HEAD = _serve  # noqa: N815 (http.server names them)

    def _swallow(self, size: int) -> None:
        """Whoever is still sending would not hear the answer."""
        while size > 0 and (piece := self.rfile.read(min(size, 1 << 16))):
            size -= len(piece)

    def _size(self) -> int | None:
        given = self.headers.get("Content-Length", "0")
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "")
        return int(given) if given.isascii() and given.isdigit() and not chunked else None

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _drop(self) -> None:
        """Reset, so that the other side does not mistake it for an empty answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The log of requests is the world's."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, world: World, port: int) -> None:
        self.world = world
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((HOST, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == struct.pack("ii", 1, 0):
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""

    def hang_up(self) -> None:
        """End the connections that are kept alive."""
        with self._lock:
            for each in self._open:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it went by itself


@contextmanager
def running(folder: Path, port: int = 0, settles_after: float | None = None) -> Iterator[World]:
    """Serves the accounts in that folder; port 0 takes any free one. `world.base_url` tells where.

    settles_after: seconds until bank debits end by themselves in every account; None: when a test says so.
    """
    world = World(folder)
    world.store.set("", "settles_after", settles_after)
    server = _Server(world, port)
    world.base_url = f"http://{HOST}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="stripe", daemon=True)
    postman = delivery.Postman(world)
    thread.start()
    postman.start()
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()
        postman.stop()
        world.close()
