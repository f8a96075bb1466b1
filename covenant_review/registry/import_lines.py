"""From the rows of a file to lines of the list: which column is what, told by the headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from covenant_review.refusals import Invalid
from covenant_review.registry.import_tables import MOST_LINES, Cell, Row, Table, read_tables
from covenant_review.registry.names import bare

# Headers as the sample file writes them. They are on screen in both languages as they stand in the file.
HEADERS: Mapping[str, str] = {
    "kind": "Loại",
    "name": "Tên",
    "covenant_kind": "Hương ước/quy ước",
    "covenant_name": "Tên văn bản",
    "adopted_on": "Ngày thông qua",
    "adopted_document": "Văn bản thông qua",
    "recognised_on": "Ngày công nhận",
    "decision_number": "Số quyết định",
}
_WRITINGS: Mapping[str, frozenset[str]] = {
    "kind": frozenset({"loai", "loai hinh", "loai cong dong", "thon hay to dan pho"}),
    "name": frozenset(
        {
            "ten", "ten thon", "ten to dan pho", "ten thon to dan pho", "ten cong dong", "ten cong dong dan cu", "thon",
            "thon to dan pho", "to dan pho", "cong dong dan cu",
        }
    ),
    "covenant_kind": frozenset({"huong uoc quy uoc", "huong uoc hay quy uoc", "huong uoc", "quy uoc", "loai van ban"}),
    "covenant_name": frozenset({"ten van ban", "ten huong uoc", "ten quy uoc", "ten huong uoc quy uoc"}),
    "adopted_on": frozenset({"ngay thong qua"}),
    "adopted_document": frozenset({"van ban thong qua", "nghi quyet", "so nghi quyet", "bien ban"}),
    "recognised_on": frozenset({"ngay cong nhan"}),
    "decision_number": frozenset({"so quyet dinh", "quyet dinh", "so quyet dinh cong nhan", "quyet dinh cong nhan"}),
}  # fmt: skip
_TITLE_ROWS = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list as it stands in the file: texts, faults and notes by column (keys of HEADERS)."""

    number: int
    texts: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> list[Any]:
        """Plain values, to be sent along between two requests."""
        return [self.number, dict(self.texts), dict(self.faults), dict(self.notes)]

    @classmethod
    def from_plain(cls, values: list[Any]) -> Line:
        """The line back from its plain values."""
        number, texts, faults, notes = values
        return cls(number, texts, faults, notes)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The lines of a file, and what of it was left aside: headers of unused columns, names of unread sheets."""

    lines: tuple[Line, ...]
    sheet: str
    unused_columns: tuple[str, ...]
    unread_sheets: tuple[str, ...]


def read_file(data: bytes) -> ReadFile:
    """Read a list of communities (and covenants) from XLSX or CSV bytes.

    The first sheet with the headers "Tên" (and "Loại") counts; headers may differ in case, marks and punctuation, and may
    stand under some rows of titles. Raises Invalid: file of another kind, damaged, no headers, a header twice, no lines.
    """
    tables = read_tables(data)
    found = [(table, place, columns) for table in tables if (head := _header_row(table)) for place, columns in [head]]
    if not found:
        raise Invalid(
            "no_headers",
            _l(
                "Không thấy hàng tiêu đề. Cần có cột “%(name)s” và “%(kind)s”; thấy ở hàng đầu: %(seen)s. Hãy dùng tệp mẫu.",
                name=HEADERS["name"],
                kind=HEADERS["kind"],
                seen=_first_row_shown(tables),
            ),
        )
    # Of a CSV file, the separator that shows the most known columns; of a workbook, the first sheet.
    by_separator = not tables[0].sheet
    table, place, columns = max(found, key=lambda one: len(one[2])) if by_separator else found[0]
    if table.cut_short:
        raise Invalid(
            "file_damaged_csv",
            _l("Tệp CSV có dấu nháy kép mở mà không đóng. Hãy mở bằng Excel và lưu thành .xlsx rồi nộp lại."),
        )
    _refuse_double_columns(columns)
    lines = [_line(row, columns) for row in table.rows[place + 1 :]]
    lines = [line for line in lines if line.texts or line.faults]
    if not lines:
        raise Invalid("no_lines", _l("Tệp chỉ có tiêu đề, chưa có dòng nào. Hãy điền danh sách rồi nộp lại."))
    if len(lines) > MOST_LINES:
        raise Invalid(
            "file_too_many_rows",
            _l("Tệp có %(count)s dòng; mỗi lần nhập được nhiều nhất %(limit)s dòng.", count=len(lines), limit=MOST_LINES),
        )
    known = {index for index, _column in columns}
    unused = [cell.text for index, cell in enumerate(table.rows[place].cells) if index not in known and cell.text]
    return ReadFile(
        tuple(lines),
        table.sheet,
        tuple(unused),
        tuple(other.sheet for other, _place, _columns in found if other is not table and not by_separator),
    )


def _header_row(table: Table) -> tuple[int, list[tuple[int, str]]] | None:
    """Place of the header row among the table's rows, and (index of the column, its key) for the known columns."""
    for place, row in enumerate(table.rows[:_TITLE_ROWS]):
        columns = [(index, key) for index, cell in enumerate(row.cells) if (key := _column(cell))]
        keys = {key for _index, key in columns}
        # One known word alone may stand in a title; "Tên" with a name that carries its kind is enough of a list, though.
        if "name" in keys and (len(keys) >= 2 or len([cell for cell in row.cells if cell.text]) <= 2):
            return place, columns
    return None


def _column(cell: Cell) -> str | None:
    header = bare(cell.text.split("(")[0])
    return next((key for key, writings in _WRITINGS.items() if header in writings), None)


def _refuse_double_columns(columns: list[tuple[int, str]]) -> None:
    keys = [key for _index, key in columns]
    if double := sorted({HEADERS[key] for key in keys if keys.count(key) > 1}):
        raise Invalid(
            "double_column",
            _l("Có hai cột cùng nghĩa “%(columns)s”. Hãy bỏ hoặc đổi tiêu đề một cột.", columns=", ".join(double)),
        )


def _line(row: Row, columns: list[tuple[int, str]]) -> Line:
    cells = {key: row.cells[index] for index, key in columns if index < len(row.cells)}
    return Line(
        row.line,
        {key: cell.text for key, cell in cells.items() if cell.text},
        {key: cell.fault for key, cell in cells.items() if cell.fault},
        {key: cell.note for key, cell in cells.items() if cell.note and cell.text},
    )


def _first_row_shown(tables: list[Table]) -> str:
    # Of a CSV file's readings, the one that splits most is what a person sees.
    rows = [table.rows[0] for table in tables if table.rows]
    widest = max(rows, key=lambda row: len([cell for cell in row.cells if cell.text]), default=None)
    shown = [f"“{cell.text[:30]}”" for cell in widest.cells if cell.text][:8] if widest else []
    return ", ".join(shown) or "–"
