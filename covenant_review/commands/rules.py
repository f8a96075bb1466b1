"""`covenant-review rules …`: does the rule set prove itself?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from covenant_review.commands.train import train
from covenant_review.screening.ruleset import default_rules_directory


@click.group("rules")
def rules() -> None:
    """Bộ quy tắc."""


rules.add_command(train)


@rules.command("test")
@click.option("--rules", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None)
@click.option("--mutate", is_flag=True, help="Bỏ lần lượt từng mẫu, ngoại lệ, khung nghĩa: phải có ví dụ nhận ra.")
def test(folder: Path | None, mutate: bool) -> None:
    """Chạy mọi ví dụ của mọi quy tắc; mã thoát 1 nếu có ví dụ không đạt."""
    if mutate:
        _test_by_mutation(folder or default_rules_directory())
        return
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


def _test_by_mutation(folder: Path) -> None:
    from covenant_review.screening.mutation import LEAST_SHARE, mutate_rules

    report = mutate_rules(folder)
    for mutation in report.unnoticed:
        click.echo(f"KHÔNG VÍ DỤ NÀO NHẬN RA  {mutation}", err=True)
    noticed = len(report.mutations) - len(report.unnoticed)
    click.echo(f"{len(report.mutations)} chỗ bị bỏ thử, {noticed} chỗ có ví dụ nhận ra ({report.share:.1%}; cần {LEAST_SHARE:.0%}).")
    sys.exit(0 if report.ok else 1)
