"""The worklist beside its limit, at 10,000, 100,000 and 1,000,000 accounts (SPEC §14).

Each size has a database and a process of its own. The sizes take turns, and within one page and limit do, so that all
meet the same machine; medians are compared. Run by `make bench`, or alone: `python -m tests.bench.worklist [--quick]`.
"""

import os
import re
import sys
import time
from html import unescape
from statistics import median
from typing import Any

from tests.bench import sizes
from tests.bench.figures import p95

SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000), (10_000,)
TURNS, QUICK_TURNS, AT_A_TURN = 24, 12, 5
NAME, ROWS = "whitford", 50
DEEP = 40  # pages turned before the deep page is measured
BAR_LIMIT, BAR_QUERIES, BAR_GROWTH = 2.0, 6, 1.3


def run(*, quick: bool) -> bool:
    """Measure, print a table, say whether every bar holds."""
    from tests.bench.worklist_data import environment

    environments = {size: environment(size) for size in (QUICK_SIZES if quick else SIZES)}
    with sizes.processes("tests.bench.worklist", environments) as asked:
        return _report(_measured(asked, QUICK_TURNS if quick else TURNS))


def _measured(asked: dict[int, sizes.Ask], turns: int) -> dict[int, list[dict[str, Any]]]:
    """All pages at all sizes, each beside its limit."""
    found: dict[int, list[dict[str, Any]]] = {size: [] for size in asked}
    for name in next(iter(asked.values()))("pages"):
        queries = {size: ask("queries", name) for size, ask in asked.items()}
        took: dict[int, list[tuple[float, float]]] = sizes.in_turns(asked, name, turns)
        for size, times in took.items():
            found[size].append({"page": name, "queries": queries[size]} | beside(times))
    return found


def beside(times: list[tuple[float, float]]) -> dict[str, float]:
    """Medians of a page and of its limit, from milliseconds taken in pairs, with the page's p95."""
    ours, limit = zip(*times, strict=True)
    return {"ms": median(ours), "p95": p95(ours), "limit_ms": median(limit)}


def _report(found: dict[int, list[dict[str, Any]]]) -> bool:
    smallest = min(found)
    base = {one["page"]: one["ms"] for one in found[smallest]}
    fine = True
    print(
        f"{'worklist':<24}{'accounts':>10}{'page ms':>9}{'p95':>7}{'limit ms':>10}{'ratio':>7}{'growth':>8}"
        f"{'queries':>9}"
    )
    for size, pages in found.items():
        for one in pages:
            ratio, growth = one["ms"] / one["limit_ms"], one["ms"] / base[one["page"]]
            holds = ratio <= BAR_LIMIT and one["queries"] <= BAR_QUERIES and (size < 1_000_000 or growth <= BAR_GROWTH)
            fine = fine and holds
            print(
                f"{one['page']:<24}{size:>10,}{one['ms']:>9.2f}{one['p95']:>7.2f}{one['limit_ms']:>10.2f}{ratio:>7.2f}"
                f"{growth:>8.2f}{one['queries']:>9}{'' if holds else '   over the bar'}"
            )
    print(f"bars: ratio <= {BAR_LIMIT}, queries <= {BAR_QUERIES}, growth at 1,000,000 <= {BAR_GROWTH}")
    return fine


# --- within the process of one size ---------------------------------------------------------------------------


def answer() -> None:
    """Answer what the parent asks: the pages by name, and of one of them its statements and its times."""
    browser = signed_in()
    pages = {name: rest for name, *rest in _pages(browser)}

    def asked(name: str) -> int:
        path, keys, facts = pages[name]
        from tests.bench.worklist_limit import view_of

        serve_limit(view_of(keys, facts))
        return warm_queries(browser, path)

    sizes.answer(
        {
            "pages": lambda: list(pages),
            "queries": asked,
            "times": lambda name: pairs(browser, pages[name][0], AT_A_TURN),
        }
    )


def warm_queries(browser: Any, path: str) -> int:
    """How many statements the page asks; page and limit are warm after it."""
    for _ in range(8):
        ask(browser, path), ask(browser, "/limit/")
    return queries(browser, path)


def pairs(browser: Any, path: str, rounds: int) -> list[tuple[float, float]]:
    """Milliseconds of a page and of the limit, asked one after the other."""
    return [(ask(browser, path), ask(browser, "/limit/")) for _ in range(rounds)]


def signed_in(username: str = "user0") -> Any:
    """A browser in which that user is signed in; `user0` is the agency's admin."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.urls import clear_url_caches, path

    import debtflow.urls
    from core.models import User
    from debtflow.embedded_postgres import ensure  # noqa: F401  (the parent keeps the server running)

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    debtflow.urls.urlpatterns.append(path("limit/", lambda request: _limit(request)))
    clear_url_caches()
    browser = Client()
    browser.force_login(User.objects.get(username=username))
    return browser


_limit: Any = None


def serve_limit(view: Any) -> None:
    """What `/limit/` answers from now on."""
    global _limit
    _limit = view


def _pages(browser: Any) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(name, path, the limit's choice of rows, its facts) of every page that is measured."""
    from tests.bench.worklist_limit import BALANCE, DUE, FOUND, WORTH

    creditor = re.search(r'<option value="([0-9a-f-]{36})"', browser.get("/worklist/").content.decode())
    assert creditor
    filters = f"priority=2&priority=3&min=500&creditor={creditor.group(1)}"
    where = "priority IN (2, 3) AND balance_cents >= 50000 AND creditor_id = %(creditor)s"
    deep, place = _deep(browser)
    words = _words(browser)
    return [
        ("first page", "/worklist/", DUE, {}),
        (
            "filtered",
            f"/worklist/?{filters}&sort=-priority",
            WORTH.format(where=where),
            {"creditor": creditor.group(1)},
        ),
        ("searched", f"/worklist/?q={words}&sort=-priority", FOUND, {"words": words}),
        ("sorted by balance", "/worklist/?sort=-balance", BALANCE.format(where="true"), {}),
        ("deep page", deep, BALANCE.format(where="(balance_cents, id) < (%(cents)s, %(id)s)"), place),
    ]


def _words(browser: Any) -> str:
    """The longest beginning of a name that finds a full page, so that every size renders as many rows."""
    for length in range(len(NAME), 3, -1):
        if browser.get(f"/worklist/?q={NAME[:length]}&sort=-priority").content.count(b'name="ids"') >= ROWS:
            return NAME[:length]
    raise AssertionError("no search fills a page")


def _deep(browser: Any) -> tuple[str, dict[str, Any]]:
    """A page far down the list by balance, reached as a user reaches it, and the row before it."""
    path = "/worklist/?sort=-balance"
    for _ in range(DEEP):
        page = browser.get(path).content.decode()
        found = re.search(r'href="([^"]*)" rel="next"', page)
        assert found, "the list is too short for a deep page"
        path = f"/worklist/{unescape(found.group(1))}"
    from worklist.listing import cursors

    cents, key = cursors.read(path.split("page=")[1].split("&")[0].replace("%3A", ":"), "-balance").keys
    return path, {"cents": cents, "id": key}


def ask(browser: Any, path: str) -> float:
    """Milliseconds until the page is there."""
    began = time.perf_counter()
    response = browser.get(path)
    took = (time.perf_counter() - began) * 1000
    assert response.status_code == 200, response
    return took


def queries(browser: Any, path: str) -> int:
    """How many statements the page asks."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        browser.get(path)
    return sum(not q["sql"].startswith(("BEGIN", "COMMIT")) for q in asked)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
        answer()
    else:
        sys.exit(0 if run(quick="--quick" in sys.argv) else 1)
