"""What a clause is called in Vietnamese: "Điều 5, khoản 2, điểm a". No two clauses of a covenant share a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from covenant_review.clauses.clause import ClauseKind
from covenant_review.clauses.outline import Node
from covenant_review.clauses.tables import RowReading

_PREAMBLE = "Lời nói đầu"
_NAME_AT_MOST = 40
_ITEM_NAMES = {"dash": "gạch đầu dòng", "bullet": "gạch đầu dòng", "plus": "dấu cộng"}
_NAMED_HEADS = {"part": "Phần", "chapter": "Chương", "section_of_articles": "Khoản", "article": "Điều"}
_OTHER_ARTICLES = frozenset({"Lệ", "Khoán"})
_HEADS = frozenset(
    {"part", "chapter", "section", "section_of_articles", "letter_head", "roman", "article", "old_article", "appendix",
     "heading", "preamble_heading"}
)  # fmt: skip
_SECTIONS = frozenset({"letter_head", "roman", "decimal"})


class Labels:
    """Gives labels in reading order; remembers what it gave, so that a repeated number stays apart."""

    def __init__(self, nodes: Sequence[Node], kinds: Mapping[int, ClauseKind], rows: Mapping[int, RowReading]) -> None:
        self._kinds = kinds
        self._rows = rows
        self._used: Counter[str] = Counter()
        self._counts: Counter[tuple[int, str]] = Counter()
        self._heads = _head_labels([node for node in nodes if self._is_head(node)])
        self._labels: dict[int, str] = {}
        for node in nodes:
            self._labels[node.index] = self._unique(node)

    def of(self, node: Node) -> str:
        """The label of `node`."""
        return self._labels[node.index]

    def _is_head(self, node: Node) -> bool:
        is_section = node.kind == "decimal" and self._kinds[node.index] == "heading" and bool(node.text)
        return node.kind in _HEADS or is_section

    def _unique(self, node: Node) -> str:
        label, other = self._candidates(node)
        chosen = label if not self._used[label] or self._used[other] else other
        self._used[chosen] += 1
        times = self._used[chosen]
        if times == 1:
            return chosen
        again = f"{chosen} (lần {times})"
        self._used[again] += 1
        return again

    def _candidates(self, node: Node) -> tuple[str, str]:
        """The usual label, and a longer one (naming the paragraph that leads in) for when the usual one is taken."""
        if self._is_head(node):
            return self._heads[node.index], self._heads[node.index]
        if node.kind == "name":
            return self._name_label(node)
        if node.kind == "note":
            name = f"Chú thích {node.line.number or '?'}"
            return name, name
        piece = self._piece(node)
        usual = self._joined(self._container(node, through_paragraphs=True), piece)
        return usual, self._joined(self._container(node, through_paragraphs=False), piece)

    def _name_label(self, node: Node) -> tuple[str, str]:
        above = node.name_of
        if above is None:
            return "Tên", "Tên"
        kind = {"chapter": "chương", "part": "phần", "article": "điều"}.get(above.kind, "mục")
        label = f"{self._heads[above.index]}, tên {kind}"
        return label, label

    def _container(self, node: Node, *, through_paragraphs: bool) -> str:
        above = node.parent
        while above is not None and through_paragraphs and above.kind == "paragraph":
            above = above.parent
        if above is None:
            return _PREAMBLE if node.in_preamble else ""
        # A table is found by its number; only an article or a section narrows the search.
        if node.kind == "row" and above.kind in {"appendix", "part", "chapter", "heading", "preamble_heading"}:
            return ""
        return self._labels[above.index]

    def _piece(self, node: Node) -> str:
        if node.kind == "row":
            reading = self._rows[node.index]
            return f"Bảng {reading.table}, {reading.place}"
        if node.kind in _ITEM_NAMES:
            below_item = node.parent is not None and node.parent.kind in _ITEM_NAMES and node.kind == "bullet"
            name = "ý" if below_item else _ITEM_NAMES[node.kind]
            return f"{name} {self._count(node, name)}"
        if node.kind == "paragraph":
            return f"đoạn {self._count(node, 'đoạn')}"
        ordinal = "" if node.mark is None else node.mark.ordinal
        if node.kind == "letter" or (node.kind == "dotted" and self._kinds[node.index] == "point"):
            return f"điểm {ordinal}"
        return f"khoản {ordinal}"

    def _count(self, node: Node, name: str) -> int:
        anchor = node.parent
        while anchor is not None and anchor.kind == "paragraph":
            anchor = anchor.parent
        key = (-1 if anchor is None else anchor.index, f"{name} {node.in_preamble}")
        own_words = anchor is not None and self._kinds[anchor.index] != "heading"
        if name == "đoạn" and own_words and not self._counts[key]:
            # The provision itself is its first paragraph.
            self._counts[key] = 1
        self._counts[key] += 1
        return self._counts[key]

    @staticmethod
    def _joined(container: str, piece: str) -> str:
        return f"{container}, {piece}" if container else piece[:1].upper() + piece[1:]


def _head_labels(heads: Sequence[Node]) -> dict[int, str]:
    """Labels of headings and articles by line index; one that repeats is told apart by the chapter around it."""
    labels: dict[int, str] = {}
    old_articles = 0
    for head in heads:
        old_articles += head.kind == "old_article"
        labels[head.index] = _head_label(head, labels, old_articles)
    labels = _told_apart(heads, labels)
    seen: Counter[str] = Counter()
    for head in heads:
        seen[labels[head.index]] += 1
        times = seen[labels[head.index]]
        if times > 1:
            labels[head.index] = f"{labels[head.index]} (lần {times})"
    return labels


def _told_apart(heads: Sequence[Node], labels: dict[int, str]) -> dict[int, str]:
    times = Counter(labels.values())
    apart = dict(labels)
    for head in heads:
        above = reversed(head.ancestors())
        around = next((node for node in above if node.kind in {"part", "chapter", "section"}), None)
        if times[labels[head.index]] > 1 and around is not None and around.index in labels:
            label = labels[head.index]
            apart[head.index] = f"{labels[around.index]}, {label}"
    return apart


def _head_label(head: Node, labels: Mapping[int, str], old_articles: int) -> str:
    ordinal = _shown_ordinal(head)
    above = head.parent
    if head.kind == "preamble_heading":
        return _PREAMBLE
    if head.kind == "old_article":
        # "Nhất điều" opens every item, or the items count on: "Nhì điều", "Tam điều".
        return f"Nhất điều {old_articles}" if ordinal.lower().startswith("nhất") else ordinal.capitalize()
    if head.kind == "appendix":
        return f"Phụ lục {ordinal}".rstrip()
    if head.kind in _NAMED_HEADS:
        return f"{_head_word(head)} {ordinal}"
    if head.kind == "section":
        chapter = next((node for node in reversed(head.ancestors()) if node.kind in {"chapter", "part"}), None)
        return f"{labels[chapter.index]}, Mục {ordinal}" if chapter is not None else f"Mục {ordinal}"
    if head.kind in _SECTIONS:
        if above is not None and above.kind in _SECTIONS and above.index in labels:
            return f"{labels[above.index]}.{ordinal}"
        return f"Mục {ordinal}"
    words = head.text.rstrip(" :.")
    return f"Mục “{words if len(words) <= _NAME_AT_MOST else words[: _NAME_AT_MOST - 1].rstrip() + '…'}”"


def _head_word(head: Node) -> str:
    """ "Điều", "Chương" …; an article that the covenant calls "Lệ thứ nhất" keeps that name."""
    word = head.line.number.split()[0].capitalize() if head.kind == "article" else ""
    return word if word in _OTHER_ARTICLES else _NAMED_HEADS[head.kind]


def _shown_ordinal(head: Node) -> str:
    """The ordinal as a person would cite it: words in small letters, Roman numbers and letters as they stand."""
    ordinal = "" if head.mark is None else head.mark.ordinal
    return ordinal.lower() if len(ordinal) > 1 and (" " in ordinal or not ordinal.isascii()) else ordinal
