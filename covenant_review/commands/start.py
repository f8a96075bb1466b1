"""`covenant-review start`: migrate, fill in sample data on the first run, then serve with a worker beside."""

from __future__ import annotations

import errno
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import click
from waitress.server import create_server

from covenant_review.local_secrets import local_settings
from covenant_review.settings import Settings


@click.command("start")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Cổng, mặc định 8000.")
@click.option(
    "--samples", type=click.Path(path_type=Path, file_okay=False), default=None, help="Thư mục hương ước mẫu, nạp ở lần chạy đầu."
)
def start(port: int | None, samples: Path | None) -> None:
    """Chạy trang web trên máy này, kèm một bộ đọc. Ctrl+C để dừng; dữ liệu được giữ nguyên."""
    settings = local_settings(create=True, **({"port": port} if port else {}))
    _port_is_free(settings)
    from flask_migrate import upgrade

    from covenant_review.database import read_only_requests
    from covenant_review.registry.communes import ensure_communes
    from covenant_review.web.app import create_app

    app = create_app(settings)
    with app.app_context(), app.test_request_context():
        read_only_requests(False)
        upgrade()
        ensure_communes()
        if samples is not None:
            from covenant_review.commands.sample_data import load_samples

            load_samples(app, samples)
    try:
        # Larger than our own limit, so that the answer is our page and not a closed connection.
        largest = 2 * settings.request_limit_mb * 1024 * 1024
        server = create_server(app, host=settings.host, port=settings.port, threads=8, max_request_body_size=largest)
    except OSError as error:
        raise _port_message(settings, error) from error
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    ended = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(ended,), daemon=True)
    keeper.start()
    click.echo(f"\nMở trình duyệt tại: http://{settings.host}:{settings.port}/   (Ctrl+C để dừng)")
    try:
        server.run()
    except KeyboardInterrupt:
        click.echo("Đang dừng…")
    finally:
        ended.set()
        server.close()
        keeper.join(timeout=15)


def _port_is_free(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise _port_message(settings, error) from error


def _port_message(settings: Settings, error: OSError) -> click.ClickException:
    if error.errno == errno.EADDRINUSE:
        return click.ClickException(
            f"Cổng {settings.port} đang được chương trình khác dùng. Hãy chọn cổng khác, ví dụ: make run PORT={settings.port + 1}\n"
            f"(port {settings.port} is taken; choose another one)"
        )
    return click.ClickException(f"Không mở được cổng {settings.port}: {error.strerror}")


def _keep_worker(ended: threading.Event) -> None:
    """Run the worker as a process of its own, start it again should it die, end it with the site."""
    process: subprocess.Popen[bytes] | None = None
    while not ended.is_set():
        if process is None or process.poll() is not None:
            if process is not None:
                click.echo(f"Bộ đọc dừng (mã {process.returncode}), khởi động lại.", err=True)
                time.sleep(1)
            process = subprocess.Popen([sys.executable, "-m", "covenant_review", "worker", "--with-parent"])
        ended.wait(0.5)
    if process is not None and process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
