"""Three simple readers to compare with: a pair of keywords, the nearest known violation, and TF-IDF with logistic regression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from rapidfuzz import fuzz, process

from covenant_review.clauses.clause import Clause
from covenant_review.text.folding import fold

_SEX = re.compile(
    r"\b(phụ nữ|đàn bà|con gái|cháu gái|chị em|nữ|gái|vợ|con dâu|nàng dâu|dâu|bà|đàn ông|con trai|cháu trai|nam giới|nam|trai|"
    r"chồng|con rể|chàng rể|rể|trai đinh|đinh|trưởng nam)\b"
)
_BAN = re.compile(r"\b(không được|không có quyền|không cho|không|cấm|chỉ|phải|mới được|chưa được|miễn|thôi|ưu tiên)\b")


class Baseline(Protocol):
    """A reader that scores a clause: the higher, the likelier a violation. `natural` is its own threshold."""

    name: str
    natural: float

    def scores(self, clauses: Sequence[Clause]) -> list[float]: ...


def words_of(clause: Clause) -> str:
    """What the baselines read: the lead-in and the clause, folded."""
    return fold(f"{clause.lead_in} {clause.text}".strip())


class KeywordPair:
    """A word of sex or kinship and a word of ban, duty or restriction in one clause."""

    name = "keyword pair"
    natural = 1.0

    def scores(self, clauses: Sequence[Clause]) -> list[float]:
        """1 where both stand in the clause, else 0."""
        return [float(bool(_SEX.search(words_of(clause)) and _BAN.search(words_of(clause)))) for clause in clauses]


class NearestViolation:
    """The likeness (rapidfuzz, 0 to 100) to the nearest violation among the clauses learnt from."""

    name = "nearest violation"

    def __init__(self, clauses: Sequence[Clause], targets: Sequence[bool], harmless: Sequence[Clause]) -> None:
        """`harmless` sets the threshold: 8 % of these may be called a violation."""
        self._known = [words_of(clause) for clause, target in zip(clauses, targets, strict=True) if target]
        likeness = sorted(self.scores(harmless), reverse=True)
        self.natural = likeness[len(likeness) * 8 // 100] if likeness else 100.0

    def scores(self, clauses: Sequence[Clause]) -> list[float]:
        """The best likeness of each clause."""
        found = (process.extractOne(words_of(clause), self._known, scorer=fuzz.token_set_ratio) for clause in clauses)
        return [best[1] if best else 0.0 for best in found]


class TfIdfRegression:
    """TF-IDF of words and pairs of words, logistic regression. Needs scikit-learn."""

    name = "TF-IDF + regression"
    natural = 0.5

    def __init__(self, clauses: Sequence[Clause], targets: Sequence[bool]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        self._vectors: Any = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"\w+")
        self._model: Any = LogisticRegression(C=10, max_iter=1000, class_weight="balanced")
        self._model.fit(self._vectors.fit_transform([words_of(clause) for clause in clauses]), list(targets))

    def scores(self, clauses: Sequence[Clause]) -> list[float]:
        """The model's probability of each clause."""
        return [float(row[1]) for row in self._model.predict_proba(self._vectors.transform([words_of(one) for one in clauses]))]


def has_scikit_learn() -> bool:
    """Whether the third baseline can run here."""
    try:
        import sklearn  # noqa: F401
    except ImportError:
        return False
    return True
