"""What can we do on a server once signed in? List, look, download, move, put; each answer is waited for, not longer."""

import hashlib
import posixpath
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import batched
from typing import BinaryIO

import paramiko
from paramiko.sftp_file import SFTPFile

from imports.fetching.sftp.patience import Watch
from imports.fetching.sftp.trouble import Changed, NotAllowed, NotThere, Trouble, Unreachable

# For one answer: a page of a listing, a piece of a file. A link that carries no piece in that time is too slow.
ANSWER_SECONDS = 30
WINDOW_BYTES = 64 * 1024 * 1024
# Big pieces, a bounded number of bytes asked for ahead: half again the time of the sftp command, and flat memory.
PIECE_BYTES = 255 * 1024
SMALLEST_PIECE_BYTES = 16 * 1024
BYTES_AHEAD = 16 * 1024 * 1024
# Pages of a listing that are asked for ahead.
PAGES_AHEAD = 8
# No server takes less in one request.
PUT_BYTES = 32 * 1024
# What the database can hold of a file.
LONGEST_NAME, LARGEST_SIZE = 1024, 2**63 - 1


class _Message(paramiko.Message):
    """Names that are not UTF-8 can be told from others, instead of ending the listing of their folder."""

    def get_text(self) -> str:
        return self.get_string().decode("utf-8", "surrogateescape")


# The library's SFTP client reads answers by it, and has no setting for this.
paramiko.sftp_client.Message = _Message


@dataclass(frozen=True)
class RemoteFile:
    """A regular file as the server lists it; `mtime` in seconds since 1970."""

    name: str
    size: int
    mtime: int

    def matches(self, pattern: str) -> bool:
        """Does the name fit the pattern (`*.csv`), whatever the case?"""
        return fnmatchcase(self.name.lower(), pattern.lower())

    @property
    def is_usable(self) -> bool:
        """False for a name that is not UTF-8, or that the database cannot hold."""
        return len(self.name) <= LONGEST_NAME and self.name.encode(errors="replace").decode() == self.name


class Asking:
    """Waiting for the server: whatever goes wrong meanwhile becomes a Trouble with it, or with a file or folder."""

    def __init__(self, host: str, watch: Watch, is_active: Callable[[], bool]) -> None:
        self._host = host
        self._watch = watch
        self._is_active = is_active

    @contextmanager
    def __call__(self, what: str, seconds: float = 0) -> Iterator[None]:
        """Within the block the server is asked about `what`. Raises Trouble."""
        try:
            with self._watch.answering(seconds or ANSWER_SECONDS):
                yield
        except Exception as error:
            raise self._trouble(error, what) from error

    def each[T](self, what: str, answers: Iterator[T]) -> Iterator[T]:
        """The answers one by one; what the caller does between them takes no time of the server's."""
        while True:
            with self(what):
                answer = next(answers, None)
            if answer is None:
                return
            yield answer

    def _trouble(self, error: Exception, what: str) -> Trouble:
        match error:
            case _ if self._watch.verdict:
                return Unreachable(self._watch.verdict)
            case Trouble():
                return error
            case FileNotFoundError():
                return NotThere(f"{what!r} does not exist on the server.")
            case PermissionError():
                return NotAllowed(f"The server does not allow it: {what!r}.")
            case TimeoutError():
                return Unreachable(f"{self._host} did not answer in time.")
            case paramiko.IncompatiblePeer():
                return NotAllowed(f"{self._host} and we have no encryption in common: {error}.")
            case paramiko.SFTPError() | OSError(errno=None) if self._is_active():
                return NotAllowed(f"The server refuses {what!r}: {error}.")
            case _:
                return Unreachable(f"The connection to {self._host} failed: {error or type(error).__name__}.")


class Remote:
    """A signed-in session."""

    def __init__(self, client: paramiko.SFTPClient, asking: Asking) -> None:
        self._client = client
        self._asking = asking

    def files(self, folder: str) -> Iterator[RemoteFile]:
        """The regular files of a folder, in the server's order, as they come. Names that are paths are passed over."""
        for entry in self._asking.each(folder, self._client.listdir_iter(folder, PAGES_AHEAD)):
            if file := _remote_file(entry):
                yield file

    def look_at(self, folder: str, name: str) -> RemoteFile | None:
        """The file as it is now, None when there is none."""
        try:
            with self._asking(name):
                entry = self._client.lstat(posixpath.join(folder, name))
        except NotThere:
            return None
        entry.filename = name
        return _remote_file(entry)

    def download(self, folder: str, file: RemoteFile, into: BinaryIO) -> str:
        """Write the file's bytes, as many as were listed; gives their SHA-256. The pieces are streamed.

        Raises Changed when there are fewer; an OSError is our own disk's.
        """
        digest = hashlib.sha256()
        with self._asking(file.name):
            source = self._client.open(posixpath.join(folder, file.name), "rb")
        source.MAX_REQUEST_SIZE = PIECE_BYTES
        try:
            for piece in self._asking.each(file.name, _pieces(source, file)):
                digest.update(piece)
                into.write(piece)
        finally:
            with suppress(Trouble), self._asking(file.name):
                source.close()
        return digest.hexdigest()

    def put(self, folder: str, name: str, content: BinaryIO) -> None:
        """Write a file that appears whole or not at all, in place of one of that name; the folder is made."""
        self._make(folder)
        target, draft = posixpath.join(folder, name), posixpath.join(folder, f".{name}.part")
        try:
            with self._asking(folder):
                file = self._client.open(draft, "wb")
                file.set_pipelined(pipelined=True)
            while piece := content.read(PUT_BYTES):
                with self._asking(name):
                    file.write(piece)
            with self._asking(name):
                file.close()
                self._replace(draft, target)
        except Trouble:
            with suppress(Trouble), self._asking(name):
                self._client.remove(draft)
            raise

    def move(self, folder: str, name: str, to_folder: str, *, otherwise: str) -> None:
        """Move a file, into a folder that is made; `otherwise` is its name when there is one of that name."""
        self._make(to_folder)
        target = posixpath.join(to_folder, name)
        with self._asking(name):
            if self._exists(target):
                target = posixpath.join(to_folder, otherwise)
            self._client.rename(posixpath.join(folder, name), target)

    def _make(self, folder: str) -> None:
        with self._asking(folder):
            if not self._exists(folder):
                self._client.mkdir(folder)

    def _replace(self, draft: str, target: str) -> None:
        try:
            self._client.posix_rename(draft, target)
        except PermissionError:
            raise
        except OSError:  # an extension of OpenSSH's that others lack; plain renaming refuses what is there
            if self._exists(target):
                self._client.remove(target)
            self._client.rename(draft, target)

    def _exists(self, path: str) -> bool:
        try:
            self._client.lstat(path)
        except FileNotFoundError:
            return False
        return True


def _remote_file(entry: paramiko.SFTPAttributes) -> RemoteFile | None:
    name, size = entry.filename, entry.st_size or 0
    plain = bool(name) and name not in (".", "..") and "/" not in name and "\0" not in name
    if not plain or size > LARGEST_SIZE or entry.st_mode is None or not stat.S_ISREG(entry.st_mode):
        return None
    return RemoteFile(name, size, int(entry.st_mtime or 0))


def _pieces(source: SFTPFile, file: RemoteFile) -> Iterator[bytes]:
    """The file's bytes in order; a bounded number of them is under way at any time. Raises Changed."""
    if not file.size:
        return
    # One request, to see how much the server gives at once: many cut short at 32 KB, and asking such a one for more
    # would fetch every rest in a round trip of its own.
    try:
        first = source._read(min(PIECE_BYTES, file.size))  # noqa: SLF001
    except EOFError:
        first = b""
    yield _whole(first, file)
    step = max(len(first), SMALLEST_PIECE_BYTES)
    for batch in batched(range(len(first), file.size, step), BYTES_AHEAD // step, strict=False):
        chunks = [(at, min(step, file.size - at)) for at in batch]
        for (_, length), piece in zip(chunks, source.readv(chunks), strict=True):
            yield _whole(piece if len(piece) == length else b"", file)


def _whole(piece: bytes, file: RemoteFile) -> bytes:
    if not piece:
        raise Changed(f"{file.name!r} became shorter while it was read.")
    return piece
