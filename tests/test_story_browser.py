"""The whole story in a real browser, with four people: from upload to a tally that moves from 0/1 to 1/1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live_site import LiveSite, chromium, running_site

SAMPLES = Path(__file__).parent / "data" / "samples"
COMMUNE = "07228"
FLAGGED = "Điều 6, khoản 2"
PASSWORD = "cánh đồng mùa gặt 2026"
# The machine of the tests has two cores and other work to do.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, page: Page, site: LiveSite, username: str, first_password: str) -> None:
        self.page, self.site, self.username = page, site, username
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: pytest.fail(f"script error for {username}: {error}"))
        page.goto(site.address)
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(first_password)
        page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_label("Mật khẩu hiện tại").fill(first_password)
        page.get_by_label("Mật khẩu mới", exact=False).first.fill(PASSWORD)
        page.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
        page.get_by_role("button", name="Đổi mật khẩu").click()
        expect(page.get_by_text("Đã đổi mật khẩu")).to_be_visible()

    def go(self, path: str) -> int:
        """Open a page of the site; its status."""
        answer = self.page.goto(self.site.address + path)
        assert answer is not None
        return answer.status


@contextmanager
def somebody(browser: Browser, site: LiveSite, username: str, name: str, role: str, commune: str | None = None) -> Iterator[Person]:
    password = site.person(username, name, role, commune)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    try:
        yield Person(context.new_page(), site, username, password)
    finally:
        context.close()


def register_covenant(official: Person) -> None:
    page = official.page
    official.go(f"/communes/{COMMUNE}/communities/new")
    page.get_by_label(re.compile("^Loại")).select_option("thon")
    page.get_by_label(re.compile("^Tên")).fill("Đông Ngạc")
    page.get_by_role("button", name="Thêm vào sổ").click()
    page.get_by_role("link", name=re.compile("Thêm văn bản")).first.click()
    page.get_by_label("Hương ước", exact=True).check()
    page.get_by_label(re.compile("^Tên")).fill("Hương ước thôn Đông Ngạc")
    page.get_by_label(re.compile("^Ngày thông qua")).fill("2024-02-28")
    page.get_by_role("button", name="Thêm vào sổ").click()
    expect(page.get_by_role("heading", name="Hương ước thôn Đông Ngạc")).to_be_visible()


def upload(official: Person, *files: Path) -> None:
    """Hand files in as versions of the covenant and watch them being read."""
    page = official.page
    official.go(f"/communes/{COMMUNE}")
    page.get_by_role("link", name=re.compile("^(Nộp văn bản|Nộp bản mới) –")).first.click()
    page.locator("#files").set_input_files(files)
    page.get_by_role("button", name="Nộp văn bản").click()
    expect(page.locator("#receipts").get_by_text("Đã nhận")).to_have_count(len(files))
    expect(page.locator("#receipts").get_by_text("Đã đọc")).to_have_count(len(files), timeout=60_000)


def review(reviewer: Person, *, flag: str | None) -> None:
    """Flag one clause if asked, approve every other, propose the verdict."""
    page = reviewer.page
    reviewer.go("/review")
    page.get_by_role("link", name="Hương ước thôn Đông Ngạc").click()
    # A click does not wait for the page that it leads to; what follows reads the address and counts buttons.
    page.wait_for_url(re.compile(r"/review/\d+"))
    address = page.url.split("?")[0].split("#")[0]
    if flag:
        clause = page.locator("article", has=page.get_by_text(flag, exact=True)).first
        clause.get_by_label(re.compile("^Lý do")).fill("Phụ nữ bị gạt khỏi hậu cung và chiếu trên chỉ vì là phụ nữ.")
        clause.get_by_role("button", name=re.compile("Gắn cờ")).click()
        expect(page.locator("[data-announce]")).to_contain_text(flag)
        page.reload()
    rest = page.get_by_role("button", name=re.compile(r"Duyệt \d+ điều khoản"))
    if rest.count():
        rest.click()
        expect(page.get_by_text(re.compile(r"^Đã duyệt \d+ điều khoản"))).to_be_visible()
    while True:
        page.goto(f"{address}?show=undecided")
        open_clauses = page.locator("form.decision:visible")
        if not open_clauses.count():
            break
        left = page.locator("#review-filters a", has_text="Chưa xét").inner_text()
        open_clauses.first.get_by_role("button", name=re.compile("Không phân biệt")).click()
        expect(page.locator("#review-filters a", has_text="Chưa xét")).not_to_have_text(left)
    page.locator("summary", has_text="Đề xuất kết luận").click()
    page.get_by_role("button", name="Gửi người ký duyệt").click()
    expect(page.get_by_text("Đã đề xuất kết luận.")).to_be_visible()


def sign(signer: Person, sentence: str) -> None:
    page = signer.page
    signer.go("/signing")
    page.get_by_role("link", name="Xem để ký").click()
    expect(page.locator("p.sentence")).to_contain_text(sentence)
    page.get_by_role("button", name="Ký duyệt kết luận này").click()
    expect(page.get_by_text("Đã ký duyệt. Kết luận được tính")).to_be_visible()


def tally_of(site: LiveSite) -> tuple[int, int]:
    import json

    province = json.loads(site.command("tally", "--format", "json"))["province"]
    return province["compliant"], province["in_force"]


def amended_copy(folder: Path) -> Path:
    """The sample with the flagged clause mended, as a commune official would mend it in Word."""
    document = docx.Document(str(SAMPLES / "std00.docx"))
    for paragraph in document.paragraphs:
        if "Chỉ nam giới từ 12 tuổi" in paragraph.text:
            paragraph.runs[
                0
            ].text = (
                "Mọi người từ 12 tuổi trở lên, không phân biệt nam nữ, đều được tham gia rước kiệu và vào hậu cung, trừ các trường hợp sau:"
            )
            for run in paragraph.runs[1:]:
                run.text = ""
            break
    else:
        raise AssertionError("the sample no longer holds the clause")
    path = folder / "Hương ước sửa.docx"
    document.save(str(path))
    return path


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_from_upload_to_one_of_one(site: LiveSite, browser: Browser, tmp_path: Path) -> None:
    with (
        somebody(browser, site, "official", "Nguyễn Thị Cán", "commune_official", COMMUNE) as official,
        somebody(browser, site, "reviewer", "Trần Văn Rà", "reviewer") as reviewer,
        somebody(browser, site, "signer", "Lê Thị Ký", "signer") as signer,
        somebody(browser, site, "observer", "Phạm Văn Theo", "observer") as observer,
    ):
        register_covenant(official)
        assert tally_of(site) == (0, 1)
        upload(official, SAMPLES / "std00.pdf", SAMPLES / "std00.docx")

        review(reviewer, flag=FLAGGED)
        sign(signer, "có phân biệt đối xử về giới ở 1 điều khoản")
        assert tally_of(site) == (0, 1)

        official.go("/")
        expect(official.page.get_by_role("heading", name=re.compile("Yêu cầu sửa đổi"))).to_be_visible()
        expect(official.page.get_by_text("Phụ nữ bị gạt khỏi hậu cung")).to_be_visible()
        upload(official, amended_copy(tmp_path))

        review(reviewer, flag=None)
        sign(signer, "không phân biệt đối xử về giới")
        assert tally_of(site) == (1, 1)
        assert observer.go("/tally") == 200
        expect(observer.page.get_by_text("100,0 %").first).to_be_visible()

        for person, barred in (
            (official, ("/review", "/signing", "/accounts", "/audit", "/communes/09319", "/tally/09319")),
            (reviewer, (f"/communes/{COMMUNE}/upload", "/signing", "/accounts", "/audit")),
            (signer, ("/review", f"/communes/{COMMUNE}/upload", "/accounts")),
            (observer, ("/review", "/signing", f"/communes/{COMMUNE}/upload", "/submissions/1", "/audit")),
        ):
            for path in barred:
                assert person.go(path) == 403, (person.username, path)
                expect(person.page.get_by_role("heading", name="Không được phép")).to_be_visible()
