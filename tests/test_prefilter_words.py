"""The words and rows of bits under the filter: taken apart rightly however they are written, and no phrase lost by a choice."""

from __future__ import annotations

import re

import pytest

from covenant_review.screening.prefilter import RequirementTable, WordBits, numbers_in, plain_words
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.second_reader_corpus import corpus_files, default_corpus_directory, load_corpus
from covenant_review.text.folding import fold


@pytest.fixture(scope="module")
def real() -> RuleSet:
    return load_ruleset(default_rules_directory())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Phụ nữ, KHÔNG được vào.", ["phụ", "nữ", "không", "được", "vào"]),
        ("vợ/chồng và/hoặc con", ["vợ", "chồng", "và", "hoặc", "con"]),
        ("3kg gạo, 500.000 đồng (12%) – khoản 2)", ["kg", "gạo", "đồng", "khoản"]),
        ("Hoà\u00a0giải\tở\n“xóm”", ["hòa", "giải", "ở", "xóm"]),
        ("1. 2) 3/4 …", []),
        ("", []),
    ],
)
def test_plain_words_are_the_folded_words_without_figures(text: str, words: list[str]) -> None:
    assert plain_words(text) == words
    assert plain_words(text) == words, "taken apart anew and remembered are the same"


def test_plain_words_of_the_corpus_are_those_of_its_letters() -> None:
    corpus = load_corpus(corpus_files("open", default_corpus_directory()))
    texts = [clause.text for one in corpus.covenants for clause in one.covenant.clauses]
    assert len(texts) > 1000
    for text in texts:
        assert plain_words(text) == re.findall(r"[^\W\d_]+", fold(text)), text


def test_a_long_phrase_is_found_though_only_two_of_its_words_are_looked_for() -> None:
    bits = WordBits({("không", "được", "có"): 1, ("người", "nối", "dõi"): 2, ("con", "trai"): 4, ("đinh",): 8, (): 16})
    assert bits.of(["nhà", "không", "được", "có", "nợ"]) == 1, "a phrase of common words alone"
    assert bits.of(["người", "nối", "dõi", "là", "con", "trai"]) == 6
    assert not bits.of(["nhà", "có", "người"]), "the common words of a phrase are not taken for it"
    assert bits.of(["đinh"], 32) == 40
    assert bits.always == 16


def test_no_phrase_of_the_rules_is_lost_by_the_choice_of_two_words(real: RuleSet) -> None:
    entries = {word for spec in real.engine.index.specs.values() for word in spec.words}
    phrases = {words: 1 << number for number, words in enumerate({tuple(plain_words(entry)) for entry in sorted(entries)} - {()})}
    bits = WordBits(phrases)
    assert len(phrases) > 1000
    for words, own in phrases.items():
        assert bits.of(["trước", *words, "sau"]) & own, words


def test_patterns_of_none_to_many_groups_are_met_by_all_that_are_asked_for() -> None:
    many = tuple(frozenset({name}) for name in "abcdef")
    table = RequirementTable([(), many[:1], many[:2], many[:3], many])
    assert list(numbers_in(table.possible((), ()))) == [0]
    assert list(numbers_in(table.possible("ab", ()))) == [0, 1, 2]
    assert list(numbers_in(table.possible("bc", ()))) == [0]
    assert list(numbers_in(table.possible("abcdef", ()))) == [0, 1, 2, 3, 4]
