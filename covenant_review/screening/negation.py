"""Negations that add up: "không cô nào phải nộp" takes nothing away, "chẳng cô nào được nói" and "… mà không bị mời ra" do.

A quantified negation ("không … nào", "chẳng một … nào") is counted together with every further negation and every harmful
word behind it, up to the end of its stretch. An even sum leaves nobody worse off: the stretch is shielded by the frame that
has `parity: true`. An odd sum denies something: the "nào" then stands for the concept that denies.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from covenant_review.text.syllables import COMMA, SEMICOLON

NEGATIONS = frozenset(("không", "chẳng", "chưa", "chả", "đừng", "chớ"))
_HARMFUL = frozenset(("bị", "phải", "cấm", "kiêng", "ép", "bắt", "mất", "thiệt", "gạt", "chê", "ngăn", "cản", "đuổi", "khinh"))
_QUANTIFIER = "nào"
_QUANTIFIER_WITHIN = 6


class QuantifiedNegation(NamedTuple):
    """A stretch `start:end` under "không … nào" with the quantifier at `quantifier`; `harmless` if the negations cancel out."""

    start: int
    quantifier: int
    end: int
    harmless: bool
    denies_difference: bool = False
    """What is denied is a difference between the sexes ("không lớp nào dành ghế trước cho các ông, ghế sau cho các bà")."""


def quantified_negations(words: Sequence[str], breaks: Sequence[int], own: int) -> tuple[QuantifiedNegation, ...]:
    """Every quantified negation in the clause's own words (from syllable `own`), in order."""
    found = []
    for start in range(own, len(words)):
        if words[start] not in NEGATIONS:
            continue
        quantifier = _quantifier_after(words, breaks, start)
        if quantifier is None:
            continue
        end = quantifier + 1
        while end < len(words) and breaks[end] < SEMICOLON:
            end += 1
        rest = words[quantifier + 1 : end]
        found.append(QuantifiedNegation(start, quantifier, end, not _permitted_if(rest) and not _count(rest) % 2))
    return tuple(found)


def _quantifier_after(words: Sequence[str], breaks: Sequence[int], start: int) -> int | None:
    for position in range(start + 1, min(start + 1 + _QUANTIFIER_WITHIN, len(words))):
        if breaks[position] >= COMMA:
            return None
        if words[position] == _QUANTIFIER:
            # "Không bỏ sót buổi nào" ends there: its object is quantified, and nothing follows to be turned.
            followed = position + 1 < len(words) and breaks[position + 1] < COMMA
            return position if followed else None
    return None


def _permitted_if(words: Sequence[str]) -> bool:
    """ "Không … nào được nhận mà không có chồng": the second negation only names the condition."""
    return "được" in words[:2] and any(pair == ("mà", "không") for pair in pairwise(words))


def _count(words: Sequence[str]) -> int:
    """The quantified negation itself, every negation after it, and a harmful word (a row of them is one)."""
    total, in_row = 1, False
    for word in words:
        if word in NEGATIONS:
            total += 1
            in_row = False
        elif word in _HARMFUL:
            total += not in_row
            in_row = True
    return total
