"""2.4 as spreadsheets: the table by commune, and the list of covenants behind it. Always in Vietnamese."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from covenant_review.reports.csv_file import Cell, Separator, csv_file, percent_text
from covenant_review.tally.counting import CommuneTally, Tally, percent
from covenant_review.tally.standing import CovenantStanding
from covenant_review.tally.today import day_of

# word(kind, code) → the word on screen.
Words = Callable[[str, object], str]

COMMUNE_HEADER = (
    "Mã",
    "Xã, phường",
    "Đang có hiệu lực",
    "Không phân biệt đối xử về giới",
    "Có phân biệt, yêu cầu sửa đổi",
    "Đang rà soát",
    "Không đọc được",
    "Chưa nộp",
    "Tỷ lệ chỉ tiêu 2.4",
    "Đã rà soát",
    "Thôn, tổ dân phố đã khai không có hương ước",
    "Thôn, tổ dân phố chưa có gì trong sổ đăng ký",
    "Số liệu ngày",
)
COVENANT_HEADER = (
    "Mã",
    "Xã, phường",
    "Cộng đồng",
    "Loại",
    "Tên",
    "Tình trạng pháp lý",
    "Từ ngày",
    "Tình trạng rà soát",
    "Bản",
    "Ngày ký duyệt",
    "Người ký duyệt",
    "Số liệu ngày",
)


def communes_csv(lines: Sequence[CommuneTally], total: Tally, day: date, word: Words, separator: Separator = ",") -> bytes:
    """One row per commune, in the order given, and a last row for all of them."""
    rows = [
        _figures(line.commune.code, f"{word('commune_kind', line.commune.kind)} {line.commune.name}", line.tally, day) for line in lines
    ]
    return csv_file(COMMUNE_HEADER, [*rows, _figures("", "Toàn tỉnh", total, day)], separator)


def covenants_csv(rows: Sequence[CovenantStanding], day: date, word: Words, separator: Separator = ",") -> bytes:
    """One row per covenant in force, in the order given."""
    return csv_file(COVENANT_HEADER, [_covenant(row, day, word) for row in rows], separator)


def _figures(code: str, name: str, tally: Tally, day: date) -> list[Cell]:
    return [
        code,
        name,
        tally.in_force,
        tally.compliant,
        tally.not_compliant,
        tally.in_review,
        tally.unreadable,
        tally.not_received,
        percent_text(percent(tally.rate)),
        percent_text(percent(tally.share_reviewed)),
        tally.declared_none,
        tally.nothing_registered,
        day,
    ]


def _covenant(row: CovenantStanding, day: date, word: Words) -> list[Cell]:
    return [
        row.commune_code,
        f"{word('commune_kind', row.commune_kind)} {row.commune_name}",
        f"{word('community_kind', row.community_kind)} {row.community_name}",
        word("covenant_kind", row.covenant_kind),
        row.covenant_name,
        word("legal_status", row.legal_status),
        row.status_since,
        word("standing", row.group),
        row.version,
        day_of(row.signed_on) if row.signed_on else None,
        row.signer_name,
        day,
    ]
