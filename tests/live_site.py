"""The real thing: `covenant-review start` with its worker as processes, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# Without these, Chromium looks for its maker's servers in the background.
CHROMIUM_OPTIONS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LiveSite:
    """A running installation in a folder of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> str:
        """Run a command of the installation; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "covenant_review", *arguments], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def person(self, username: str, name: str, role: str, commune: str | None = None) -> str:
        """Open an account on the command line; its first password."""
        more = ["--commune", commune] if commune else []
        return self.command("user", "create", username, "--name", name, "--role", role, *more).strip().split("\t")[1]


@contextmanager
def running_site(folder: Path, *options: str) -> Iterator[LiveSite]:
    """Start the site in `folder` and wait until it answers."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COVENANT_")}
    with (folder / "site.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "covenant_review", "start", "--port", str(port), *options],
            cwd=folder, stdout=log, stderr=log, env=environment,
        )  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{port}/health", process, folder / "site.log")
            yield LiveSite(folder, port, process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the site ended:\n{log.read_text('utf-8')}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the site does not answer:\n{log.read_text('utf-8')}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: install Debian's package chromium (make test does it as root)"
    options = [*CHROMIUM_OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield browser
        finally:
            browser.close()
