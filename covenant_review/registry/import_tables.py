"""From the bytes of an XLSX or CSV file to rows of cells, each with the line that a person sees it on."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from covenant_review.refusals import Invalid

LARGEST_FILE = 5 * 1024 * 1024
# Unpacked, a register of a thousand communities stays far below this; a zip bomb does not.
LARGEST_UNPACKED = 12 * 1024 * 1024
MOST_LINES = 2000
_FURTHEST_ROW, _FURTHEST_COLUMN = 20_000, 40
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a person sees in a cell (days as dd/mm/yyyy). `fault` names why it cannot be used, `note` what was done to it."""

    text: str = ""
    fault: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `line` counts from 1 as the program that shows the file does."""

    line: int
    cells: tuple[Cell, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.text or cell.fault for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet of a workbook, or a whole CSV file (then `sheet` is "").

    `cut_short`: reading stopped inside the file, at a quotation mark that does not close.
    """

    sheet: str
    rows: tuple[Row, ...]
    cut_short: bool = False


def read_tables(data: bytes) -> list[Table]:
    """The tables of a file, told by its bytes and not by its name. A CSV file gives one per possible separator.

    Raises Invalid with what is wrong with the file and how to get one that can be read.
    """
    if not data.strip(b"\x00\xff\xfe\xef\xbb\xbf \r\n\t;,"):
        raise Invalid("file_empty", _l("Tệp rỗng. Hãy tải tệp mẫu, điền vào rồi nộp lại."))
    if len(data) > LARGEST_FILE:
        limit = LARGEST_FILE // 1024 // 1024
        raise Invalid(
            "file_too_large",
            _l("Tệp lớn hơn %(limit)s MB. Hãy chép riêng bảng danh sách sang tệp mới rồi nộp lại.", limit=limit),
        )
    if data.startswith(b"PK"):
        return _workbook_tables(data)
    if data.startswith(_OLD_OFFICE):
        raise Invalid(
            "file_old_excel",
            _l("Đây là tệp Excel kiểu cũ (.xls) hoặc có đặt mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu, lưu thành .xlsx."),
        )
    return _separated_tables(_decoded(data))


def _wrong_kind() -> Invalid:
    return Invalid("file_wrong_kind", _l("Đây không phải tệp Excel (.xlsx) hay CSV. Hãy dùng tệp mẫu, hoặc lưu bảng thành .xlsx."))


def _damaged() -> Invalid:
    return Invalid("file_damaged", _l("Tệp Excel bị hỏng, không mở được. Hãy mở tệp gốc, lưu lại thành .xlsx mới."))


def _too_many_rows(count: int) -> Invalid:
    return Invalid(
        "file_too_many_rows",
        _l(
            "Tệp có %(count)s dòng; mỗi lần nhập được nhiều nhất %(limit)s dòng. Hãy chép riêng phần danh sách sang tệp mới.",
            count=count,
            limit=MOST_LINES,
        ),
    )


def _check_size(rows: list[Row]) -> tuple[Row, ...]:
    filled = tuple(row for row in rows if not row.is_empty)
    if len(filled) > MOST_LINES + 20:  # some rows of titles and headers
        raise _too_many_rows(len(filled))
    return filled


# --- Excel ---------------------------------------------------------------------------------------------------------------


def _workbook_tables(data: bytes) -> list[Table]:
    _check_package(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features that openpyxl leaves out (colours, lists to choose from)
            as_typed = load_workbook(io.BytesIO(data), data_only=False)
            as_shown = load_workbook(io.BytesIO(data), data_only=True) if _has_formulas(as_typed.worksheets) else as_typed
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise _damaged() from error
    visible = [sheet.title for sheet in as_typed.worksheets if sheet.sheet_state == "visible"]
    return [Table(title, _sheet_rows(as_typed[title], as_shown[title])) for title in visible]


def _check_package(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if "xl/workbook.xml" not in package.namelist():
                raise _wrong_kind()
            if sum(part.file_size for part in parts) > LARGEST_UNPACKED or len(parts) > 2000:
                raise Invalid(
                    "file_too_large",
                    _l("Bảng tính quá lớn so với một danh sách thôn. Hãy chép riêng bảng danh sách sang tệp mới rồi nộp lại."),
                )
            for part in parts:
                # No spreadsheet program writes a document type; it is how XML is made to blow up or to read other files.
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(part):
                    raise _damaged()
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise _damaged() from error


def _has_formulas(sheets: Sequence[Worksheet]) -> bool:
    for sheet in sheets:
        if sheet.max_row > _FURTHEST_ROW:
            raise _too_many_rows(sheet.max_row)
        for row in sheet.iter_rows(max_col=min(sheet.max_column, _FURTHEST_COLUMN)):
            if any(cell.data_type == "f" for cell in row):
                return True
    return False


def _sheet_rows(as_typed: Worksheet, as_shown: Worksheet) -> tuple[Row, ...]:
    rows: list[Row] = []
    width = min(as_typed.max_column, _FURTHEST_COLUMN)
    shown_rows = as_shown.iter_rows(max_col=width)
    for line, (typed, shown) in enumerate(zip(as_typed.iter_rows(max_col=width), shown_rows, strict=True), start=1):
        rows.append(Row(line, tuple(_cell(t.data_type, s.data_type, s.value) for t, s in zip(typed, shown, strict=True))))
    return _check_size(_with_merged_cells(as_typed, rows))


def _cell(typed: str, shown: str, value: object) -> Cell:
    if value is None:
        return Cell(fault="formula_without_value") if typed == "f" else Cell()
    if shown == "e":
        return Cell(text=str(value), fault="cell_error")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return Cell(value.strftime("%d/%m/%Y"), note="from_formula" if typed == "f" else "")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Cell(str(value).strip(), note="from_formula" if typed == "f" else "")


def _with_merged_cells(sheet: Worksheet, rows: list[Row]) -> list[Row]:
    """Each cell of a merged range gets what a person sees there: the value of its first cell."""
    cells = {row.line: list(row.cells) for row in rows}
    for area in sheet.merged_cells.ranges:
        # A title over the whole width is no cell of the list; a merged cell of the list runs downwards.
        if area.max_row == area.min_row or area.min_col > _FURTHEST_COLUMN:
            continue
        source = cells[area.min_row][area.min_col - 1]
        for line in range(area.min_row + 1, min(area.max_row, len(rows)) + 1):
            cells[line][area.min_col - 1] = replace(source, note="from_merged") if source.text else source
    # A merged cell alone does not make an empty line one of the list.
    return [row if row.is_empty else Row(row.line, tuple(cells[row.line])) for row in rows]


# --- CSV -----------------------------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif data[1::2].count(0) > len(data) // 4:
        encodings = ("utf-16-le",)
    elif data[0::2].count(0) > len(data) // 4:
        encodings = ("utf-16-be",)
    else:
        encodings = ("utf-8-sig",)
    try:
        text = data.decode(encodings[0])
    except UnicodeDecodeError as error:
        if _looks_like_text(data):
            raise Invalid(
                "file_encoding",
                _l("Tệp CSV không dùng bảng mã Unicode nên chữ có dấu sẽ sai. Hãy lưu lại dạng “CSV UTF-8” hoặc .xlsx."),
            ) from error
        raise _wrong_kind() from error
    if any(sign < " " and sign not in "\t\r\n\x0b\x0c" for sign in text):
        raise _wrong_kind()
    return text


def _looks_like_text(data: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in data[:4096]) and not data.startswith((b"%PDF", b"\x7fELF", b"{\\rtf"))


def _separated_tables(text: str) -> list[Table]:
    return [_separated_table(text, separator) for separator in ";,\t"]


def _separated_table(text: str, separator: str) -> Table:
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line, cut_short = 1, False
    try:
        for values in reader:
            # Excel's own hint on the first line ("sep=;") is no row of the list.
            if not (line == 1 and len(values) <= 2 and values and values[0].lower().startswith("sep=")):
                rows.append(Row(line, tuple(_text_cell(value) for value in values[:_FURTHEST_COLUMN])))
            line = reader.line_num + 1
    except csv.Error:
        cut_short = True
    return Table("", _check_size(rows), cut_short)


def _text_cell(value: str) -> Cell:
    value = value.strip()
    return Cell(value, fault="formula_text") if value.startswith("=") else Cell(value)
