"""The audit log's actions and subjects in words; a code without words is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

ACTIONS: Mapping[str, Any] = {
    "accounts.language_chosen": _l("Chọn ngôn ngữ giao diện"),
    "accounts.password_changed": _l("Đổi mật khẩu của mình"),
    "accounts.password_reset": _l("Cấp lại mật khẩu"),
    "accounts.person_changed": _l("Sửa tài khoản"),
    "accounts.person_created": _l("Mở tài khoản"),
    "accounts.sign_in_failed": _l("Đăng nhập sai"),
    "accounts.signed_in": _l("Đăng nhập"),
    "accounts.signed_out": _l("Đăng xuất"),
    "registry.communes_loaded": _l("Nạp danh sách xã, phường"),
    "registry.communities_imported": _l("Nhập danh sách thôn, tổ dân phố từ tệp"),
    "registry.community_added": _l("Thêm thôn, tổ dân phố"),
    "registry.community_merged": _l("Ghi việc sáp nhập thôn, tổ dân phố"),
    "registry.community_renamed": _l("Đổi tên thôn, tổ dân phố"),
    "registry.covenant_added": _l("Thêm hương ước, quy ước vào sổ đăng ký"),
    "registry.covenant_renamed": _l("Sửa tên, loại hương ước, quy ước"),
    "registry.merger_undone": _l("Hủy ghi nhận sáp nhập"),
    "registry.no_covenant_declared": _l("Khai là không có hương ước, quy ước"),
    "registry.no_covenant_withdrawn": _l("Rút lời khai không có hương ước, quy ước"),
    "registry.status_added": _l("Ghi bước pháp lý"),
    "registry.status_corrected": _l("Sửa bước pháp lý"),
    "registry.status_removed": _l("Bỏ bước pháp lý ghi nhầm"),
    "review.clause_approved": _l("Xét điều khoản: không phân biệt"),
    "review.clause_flagged": _l("Gắn cờ điều khoản"),
    "review.clause_second_opinion_asked": _l("Xin ý kiến thứ hai về điều khoản"),
    "review.rest_approved": _l("Xét cùng lúc các điều khoản không có dấu hiệu"),
    "review.round_opened": _l("Mở vòng rà soát"),
    "review.verdict_proposed": _l("Đề nghị kết luận rà soát"),
    "review.verdict_sent_back": _l("Trả lại kết luận"),
    "review.verdict_signed": _l("Ký duyệt kết luận"),
    "submissions.attached": _l("Gắn bản nộp với hương ước, quy ước"),
    "submissions.duplicate_refused": _l("Không nhận tệp đã có"),
    "submissions.fact_accepted": _l("Ghi vào sổ thông tin đọc trong văn bản"),
    "submissions.fact_declined": _l("Không dùng thông tin đọc trong văn bản"),
    "submissions.facts_proposed": _l("Đọc thấy thông tin của văn bản"),
    "submissions.file_refused": _l("Không nhận tệp"),
    "submissions.found_unreadable": _l("Không đọc được tệp"),
    "submissions.pages_drawn": _l("Tạo ảnh các trang"),
    "submissions.photos_reordered": _l("Đổi thứ tự ảnh, nộp thành bản mới"),
    "submissions.read": _l("Đọc xong văn bản"),
    "submissions.reading_begun": _l("Bắt đầu đọc văn bản"),
    "submissions.reading_failed": _l("Đọc văn bản bị lỗi"),
    "submissions.reading_retried": _l("Yêu cầu đọc lại"),
    "submissions.rescreening_queued": _l("Yêu cầu dò lại bằng bộ quy tắc hiện hành"),
    "submissions.screened_again": _l("Dò lại bằng bộ quy tắc hiện hành"),
    "submissions.submitted": _l("Nộp văn bản"),
    "submissions.text_added": _l("Thêm đoạn bị sót vào văn bản đã đọc"),
    "submissions.text_replaced": _l("Sửa chữ của văn bản đã đọc"),
    "submissions.text_taken_back": _l("Bỏ chỗ đã sửa, lấy lại chữ máy đọc"),
    "submissions.withdrawn": _l("Rút bản nộp"),
}

# What an action begins with: the part of the system.
PARTS: Mapping[str, Any] = {
    "accounts.": _l("Tài khoản, đăng nhập"),
    "registry.": _l("Sổ đăng ký"),
    "submissions.": _l("Bản nộp, đọc văn bản"),
    "review.": _l("Rà soát, ký duyệt"),
}

SUBJECTS: Mapping[str, Any] = {
    "commune": _l("xã, phường"),
    "community": _l("thôn, tổ dân phố"),
    "covenant": _l("hương ước, quy ước"),
    "province": _l("tỉnh"),
    "submission": _l("bản nộp"),
    "user": _l("tài khoản"),
    "verdict": _l("kết luận"),
}


def action_in_words(action: str) -> str:
    """The sentence for an action, the action's own code if there is none."""
    return str(ACTIONS.get(action, action))


def subject_in_words(subject_type: str) -> str:
    """The word for a kind of subject, its code if there is none."""
    return str(SUBJECTS.get(subject_type, subject_type))
