"""Commands that work on the installation's database."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from types import FrameType

import click
from flask import Flask
from sqlalchemy import inspect, select

from covenant_review.local_secrets import local_settings
from covenant_review.refusals import Refused


@contextmanager
def site(*, migrated: bool = True) -> Iterator[Flask]:
    """The application in its context. Ends with a message when the database has not been set up."""
    from covenant_review.database import db, read_only_requests
    from covenant_review.web.app import create_app

    app = create_app(local_settings())
    with app.app_context(), app.test_request_context():
        read_only_requests(False)
        if migrated and not inspect(db.engine).has_table("covenant"):
            raise click.ClickException("Cơ sở dữ liệu chưa được tạo. Hãy chạy: covenant-review db upgrade")
        try:
            yield app
        except Refused as refusal:
            raise click.ClickException(refusal.message) from refusal


@click.command("worker")
@click.option("--once", is_flag=True, help="Đọc hết những gì đang chờ rồi dừng.")
@click.option("--with-parent", is_flag=True, help="Dừng khi chương trình đã gọi bộ đọc này không còn.")
def worker(once: bool, with_parent: bool) -> None:
    """Đọc các tệp đang chờ, cho đến khi được yêu cầu dừng (SIGTERM, Ctrl+C)."""
    from covenant_review.jobs.handler import WorkerCannotStart
    from covenant_review.jobs.worker import run_worker
    from covenant_review.submissions.reading_job import HANDLERS, drain

    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    with site() as app:
        if once:
            click.echo(f"Đã xử lý {drain(app, in_child=True)} việc.")
            return
        if with_parent:
            threading.Thread(target=_stop_with_parent, args=(os.getppid(), stop), daemon=True).start()
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        try:
            run_worker(app, HANDLERS, stop)
        except WorkerCannotStart as error:
            raise click.ClickException(str(error)) from error


def _stop_with_parent(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()


@click.group("user")
def user() -> None:
    """Tài khoản người dùng."""


@user.command("create")
@click.argument("username")
@click.option("--name", required=True, help="Họ và tên.")
@click.option("--role", "roles", multiple=True, required=True, help="commune_official, reviewer, signer, observer, administrator.")
@click.option("--commune", "commune_code", default=None, help="Mã 5 số của xã, phường (cho commune_official).")
def create_user(username: str, name: str, roles: tuple[str, ...], commune_code: str | None) -> None:
    """Mở tài khoản; mật khẩu ngẫu nhiên được in ra một lần và phải đổi khi đăng nhập lần đầu."""
    from covenant_review.accounts.operations import create_person, new_password
    from covenant_review.database import db
    from covenant_review.registry.models import Commune
    from covenant_review.web.signin import hashed

    with site():
        commune = db.session.scalar(select(Commune).where(Commune.code == commune_code)) if commune_code else None
        if commune_code and commune is None:
            raise click.ClickException(f"Không có xã, phường mã {commune_code}.")
        password = new_password()
        person = create_person(
            None,
            username=username,
            full_name=name,
            roles=roles,
            password_hash=hashed(password),
            commune_id=commune.id if commune else None,
        )
        click.echo(f"{person.username}\t{password}")


@click.command("tally")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def tally(form: str) -> None:
    """Tổng hợp chỉ tiêu 2.4 đến hôm nay."""
    from covenant_review.database import db
    from covenant_review.reports.tally_json import tally_as_json
    from covenant_review.tally.today import today

    with site():
        result = tally_as_json(db.session(), today())
        if form == "json":
            json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
            click.echo()
            return
        province = result["province"]
        rate, share = province["rate"], province["share_reviewed"]
        day = date.fromisoformat(result["day"])
        click.echo(f"Chỉ tiêu 2.4 ngày {day:%d/%m/%Y}: {province['compliant']}/{province['in_force']}" + _percent(rate))
        click.echo(f"Đã rà soát: {province['compliant'] + province['not_compliant']}/{province['in_force']}" + _percent(share))
        for group in ("compliant", "not_compliant", "in_review", "unreadable", "not_received"):
            click.echo(f"  {group}: {province[group]}")


def _percent(value: float | None) -> str:
    return "" if value is None else f" ({100 * value:.1f} %)".replace(".", ",")


@click.command("rescreen")
def rescreen() -> None:
    """Rà lại mọi bản đã đọc bằng bộ quy tắc hiện có (việc được xếp hàng cho bộ đọc)."""
    from covenant_review.submissions.reading_job import enqueue_rescreening

    with site():
        click.echo(f"Đã xếp hàng {enqueue_rescreening()} bản để rà lại.")


@click.group("db")
def database() -> None:
    """Cơ sở dữ liệu."""


@database.command("upgrade")
def upgrade_database() -> None:
    """Tạo hoặc nâng cấp các bảng, và nạp danh sách 99 xã, phường."""
    from flask_migrate import upgrade

    from covenant_review.registry.communes import ensure_communes

    with site(migrated=False):
        upgrade()
        ensure_communes()
        click.echo("Cơ sở dữ liệu đã sẵn sàng.")


@database.command("verify-log")
def verify_log() -> None:
    """Kiểm tra chuỗi băm của nhật ký; mã thoát 1 nếu có dòng bị sửa hoặc mất."""
    from covenant_review.audit.log import broken_links
    from covenant_review.database import db

    with site():
        broken = list(broken_links(db.session()))
        for event in broken:
            click.echo(f"Không khớp: #{event.id} {event.action}")
        if broken:
            sys.exit(1)
        click.echo("Nhật ký toàn vẹn.")
