"""The pages of 2.4: every number opens a list of that length, and officials stay in their own commune."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from covenant_review.tally.standing import GROUPS
from covenant_review.tally.today import today
from tests import tally_data as data
from tests.people import World

SignIn = Callable[[str], FlaskClient]


def text_of(page: str) -> str:
    """The words of a page, without tags, spaces made single."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def rows_in(page: str) -> int:
    """How many rows the body of the page's table has."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.S)
    return body.group(1).count("<tr>") if body else 0


def test_the_province_shows_rate_with_its_fraction_and_the_share_reviewed(sqlite_world: World, sign_in: SignIn) -> None:
    data.one_of_each(sqlite_world)
    page = text_of(sign_in("observer").get("/tally").text)
    assert "16,7 % 1 / 6 hương ước, quy ước đã thông qua, đang có hiệu lực" in page
    assert "33,3 % 2 / 6 hương ước, quy ước có kết luận đã ký" in page
    assert today().strftime("%d/%m/%Y") in page


def test_every_number_opens_its_list(sqlite_world: World, sign_in: SignIn) -> None:
    data.one_of_each(sqlite_world)
    client = sign_in("reviewer")
    for address in ("/tally", "/tally/07228"):
        page = client.get(address).text
        links = re.findall(r'<a href="(/tally/covenants[^"]*)">(?:<span class="group-number">)?([\d.]+)<', page)
        assert len(links) >= len(GROUPS) + 4
        for target, number in links:
            found = client.get(html.unescape(target))
            assert found.status_code == 200
            assert rows_in(found.text) == int(number), target


@pytest.mark.parametrize("group", GROUPS)
def test_the_list_of_a_group_names_its_covenant(sqlite_world: World, sign_in: SignIn, group: str) -> None:
    made = data.one_of_each(sqlite_world)
    page = sign_in("reviewer").get(f"/tally/covenants?group={group}&commune=07228").text
    assert made[group].name in page and f"/covenants/{made[group].id}" in page
    assert not any(other.name in page for name, other in made.items() if name != group)
    assert ("Vũ Thị Ký" in page) == (group in ("compliant", "not_compliant"))


def test_nothing_in_force_has_no_rate(sqlite_world: World, sign_in: SignIn) -> None:
    for covenant in (sqlite_world.covenant, sqlite_world.other_covenant):
        data.step(covenant, "abolished", today() - timedelta(days=1))
    page = text_of(sign_in("observer").get("/tally").text)
    assert "Tỷ lệ không phân biệt đối xử về giới – 0 / 0" in page
    assert "chưa có tỷ lệ" in page and "0,0 %" not in page and "100,0 %" not in page


def test_drafts_and_communities_without_are_apart(sqlite_world: World, sign_in: SignIn) -> None:
    draft = data.covenant(sqlite_world.community, "Dự thảo mới", ("drafted", date(2026, 1, 1)))
    data.community(sqlite_world.commune, "Thôn Trắng")
    client = sign_in("observer")
    page = client.get("/tally").text
    assert "/tally/uncounted?status=drafted" in page and "/tally/communities?declared=no" in page
    assert draft.name in client.get("/tally/uncounted?status=drafted").text
    assert rows_in(client.get("/tally/uncounted").text) == 1
    assert rows_in(client.get("/tally/uncounted?status=abolished").text) == 0
    assert "thôn Thôn Trắng" in text_of(client.get("/tally/communities?declared=no&commune=07228").text)
    assert rows_in(client.get("/tally/communities?declared=yes").text) == 0
    assert draft.name not in client.get("/tally/covenants").text


def test_sorting_by_plain_links(sqlite_world: World, sign_in: SignIn) -> None:
    data.one_of_each(sqlite_world)
    client = sign_in("observer")

    def order(sort: str) -> list[str]:
        return re.findall(r'<th scope="row"><a href="/tally/(\d{5})"', client.get(f"/tally?sort={sort}").text)

    assert order("name") == ["07228", "09319"] and order("-name") == ["09319", "07228"]
    assert order("rate") == ["09319", "07228"] and order("-rate") == ["07228", "09319"]
    assert order("-in_force") == ["07228", "09319"] and order("not_received") == ["07228", "09319"]
    assert order("drop table") == ["07228", "09319"]
    assert 'aria-sort="descending"' in client.get("/tally?sort=-rate").text


def test_an_official_sees_only_the_own_commune(sqlite_world: World, sign_in: SignIn) -> None:
    data.one_of_each(sqlite_world)
    client = sign_in("official")
    assert client.get("/tally").headers["Location"] == "/tally/07228"
    own = client.get("/tally/07228")
    assert own.status_code == 200 and "CSV" not in own.text
    everything = client.get("/tally/covenants").text
    assert rows_in(everything) == 5 and sqlite_world.other_covenant.name not in everything
    for address in (
        "/tally/09319",
        "/tally/covenants?commune=09319",
        "/tally/uncounted?commune=09319",
        "/tally/communities?commune=09319",
        "/tally/communes.csv",
        "/tally/covenants.csv",
        "/tally/covenants.csv?commune=07228",
    ):
        assert client.get(address).status_code == 403, address


def test_unknown_addresses(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("observer")
    for address in ("/tally/99999", "/tally/covenants?group=lost", "/tally/covenants?commune=1", "/tally/uncounted?status=x"):
        assert client.get(address).status_code == 404, address
    assert client.get("/tally/communities?declared=maybe").status_code == 404


def test_a_stranger_is_sent_to_sign_in(sqlite_world: World, sqlite_app: object) -> None:
    client = sqlite_app.test_client()  # type: ignore[attr-defined]
    for address in ("/tally", "/tally/07228", "/tally/covenants", "/tally/communes.csv"):
        assert client.get(address).headers["Location"].startswith("/login?next=")


def test_long_lists_come_in_pages(sqlite_world: World, sign_in: SignIn) -> None:
    for number in range(100):
        data.covenant(sqlite_world.community, f"Hương ước số {number}")
    client = sign_in("observer")
    first = client.get("/tally/covenants?commune=07228").text
    assert rows_in(first) == 100 and "commune=07228&amp;page=2" in first
    assert rows_in(client.get("/tally/covenants?commune=07228&page=2").text) == 1
    assert rows_in(client.get("/tally/covenants?commune=07228&page=999").text) == 1
    assert rows_in(client.get("/tally/covenants?commune=07228&page=²").text) == 100


def test_pages_in_english(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("observer")
    client.post("/language", data={"language": "en", "back": "/tally"})
    assert client.get("/tally").status_code == 200
