"""Word's older files, RTF and ODT → DOCX, by LibreOffice without a window; the DOCX walker reads the result.

Also any of them, and DOCX → PDF, for whoever wants to see the pages.

Each conversion has a folder of its own for profile, input and output (two LibreOffices on one profile do not run), no
macros, no outside links, a time limit, and ends with the process that asked for it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from covenant_review.extraction.document import UnreadableFile

OfficeKind = Literal["doc", "rtf", "odt"]
OFFICE_KINDS: tuple[OfficeKind, ...] = ("doc", "rtf", "odt")
PACKAGE = "libreoffice-writer"  # also libreoffice-writer-nogui, where nobody uses LibreOffice at a screen

_SECONDS = 90.0
_OUTPUT_LIMIT = 100 * 1024 * 1024
_MEMORY_LIMIT = 2 * 1024**3
_RESTART = 81  # LibreOffice has written a new profile and wants to be started again
_PR_SET_PDEATHSIG = 1
_FILTERS = {"docx": "docx:Office Open XML Text", "pdf": "pdf:writer_pdf_Export"}
_REGISTRY = "org.openoffice.Office.Common/Security/Scripting"
_SWITCHES = {
    "DisableMacrosExecution": "true",
    "MacroSecurityLevel": "3",
    "BlockUntrustedRefererLinks": "true",
    "DisableActiveContent": "true",
}


def is_available() -> bool:
    """Whether LibreOffice is installed on this machine."""
    return _program() is not None


def to_docx(data: bytes, kind: OfficeKind, seconds: float = _SECONDS) -> bytes:
    """The bytes of a DOCX file with the content of `data`, a file of `kind`. Takes about two seconds.

    Raises UnreadableFile: office_missing, too_slow (after `seconds`), damaged (LibreOffice made nothing of it),
    unpacks_too_large.
    """
    return _converted(data, kind, "docx", seconds)


def to_pdf(data: bytes, kind: OfficeKind | Literal["docx"], seconds: float = _SECONDS) -> bytes:
    """The bytes of a PDF that shows the pages of `data`, a file of `kind`, as LibreOffice lays them out.

    Raises UnreadableFile as `to_docx` does.
    """
    return _converted(data, kind, "pdf", seconds)


def _converted(data: bytes, kind: str, target: Literal["docx", "pdf"], seconds: float) -> bytes:
    program = _program()
    if program is None:
        raise UnreadableFile("office_missing", f"no soffice on PATH; package {PACKAGE}")
    with tempfile.TemporaryDirectory(prefix="covenant-office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / f"covenant.{kind}"
        source.write_bytes(data)
        _write_profile(folder / "profile")
        said = _run(program, source, folder, seconds, _FILTERS[target])
        return _checked(folder / "out" / f"covenant.{target}", said)


def _program() -> Path | None:
    """LibreOffice's own binary: one process, so that ending it ends all; else the start script."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        return None
    script = Path(found).resolve()
    binary = script.with_name("soffice.bin")
    return binary if sys.platform == "linux" and os.access(binary, os.X_OK) else script


def _write_profile(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="/{_REGISTRY}"><prop oor:name="{switch}" oor:op="fuse"><value>{value}</value></prop></item>'
        for switch, value in _SWITCHES.items()
    )
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>',
        encoding="utf-8",
    )


def _run(program: Path, source: Path, folder: Path, seconds: float, target: str) -> str:
    """Convert, once more where LibreOffice asks for a restart; what it said, for the log."""
    command = [
        str(program), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck",
        "--nodefault", "--nologo", "--convert-to", target, "--outdir", str(folder / "out"), str(source),
    ]  # fmt: skip
    said = ""
    for _ in range(3):
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=_environment(folder),
                timeout=seconds,
                check=False,
                preexec_fn=_bound if sys.platform == "linux" else None,
            )
        except subprocess.TimeoutExpired as error:
            raise UnreadableFile("too_slow", f"LibreOffice ran for {seconds:g} s") from error
        said = f"exit {done.returncode}: {done.stdout.decode('utf-8', 'replace').strip()[-300:]}".replace(str(folder), "…")
        if done.returncode != _RESTART:
            break
    return said


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp", "OOO_DISABLE_RECOVERY": "1",
    }  # fmt: skip


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _bound() -> None:
    """In the new process, before LibreOffice: it dies with its parent, writes no endless file, and keeps to its memory."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_OUTPUT_LIMIT, _OUTPUT_LIMIT))
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > _MEMORY_LIMIT:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _checked(result: Path, said: str) -> bytes:
    if not result.is_file() or result.stat().st_size == 0:
        raise UnreadableFile("damaged", f"LibreOffice wrote nothing ({said})")
    if result.stat().st_size >= _OUTPUT_LIMIT:
        raise UnreadableFile("unpacks_too_large", "converted file")
    return result.read_bytes()
