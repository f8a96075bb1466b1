"""Builders for tests of submissions: small real DOCX files, a small real rule set, bad files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import yaml
from docx import Document
from flask import Flask

from covenant_review.submissions.operations import Upload
from tests.pdf_files import HandmadePage, text_at, write_pdf

FAIR = "Điều 1. Mọi người dân trong thôn đều được bàn bạc, đóng góp ý kiến về việc chung."
UNFAIR = "Điều 2. Con gái đã lấy chồng không được chia đất của cha mẹ."
GREETING = "Điều 3. Đám hiếu tổ chức trang nghiêm, tiết kiệm."
LIST = ("Điều 4. Những người sau đây không được dự tế:", "a) phụ nữ;", "b) người đang có tang.")

RULES: Mapping[str, tuple[str, str, str]] = {
    # id: outcome, words, an example that holds them
    "family/dat-cua-cha-me": ("violation", "không được chia đất", "Con gái ⟦không được chia đất⟧."),
    "culture/tiet-kiem": ("positive", "đóng góp ý kiến", "Ai cũng được ⟦đóng góp ý kiến⟧."),
}


def docx_bytes(*paragraphs: str, title: str = "QUY ƯỚC THÔN THỬ") -> bytes:
    """A DOCX with a title and the given paragraphs."""
    document = Document()
    for paragraph in (title, *(paragraphs or (FAIR, UNFAIR, GREETING, *LIST))):
        document.add_paragraph(paragraph)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def upload(name: str, data: bytes) -> Upload:
    """A file as it comes in."""
    return Upload(name, io.BytesIO(data))


def cut_docx() -> bytes:
    """A DOCX whose XML breaks off in the middle; the package around it is whole."""
    source, target = zipfile.ZipFile(io.BytesIO(docx_bytes())), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            archive.writestr(name, data[: len(data) // 2] if name == "word/document.xml" else data)
    return target.getvalue()


def program_bytes() -> bytes:
    """The beginning of a Windows program."""
    return b"MZ\x90\x00\x03" + bytes(range(256)) * 16


def encrypted_pdf() -> bytes:
    """A PDF that asks for a password before it shows anything."""
    return write_pdf([HandmadePage(text_at(72, 720, "Quy uoc"))], password="mat-khau")


def write_rules(folder: Path, rules: Mapping[str, tuple[str, str, str]] = RULES, version: str = "thử.1") -> Path:
    """A rule set of plain word sequences in `folder`, which may hold an older one."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.rglob("*.yml"):
        old.unlink()
    _write(folder / "ruleset.yml", {"version": version})
    law = {"key": "73/2006/QH11 Đ40", "document": "73/2006/QH11", "article": "40", "says": "Cấm cản trở.", "certainty": "seen"}
    _write(folder / "law.yml", [law])
    _write(folder / "concepts" / "lang.yml", [{"id": "lang", "title": "Làng", "words": ["làng", "thôn"]}])
    for rule_id, (outcome, words, example) in rules.items():
        _write(folder / f"{rule_id}.yml", _rule(rule_id, outcome, words, example))
    return folder


def use_rules(app: Flask, folder: Path) -> None:
    """Let the application, and the workers of this process, take its rules from `folder`."""
    settings = app.extensions["covenant_settings"]
    app.extensions["covenant_settings"] = settings.model_copy(update={"rules": folder})


def _rule(rule_id: str, outcome: str, words: str, example: str) -> dict[str, object]:
    return {
        "id": rule_id,
        "title": {"vi": f"Quy tắc thử {rule_id}", "en": f"Test rule {rule_id}"},
        "field": rule_id.split("/")[0],
        "outcome": outcome,
        "severity": "high",
        "state": {"value": "on", "since": "2026-01-01", "by": "thử", "why": "thử"},
        "law": ["73/2006/QH11 Đ40"],
        "explanation": "Câu này đối xử khác nhau giữa con trai và con gái.",
        "suggestion": "Con trai và con gái được chia như nhau.",
        "patterns": [{"kind": "sequence", "say": words}],
        "examples": {"match": [example], "no_match": ["Đường làng phải sạch."]},
    }


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
