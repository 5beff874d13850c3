"""When the font and the scripts come late, what is read already stays where it is."""

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Stage, Watched

pytestmark = pytest.mark.browser
MOST = 0.02  # cumulative layout shift; 0.1 is good for the web at large
PAINTED = """() => new Promise(done => new PerformanceObserver(
    list => list.getEntriesByName('first-contentful-paint').length && done()
).observe({type: 'paint', buffered: true}))"""
SHIFTS = """() => new Promise(done => {
    new PerformanceObserver(list => done(list.getEntries().map(
        e => [e.value, e.sources.map(s => s.node?.id || s.node?.className)]
    ))).observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done([]), 300);
})"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", ["/auth/login/", "/worklist/", "/dashboard/"])
def test_what_comes_late_moves_nothing(path: str, width: int, stage: Stage, windows: Watched) -> None:
    user = None if path == "/auth/login/" else stage.dana
    page = windows.open(user, viewport={"width": width, "height": 844})
    late: list[Route] = []
    page.route("**/*.{js,woff2}", lambda route: late.append(route))
    page.goto(path, wait_until="commit")
    page.evaluate(PAINTED)
    assert {route.request.resource_type for route in late} == {"font", "script"}
    for route in late:
        route.continue_()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('14px Inter')")
    assert moved(page) == []


def moved(page: Page) -> list[str]:
    """What moved, if it was more than may be."""
    shifts = page.evaluate(SHIFTS)
    return [f"{value:.4f} {where}" for value, where in shifts] if sum(value for value, _ in shifts) > MOST else []
