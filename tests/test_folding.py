"""Folding keeps length, so that an offset into the folded text is an offset into the document's own words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covenant_review.text.folding import fold, has_lost_marks, strip_marks
from covenant_review.text.syllables import CELL, COMMA, SEMICOLON, SENTENCE, SPACE, split_syllables

VIETNAMESE = st.text(
    alphabet="aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
    "AÀÁĂÂĐEÊOÔƠUƯ 0123456789.,;:|-–—“”‘’\u00a0\n()İßﬁ"
)


@given(VIETNAMESE)
def test_folding_and_stripping_keep_length(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert len(fold(text)) == len(text)
    assert len(strip_marks(fold(text))) == len(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [("Hoà giải", "hòa giải"), ("THUỶ LỢI", "thủy lợi"), ("khoẻ", "khỏe"), ("quý", "quý"), ("hoàn", "hoàn"), ("Ủy", "ủy")],
)
def test_both_tone_placements_fold_to_one(old: str, new: str) -> None:
    assert fold(old) == new


def test_d_stays_apart_until_marks_are_stripped() -> None:
    assert fold("Đình dân") == "đình dân"
    assert strip_marks(fold("Đình dân")) == "dinh dan"


def test_typographic_signs_are_made_plain() -> None:
    assert fold("“A”\u00a0– B’") == '"a" - b\''


def test_a_text_without_marks_is_recognised_but_short_or_marked_text_is_not() -> None:
    assert has_lost_marks("Dan ba con gai khong duoc vao hau cung")
    assert not has_lost_marks("Nam, nu")
    assert not has_lost_marks("Đàn bà con gái không được vào hậu cung")


def test_syllables_carry_offsets_and_the_strength_of_each_break() -> None:
    text = "Nộp 500.000 đồng, hai lần; sau đó. Hết | Nam"
    syllables = split_syllables(fold(text))
    assert syllables.words == ("nộp", "500.000", "đồng", "hai", "lần", "sau", "đó", "hết", "nam")
    assert [text[a:b] for a, b in zip(syllables.starts, syllables.ends, strict=True)][1] == "500.000"
    assert syllables.breaks[1:] == (SPACE, SPACE, COMMA, SPACE, SEMICOLON, SPACE, SENTENCE, CELL)
