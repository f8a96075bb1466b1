"""Marks and capitals that recognition misread: put right where the page's ink proves it, left alone where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from covenant_review.extraction.ocr_cleaning import CleanPage, clean
from covenant_review.extraction.ocr_engine import Engine, Word
from covenant_review.extraction.ocr_marks import with_proven_marks

SAMPLES = Path(__file__).parent / "data" / "samples"


@pytest.fixture(scope="module")
def page() -> CleanPage:
    drawn = pypdfium2.PdfDocument(str(SAMPLES / "std00.pdf"))[1].render(scale=200 / 72, rev_byteorder=True)
    return clean(np.ascontiguousarray(drawn.to_numpy()[:, :, :3]))


@pytest.fixture(scope="module")
def words(page: CleanPage) -> Iterator[list[Word]]:
    engine = Engine()
    engine.show(page.grey)
    yield engine.page()
    engine.close()


def misread(words: list[Word], page: CleanPage, right: str, wrong: str) -> list[str]:
    """What becomes of the letter `right` wherever it stands in small words, after it was read as `wrong`."""
    places = [index for index, word in enumerate(words) if right in word.text and word.text.islower() and len(word.spans) == len(word.text)]
    assert places
    read = [replace(word, text=word.text.replace(right, wrong)) if index in places else word for index, word in enumerate(words)]
    found = with_proven_marks(read, page.ink, page.letter)
    return [found[index].text for index in places if found[index].text == words[index].text]


def test_letters_have_places_inside_their_word(words: list[Word]) -> None:
    placed = [word for word in words if word.spans]
    assert len(placed) > 0.97 * len(words)
    for word in placed:
        assert len(word.spans) == len(word.text)
        assert all(word.x0 - 3 <= start <= end <= word.x1 + 3 for start, end in word.spans)


def test_what_was_read_well_stays(words: list[Word], page: CleanPage) -> None:
    truth = (SAMPLES / "std00.txt").read_text(encoding="utf-8")
    before = sum(word.text in truth for word in words)
    found = with_proven_marks(words, page.ink, page.letter)
    assert sum(word.text in truth for word in found) >= before
    assert sum(one.text != other.text for one, other in zip(words, found, strict=True)) <= 3


def test_a_dot_is_no_hook(words: list[Word], page: CleanPage) -> None:
    lone = [word for word in words if word.text in ("chi", "khi", "thi", "tin", "nghi", "sinh", "tinh", "minh", "gia", "linh", "binh")]
    right = 0
    for word in lone:
        wrong = replace(word, text=word.text.replace("i", "ỉ"))
        found = with_proven_marks([wrong if one is word else one for one in words], page.ink, page.letter)
        right += found[words.index(word)].text == word.text
    # Where letters touch or stand too close, nothing is proved and the reading stays.
    assert right >= 0.75 * len(lone) > 3


@pytest.mark.parametrize(("right", "wrong"), [("ả", "ẩ"), ("ỏ", "ổ"), ("ẻ", "ể")])
def test_a_hook_alone_is_no_circumflex(words: list[Word], page: CleanPage, right: str, wrong: str) -> None:
    if not any(right in word.text for word in words):
        pytest.skip(f"no {right} on this page")
    assert misread(words, page, right, wrong)


def test_hooks_and_circumflexes_that_are_there_stay(words: list[Word], page: CleanPage) -> None:
    found = with_proven_marks(words, page.ink, page.letter)
    for before, after in zip(words, found, strict=True):
        if set(before.text) & set("ẩẳểổ"):
            assert after.text == before.text


def test_a_capital_with_a_tone_inside_a_small_word_is_small(words: list[Word], page: CleanPage) -> None:
    word = next(one for one in words if one.text == "phải")
    read = [replace(one, text="phẢi") if one is word else one for one in words]
    assert with_proven_marks(read, page.ink, page.letter)[words.index(word)].text == "phải"


def test_capitals_stay_in_headings_and_abbreviations(words: list[Word], page: CleanPage) -> None:
    found = with_proven_marks(words, page.ink, page.letter)
    for before, after in zip(words, found, strict=True):
        if before.text.isupper() and len(before.text) > 2:
            assert after.text == before.text
    abbreviation = next(one for one in words if one.text == "phải")
    read = [replace(one, text="ThS") if one is abbreviation else one for one in words]
    assert with_proven_marks(read, page.ink, page.letter)[words.index(abbreviation)].text == "ThS"
