"""What a browser feels: bytes, requests, LCP, INP and CLS against the budgets of UX.md §3, in a real Chromium.

The web server of the Procfile with the settings of production, behind TLS, on a copy of the worklist's database of
10,000 accounts. Pages are opened as by a telephone in a mobile lab (a processor four times slower, a slow 4G line that
carries every byte of TLS), with an empty cache; then acts are timed at a desk.
Run by `make bench`, or alone: `python -m tests.bench.vitals [--quick]`.
"""

import gzip
import json
import re
import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ACCOUNTS = 10_000
ROUNDS, QUICK_ROUNDS = 5, 3
BARS = {"html": 15.0, "requests": 6, "lcp": 1500, "inp": 100, "cls": 0.02}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
DESK = {"viewport": {"width": 1440, "height": 900}}
SLOWER = 4  # a telephone of the middle class
# The line of Lighthouse's mobile lab: slow 4G, there and back in 150 ms, 1.6 Mbit/s down.
RETURN_SECONDS, RATE = 0.150, 1_638_400 / 8
OBSERVE = """
window.vitals = {lcp: 0, cls: 0, moved: [], inp: 0};
const watch = (type, see, more) => new PerformanceObserver(list => list.getEntries().forEach(see))
  .observe({type, buffered: true, ...more});
watch('largest-contentful-paint', e => vitals.lcp = e.startTime);
watch('layout-shift', e => { if (!e.hadRecentInput) { vitals.cls += e.value;
  vitals.moved.push(e.sources.map(s => s.node?.id || s.node?.className || s.node?.nodeName)); } });
watch('event', e => { if (e.interactionId) vitals.inp = Math.max(vitals.inp, e.duration); }, {durationThreshold: 16});
"""
# The icon of the tab is asked for when the page is there.
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
ASKED = f"performance.getEntriesByType('resource').filter(e => e.startTime < {LOADED}).length + 1"


def run(*, quick: bool) -> bool:
    """Measure, print two tables, say whether every budget is kept."""
    from tests.bench.hundred_users_web import KEYS, production, web
    from tests.bench.worklist_data import ROOT, copied
    from tests.link import link

    with copied(ACCOUNTS) as environment, TemporaryDirectory() as folder:
        told = environment | KEYS
        certificate, believed = _certificate(Path(folder))
        command = [sys.executable, "-m", "tests.bench.hundred_users_data", "1"]
        done = subprocess.run(command, env=told, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        facts = json.loads(done.stdout.splitlines()[-1])
        with (
            web(production(told) | {"ALLOWED_HOSTS": "localhost"}, ROOT) as port,
            link(port, tls=certificate) as near,
            link(near.port, delay=RETURN_SECONDS / 2, rate=RATE) as far,
            _chromium(believed) as browser,
        ):
            user = User(browser, near.port, far.port, facts["sessions"][0], facts["admin"])
            rounds = QUICK_ROUNDS if quick else ROUNDS
            return _report(user.pages(rounds), user.acts(rounds))


class User:
    """Opens windows as a collector, as an admin, or signed out."""

    def __init__(self, browser: Any, port: int, slow_port: int, collector: str, admin: str) -> None:
        self.browser, self.collector, self.admin = browser, collector, admin
        self.port, self.slow_port = port, slow_port

    @contextmanager
    def window(self, session: str, kind: dict[str, Any]) -> Iterator[Any]:
        """A window with an empty cache; a telephone's is at the end of the slow line."""
        port, slower = (self.slow_port, SLOWER) if kind is PHONE else (self.port, 1)
        url = f"https://localhost:{port}"
        proxied = {"extra_http_headers": {"X-Forwarded-Proto": "https"}}
        context = self.browser.new_context(base_url=url, **kind, **proxied)
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": url, "secure": True}])
        context.add_init_script(OBSERVE)
        page, errors = context.new_page(), []
        page.on("pageerror", lambda error: errors.append(error))
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        try:
            yield page
        finally:
            context.close()
        if errors:
            raise SystemExit(f"A script of the page failed: {errors[0]}")

    def pages(self, rounds: int) -> list[dict[str, Any]]:
        """Bytes, requests, LCP and CLS of each page on its first view: the middle of some rounds, of CLS the most."""
        with self.window(self.collector, DESK) as page:
            page.goto("/worklist/")
            account = page.locator("tbody .name").first.get_attribute("href").split("?")[0]
            page.goto(account)
            debtor = page.locator("a[href^='/debtors/']").first.get_attribute("href").split("?")[0]
        every = [(path, self.collector) for path in ("/worklist/", account, debtor, "/payments/")]
        every += [(path, self.admin) for path in ("/worklist/", "/dashboard/", "/team/", "/imports/", "/reports/")]
        return [self._page(path, session, rounds) for path, session in [("/auth/login/", ""), *every]]

    def _page(self, path: str, session: str, rounds: int) -> dict[str, Any]:
        found = []
        for _ in range(rounds):
            with self.window(session, PHONE) as page:
                answer = page.goto(path, wait_until="networkidle")
                assert answer.ok, (path, answer.status)
                found.append(page.evaluate(f"({{...vitals, requests: {ASKED}}})"))
                html = len(gzip.compress(answer.body(), 6)) / 1024
        return {
            "page": f"{path[:11].rstrip('/')}{', an admin' if session == self.admin else ''}",
            "html": html,
            "requests": max(one["requests"] for one in found),
            "lcp": median(one["lcp"] for one in found),
        } | _most_moved(found)

    def acts(self, rounds: int) -> list[dict[str, Any]]:
        """For each act the time from its slowest key or click to the next picture, the middle of some rounds; and the
        most that moved unasked."""
        found = [self._round() for _ in range(rounds)]
        return [
            {"page": turns[0]["page"], "inp": median(turn["inp"] for turn in turns)} | _most_moved(list(turns))
            for turns in zip(*found, strict=True)
        ]

    def _round(self) -> list[dict[str, Any]]:
        with self.window(self.admin, DESK) as page:
            page.goto("/worklist/", wait_until="networkidle")
            found = [self._act(page, name, act) for name, act in ACTS.items()]
            page.locator("tbody .name").first.click()
            page.wait_for_selector("#compose")
            page.wait_for_load_state("networkidle")
            return found + [self._act(page, name, act) for name, act in ACTS_ON_AN_ACCOUNT.items()]

    def _act(self, page: Any, name: str, act: Callable[[Any], None]) -> dict[str, Any]:
        page.evaluate("vitals.inp = vitals.cls = 0, vitals.moved = []")
        act(page)
        page.wait_for_load_state("networkidle")
        # An event is told after the picture that follows it.
        page.evaluate("() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 300))")
        return {"page": name} | page.evaluate("vitals")


def _most_moved(found: list[dict[str, Any]]) -> dict[str, Any]:
    worst = max(found, key=lambda one: one["cls"])
    return {"cls": worst["cls"], "moved": worst["moved"]}


def _searches(page: Any) -> None:
    page.locator("#q").press_sequentially("whit", delay=120)
    page.wait_for_url(re.compile("q=whit"))


def _finds(page: Any) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("hart", delay=120)
    page.wait_for_selector("#found [aria-selected=true]")
    page.keyboard.press("Escape")


def _logs(page: Any) -> None:
    page.keyboard.press("c")
    page.locator("#id_outcome").select_option(label="Spoke, will call back")
    page.locator(".pick:has([name=direction][value=in])").click()
    page.locator("#say").press_sequentially("Rang for a minute.", delay=40)
    page.keyboard.press("Control+Enter")
    page.locator("#timeline").get_by_text("Rang for a minute.").wait_for()


def _moves(page: Any) -> None:
    for _ in range(5):
        page.keyboard.press("j", delay=30)


def _asks_for_keys(page: Any) -> None:
    page.locator("#q").blur()
    page.keyboard.press("?")


def _turns_dark(page: Any) -> None:
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Switch color theme").click()


type Act = Callable[[Any], None]
ACTS: dict[str, Act] = {
    "J, five times": _moves,
    "X, a row picked": lambda page: page.keyboard.press("x"),
    "all rows picked": lambda page: page.locator("[data-all]").click(),
    "filters opened": lambda page: page.locator("#f-status").click(),
    "a filter": lambda page: page.get_by_label("Assigned", exact=True).check(),
    "a search": _searches,
    "the palette": _finds,
    "the list of keys": _asks_for_keys,
    "the other theme": _turns_dark,
}
ACTS_ON_AN_ACCOUNT: dict[str, Act] = {"a call logged": _logs}


def _report(pages: list[dict[str, Any]], acts: list[dict[str, Any]]) -> bool:
    print(f"{'first view, a telephone':<26}{'HTML KB gz':>11}{'requests':>10}{'LCP ms':>8}{'CLS':>8}")
    fine = True
    for one in pages:
        over = _over(one, "html", "requests", "lcp", "cls")
        fine = fine and not over
        print(f"{one['page']:<26}{one['html']:>11.1f}{one['requests']:>10}{one['lcp']:>8.0f}{one['cls']:>8.3f}{over}")
    print(f"{'acts, a desk':<26}{'INP ms':>11}{'CLS':>8}")
    for one in acts:
        over = _over(one, "inp", "cls")
        fine = fine and not over
        print(f"{one['page']:<26}{one['inp']:>11.0f}{one['cls']:>8.3f}{over}")
    print(f"bars: {', '.join(f'{name} <= {most}' for name, most in BARS.items())}")
    return fine


def _over(one: dict[str, Any], *figures: str) -> str:
    """The budgets that are not kept; of what moved, where."""
    over = [figure for figure in figures if one[figure] > BARS[figure]]
    return f"   over the bar: {', '.join(over)} {one['moved'] if 'cls' in over else ''}" if over else ""


@contextmanager
def _chromium(*flags: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.chromium import EXECUTABLE, FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=[*FLAGS, *flags])
        yield browser
        browser.close()


def _certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A certificate of this run alone for localhost, and the flag by which a browser believes it.

    Told to overlook it instead, the browser would connect a second time.
    """
    key, form = ec.generate_private_key(ec.SECP256R1()), serialization.Encoding
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    secret = key.private_bytes(form.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(secret + builder.sign(key, hashes.SHA256()).public_bytes(form.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    public = key.public_key().public_bytes(form.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return context, f"--ignore-certificate-errors-spki-list={b64encode(sha256(public).digest()).decode()}"


if __name__ == "__main__":
    sys.exit(0 if run(quick="--quick" in sys.argv) else 1)
