"""What lies between us and a server: a link that delays, is narrow, or lets through a few bytes at a time."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Link:
    """Each way takes `delay` seconds; the way back carries no more than `rate` bytes a second, of all connections
    together."""

    def __init__(self, to_port: int, *, delay: float = 0.0, rate: float = float("inf")) -> None:
        self.to_port = to_port
        self.delay = delay
        self.rate = rate
        self.trickles = False  # one byte of the server's, ten times a second
        self.port = 0
        self._free_at = 0.0  # when what is on the way back will have passed

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry everything, both ways, until either side ends. The first byte waits for the handshake of TCP."""
        there, to_there = await asyncio.open_connection("127.0.0.1", self.to_port)
        await asyncio.sleep(2 * self.delay)
        await asyncio.gather(self._carry(reader, to_there), self._carry(there, writer, back=True))

    async def _carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, back: bool = False) -> None:
        loop = asyncio.get_running_loop()
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def arrive() -> None:
            while True:
                at, piece = await under_way.get()
                await asyncio.sleep(max(at - loop.time(), 0))
                if back and self.trickles:
                    for sign in piece:
                        to.write(bytes([sign]))
                        await asyncio.sleep(0.1)
                else:
                    to.write(piece)
                    await to.drain()
                under_way.task_done()

        arriving = asyncio.create_task(arrive())
        at_once = 1 << 18 if self.rate == float("inf") else 1460  # a packet, so that connections take turns
        try:
            while piece := await source.read(at_once):
                if back and self.rate < float("inf"):
                    self._free_at = max(self._free_at, loop.time()) + len(piece) / self.rate
                    await asyncio.sleep(self._free_at - loop.time())
                under_way.put_nowait((loop.time() + self.delay, piece))
            await under_way.join()
        except ConnectionError:
            pass
        finally:
            arriving.cancel()
            to.close()


@contextmanager
def link(
    to_port: int, *, delay: float = 0.0, rate: float = float("inf"), tls: ssl.SSLContext | None = None
) -> Iterator[Link]:
    """A link to that port of loopback; its own port leads through it, and ends TLS with the certificate of `tls`."""
    between = Link(to_port, delay=delay, rate=rate)

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(between.connected, "127.0.0.1", 0, limit=1 << 22, ssl=tls)

    async def close() -> None:
        listening.close()

    with event_loop() as loop:
        listening = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
        between.port = listening.sockets[0].getsockname()[1]
        try:
            yield between
        finally:
            asyncio.run_coroutine_threadsafe(close(), loop).result(10)


@contextmanager
def event_loop() -> Iterator[asyncio.AbstractEventLoop]:
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
