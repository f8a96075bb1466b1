"""`covenant-review …`: the command line. Commands are imported when called, so that `check` needs no web stack."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from covenant_review import __version__

# Name → module and object; the first line of its help.
COMMANDS = {
    "check": ("covenant_review.commands.check:check", "Đọc tệp và nêu dấu hiệu; không cần cơ sở dữ liệu."),
    "rules": ("covenant_review.commands.rules:rules", "Kiểm tra bộ quy tắc."),
    "start": ("covenant_review.commands.start:start", "Chạy trang web và bộ đọc trên máy này."),
    "worker": ("covenant_review.commands.site:worker", "Chạy bộ đọc văn bản."),
    "user": ("covenant_review.commands.site:user", "Quản lý tài khoản."),
    "tally": ("covenant_review.commands.site:tally", "Tổng hợp chỉ tiêu 2.4."),
    "rescreen": ("covenant_review.commands.site:rescreen", "Rà lại các bản đã đọc bằng bộ quy tắc hiện có."),
    "db": ("covenant_review.commands.site:database", "Cơ sở dữ liệu: nâng cấp, kiểm tra nhật ký."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Lệnh"):
            formatter.write_dl([(name, help_text) for name, (_target, help_text) in COMMANDS.items()])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="covenant-review")
def cli(**_options: Any) -> None:
    """Rà soát hương ước, quy ước: đọc, nêu dấu hiệu, xét duyệt, ký duyệt, tổng hợp chỉ tiêu 2.4."""


def main() -> None:
    """Entry point; known failures end with their message and status 2, not with a traceback."""
    from covenant_review.settings import InvalidSettings

    try:
        cli()
    except InvalidSettings as error:
        click.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
