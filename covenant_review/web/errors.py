"""Errors as people see them: what happened, that nothing is lost, what to do next. Never a traceback."""

from __future__ import annotations

import uuid

from flask import Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from covenant_review.database import db
from covenant_review.refusals import Refused


def wants_json() -> bool:
    """Whether the caller is a script of ours (fetch) and not a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def error_page(status: int, title: str, message: str, next_step: str, code: str = "") -> ResponseReturnValue:
    """The page (or JSON) of an error."""
    if wants_json():
        return jsonify(error=code or str(status), title=title, message=message, next_step=next_step), status
    return render_template("error.html", status=status, title=title, message=message, next_step=next_step), status


def _refused(error: Refused) -> ResponseReturnValue:
    db.session.rollback()
    current_app.logger.warning("refused %s %s: %s", request.method, request.path, error.code)
    title = _("Không được phép") if error.status == 403 else _("Chưa làm được việc này")
    return error_page(error.status, title, error.message, _("Chưa có gì bị thay đổi. Hãy quay lại trang trước."), error.code)


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    return error_page(
        400,
        _("Phiên làm việc đã hết hạn"),
        _("Trang được mở quá lâu nên yêu cầu không còn hợp lệ. Chưa có gì bị thay đổi."),
        _("Hãy tải lại trang, đăng nhập nếu được hỏi, rồi làm lại."),
        "csrf",
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    back = _("Hãy quay lại trang trước hoặc về trang đầu.")
    known = {
        400: (_("Yêu cầu không hợp lệ"), _("Hệ thống không hiểu yêu cầu này. Chưa có gì bị thay đổi.")),
        404: (_("Không tìm thấy trang"), _("Địa chỉ này không có, hoặc nội dung đã được chuyển đi.")),
        405: (_("Không mở được như vậy"), _("Địa chỉ này chỉ nhận thao tác từ nút bấm trên trang.")),
    }
    if status == 413:
        limit = current_app.config["REQUEST_LIMIT_MB"]
        current_app.logger.warning("upload over %s MB refused: %s bytes", limit, request.content_length)
        return error_page(
            413,
            _("Tệp quá lớn"),
            _("Một lần nộp không được quá %(limit)s MB. Chưa có tệp nào được lưu.", limit=limit),
            _("Hãy nộp ít tệp hơn mỗi lần, hoặc lưu lại tệp với ảnh nhỏ hơn rồi nộp lại."),
            "too_large",
        )
    title, message = known.get(status, (_("Có lỗi xảy ra"), _("Yêu cầu không thực hiện được. Chưa có gì bị thay đổi.")))
    return error_page(status, title, message, back)


def _unexpected(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    if isinstance(error, DBAPIError) and (guard := guard_code(error)):
        current_app.logger.warning("database guard %s refused %s %s", guard, request.method, request.path)
        return error_page(
            409,
            _("Chưa làm được việc này"),
            _("Quy tắc an toàn của dữ liệu không cho phép thao tác này (%(code)s).", code=guard),
            _("Chưa có gì bị thay đổi. Hãy tải lại trang để xem tình trạng mới nhất."),
            guard,
        )
    number = uuid.uuid4().hex[:8]
    current_app.logger.error("error %s at %s %s", number, request.method, request.path, exc_info=error)
    return error_page(
        500,
        _("Hệ thống gặp lỗi"),
        _("Đã ghi lại lỗi với mã %(number)s. Những gì đã lưu trước đó vẫn còn nguyên.", number=number),
        _("Hãy thử lại sau ít phút; nếu vẫn lỗi, báo mã trên cho quản trị viên."),
    )


def guard_code(error: DBAPIError) -> str:
    """The code of the database guard (guards.py) that refused a statement; "" if it was something else."""
    text = str(error.orig)
    return text.split("guard:", 1)[1].split()[0].strip("'\"") if "guard:" in text else ""


def init_errors(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
