"""2.4 as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from covenant_review.database import db
from covenant_review.reports.csv_file import csv_file, percent_text
from covenant_review.reports.tally_csv import COMMUNE_HEADER, COVENANT_HEADER
from covenant_review.reports.tally_json import figures_as_json, tally_as_json
from covenant_review.tally.figures import gather
from covenant_review.tally.standing import GROUPS
from covenant_review.tally.today import today
from tests import tally_data as data
from tests.people import World

SignIn = Callable[[str], FlaskClient]


def read(content: bytes, separator: str = ",") -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


@pytest.mark.parametrize(
    "text", ["=1+1", "+84", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", '=HYPERLINK("http://x")']
)
def test_no_cell_starts_a_formula(text: str) -> None:
    ((_header,), (cell,)) = read(csv_file(["Tên"], [[text]]))
    assert cell == "'" + text


@pytest.mark.parametrize("text", ["Hương ước thôn Lim", "Khu 5 - Đa Mai", 'a;b,c"d', "dòng 1\ndòng 2", "–", ""])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert read(csv_file(["Tên"], [[text]]))[1] == [text]


def test_cells_of_other_kinds() -> None:
    assert read(csv_file(["a", "b", "c"], [[-3, None, date(2026, 11, 23)]]), ",")[1] == ["-3", "", "2026-11-23"]
    assert csv_file(["a", "b"], [["x", "y"]], ";") == b'\xef\xbb\xbf"a";"b"\r\n"x";"y"\r\n'


def test_a_percentage_is_text_that_no_spreadsheet_reads_as_a_number() -> None:
    assert percent_text(Decimal("66.7")) == "66,7\u00a0%" and percent_text(None) == "–"


def test_the_table_by_commune(sqlite_world: World, sign_in: SignIn) -> None:
    data.one_of_each(sqlite_world)
    answer = sign_in("observer").get("/tally/communes.csv")
    assert answer.mimetype == "text/csv" and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="chi-tieu-2.4-xa-phuong-{today().isoformat()}.csv"'
    header, *rows = read(answer.data)
    assert tuple(header) == COMMUNE_HEADER
    assert [row[:10] for row in rows] == [
        ["07228", "phường Đa Mai", "5", "1", "1", "1", "1", "1", "20,0\u00a0%", "40,0\u00a0%"],
        ["09319", "xã Tiên Du", "1", "0", "0", "0", "0", "1", "0,0\u00a0%", "0,0\u00a0%"],
        ["", "Toàn tỉnh", "6", "1", "1", "1", "1", "2", "16,7\u00a0%", "33,3\u00a0%"],
    ]
    assert all(row[-1] == today().isoformat() and len(row) == len(header) for row in rows)


def test_the_list_behind_a_number(sqlite_world: World, sign_in: SignIn) -> None:
    data.one_of_each(sqlite_world)
    client = sign_in("reviewer")
    client.post("/language", data={"language": "en", "back": "/tally"})
    answer = client.get("/tally/covenants.csv?group=compliant&commune=07228&separator=semicolon")
    assert f"danh-sach-07228-compliant-{today().isoformat()}.csv" in answer.headers["Content-Disposition"]
    header, row = read(answer.data, ";")
    assert tuple(header) == COVENANT_HEADER
    assert row == [
        "07228", "phường Đa Mai", "tổ dân phố Thanh Mai", "Hương ước", "Hương ước compliant", "Đã thông qua", "2024-03-01",
        "Không phân biệt đối xử về giới", "1", today().isoformat(), "Vũ Thị Ký", today().isoformat(),
    ]  # fmt: skip
    assert len(read(client.get("/tally/covenants.csv").data)) == 7
    assert client.get("/tally/covenants.csv?group=lost").status_code == 404


def test_a_covenant_with_a_formula_for_a_name(sqlite_world: World, sign_in: SignIn) -> None:
    data.covenant(sqlite_world.community, '=HYPERLINK("http://x")')
    rows = read(sign_in("observer").get("/tally/covenants.csv").data)
    assert [row[4] for row in rows if "HYPERLINK" in row[4]] == ['\'=HYPERLINK("http://x")']


def test_json_has_every_number_and_the_list_behind_it(world: World) -> None:
    data.one_of_each(world)
    data.covenant(world.community, "Dự thảo", ("drafted", date(2026, 1, 1)))
    data.community(world.other_commune, "Thôn Trắng")
    found = tally_as_json(db.session(), today(), {"version": "2026.11"})
    assert json.loads(json.dumps(found)) == found
    assert (found["day"], found["ruleset"]) == (today().isoformat(), {"version": "2026.11"})
    province = found["province"]
    assert (province["in_force"], province["compliant"], province["rate_percent"], province["share_reviewed_percent"]) == (6, 1, 16.7, 33.3)
    assert province["rate"] == pytest.approx(1 / 6)
    for group in GROUPS:
        listed = [one for one in found["covenants"] if one["group"] == group]
        assert len(listed) == province[group] == sum(one[group] for one in found["communes"])
    signed = [one for one in found["covenants"] if one["signed_by"]]
    assert {one["group"] for one in signed} == {"compliant", "not_compliant"}
    assert all(one["signed_on"] == today().isoformat() and one["version"] == 1 for one in signed)
    assert [one["name"] for one in found["not_counted"]] == ["Dự thảo"]
    assert [one["name"] for one in found["communities_without_covenant"]] == ["Thôn Trắng"]


def test_json_without_anything_in_force(world: World) -> None:
    found = figures_as_json(gather(db.session(), date(2020, 1, 1), world.commune))
    assert found["province"]["rate"] is None and found["province"]["rate_percent"] is None and found["covenants"] == []
    assert [one["code"] for one in found["communes"]] == ["07228"]
