"""Which accounts has the local Stripe stand-in, and where does it listen? The server: `manage.py stripe_server`.

from debtflow.demo import local_stripe
account = local_stripe.account("harborline")   # made on first use; needs no running server
account.secret_key, account.publishable_key, account.webhook_secret, account.base_url

It answers as Stripe does, and refuses what Stripe refuses; it moves no money. Nothing of it is reached from outside
this machine.
"""

from pathlib import Path

from django.conf import settings

from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.store import Store
from debtflow.embedded_postgres import free_port

__all__ = ["HOST", "Account", "account", "base_url", "port", "root", "send_events_to", "settle_port"]

HOST = "127.0.0.1"


def root() -> Path:
    """The stand-in's folder: its database `stripe.sqlite3` and its `port`."""
    folder: Path = settings.DATA_DIR / "stripe"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def account(name: str) -> Account:
    """The account of that name, with keys of its own."""
    with Store.opened(root()) as store:
        return store.accounts.named(name, base_url())


def send_events_to(name: str, url: str) -> None:
    """The account's own endpoint, signed with its `webhook_secret`, leads to `url` from now on."""
    from debtflow.demo.local_stripe import webhook_endpoints

    with Store.opened(root()) as store, store.transaction():
        webhook_endpoints.point(store, store.accounts.named(name, base_url()), url)


def base_url() -> str:
    return f"http://{HOST}:{port()}"


def port() -> int:
    """The remembered port; chosen free on first use."""
    file = root() / "port"
    if not file.exists():
        file.write_text(str(free_port()))
    return int(file.read_text())


def settle_port() -> None:
    """Before the server starts: another port when a stranger took ours."""
    (root() / "port").write_text(str(free_port(port())))
