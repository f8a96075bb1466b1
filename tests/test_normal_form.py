"""The normal form: one code point a letter, wording untouched, and offsets that hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covenant_review.text.normal_form import normal_form, tidy, with_new_tone_placement

SENTENCE = "Đàn bà, con gái không được vào hậu cung; hoà thuận, khoẻ mạnh, uỷ ban, quý khách, hoàn thành."


def test_decomposed_text_becomes_composed() -> None:
    assert normal_form(unicodedata.normalize("NFD", SENTENCE)) == SENTENCE


@pytest.mark.parametrize("tangled", ["a\u0301\u0302", "\u00e1\u0302", "a\u0302\u0301", "\u00e2\u0301"])
def test_marks_typed_in_any_order_give_one_letter(tangled: str) -> None:
    assert normal_form(tangled) == "ấ"


def test_horn_and_dot_below_in_any_order() -> None:
    assert normal_form("u\u0323\u031bng") == normal_form("u\u031b\u0323ng") == "ựng"


def test_eth_is_read_as_the_letter_that_it_stands_for() -> None:
    assert normal_form("\u00d0iều 5, gia \u00f0ình") == "Điều 5, gia đình"


def test_normal_form_does_not_move_tone_marks() -> None:
    assert normal_form("hoà, hòa, thuỷ, thủy") == "hoà, hòa, thuỷ, thủy"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoà", "hòa"),
        ("HOÀ", "HÒA"),
        ("goá bụa", "góa bụa"),
        ("khoẻ", "khỏe"),
        ("Uỷ ban", "Ủy ban"),
        ("thuỵ", "thụy"),
        ("hoàn", "hoàn"),
        ("hoài", "hoài"),
        ("ngoáy", "ngoáy"),
        ("khuỷu", "khuỷu"),
        ("quý", "quý"),
        ("Quỳ", "Quỳ"),
        ("quả", "quả"),
        ("của", "của"),
        ("hòa", "hòa"),
    ],
)
def test_tone_placement(old: str, new: str) -> None:
    assert with_new_tone_placement(old) == new


@given(st.text(alphabet=st.sampled_from("qQhHkuUoOaAyYàáảãạèéẻẽẹỳýỷỹỵòùủ nôiêc,.-")))
def test_tone_placement_keeps_length_and_is_stable(text: str) -> None:
    moved = with_new_tone_placement(text)
    assert len(moved) == len(text)
    assert with_new_tone_placement(moved) == moved


@given(st.text())
def test_normal_form_is_stable(text: str) -> None:
    once = normal_form(text)
    assert normal_form(once) == once


def test_tidy_joins_blanks_and_keeps_line_breaks_and_soft_hyphens() -> None:
    assert tidy("  a\u00a0\t b \n c\u200bd\u2011e ch\u00ada ") == "a b\ncd-e ch\u00ada"
