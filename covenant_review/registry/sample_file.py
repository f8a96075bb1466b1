"""The sample files for the import, generated with the right headers: XLSX with a sheet that explains, and CSV."""

from __future__ import annotations

import io

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from covenant_review.registry.import_lines import HEADERS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (16, 26, 20, 36, 17, 26, 17, 18)
_EXAMPLES = (
    ("Thôn", "Lim", "Hương ước", "Hương ước thôn Lim", "05/03/2024", "Biên bản họp thôn", "20/03/2024", "45/QĐ-UBND"),
    ("Tổ dân phố", "số 3", "Quy ước", "", "12/10/2023", "Nghị quyết 02", "", ""),
    ("Thôn", "Đông", "", "", "", "", "", ""),
)


def sample_csv() -> bytes:
    """The headers alone, in UTF-8 with a byte order mark and semicolons: Excel opens it in columns, with its marks."""
    return ("\ufeff" + ";".join(HEADERS.values()) + "\r\n").encode()


def sample_xlsx() -> bytes:
    """A sheet with the headers (days formatted as days, numbers of decisions as text) and a second one that explains."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Danh sách"
    for place, (header, width) in enumerate(zip(HEADERS.values(), _WIDTHS, strict=True), start=1):
        column = get_column_letter(place)
        cell = sheet[f"{column}1"]
        cell.value = header
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E6F1F2")
        sheet.column_dimensions[column].width = width
        for line in range(2, 302):
            sheet[f"{column}{line}"].number_format = "dd/mm/yyyy" if header.startswith("Ngày") else "@"
    sheet.freeze_panes = "A2"
    _explain(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _explain(book: Workbook) -> None:
    sheet = book.create_sheet(_("Hướng dẫn"))
    for text in (
        _("Mỗi thôn, tổ dân phố một dòng ở trang “Danh sách”. Chỉ hai cột đầu là bắt buộc."),
        _("Loại: thôn, tổ dân phố, khu phố, bản hoặc làng."),
        _("Có hương ước, quy ước thì điền thêm ngày thông qua hoặc ngày công nhận (ngày/tháng/năm)."),
        _("Thôn có hai văn bản thì ghi hai dòng. Thôn chưa có văn bản thì để trống các cột sau."),
        _("Ví dụ:"),
    ):
        sheet.append([text])
    # Set apart from the list's own headers, so that these lines are never taken for the list.
    for example in _EXAMPLES:
        sheet.append(["", " · ".join(part for part in example if part)])
    sheet.column_dimensions["A"].width = 90
    for row in sheet.iter_rows(max_col=1):
        row[0].alignment = Alignment(wrap_text=True)
