"""Whole covenants of five styles, as plain text: kind, number and text of every block, against how people labelled it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from covenant_review.clauses.clause import Clause
from covenant_review.clauses.splitting import split
from covenant_review.extraction.reading import read

COVENANTS = sorted((Path(__file__).parent / "data" / "covenants").glob("*.jsonl"))
KINDS = {
    "header": "header", "title": "title", "preamble": "paragraph", "chapter": "heading", "section": "heading",
    "clause": "clause", "point": "point", "bullet": "bullet", "para": "paragraph", "table_row": "table_row",
    "signature": "signature",
}  # fmt: skip


def blocks_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][1:]


def clauses_of(path: Path) -> tuple[Clause, ...]:
    lines = [f"{block['n']} {block['x']}".strip() for block in blocks_of(path)]
    return split(read("\n".join(lines).encode(), as_text=True)).clauses


def expected_kind(block: dict[str, Any]) -> str:
    """An article is judged where its own line is a provision: there the corpus gives it a label."""
    return KINDS.get(block["t"]) or ("clause" if "y" in block else "heading")


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", COVENANTS, ids=named)
def test_kind_number_and_text_of_every_block(path: Path) -> None:
    expected = [(expected_kind(block), block["n"], block["x"]) for block in blocks_of(path)]
    assert [(c.kind, c.number, c.text) for c in clauses_of(path)] == expected


@pytest.mark.parametrize("path", COVENANTS, ids=named)
def test_labels_are_unique(path: Path) -> None:
    labels = [c.label for c in clauses_of(path)]
    assert len(set(labels)) == len(labels)


def labelled(stem: str) -> dict[str, Clause]:
    path = next(path for path in COVENANTS if path.stem == stem)
    return {c.label: c for c in clauses_of(path)}


def test_forbidding_lead_in_reaches_its_points() -> None:
    point = labelled("01-lang-dong-kenh")["Điều 9, khoản 2, điểm b"]
    assert point.text == "Đàn bà, con gái;"
    assert point.lead_in == "Những người sau đây không được vào hậu cung, không được dự tế:"
    assert point.headings[-1] == "Điều 9. Lễ hội đình làng"


def test_article_that_is_its_own_provision_is_judged() -> None:
    article = labelled("01-lang-dong-kenh")["Điều 13"]
    assert (article.kind, article.is_judged) == ("clause", True)


def test_sections_without_articles() -> None:
    clauses = labelled("02-khu-pho-cau-truc")
    assert clauses["Mục 4"].kind == "heading"
    assert clauses["Mục 4, gạch đầu dòng 2"].headings == ("4. Về nếp sống gia đình, việc cưới, việc tang",)


def test_clan_style_letters_and_roman_numbers() -> None:
    clauses = labelled("04-toc-uoc-ho-dinh-van")
    assert clauses["Mục B.II, khoản 1"].headings == ("B. THỜ CÚNG, MỒ MẢ", "II. Giỗ tổ")
    assert clauses["Mục D, khoản 1"].headings == ("D. KHEN CHÊ VÀ THI HÀNH",)


def test_two_lead_ins_in_one_section_keep_apart() -> None:
    clauses = labelled("06-van-chai-ben-thiem")
    kept, dropped = clauses["Mục III, gạch đầu dòng 1"], clauses["Mục III, gạch đầu dòng 6"]
    assert kept.lead_in == clauses["Mục III, đoạn 1"].text
    assert dropped.lead_in == clauses["Mục III, đoạn 2"].text
    assert clauses["Mục III, đoạn 2"].is_lead_in
