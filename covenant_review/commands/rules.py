"""`covenant-review rules …`: does the rule set prove itself?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from covenant_review.screening.ruleset import default_rules_directory


@click.group("rules")
def rules() -> None:
    """Bộ quy tắc."""


@rules.command("test")
@click.option("--rules", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None)
def test(folder: Path | None) -> None:
    """Chạy mọi ví dụ của mọi quy tắc; mã thoát 1 nếu có ví dụ không đạt."""
    from covenant_review.screening.self_test import test_rules

    report = test_rules(folder or default_rules_directory())
    for rejected in report.rejected:
        click.echo(f"KHÔNG NẠP ĐƯỢC  {rejected}", err=True)
    for failure in report.failures:
        click.echo(f"KHÔNG ĐẠT  {failure}", err=True)
    for solved in report.solved_todos:
        click.echo(f"Điểm yếu nay đã đạt, hãy chuyển thành ví dụ: {solved}")
    click.echo(
        f"{len(report.results)} ví dụ, {len(report.failures)} không đạt, {len(report.rejected)} quy tắc không nạp được, "
        f"{len(report.open_todos)} điểm yếu đã biết."
    )
    sys.exit(0 if report.ok else 1)
