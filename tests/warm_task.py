"""What the forked child does in tests of jobs: behave, or misbehave in every way."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def prepare(options: dict[str, Any]) -> None:
    if "fail" in options:
        raise RuntimeError(options["fail"])


def run(task: dict[str, Any], report: Callable[..., None]) -> dict[str, Any]:
    report(1, 2)
    match task["do"]:
        case "echo":
            return {"said": task["say"]}
        case "pages":
            for page in range(task["pages"] + 1):
                report(0, 3, page, task["pages"])
            return {}
        case "pid":
            return {"parent": os.getppid()}
        case "sleep":
            time.sleep(60)
        case "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "leave":
            os._exit(0)
        case "raise":
            raise RuntimeError("hỏng")
        case "eat_memory":
            kept = [bytes(1 << 26) for _ in range(200)]
            return {"kept": len(kept)}
        case "leave_files":
            for folder in (Path.cwd(), Path(tempfile.gettempdir()), Path(os.environ["TMPDIR"])):
                (folder / f"left-{len(list(folder.iterdir()))}").write_text("x")
            os.kill(os.getpid(), signal.SIGSEGV)
        case "print":
            os.write(1, b"x" * 100)
            print("something", flush=True)
            return {"said": "after"}
    return {}
