"""`covenant-review check`: read files, screen their clauses, say what was found. Works without a database."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from covenant_review.clauses.clause import CovenantText
from covenant_review.clauses.splitting import split
from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.reading import read
from covenant_review.screening.result import ClauseScreening
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.schema import RuleFileError
from covenant_review.screening.second_reader_use import SWITCHED_OFF, SecondReaderInUse, screen_by_both, second_reader_of

READ_SUFFIXES = frozenset({".docx", ".pdf", ".txt", ".doc", ".rtf", ".odt"})
FAILING: dict[str, frozenset[str]] = {
    "violation": frozenset({"violation"}),
    "consider": frozenset({"violation", "consider"}),
    "never": frozenset(),
}
LARGEST_FILE = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """One input: its text with the screening of each clause, or the reason why it could not be read."""

    path: str
    covenant: CovenantText | None
    screenings: tuple[ClauseScreening, ...] = ()
    unreadable: str = ""

    @property
    def status(self) -> str:
        """read, partly_read or unreadable."""
        return self.covenant.status if self.covenant else "unreadable"


@click.command("check")
@click.argument("paths", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--rules", "rules_folder", type=click.Path(path_type=Path), default=None, help="Thư mục bộ quy tắc khác.")
@click.option("--fail-on", type=click.Choice(list(FAILING)), default="violation", show_default=True, help="Mức trả mã thoát 1.")
@click.option(
    "--second-reader/--no-second-reader",
    default=True,
    envvar="COVENANT_SECOND_READER",
    show_default=True,
    help="Cho máy đọc thứ hai đọc sau bộ quy tắc.",
)
def check(paths: tuple[str, ...], form: str, rules_folder: Path | None, fail_on: str, second_reader: bool) -> None:
    """Đọc hương ước (DOCX, PDF, TXT, thư mục, hoặc - cho đầu vào chuẩn) và nêu các dấu hiệu.

    Exit status: 0 nothing at that level, 1 findings, 2 unreadable input or wrong usage.
    """
    ruleset = _ruleset(rules_folder)
    second = second_reader_of(ruleset, wanted=second_reader)
    if second.reason:
        click.echo(f"Máy đọc thứ hai không đọc được, chỉ có bộ quy tắc: {second.reason}", err=True)
    documents = [check_path(path, ruleset, second) for path in _expand(paths)]
    from covenant_review.commands import shown_checks

    shown_checks.WRITERS[form](documents, ruleset, second)
    sys.exit(exit_status(documents, fail_on))


def exit_status(documents: Iterable[CheckedDocument], fail_on: str) -> int:
    """0, 1 or 2, as `check` promises; a document that could not be read outranks findings."""
    documents = list(documents)
    if not documents or any(document.covenant is None for document in documents):
        return 2
    outcomes = {finding.outcome for document in documents for one in document.screenings for finding in one.findings}
    return 1 if outcomes & FAILING[fail_on] else 0


def check_path(path: str, ruleset: RuleSet, second: SecondReaderInUse = SWITCHED_OFF) -> CheckedDocument:
    """Read and screen one file ("-" is standard input). Never raises for bad content: the result says why."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else _bytes_of(Path(path))
        covenant = split(read(data, "stdin.txt" if path == "-" else Path(path).name))
    except UnreadableFile as error:
        return CheckedDocument(path, None, unreadable=error.reason)
    except OSError as error:
        return CheckedDocument(path, None, unreadable=f"cannot_open ({error.strerror})")
    return CheckedDocument(path, covenant, screen_by_both(covenant, ruleset, second))


def _bytes_of(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        raise UnreadableFile("too_large", str(path))
    return path.read_bytes()


def _ruleset(folder: Path | None) -> RuleSet:
    if folder is not None and not folder.is_dir():
        raise click.UsageError(f"Không có thư mục bộ quy tắc: {folder}")
    try:
        ruleset = load_ruleset(folder or default_rules_directory())
    except RuleFileError as error:
        raise click.UsageError(str(error)) from error
    for rejected in ruleset.rejected:
        click.echo(f"Quy tắc không được nạp: {rejected}", err=True)
    if not ruleset.rules:
        raise click.UsageError("Không nạp được quy tắc nào.")
    return ruleset


def _expand(paths: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for path in paths:
        if path != "-" and Path(path).is_dir():
            inside = sorted(item for item in Path(path).rglob("*") if item.is_file() and not item.name.startswith("."))
            taken = [str(item) for item in inside if item.suffix.lower() in READ_SUFFIXES]
            if len(taken) < len(inside):
                click.echo(f"{path}: bỏ qua {len(inside) - len(taken)} tệp không phải văn bản.", err=True)
            if not taken:
                raise click.UsageError(f"Thư mục không có tệp .docx, .pdf hay .txt nào: {path}")
            found += taken
        else:
            found.append(path)
    return found
