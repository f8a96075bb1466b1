"""The words on screen for the codes in the database (design.md, "Words")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: Mapping[str, Mapping[str, Any]] = {
    "role": {
        "commune_official": _l("Công chức cấp xã"),
        "reviewer": _l("Người rà soát"),
        "signer": _l("Người ký duyệt"),
        "observer": _l("Người theo dõi"),
        "administrator": _l("Quản trị viên"),
    },
    "commune_kind": {"xa": _l("xã"), "phuong": _l("phường")},
    "community_kind": {
        "thon": _l("thôn"),
        "to_dan_pho": _l("tổ dân phố"),
        "khu_pho": _l("khu phố"),
        "ban": _l("bản"),
        "lang": _l("làng"),
    },
    "covenant_kind": {"huong_uoc": _l("Hương ước"), "quy_uoc": _l("Quy ước")},
    "legal_status": {
        "drafted": _l("Dự thảo"),
        "adopted": _l("Đã thông qua"),
        "recognised": _l("Đã công nhận"),
        "not_recognised": _l("Không công nhận"),
        "suspended_part": _l("Tạm ngừng một phần"),
        "suspended_whole": _l("Tạm ngừng toàn bộ"),
        "abolished": _l("Bãi bỏ"),
        "replaced": _l("Đã thay thế"),
    },
    "submission_state": {
        "queued": _l("Đang chờ đọc"),
        "reading": _l("Đang đọc"),
        "read": _l("Đã đọc"),
        "unreadable": _l("Không đọc được"),
        "failed": _l("Đọc bị lỗi"),
    },
    "screening_state": {
        "unmatched": _l("Không có dấu hiệu"),
        "matched": _l("Có dấu hiệu"),
        "silenced": _l("Dấu hiệu đã loại trừ"),
        "not_checked": _l("Chưa kiểm tra được"),
    },
    "outcome": {
        "violation": _l("Có dấu hiệu phân biệt đối xử về giới"),
        "consider": _l("Cần xem xét"),
        "outdated": _l("Không còn phù hợp pháp luật"),
        "positive": _l("Thúc đẩy bình đẳng giới"),
    },
    "severity": {"high": _l("Nặng"), "medium": _l("Vừa"), "low": _l("Nhẹ")},
    "field": {
        "politics": _l("Chính trị"),
        "economy": _l("Kinh tế"),
        "labour": _l("Lao động"),
        "education": _l("Giáo dục"),
        "science": _l("Khoa học và công nghệ"),
        "culture": _l("Văn hóa"),
        "health": _l("Y tế"),
        "family": _l("Gia đình"),
    },
    "rule_state": {
        "on": _l("Đang dùng"),
        "trial": _l("Đang thử (chỉ nêu để xem xét)"),
        "draft": _l("Dự thảo, chưa chạy"),
        "off": _l("Đã tắt"),
    },
    "certainty": {
        "seen": _l("Đã đọc nguyên văn điều luật"),
        "second_hand": _l("Đọc qua nguồn khác, cần đối chiếu văn bản gốc trước khi viện dẫn"),
        "general": _l("Chưa thấy văn bản, phải kiểm tra trước khi viện dẫn"),
    },
    "choice": {
        "approve": _l("Không phân biệt"),
        "flag": _l("Gắn cờ"),
        "second_opinion": _l("Xin ý kiến thứ hai"),
    },
    "verdict": {
        "compliant": _l("Không phân biệt đối xử về giới"),
        "not_compliant": _l("Có phân biệt đối xử về giới"),
    },
    "clause_standing": {
        "flagged": _l("Đã gắn cờ"),
        "approved": _l("Không phân biệt"),
        "second_opinion": _l("Chờ ý kiến thứ hai"),
        "undecided": _l("Chưa xét"),
    },
    "queue_state": {
        "sent_back": _l("Bị trả lại"),
        "mine": _l("Bạn đang xét"),
        "under_way": _l("Người khác đang xét"),
        "waiting": _l("Chưa ai xét"),
        "proposed": _l("Chờ ký duyệt"),
    },
    "signer_action": {"sign": _l("Đã ký duyệt"), "send_back": _l("Đã trả lại")},
    "standing": {
        "compliant": _l("Không phân biệt đối xử về giới"),
        "not_compliant": _l("Có phân biệt, yêu cầu sửa đổi"),
        "in_review": _l("Đang rà soát"),
        "unreadable": _l("Không đọc được"),
        "not_received": _l("Chưa nộp"),
    },
    "unreadable_reason": {
        "empty": _l("Tệp rỗng, không có nội dung."),
        "too_large": _l("Tệp quá lớn."),
        "encrypted": _l("Tệp được đặt mật khẩu. Hãy bỏ mật khẩu rồi nộp lại."),
        "unknown_kind": _l(
            "Không nhận loại tệp này. Hãy nộp tệp Word (.docx, .doc), .rtf, .odt, PDF, hoặc ảnh chụp, ảnh quét (JPEG, PNG, TIFF, HEIC)."
        ),
        "damaged": _l("Tệp bị hỏng, không mở được. Hãy mở tệp gốc, lưu lại bản mới rồi nộp lại."),
        "no_text": _l("Không đọc được chữ nào trong tệp. Hãy xem lại tệp gốc; nếu là ảnh, hãy chụp hoặc quét lại cho rõ rồi nộp lại."),
        "ocr_missing": _l(
            "Máy chủ chưa đọc được chữ trong ảnh. Hãy nộp bản Word hoặc PDF có chữ, hoặc nhờ quản trị cài gói tesseract-ocr-vie."
        ),
        "too_large_picture": _l("Ảnh có kích thước quá lớn nên không được mở. Hãy chụp hoặc quét lại với độ phân giải thường (300 dpi)."),
        "too_many_pages": _l("Tệp có quá nhiều trang so với một bản hương ước. Hãy chỉ nộp phần hương ước, quy ước."),
        "too_long": _l("Tệp dài hơn nhiều so với một bản hương ước. Hãy chỉ nộp phần hương ước, quy ước."),
        "too_many_parts": _l(
            "Tệp nén này chứa quá nhiều phần nên không được mở. Hãy mở tệp gốc, lưu lại thành .docx hoặc PDF rồi nộp lại."
        ),
        "unpacks_too_large": _l(
            "Nội dung bên trong tệp quá lớn khi giải nén nên không được mở. Hãy mở tệp gốc, lưu lại thành .docx hoặc PDF rồi nộp lại."
        ),
        "too_heavy": _l(
            "Đọc tệp này cần nhiều bộ nhớ hơn mức cho phép nên đã dừng. Hãy lưu lại thành .docx hoặc PDF với ảnh nhỏ hơn rồi nộp lại."
        ),
        "office_missing": _l(
            "Máy chủ chưa cài LibreOffice nên chưa đọc được tệp .doc, .rtf, .odt. Hãy lưu lại thành .docx rồi nộp lại, "
            "hoặc nhờ quản trị cài gói libreoffice-writer."
        ),
        "not_supported_yet": _l("Loại tệp này chưa đọc được. Hãy lưu lại thành .docx rồi nộp lại."),
        "too_slow": _l("Đọc tệp quá lâu nên đã dừng. Hãy lưu lại thành .docx rồi nộp lại."),
        "reader_died": _l(
            "Tệp này làm bộ đọc dừng đột ngột nên không đọc được; tệp gốc vẫn được giữ. Hãy mở tệp gốc, lưu lại thành .docx hoặc "
            "PDF mới rồi nộp lại."
        ),
        "interrupted": _l("Việc đọc bị ngắt nhiều lần. Hãy bấm đọc lại; tệp gốc vẫn được giữ."),
        "internal": _l(
            "Hệ thống gặp lỗi khi đọc tệp này; tệp gốc vẫn được giữ. Hãy bấm đọc lại; nếu vẫn lỗi, hãy mở tệp gốc, lưu lại thành "
            ".docx hoặc PDF rồi nộp bản mới."
        ),
    },
    "fact": {
        "name": _l("Tên văn bản"),
        "community": _l("Thôn, tổ dân phố"),
        "commune": _l("Địa danh"),
        "district": _l("Huyện"),
        "province": _l("Tỉnh"),
        "year": _l("Năm"),
        "adopted_on": _l("Ngày thông qua"),
        "recognised_on": _l("Ngày công nhận"),
        "decision_number": _l("Số quyết định công nhận"),
    },
    "warning": {
        "page_without_text": _l("Trang này không có chữ đọc được (có thể là ảnh quét)."),
        "garbled_text": _l("Chữ trên trang này có thể bị hỏng."),
        "legacy_font": _l("Văn bản dùng phông chữ cũ (TCVN3, VNI); chữ có thể sai."),
        "converted_font": _l("Văn bản dùng phông chữ cũ (TCVN3, VNI); đã chuyển sang Unicode."),
        "deleted_text": _l("Có nội dung đã xóa ở chế độ theo dõi thay đổi; không tính vào văn bản."),
        "hidden_text": _l("Có chữ ẩn trong tệp; không tính vào văn bản."),
        "read_by_ocr": _l("Chữ trên trang này được máy nhận dạng từ ảnh; hãy so với ảnh gốc."),
        "page_may_be_incomplete": _l("Có thể máy đọc sót chữ trên trang này. Hãy so với ảnh gốc và thêm đoạn bị sót."),
        "label_repaired": _l("Số thứ tự mà máy nhận dạng nhầm đã được sửa theo số đứng trước và sau nó; hãy so với ảnh gốc."),
        "page_unreadable": _l("Không mở được ảnh của trang này nên chưa đọc được chữ nào. Hãy chụp hoặc quét lại trang này rồi nộp lại."),
        "file_cut": _l("Tệp bị cắt mất một phần; phần còn lại đã được đọc."),
    },
}
