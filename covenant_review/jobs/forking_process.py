"""The child's side of `warm_process`: a single-threaded process that has everything loaded and forks once per task.

Run as `python -m covenant_review.jobs.forking_process MODULE`; speaks frames over standard input and output (an 8-byte
length, then JSON). The module offers `prepare(options)` and `run(request, report)`; `report(done, total)` tells the step,
`report(done, total, page, pages)` also the page within it. Frames about it: {"progress": [done, total], "page": n, "pages": m}.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import struct
import sys
import tempfile
import traceback
from types import ModuleType
from typing import Any

Message = dict[str, Any]
HEADER = struct.Struct(">Q")
FRAME_LIMIT = 256 * 1024 * 1024
# The exit status of a task that asked for more memory than it may have.
OUT_OF_MEMORY = 83
# What a page that is done adds to the time of its task, and how many pages can.
PAGE_SECONDS = 5
MOST_PAGES = 200
_FILE_LIMIT = 1024**3
_PR_SET_PDEATHSIG = 1


def write_frame(descriptor: int, message: Message) -> None:
    """Write one message; blocks until it is gone."""
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    left = memoryview(HEADER.pack(len(body)) + body)
    while left:
        left = left[os.write(descriptor, left) :]


def read_frame(descriptor: int) -> Message | None:
    """Read one message; None at the end of the input."""
    header = _read_exactly(descriptor, HEADER.size)
    if header is None:
        return None
    body = _read_exactly(descriptor, HEADER.unpack(header)[0])
    return None if body is None else decoded(body)


def decoded(body: bytes) -> Message:
    """The message in a frame's body."""
    message = json.loads(body.decode("utf-8", "surrogatepass"))
    assert isinstance(message, dict)
    return message


def _read_exactly(descriptor: int, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = os.read(descriptor, min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _die_with_parent() -> None:
    """Ask Linux to kill this process when the one that started it dies; elsewhere the closed pipe ends it a little later."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(memory_bytes: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # Time on the clock is watched from outside; this one ends what nobody watches any more. A task may use every core.
    cpu_seconds = (seconds + PAGE_SECONDS * MOST_PAGES) * (os.cpu_count() or 1)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds + 2, cpu_seconds + 4))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_LIMIT, _FILE_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _one_task(task: ModuleType, request: Message, output: int) -> None:
    """In the forked child: limits first, then the task; whatever goes wrong is told by the exit status."""
    _die_with_parent()
    _limit(request["memory_bytes"], request["seconds"])
    if request["scratch"] is not None:
        # Whatever the task or a program that it starts puts down for a while goes there, and is taken away with it.
        os.environ["TMPDIR"] = tempfile.tempdir = request["scratch"]
        os.chdir(request["scratch"])

    def report(done: int, total: int, page: int = 0, pages: int = 0) -> None:
        write_frame(output, {"progress": [done, total]} | ({"page": page, "pages": pages} if pages else {}))

    write_frame(output, {"result": task.run(request["task"], report)})


def _serve(module: str) -> None:
    _die_with_parent()
    # Whatever a library prints must not get between the frames.
    output = os.dup(1)
    os.dup2(2, 1)
    options = read_frame(0)
    if options is None:
        return
    task = importlib.import_module(module)
    try:
        task.prepare(options)
    except Exception as error:
        write_frame(output, {"cannot_start": f"{type(error).__name__}: {error}"})
        raise
    write_frame(output, {"ready": True})
    while (request := read_frame(0)) is not None:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                _one_task(task, request, output)
                status = 0
            except MemoryError:
                status = OUT_OF_MEMORY
            except BaseException as error:
                sys.stderr.write(f"{request['task']!r}: {type(error).__name__}: {error}\n")
                traceback.print_exc(limit=-8)
            finally:
                sys.stderr.flush()
                os._exit(status)
        _pid, status = os.waitpid(child, 0)
        write_frame(output, {"ended": os.waitstatus_to_exitcode(status)})


if __name__ == "__main__":
    _serve(sys.argv[1])
