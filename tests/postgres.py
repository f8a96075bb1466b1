"""A real PostgreSQL for the tests: Debian's binaries, a throw-away cluster, loopback only."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    which = shutil.which("initdb")
    return Path(which).resolve().parent if which else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server() -> Iterator[str]:
    """Start a cluster in a temporary folder; yields the address of its server, without a database name."""
    folder = binaries()
    if folder is None:
        raise RuntimeError("PostgreSQL is missing: install Debian's package postgresql (make test does it as root)")
    base = Path(tempfile.mkdtemp(prefix="covenant-pg-"))
    # PostgreSQL refuses to run as root, so root hands the folder to Debian's postgres user.
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if prefix:
        base.chmod(0o755)
        shutil.chown(base, "postgres")
    data, port = base / "data", _free_port()
    run = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run([*prefix, folder / "initdb", "-D", data, "-U", "covenant", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"], **run)
    options = f"-h 127.0.0.1 -p {port} -k {base} -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    subprocess.run([*prefix, folder / "pg_ctl", "-D", data, "-w", "-o", options, "-l", base / "log", "start"], **run)
    try:
        yield f"postgresql+psycopg://covenant@127.0.0.1:{port}"
    finally:
        subprocess.run([*prefix, folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **{**run, "check": False})
        time.sleep(0.1)
        shutil.rmtree(base, ignore_errors=True)
