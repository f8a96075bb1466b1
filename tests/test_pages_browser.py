"""Every page in a real browser, in both languages and at both sizes: accessible, no script errors, nothing wider than the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.live_site import LiveSite, chromium, running_site

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
PAGES = {
    "": ("/login",),
    "canbo": (
        "/communes/09247", "/communes/09247/upload", "/communes/09247/import", "/communes/09247/communities/new",
        "/communities/1/covenants/new", "/covenants/1", "/submissions/1", "/tally/09247", "/account/password", "/nowhere",
    ),
    "rasoat": ("/review", "/review/1", "/review/1?show=signs", "/communes", "/rules"),
    "lanhdao": ("/signing", "/covenants/1"),
    "theodoi": ("/tally", "/tally/covenants", "/tally/09247"),
    "quantri": ("/accounts", "/audit"),
}  # fmt: skip
SIZES = {"desktop": (1366, 768), "phone": (390, 844)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with running_site(tmp_path_factory.mktemp("pages"), "--samples", str(SAMPLES)) as running:
        running.command("worker", "--once")
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def sign_in(page: Page, site: LiveSite, username: str) -> None:
    password = re.search(rf"^  {username}\s+(\S+)", (site.folder / "site.log").read_text("utf-8"), re.MULTILINE)
    assert password
    page.goto(f"{site.address}/login")
    page.locator("#username").fill(username)
    page.locator("#password").fill(password.group(1))
    page.locator("main button").click()
    page.wait_for_url(lambda address: "/login" not in address)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("username", PAGES)
def test_pages_are_accessible_and_fit(username: str, site: LiveSite, browser: Browser) -> None:
    axe, problems = Axe(), []
    for size, (width, height) in SIZES.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        if username:
            sign_in(page, site, username)
        for language in ("vi", "en") if size == "desktop" else ("vi",):
            page.goto(site.address + PAGES[username][0])
            button = page.locator(f"button[name=language][value={language}]")
            if button.count():
                button.click()
                page.wait_for_selector(f"html[lang={language}]")
            for path in PAGES[username]:
                page.goto(site.address + path)
                where = f"{path} ({username or 'nobody'}, {size}, {language})"
                if page.locator("html").get_attribute("lang") != language:
                    problems.append(f"{where}: language")
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if wide > 0:
                    problems.append(f"{where}: {wide} px wider than the screen")
                for violation in axe.run(page).response["violations"]:
                    nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:2])
                    problems.append(f"{where}: {violation['id']}: {nodes}")
        context.close()
    assert problems == []
