"""A word corrected against its picture, in a real browser: see the page, correct, and the earlier decision is stale."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.live_site import LiveSite, chromium, running_site

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
PDF = "Quy ước khu phố Bãi Ngoài"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with running_site(tmp_path_factory.mktemp("seeing"), "--samples", str(SAMPLES)) as running:
        deadline = time.monotonic() + 120
        while len(list((running.folder / "uploads").glob("pages/*/*/pages.json"))) < 3:
            assert time.monotonic() < deadline, (running.folder / "site.log").read_text("utf-8")
            time.sleep(0.5)
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def reviewer(browser: Browser, site: LiveSite, width: int, height: int, problems: list[str]) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN").new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    password = re.search(r"^  rasoat\s+(\S+)", (site.folder / "site.log").read_text("utf-8"), re.MULTILINE)
    assert password
    page.goto(f"{site.address}/login")
    page.locator("#username").fill("rasoat")
    page.locator("#password").fill(password.group(1))
    page.locator("main button").click()
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def fits_and_is_accessible(page: Page, problems: list[str]) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        problems.append(f"{page.url}: {wide} px wider than the screen")
    for violation in Axe().run(page).response["violations"]:
        problems.append(f"{page.url}: {violation['id']}: {violation['nodes'][0]['html'][:160]}")


def pixels(page: Page) -> bool:
    """Whether every picture in a cut-out was really loaded (the policy of the site may forbid it)."""
    return bool(
        page.evaluate(
            """async () => {
              const found = [...document.querySelectorAll('.cutout image')];
              for (const one of found) { const image = new Image(); image.src = one.href.baseVal; await image.decode(); }
              return found.length > 0;
            }"""
        )
    )


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_from_the_picture_to_a_stale_decision(site: LiveSite, browser: Browser, width: int, height: int) -> None:
    problems: list[str] = []
    page = reviewer(browser, site, width, height, problems)
    page.goto(f"{site.address}/review")
    page.get_by_role("link", name=PDF).click()
    page.wait_for_url(re.compile(r"/review/\d+"))
    address = page.url
    clause = page.locator("article.needs-eyes").first
    label = clause.locator(".clause-label").inner_text()
    clause.get_by_role("button", name=re.compile("Không phân biệt")).click()
    # Not ".said": the second screen finds the stale decision of the first one there, before its own is saved.
    expect(page.locator("[data-announce]")).to_contain_text(label)
    clause = page.locator("article", has=page.get_by_text(label, exact=True)).first
    expect(clause.locator(".said")).to_contain_text("Trần Văn Rà")

    see = clause.get_by_role("link", name=re.compile("^Xem trên trang"))
    see.focus()
    page.keyboard.press("Enter")
    expect(clause.locator(".cutout svg")).to_be_visible()
    expect(see).to_have_attribute("aria-expanded", "true")
    assert pixels(page)
    fits_and_is_accessible(page, problems)

    clause.get_by_role("link", name=re.compile("^Sửa chữ")).click()
    expect(page.locator(".cutout svg")).to_be_visible()
    fits_and_is_accessible(page, problems)
    words = page.locator("#words")
    words.fill(words.input_value().rstrip(".") + " ngay.")
    page.get_by_role("button", name="Lưu chữ đã sửa").click()
    expect(page.get_by_text("Hãy ghi lý do sửa")).to_be_visible()
    page.locator("#reason").fill("Máy bỏ sót một chữ cuối dòng.")
    page.get_by_role("button", name="Lưu chữ đã sửa").click()

    page.wait_for_url(re.compile(r"/review/\d+"))
    clause = page.locator("article", has=page.get_by_text(label, exact=True)).first
    expect(clause.locator("ins").last).to_contain_text("ngay")
    expect(clause).to_contain_text("Đã sửa chữ so với bản đọc máy")
    expect(clause.locator(".said s").first).to_be_visible()
    expect(clause.locator(".clause-head")).to_contain_text("Chưa xét")

    clause.get_by_role("link", name=re.compile("^Xem trên trang")).click()
    clause.get_by_role("link", name="Mở cả trang").click()
    expect(page.locator(".places .is-asked")).to_have_count(1)
    expect(page.get_by_role("img", name=re.compile("^Ảnh trang"))).to_be_visible()
    fits_and_is_accessible(page, problems)
    page.locator(".places .is-asked rect").first.click()
    page.wait_for_url(re.compile("^" + re.escape(address.split("#")[0])))
    page.context.close()
    # The one refusal above is the only error that a browser may report.
    assert [problem for problem in problems if "422" not in problem] == []
