"""How `check` shows what it found: text for people, JSON and SARIF for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from covenant_review import __version__
from covenant_review.clauses.clause import Clause
from covenant_review.commands.check import CheckedDocument
from covenant_review.screening.result import ClauseScreening, Finding
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.second_reader import RULE_ID
from covenant_review.screening.second_reader_explaining import TITLE_VI, percent_of
from covenant_review.screening.second_reader_use import SecondReaderInUse

OUTCOME_WORDS = {
    "violation": ("Có dấu hiệu phân biệt đối xử về giới", "bold red"),
    "consider": ("Cần xem xét", "bold yellow"),
    "outdated": ("Không còn phù hợp pháp luật", "bold magenta"),
    "positive": ("Thúc đẩy bình đẳng giới", "green"),
}
UNREADABLE_WORDS = {
    "empty": "tệp rỗng",
    "too_large": "tệp quá lớn",
    "encrypted": "tệp được đặt mật khẩu; hãy bỏ mật khẩu rồi thử lại",
    "unknown_kind": "không phải tệp .docx, .pdf hay .txt",
    "damaged": "tệp bị hỏng, không mở được",
    "no_text": "không có chữ đọc được (có thể là bản quét)",
    "too_many_pages": "quá nhiều trang",
    "too_long": "dài hơn nhiều so với một bản hương ước",
    "too_many_parts": "tệp nén chứa quá nhiều phần",
    "unpacks_too_large": "nội dung quá lớn khi giải nén",
    "office_missing": "cần LibreOffice để đọc tệp .doc, .rtf, .odt; hãy cài gói libreoffice-writer hoặc lưu lại thành .docx",
    "too_slow": "đọc quá lâu nên đã dừng; hãy lưu lại thành .docx",
    "not_supported_yet": "loại tệp chưa đọc được; hãy lưu lại thành .docx",
}
SARIF_LEVELS = {"violation": "error", "consider": "warning", "outdated": "note", "positive": "none"}


def as_json(documents: list[CheckedDocument], ruleset: RuleSet, second: SecondReaderInUse) -> dict[str, Any]:
    """The document that other programs rely on (README, "Dùng từ dòng lệnh")."""
    return {
        "ruleset": {"version": ruleset.version, "sha256": ruleset.sha256, "rules": len(ruleset.rules)},
        "second_reader": _second_reader(second),
        "documents": [_document(document) for document in documents],
    }


def _second_reader(second: SecondReaderInUse) -> dict[str, Any]:
    weights = second.weights
    return {
        "state": second.state,
        "reason": second.reason,
        "version": second.stamp.version,
        "sha256": second.stamp.sha256,
        "threshold": weights.plain.threshold if weights else None,
        "learnt_with_other_rules": second.learnt_elsewhere,
    }


def _document(document: CheckedDocument) -> dict[str, Any]:
    if document.covenant is None:
        return {
            "path": document.path, "status": "unreadable", "pages": None, "warnings": [document.unreadable],
            "title": "", "clauses": [],
        }  # fmt: skip
    covenant = document.covenant
    return {
        "path": document.path,
        "status": covenant.status,
        "pages": covenant.pages,
        "warnings": [one.code + (f" (page {one.page})" if one.page else "") for one in covenant.warnings],
        "title": covenant.title,
        "clauses": [_clause(*pair) for pair in zip(covenant.clauses, document.screenings, strict=True)],
    }


def _clause(clause: Clause, screening: ClauseScreening) -> dict[str, Any]:
    return {
        "id": clause.id,
        "label": clause.label,
        "kind": clause.kind,
        "number": clause.number,
        "text": clause.text,
        "lead_in": clause.lead_in,
        "page": clause.page,
        "boxes": [[box.x0, box.y0, box.x1, box.y1] for box in clause.boxes],
        "findings": [_finding(finding) for finding in screening.findings],
        "silenced": [
            {"rule": one.rule, "exception": one.exception, "reason": one.reason, "start": one.start, "end": one.end}
            for one in screening.silenced
        ],
        "not_checked": [{"rule": one.rule, "reason": one.reason} for one in screening.not_checked],
        "probability": screening.probability,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "outcome": finding.outcome,
        "severity": finding.severity,
        "field": finding.field,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
        "title": finding.title_vi,
        "why": finding.why,
        "law": list(finding.law),
        "suggestion": finding.suggestion,
        "score": finding.score,
        "trail": dict(finding.trail),
    }


def write_json(documents: list[CheckedDocument], ruleset: RuleSet, second: SecondReaderInUse) -> None:
    """JSON on standard output, UTF-8."""
    json.dump(as_json(documents, ruleset, second), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def write_text(documents: list[CheckedDocument], ruleset: RuleSet, second: SecondReaderInUse) -> None:
    """For people: label, quote, rule, law, suggestion; coloured on a terminal."""
    console = Console(highlight=False, soft_wrap=True)
    for document in documents:
        console.print(Text(document.path, style="bold"))
        if document.covenant is None:
            why = UNREADABLE_WORDS.get(document.unreadable, document.unreadable)
            console.print(Text(f"  KHÔNG ĐỌC ĐƯỢC: {why}", style="bold red"))
            continue
        _text_of(console, document, ruleset)
    console.print(f"Bộ quy tắc {ruleset.version} ({len(ruleset.rules)} quy tắc, {ruleset.sha256[:12]})", style="dim")
    console.print(Text(_second_reader_words(second), style="yellow" if second.reason else "dim"))


def _second_reader_words(second: SecondReaderInUse) -> str:
    if second.state == "off":
        return "Máy đọc thứ hai: đã tắt"
    if second.state == "unavailable":
        return f"Máy đọc thứ hai: chưa đọc. {second.reason}"
    older = "; học khi bộ quy tắc còn khác, nên học lại" if second.learnt_elsewhere else ""
    return f"Máy đọc thứ hai {second.stamp.version} ({second.stamp.sha256[:12]}{older})"


def _text_of(console: Console, document: CheckedDocument, ruleset: RuleSet) -> None:
    assert document.covenant is not None
    counts = dict.fromkeys(OUTCOME_WORDS, 0)
    judged = unchecked = 0
    for warning in document.covenant.warnings:
        place = f" (trang {warning.page})" if warning.page else ""
        console.print(Text(f"  Lưu ý khi đọc: {warning.code}{place}", style="yellow"))
    for clause, screening in zip(document.covenant.clauses, document.screenings, strict=True):
        judged += clause.is_judged
        unchecked += bool(screening.not_checked)
        for finding in screening.findings:
            counts[finding.outcome] += 1
            if finding.outcome != "positive":
                _text_of_finding(console, clause, finding, screening.probability)
    found = ", ".join(f"{words.lower()}: {counts[outcome]}" for outcome, (words, _style) in OUTCOME_WORDS.items())
    console.print(f"  {judged} điều khoản; {found}; chưa kiểm tra được: {unchecked}")


def _text_of_finding(console: Console, clause: Clause, finding: Finding, probability: float | None) -> None:
    words, style = OUTCOME_WORDS[finding.outcome]
    console.print(Text.assemble("  ", (words, style), f" · {clause.label}" + (f" · trang {clause.page}" if clause.page else "")))
    if clause.lead_in:
        console.print(Text(f"    {clause.lead_in}", style="dim"))
    text = Text("    " + (f"{clause.number} " if clause.number else ""))
    text.append(clause.text[: finding.start])
    text.append(finding.quote, style="reverse" if console.is_terminal else "")
    text.append(clause.text[finding.end :])
    console.print(text)
    console.print(Text(f"    Chỗ đáng chú ý: “{finding.quote}”"))
    console.print(Text(f"    Quy tắc: {finding.title_vi} ({finding.rule})"))
    console.print(Text(f"    Vì sao: {finding.why}"))
    if probability is not None and finding.rule != RULE_ID:
        console.print(Text(f"    Máy đọc thứ hai: khả năng {percent_of(probability)} %"))
    console.print(Text(f"    Căn cứ: {'; '.join(finding.law) or '–'}"))
    if finding.suggestion:
        console.print(Text(f"    Gợi ý sửa: {finding.suggestion}"))


def as_sarif(documents: list[CheckedDocument], ruleset: RuleSet, second: SecondReaderInUse) -> dict[str, Any]:
    """SARIF 2.1.0: one result per finding, the clause as logical location, the words as a region of its text."""
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "covenant-review",
                        "version": __version__,
                        "rules": [
                            {
                                "id": rule.id,
                                "shortDescription": {"text": rule.title_vi},
                                "properties": {"field": rule.field, "outcome": rule.outcome, "law": list(rule.law)},
                            }
                            for rule in ruleset.rules
                        ]
                        + [{"id": RULE_ID, "shortDescription": {"text": TITLE_VI}, "properties": {"outcome": "consider"}}],
                    }
                },
                "properties": {"ruleset": ruleset.version, "sha256": ruleset.sha256, "secondReader": _second_reader(second)},
                "invocations": [
                    {
                        "executionSuccessful": all(document.covenant for document in documents),
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": f"{document.path}: {document.unreadable}"}}
                            for document in documents
                            if document.covenant is None
                        ],
                        "toolConfigurationNotifications": [
                            {"level": "warning", "descriptor": {"id": RULE_ID}, "message": {"text": second.reason}}
                        ]
                        if second.reason
                        else [],
                    }
                ],
                "results": [result for document in documents for result in _results(document)],
            }
        ],
    }


def _results(document: CheckedDocument) -> list[dict[str, Any]]:
    if document.covenant is None:
        return []
    return [
        {
            "ruleId": finding.rule,
            "level": SARIF_LEVELS[finding.outcome],
            "kind": "informational" if finding.outcome == "positive" else "fail",
            "message": {"text": finding.why},
            "locations": [
                {
                    # No region: offsets are of the clause's own text, not of the file's bytes.
                    "physicalLocation": {"artifactLocation": {"uri": Path(document.path).as_posix()}},
                    "logicalLocations": [{"name": clause.label, "fullyQualifiedName": clause.id, "kind": clause.kind}],
                }
            ],
            "properties": {
                "quote": finding.quote,
                "start": finding.start,
                "end": finding.end,
                "page": clause.page,
                "suggestion": finding.suggestion,
                "law": list(finding.law),
                "probability": screening.probability,
            },
        }
        for clause, screening in zip(document.covenant.clauses, document.screenings, strict=True)
        for finding in screening.findings
    ]


def write_sarif(documents: list[CheckedDocument], ruleset: RuleSet, second: SecondReaderInUse) -> None:
    """SARIF on standard output."""
    json.dump(as_sarif(documents, ruleset, second), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


WRITERS: dict[str, Callable[[list[CheckedDocument], RuleSet, SecondReaderInUse], None]] = {
    "text": write_text,
    "json": write_json,
    "sarif": write_sarif,
}
