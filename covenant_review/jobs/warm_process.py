"""Hostile input is handled in a process of its own, with limits on time and memory; loaded once, forked per task."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from covenant_review.jobs.forking_process import FRAME_LIMIT, HEADER, MOST_PAGES, OUT_OF_MEMORY, PAGE_SECONDS, Message, decoded, write_frame

_START_SECONDS = 60.0
_LOOK_UP_SECONDS = 0.25
_DEATHS = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGTRAP, signal.SIGILL, signal.SIGBUS, signal.SIGFPE})


class TaskTooSlow(Exception):
    """The task ran past its time and was ended."""


class TaskCrashed(Exception):
    """The task's process ended without a result: a crash, too much memory, an error of ours."""


class TaskOutOfMemory(TaskCrashed):
    """The task asked for more memory than it may have, and said so; it would again."""


class TaskDied(TaskCrashed):
    """The task's process was ended by an error in machine code (a library gave up on the file); it would be again."""


class CannotStart(Exception):
    """The process could not get ready; the message says why."""


class WarmProcess:
    """A process that has `module` loaded and runs its `run(request, report)` in a fork per call (see forking_process).

    Ends when this object is closed, and by itself when this process dies, in whatever way.
    """

    def __init__(self, module: str, options: Message, memory_bytes: int, scratch: Path | None = None) -> None:
        """`scratch`: where each call gets a folder of its own for passing files, removed after it; None: the system's."""
        self._module, self._options, self._memory_bytes, self._scratch = module, options, memory_bytes, scratch
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()

    def start(self) -> None:
        """Start and wait until ready. Raises CannotStart."""
        self.close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "covenant_review.jobs.forking_process", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            # Ctrl+C in a terminal is for the worker, which then ends this one.
            start_new_session=True,
        )
        try:
            write_frame(self._descriptor("stdin"), self._options)
            answer = self._next(time.monotonic() + _START_SECONDS, lambda: None)
        except (OSError, EOFError, TaskTooSlow) as error:
            self.close()
            raise CannotStart(f"{self._module}: {type(error).__name__} at start") from error
        if "ready" not in answer:
            self.close()
            raise CannotStart(str(answer.get("cannot_start", "no answer")))

    def call(self, task: Message, seconds: int, alive: Callable[..., None]) -> Message:
        """Run one task; `alive(done, total)` is called a few times a second, with the last progress (0, 0 at first).

        A task that reports pages has it called with four numbers: (done, total, page, pages). What `alive` raises ends the
        task. Raises TaskTooSlow after `seconds` (and PAGE_SECONDS more for each page done), TaskOutOfMemory, TaskDied,
        TaskCrashed, and CannotStart.
        """
        if self._process is None or self._process.poll() is not None:
            self.start()
        with self._folder() as scratch:
            try:
                return self._call(task, seconds, alive, scratch)
            except (OSError, EOFError) as error:
                self.close()
                raise TaskCrashed("the process is gone") from error
            except BaseException:
                # Also the child of the child goes: nothing runs on behind the worker's back.
                self.close()
                raise

    @contextlib.contextmanager
    def _folder(self) -> Iterator[str | None]:
        if self._scratch is None:
            yield None
            return
        folder = self._scratch.resolve() / uuid.uuid4().hex
        folder.mkdir(parents=True)
        try:
            yield str(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _call(self, task: Message, seconds: int, alive: Callable[..., None], scratch: str | None) -> Message:
        started = time.monotonic()
        deadline = started + seconds
        request = {"task": task, "seconds": seconds, "memory_bytes": self._memory_bytes, "scratch": scratch}
        write_frame(self._descriptor("stdin"), request)
        progress, result = [0, 0], None
        while True:
            answer = self._next(deadline, lambda: alive(*progress))
            if "progress" in answer:
                progress[:] = map(int, [*answer["progress"][:2], *([answer["page"], answer["pages"]] if "pages" in answer else [])])
                if "pages" in answer:
                    # Each page that is done brings time for another: a long scan may go on, a page without end may not.
                    deadline = started + seconds + PAGE_SECONDS * min(int(answer["page"]), MOST_PAGES)
                alive(*progress)
            elif "result" in answer:
                result = answer["result"]
            elif answer["ended"] == OUT_OF_MEMORY:
                raise TaskOutOfMemory(f"more than {self._memory_bytes} bytes")
            elif answer["ended"] == -signal.SIGXCPU:
                raise TaskTooSlow
            elif -answer["ended"] in _DEATHS:
                raise TaskDied(signal.Signals(-answer["ended"]).name)
            elif result is None or answer["ended"] != 0:
                raise TaskCrashed(f"exit status {answer.get('ended')}")
            else:
                assert isinstance(result, dict)
                return result

    def _next(self, deadline: float, waiting: Callable[[], None]) -> Message:
        """The next message; calls `waiting` now and then. Raises EOFError when the process is gone, TaskTooSlow."""
        source = self._descriptor("stdout")
        while True:
            message = self._taken_from_buffer()
            if message is not None:
                return message
            left = deadline - time.monotonic()
            if left <= 0:
                raise TaskTooSlow
            ready, _, _ = select.select([source], [], [], min(left, _LOOK_UP_SECONDS))
            if not ready:
                waiting()
                continue
            part = os.read(source, 1 << 20)
            if not part:
                raise EOFError
            self._buffer += part

    def _taken_from_buffer(self) -> dict[str, Any] | None:
        if len(self._buffer) < HEADER.size:
            return None
        (size,) = HEADER.unpack(self._buffer[: HEADER.size])
        if size > FRAME_LIMIT:
            raise TaskCrashed(f"an answer of {size} bytes")
        if len(self._buffer) < HEADER.size + size:
            return None
        body = bytes(self._buffer[HEADER.size : HEADER.size + size])
        del self._buffer[: HEADER.size + size]
        try:
            return decoded(body)
        except ValueError as error:
            raise TaskCrashed("an answer that cannot be understood") from error

    def _descriptor(self, name: str) -> int:
        assert self._process is not None
        stream = getattr(self._process, name)
        return int(stream.fileno())

    def close(self) -> None:
        """End the process and whatever it forked, at once."""
        process, self._process = self._process, None
        self._buffer.clear()
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
