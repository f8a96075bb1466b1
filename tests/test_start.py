"""`make run` from the inside: first start, second start, a taken port, sample data kept at home, settings that cannot work."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.live_site import LiveSite, free_port, running_site

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"


def start(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("COVENANT_")}
    return subprocess.run(
        [sys.executable, "-m", "covenant_review", "start", *options],
        cwd=folder, env=clean | environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def counted(site: LiveSite) -> dict[str, int]:
    province: dict[str, int] = json.loads(site.command("tally", "--format", "json"))["province"]
    return province


def test_first_start_fills_in_samples_and_the_second_loses_nothing(tmp_path: Path) -> None:
    with running_site(tmp_path, "--samples", str(SAMPLES)) as site:
        site.command("worker", "--once")
        before = counted(site)
        assert re.match(r"Chỉ tiêu 2\.4 ngày \d\d/\d\d/\d{4}: 0/4 \(0,0 %\)\n", site.command("tally"))
    log = (tmp_path / "site.log").read_text("utf-8")
    for username in ("canbo", "rasoat", "lanhdao", "theodoi", "quantri"):
        assert log.count(f"  {username} ") == 1
    assert before["in_force"] == 4
    assert before["in_review"] == 3
    assert before["not_received"] == 1
    with running_site(tmp_path, "--samples", str(SAMPLES)) as site:
        assert counted(site) == before
        assert site.command("db", "verify-log").strip() == "Nhật ký toàn vẹn."
    assert (tmp_path / "site.log").read_text("utf-8").count("Tài khoản mẫu") == 1
    assert (tmp_path / "var" / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_taken_port_is_said_with_a_next_step(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start(tmp_path, "--port", str(port))
    assert done.returncode == 1
    assert f"Cổng {port} đang được chương trình khác dùng" in done.stderr
    assert f"make run PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def test_sample_data_is_refused_where_others_can_reach_the_site(tmp_path: Path) -> None:
    done = start(tmp_path, "--port", str(free_port()), "--samples", str(SAMPLES), COVENANT_HOST="0.0.0.0", COVENANT_SECURE_COOKIES="true")
    assert done.returncode == 1
    assert "Không nạp dữ liệu mẫu" in done.stderr
    assert "Tài khoản mẫu" not in done.stdout


@pytest.mark.parametrize(("name", "value"), [
    ("COVENANT_PORT", "tám nghìn"),
    ("COVENANT_SECRET_KEY", "short"),
    ("COVENANT_HOST", "0.0.0.0"),
])  # fmt: skip
def test_settings_that_cannot_work_are_named_at_start(tmp_path: Path, name: str, value: str) -> None:
    done = start(tmp_path, **{name: value})
    assert done.returncode == 2
    assert "Cấu hình chưa đúng" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wheel_carries_rules_templates_and_migrations(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    code = (
        "import covenant_review, pathlib;"
        "from covenant_review.screening.ruleset import default_rules_directory;"
        "from covenant_review.web.paths import shipped;"
        "print(*[default_rules_directory(), shipped('templates'), shipped('migrations')], sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for line in done.stdout.split():
        assert Path(line).is_relative_to(installed), line
        assert any(Path(line).rglob("*")), line
