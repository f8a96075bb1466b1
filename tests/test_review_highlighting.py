"""Marking words: nothing lost, overlaps take the gravest, table cells keep their own parts."""

from __future__ import annotations

import pytest

from covenant_review.review.highlighting import Segment, cell_segments, segments
from covenant_review.review.legal_basis import citation_table, legal_bases
from tests.review_data import BRIDE_FEE


def test_without_findings_the_text_is_one_piece() -> None:
    assert segments("Con gái", []) == (Segment("Con gái"),)
    assert segments("", [(0, 0, "violation")]) == ()


def test_words_of_a_finding_are_marked() -> None:
    assert segments("Nhà có con gái thì", [(7, 14, "violation")]) == (
        Segment("Nhà có "),
        Segment("con gái", "violation"),
        Segment(" thì"),
    )


def test_where_findings_overlap_the_gravest_shows() -> None:
    found = segments("abcdefgh", [(1, 6, "consider"), (3, 8, "violation"), (0, 2, "positive")])
    assert found == (
        Segment("a", "positive"),
        Segment("bc", "consider"),
        Segment("defgh", "violation"),
    )


@pytest.mark.parametrize("spans", [[(-5, 3, "violation")], [(2, 999, "consider")], [(3, 3, "consider")], [(9, 4, "consider")]])
def test_no_word_is_lost_whatever_the_offsets(spans: list[tuple[int, int, str]]) -> None:
    assert "".join(segment.text for segment in segments(BRIDE_FEE.text, spans)) == BRIDE_FEE.text


def test_cells_share_a_finding_that_runs_over_both() -> None:
    row = cell_segments("Con trai | 2 công | nộp", ("Con trai", "2 công", "nộp"), [(4, 17, "violation")])
    assert row == (
        (Segment("Con "), Segment("trai", "violation")),
        (Segment("2 công", "violation"),),
        (Segment("nộp"),),
    )


def test_a_row_whose_cells_do_not_make_its_text_is_shown_as_text() -> None:
    assert cell_segments("Con trai 2 công", ("Con trai", "2 công"), []) is None
    assert cell_segments("Con trai", (), []) is None


def test_citations_are_certain_only_when_seen(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "law.yml").write_text(
        "- {key: A, document: Luật A, article: Điều 1, says: Cấm., certainty: seen}\n"
        "- {key: B, document: Luật B, article: Điều 2, says: Có lẽ cấm., certainty: second_hand}\n",
        encoding="utf-8",
    )
    known, unsure, unknown = legal_bases(("A", "B", "C"), citation_table(folder))
    assert (known.says, known.certain, unsure.certain) == ("Cấm.", True, False)
    assert not unknown.known and not unknown.certain and unknown.key == "C"


def test_a_citation_table_that_cannot_be_read_leaves_the_keys(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("rules")
    assert citation_table(folder) == {}
    (folder / "law.yml").write_text("- [not, a, row]\n", encoding="utf-8")
    assert citation_table(folder) == {}
