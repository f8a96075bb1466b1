"""The directions of imports, the size of files, and what no file may hold (design.md, "Layout")."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "covenant_review"
PURE = ("text", "extraction", "clauses", "screening")
# Each part may import itself and what stands before it.
ORDER = ("audit", "accounts", "registry", "jobs", "submissions", "review", "tally", "reports")
SHARED = {"database", "refusals", "settings", "guards", "models", "local_secrets"}
# What views of a slice may take from the site: access, words, looks; never the factory or another page.
SHARED_BY_VIEWS = {"access", "shown", "words", "errors", "ruleset_in_use", "paging"}


def modules() -> Iterator[tuple[Path, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own(names: set[str]) -> set[tuple[str, ...]]:
    return {tuple(name.split(".")[1:]) for name in names if name.startswith("covenant_review.")}


def test_the_pure_core_knows_neither_flask_nor_the_database() -> None:
    for path, part in modules():
        if part not in PURE:
            continue
        names = imports(path)
        outside = {name.split(".")[0].lower() for name in names}
        assert not outside & {"flask", "sqlalchemy", "flask_sqlalchemy", "flask_babel", "wtforms", "click"}, path
        assert {name[0] for name in own(names)} <= set(PURE), path


def test_the_pure_core_goes_one_way() -> None:
    later = {"text": ("extraction", "clauses", "screening"), "extraction": ("clauses", "screening"), "clauses": ("screening",)}
    for path, part in modules():
        for name in own(imports(path)):
            assert name[0] not in later.get(part, ()), f"{path} imports {'.'.join(name)}"


def test_slices_import_each_other_downward_only() -> None:
    for path, part in modules():
        if part not in ORDER:
            continue
        allowed = set(ORDER[: ORDER.index(part) + 1]) | SHARED | set(PURE)
        is_view = path.stem.endswith("views")
        for name in own(imports(path)):
            if name[0] == "web":
                assert is_view, f"{path}: only views may take parts of the site"
                assert len(name) == 1 or name[1] in SHARED_BY_VIEWS, f"{path} imports {'.'.join(name)}"
            else:
                assert name[0] in allowed, f"{path} imports {'.'.join(name)}"


@pytest.mark.parametrize("name", ["utils", "util", "helpers", "helper", "manager", "misc", "common"])
def test_no_file_of_everything(name: str) -> None:
    assert not list(PACKAGE.rglob(f"{name}.py"))


def test_files_have_one_subject() -> None:
    long = {str(path.relative_to(ROOT)): size for path, _ in modules() if (size := len(path.read_text("utf-8").splitlines())) > 450}
    assert not long


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_lock_and_configuration_files_hold_no_addresses() -> None:
    for path in tracked("*.lock", "*.toml", "Makefile", ".ci/*", "scripts/*", "requirements*"):
        assert not re.search(r"https?://", path.read_text(encoding="utf-8")), path


def test_templates_hold_no_script_or_style_of_their_own() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'<style|\sstyle="|\son[a-z]+="|javascript:', text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
