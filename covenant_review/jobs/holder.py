"""Who holds a lease: host, process id and start time of the process, so that leases of the dead are known at once."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path

_HOST_LENGTH = 30


def this_holder() -> str:
    """The name of this process as a lease holder: "host:pid:start". It stays the same while the process lives."""
    return f"{_host()}:{os.getpid()}:{_started(os.getpid())}"


def new_token(holder: str) -> str:
    """A lease token of `holder`, different each time (80 characters at most)."""
    return f"{holder}:{uuid.uuid4().hex[:12]}"


def is_dead(token: str) -> bool:
    """Whether the process that took this token lived on this host and is gone. Unsure counts as alive: the lease runs out."""
    parts = token.rsplit(":", 3)
    if len(parts) != 4 or parts[0] != _host() or not parts[1].isdigit():
        return False
    pid = int(parts[1])
    if not _exists(pid):
        return True
    # The number may have been given to another process since.
    return _started(pid) != parts[2]


def _host() -> str:
    return socket.gethostname()[:_HOST_LENGTH]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name (which may itself hold blanks); empty where there is no /proc."""
    try:
        content = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return content.rpartition(")")[2].split()


def _state(pid: int) -> str:
    fields = _stat_fields(pid)
    return fields[0] if fields else ""


def _started(pid: int) -> str:
    fields = _stat_fields(pid)
    return fields[19] if len(fields) > 19 else "0"
