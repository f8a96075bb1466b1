"""The import of a commune's list: any file an office makes, read line by line; odd and hostile files refused with a reason."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask, current_app
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.registry.community_import import Proposal, propose
from covenant_review.registry.import_lines import Line, read_file
from covenant_review.registry.models import Commune, Community, Covenant
from covenant_review.registry.operations import add_community, declare_no_covenant, merge_community
from covenant_review.registry.operations_import import import_communities
from covenant_review.registry.sample_file import sample_csv, sample_xlsx
from tests.people import World
from tests.registry_data import HEADERS, days_ago, events, last_event, looking, separated, workbook

LIST = [
    ["Loại", "Tên"],
    ["thôn", "Đông"],
    ["Tổ dân phố", "số 3"],
]


def names(data: bytes) -> list[tuple[str, str]]:
    return [(line.texts.get("kind", ""), line.texts.get("name", "")) for line in read_file(data).lines]


def code_of(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read_file(data)
    return caught.value.code


# Excel knows no zones.
MIDNIGHT = datetime(2024, 3, 5)  # noqa: DTZ001

# --- Reading files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_separated_files_of_every_encoding(separator: str, encoding: str) -> None:
    assert names(separated(LIST, separator=separator, encoding=encoding)) == [("thôn", "Đông"), ("Tổ dân phố", "số 3")]


def test_quotes_separators_inside_and_lines_are_counted_as_a_person_counts() -> None:
    data = 'Loại;Tên;Tên văn bản\r\nthôn;"Đông; Tây";"Hương ước\r\nthôn Đông"\r\n\r\nthôn;Nam;\r\n'.encode()
    lines = read_file(data).lines
    assert [line.number for line in lines] == [2, 5]
    assert lines[0].texts["name"] == "Đông; Tây"


def test_excels_own_separator_line_is_no_row() -> None:
    assert names(b"sep=;\r\n" + separated(LIST, separator=";")) == [("thôn", "Đông"), ("Tổ dân phố", "số 3")]


@pytest.mark.parametrize(
    "headers",
    [
        ["Loại", "Tên"],
        ["LOẠI", "TÊN THÔN"],
        ["loai", "ten"],
        [" Loại: ", "Tên thôn, tổ dân phố"],
        ["Loại (thôn/tổ dân phố)", "Tên (bắt buộc)"],
        ["Loa\u0323i", "Te\u0302n"],
    ],
)
def test_headers_without_minding_case_marks_and_notes(headers: list[str]) -> None:
    assert names(workbook([headers, *LIST[1:]])) == [("thôn", "Đông"), ("Tổ dân phố", "số 3")]


def test_a_workbook_with_titles_above_numbers_beside_and_empty_rows_between() -> None:
    rows = [
        ["UBND XÃ TIÊN DU"], ["Danh sách thôn năm 2026"], [], ["STT", "Loại", "Tên", "Ghi chú"], [1, "thôn", "Đông", None], [],
        [2, "thôn", 5, "mới"],
    ]  # fmt: skip
    read = read_file(workbook(rows))
    assert [(line.number, line.texts["name"]) for line in read.lines] == [(5, "Đông"), (7, "5")]
    assert read.unused_columns == ("STT", "Ghi chú")
    assert read.sheet == "Danh sách"


def test_the_first_sheet_with_headers_counts_and_the_others_are_named() -> None:
    book = Workbook()
    book.active.title = "Bìa"  # type: ignore[union-attr]
    book.active["A1"] = "Sổ thôn"  # type: ignore[index]
    for title in ("Thôn", "Tổ"):
        sheet = book.create_sheet(title)
        for row in LIST:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    read = read_file(stream.getvalue())
    assert read.sheet == "Thôn" and read.unread_sheets == ("Tổ",)


def test_merged_cells_give_what_a_person_sees_and_are_noted() -> None:
    rows = [["Loại", "Tên", "Tên văn bản"], ["thôn", "Đông", "A"], [None, "Tây", "B"], [None, None, "C"], ["thôn", "Nam", None]]
    lines = read_file(workbook(rows, merge=["A2:A4", "B3:B4"])).lines
    assert [(line.texts["kind"], line.texts["name"]) for line in lines] == [
        ("thôn", "Đông"), ("thôn", "Tây"), ("thôn", "Tây"), ("thôn", "Nam"),
    ]  # fmt: skip
    assert lines[1].notes == {"kind": "from_merged"} and set(lines[2].notes) == {"kind", "name"}


def test_a_formula_counts_with_its_result_and_is_a_fault_without() -> None:
    data = workbook([["Loại", "Tên"], ["thôn", '="Đô"&"ng"'], ["thôn", "Tây"]])
    assert read_file(data).lines[0].faults == {"name": "formula_without_value"}
    # As Excel saves it: the formula with the result that it showed.
    computed = _with_part(data, "xl/worksheets/sheet1.xml", b'<c r="B2">', b'<c r="B2" t="str">', b"<v></v>", "<v>Đông</v>".encode())
    line = read_file(computed).lines[0]
    assert line.texts["name"] == "Đông" and line.notes == {"name": "from_formula"}


def _with_part(data: bytes, name: str, *changes: bytes) -> bytes:
    """The package with one part changed; `changes` are old, new, old, new."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = source.read(part)
            if part == name:
                for old, new in zip(changes[::2], changes[1::2], strict=True):
                    assert old in content, content
                    content = content.replace(old, new)
            target.writestr(part, content)
    return stream.getvalue()


def test_dates_of_excel_become_days() -> None:
    rows: list[list[Any]] = [HEADERS, ["thôn", "Đông", "Hương ước", "", MIDNIGHT, "", date(2024, 3, 20), "45/QĐ"]]
    texts = read_file(workbook(rows)).lines[0].texts
    assert (texts["adopted_on"], texts["recognised_on"]) == ("05/03/2024", "20/03/2024")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf\r\n", "file_empty"),
        (b"%PDF-1.7 \xe2\xe3 ...", "file_wrong_kind"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "file_wrong_kind"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "file_wrong_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "file_old_excel"),
        (b"PK\x03\x04 cut", "file_damaged"),
        ("Loại,Tên\nthôn,Đông\n".encode("utf-16-le")[:-1], "file_wrong_kind"),
        ("Loại,Tên".encode() + b"\nth\xf4n,\xd0\xf4ng", "file_encoding"),
        ('Loại,Tên\nthôn,"Đông'.encode(), "file_damaged_csv"),
        ("Họ tên,Tuổi\nAn,30\n".encode(), "no_headers"),
        ("Loại,Tên\n\n".encode(), "no_lines"),
        ("Loại,Tên,Tên thôn\nthôn,a,b\n".encode(), "double_column"),
    ],
)
def test_files_that_cannot_be_read_say_why(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_word_file_a_cut_workbook_and_a_document_type_are_refused() -> None:
    good = workbook(LIST)
    assert code_of(good[: len(good) // 2]) == "file_damaged"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("word/document.xml", "<w:document/>")
    assert code_of(stream.getvalue()) == "file_wrong_kind"
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert code_of(_with_part(good, "xl/workbook.xml", b"<workbook", entity + b"<workbook")) == "file_damaged"


def test_a_zip_bomb_is_refused_at_once() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * 200_000_000)
    begun = time.process_time()
    assert code_of(stream.getvalue()) == "file_too_large"
    assert time.process_time() - begun < 1


def test_ten_thousand_rows_are_refused_with_the_number() -> None:
    rows = [["Loại", "Tên"], *(["thôn", f"T{number}"] for number in range(10_000))]
    assert code_of(workbook(rows)) == "file_too_many_rows"
    assert code_of(separated(rows)) == "file_too_many_rows"
    assert code_of(b"x" * (5 * 1024 * 1024 + 1)) == "file_too_large"
    far = Workbook()
    far.active["A1"], far.active["B1"], far.active["A1000000"] = "Loại", "Tên", "thôn"  # type: ignore[index]
    stream = io.BytesIO()
    far.save(stream)
    assert code_of(stream.getvalue()) == "file_too_many_rows"


# --- Lines against the register ------------------------------------------------------------------------------------------


def proposals(world: World, rows: list[list[Any]]) -> list[Proposal]:
    lines = read_file(workbook([HEADERS[: max(len(row) for row in rows)], *rows])).lines
    with looking() as session:
        return propose(session, session.get_one(Commune, world.commune.id), lines)


def one(world: World, *row: Any) -> Proposal:
    return proposals(world, [list(row)])[0]


def codes(proposal: Proposal) -> list[tuple[str, str]]:
    with current_app.test_request_context():
        assert all(problem.message for problem in proposal.problems)
        assert all(str(note) for note in proposal.notes)
    return [(problem.column, problem.code) for problem in proposal.problems]


def test_a_line_adds_a_community_with_its_covenant(world: World) -> None:
    found = one(world, "Thôn", "Đông", "hương ước", "Hương ước thôn Đông", "05/03/2024", "Biên bản", "20.3.2024", "45/QĐ-UBND")
    assert codes(found) == [] and found.standing == "add" and found.community_is_new
    assert (found.kind, found.name) == ("thon", "Đông")
    assert found.covenant is not None and found.covenant.is_new
    assert [(step.status, step.on, document) for step, document in found.covenant.steps] == [
        ("adopted", date(2024, 3, 5), "Biên bản"),
        ("recognised", date(2024, 3, 20), "45/QĐ-UBND"),
    ]


@pytest.mark.parametrize(
    ("row", "kind", "name"),
    [
        (["TDP", "số 3"], "to_dan_pho", "số 3"),
        (["to dan pho", "Tổ dân phố số 3"], "to_dan_pho", "số 3"),
        (["", "Thôn Đông"], "thon", "Đông"),
        (["", "Khu phố 1"], "khu_pho", "1"),
    ],
)
def test_kinds_as_people_write_them(world: World, row: list[str], kind: str, name: str) -> None:
    found = one(world, *row)
    assert codes(found) == [] and (found.kind, found.name) == (kind, name)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["", "Đông"], [("Loại", "kind_missing")]),
        (["xóm", "Đông"], [("Loại", "unknown_kind")]),
        (["thôn", ""], [("Tên", "name_missing")]),
        (["thôn", "Th«n"], [("Tên", "strange_signs")]),
        (["thôn", "Đông", "luật"], [("Hương ước/quy ước", "unknown_covenant_kind")]),
        (["thôn", "Đông", "", "Văn bản", "05/03/2024"], [("Hương ước/quy ước", "covenant_kind_missing")]),
        (["thôn", "Đông", "hương ước", ""], [("Ngày thông qua", "no_steps")]),
        (["thôn", "Đông", "hương ước", "", "05/03/24"], [("Ngày thông qua", "short_year")]),
        (["thôn", "Đông", "hương ước", "", "2019"], [("Ngày thông qua", "year_alone")]),
        (["thôn", "Đông", "hương ước", "", 45356], [("Ngày thông qua", "serial_day")]),
        (["thôn", "Đông", "hương ước", "", "03/25/2024"], [("Ngày thông qua", "month_first")]),
        (["thôn", "Đông", "hương ước", "", "31/02/2024"], [("Ngày thông qua", "no_such_day")]),
        (["thôn", "Đông", "hương ước", "", "hôm qua"], [("Ngày thông qua", "not_a_day")]),
        (["thôn", "Đông", "hương ước", "", "01/01/2999"], [("Ngày thông qua", "day_in_future")]),
        (["thôn", "Đông", "hương ước", "", "05/03/2024", "", "01/03/2024"], [("Ngày thông qua", "recognised_before_adopted")]),
        (["thôn", "Đông", "hương ước", "", "05/03/2024", "", "", "45/QĐ"], [("Ngày thông qua", "decision_without_date")]),
        (["thôn", "Đông", "chưa có", "Hương ước Đông"], [("Hương ước/quy ước", "none_but_given")]),
        (["thôn", "#N/A"], [("Tên", "cell_error")]),
        (["thôn", "=1+1"], [("Tên", "formula_without_value")]),
        (["xóm", "Đông", "hương ước", "", "hôm qua"], [("Loại", "unknown_kind")]),
        (["thôn", "Đông", "luật", "", "hôm qua"], [("Hương ước/quy ước", "unknown_covenant_kind"), ("Ngày thông qua", "not_a_day")]),
    ],
)
def test_each_fault_names_its_column(world: World, row: list[Any], expected: list[tuple[str, str]]) -> None:
    found = one(world, *row)
    assert codes(found) == expected
    assert found.standing == "error"


@pytest.mark.parametrize("written", ["5/3/2024", "05-03-2024", "05.03.2024", "2024-03-05", "ngày 5 tháng 3 năm 2024", MIDNIGHT])
def test_days_as_people_write_them(world: World, written: Any) -> None:
    found = one(world, "thôn", "Đông", "hương ước", "", written)
    assert codes(found) == [] and found.covenant is not None
    assert found.covenant.steps[0][0].on == date(2024, 3, 5)
    assert found.covenant.name == "Hương ước thôn Đông" and len(found.notes) == 1


def test_no_covenant_is_no_declaration(world: World) -> None:
    for written in ("không có", "Chưa có", "-", ""):
        found = one(world, "thôn", "Đông", written)
        assert codes(found) == [] and found.covenant is None and found.standing == "add"


def test_what_is_in_the_register_already(world: World) -> None:
    found = proposals(
        world,
        [
            ["tổ dân phố", "THANH MAI"],
            ["TDP", "Thanh Mai", "quy ước", "quy ước tổ dân phố Thanh Mai", "01/03/2024"],
            ["TDP", "Thanh Mai", "quy ước", "Quy ước khác", "01/03/2024"],
        ],
    )
    assert [one.standing for one in found] == ["present", "present", "add"]
    assert not found[1].notes and not found[2].community_is_new
    other_day = one(world, "TDP", "Thanh Mai", "quy ước", "Quy ước tổ dân phố Thanh Mai", "01/04/2024")
    assert other_day.standing == "present" and codes(other_day) == [] and len(other_day.notes) == 1


def test_double_lines_point_at_the_first(world: World) -> None:
    found = proposals(
        world,
        [
            ["thôn", "Đông", "hương ước", "Hương ước 1", "01/03/2024"],
            ["thôn", "đông"],
            ["thôn", "Đông", "hương ước", "Hương ước 2", "01/03/2024"],
            ["thôn", "Đông", "hương ước", "hương ước 1", "01/03/2024"],
        ],
    )
    assert [one.standing for one in found] == ["add", "error", "add", "error"]
    assert codes(found[1]) == [("Tên", "double_line")] and codes(found[3]) == [("Tên văn bản", "double_line")]
    with current_app.test_request_context():
        assert "2" in found[1].problems[0].message


def test_a_merged_community_takes_only_old_covenants(world: World) -> None:
    into = add_community(world.official, world.commune, kind="thon", name="Nhận")
    merge_community(world.official, world.community, into, date(2025, 7, 1))
    late = one(world, "TDP", "Thanh Mai", "quy ước", "Mới", "01/08/2025")
    assert codes(late) == [("", "after_merger")]
    assert one(world, "TDP", "Thanh Mai", "quy ước", "Cũ", "01/06/2025").standing == "add"


# --- Adding --------------------------------------------------------------------------------------------------------------

GOOD = [
    ["thôn", "Đông", "hương ước", "", "05/03/2024", "", "20/03/2024", "45/QĐ-UBND"],
    ["thôn", "Đông", "quy ước", "Quy ước thôn Đông 2", "05/03/2025"],
    ["thôn", "Tây"],
    ["xóm", "Sai"],
]


def lines_of(rows: list[list[Any]]) -> tuple[Line, ...]:
    return read_file(workbook([HEADERS, *rows])).lines


def bring_in(world: World, rows: list[list[Any]], chosen: set[int], actor: Any = "official") -> Any:
    person = getattr(world, actor)
    return import_communities(person, world.commune, lines_of(rows), chosen, file_name="ds.xlsx", sha256="a" * 64)


def test_the_chosen_lines_come_in_with_one_event_that_lists_them(world: World) -> None:
    declare_no_covenant(world.official, add_community(world.official, world.commune, kind="thon", name="Tây"), days_ago(3))
    rows = [*GOOD[:2], ["thôn", "Tây", "hương ước", "", "05/03/2024"], GOOD[3]]
    added = bring_in(world, rows, {2, 3, 4})
    assert (added.communities, added.covenants) == (1, 3)
    event = last_event("registry.communities_imported")
    assert events().count("registry.communities_imported") == 1
    assert event.details["file_name"] == "ds.xlsx" and event.details["sha256"] == "a" * 64
    assert [line["line"] for line in event.details["lines"]] == [2, 3, 4]
    assert event.details["lines"][2]["covenant"]["declaration_ended"] is True
    with looking() as session:
        kept = session.scalars(select(Covenant).join(Community).where(Community.name == "Đông").order_by(Covenant.id)).all()
        assert [(one.kind, one.name, len(one.statuses)) for one in kept] == [
            ("huong_uoc", "Hương ước thôn Đông", 2), ("quy_uoc", "Quy ước thôn Đông 2", 1),
        ]  # fmt: skip
        assert kept[0].in_force_on(days_ago(0))


def test_a_second_covenant_alone_brings_its_community(world: World) -> None:
    assert bring_in(world, GOOD, {3}).communities == 1


def refused(code: str, world: World, chosen: set[int], kind: type[Refused], actor: str = "official") -> None:
    before = events()
    with pytest.raises(kind) as caught:
        bring_in(world, GOOD, chosen, actor)
    assert caught.value.code == code
    assert events() == before
    with looking() as session:
        assert session.scalar(select(func.count()).select_from(Community)) == 2


def test_all_or_nothing(world: World) -> None:
    refused("nothing_chosen", world, set(), Invalid)
    refused("import_changed", world, {2, 5}, Refused)
    refused("import_changed", world, {2, 99}, Refused)
    for actor in ("neighbour", "reviewer", "signer", "observer"):
        refused("not_allowed", world, {2}, Forbidden, actor)


def test_when_the_register_changed_since_the_preview_nothing_is_added(world: World) -> None:
    add_community(world.administrator, world.commune, kind="thon", name="Tây")
    with pytest.raises(Refused) as caught:
        bring_in(world, GOOD, {2, 4})
    assert caught.value.code == "import_changed"
    with looking() as session:
        assert session.scalar(select(func.count()).select_from(Community)) == 3


def test_six_hundred_lines_in_good_time(world: World) -> None:
    rows = [["thôn", f"Thôn {number}", "hương ước", "", "05/03/2024"] for number in range(600)]
    begun = time.process_time()
    assert bring_in(world, rows, set(range(2, 602))).covenants == 600
    assert time.process_time() - begun < 30


# --- The sample files ----------------------------------------------------------------------------------------------------


def test_the_sample_workbook_is_filled_in_and_read_back(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context():
        empty = sample_xlsx()
    assert code_of(empty) == "no_lines"
    book = load_workbook(io.BytesIO(empty))
    sheet = book["Danh sách"]
    for column, value in enumerate(["thôn", "Đông", "hương ước", "", date(2024, 3, 5), "", None, ""], start=1):
        sheet.cell(2, column).value = value
    stream = io.BytesIO()
    book.save(stream)
    read = read_file(stream.getvalue())
    assert [dict(line.texts) for line in read.lines] == [
        {"kind": "thôn", "name": "Đông", "covenant_kind": "hương ước", "adopted_on": "05/03/2024"}
    ]
    assert read.unread_sheets == () and read.unused_columns == ()


def test_the_sample_csv_is_filled_in_and_read_back() -> None:
    assert code_of(sample_csv()) == "no_lines"
    assert names(sample_csv() + "thôn;Đông;;;;;;\r\n".encode()) == [("thôn", "Đông")]
