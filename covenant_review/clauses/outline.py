"""The outline of a covenant: which line hangs under which, from the order and the kind of their marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from covenant_review.clauses.lines import Line, is_capitals
from covenant_review.clauses.marks import Mark, MarkKind
from covenant_review.clauses.zones import Zones, is_preamble_heading

# How high a mark stands when nothing in the document says otherwise; smaller is higher.
_RANKS: dict[MarkKind, float] = {
    "appendix": 0.0, "part": 0.0, "chapter": 1.0, "section": 2.0, "letter_head": 3.0, "roman": 3.0, "article": 4.0,
    "old_article": 4.0, "word_clause": 6.0, "decimal": 6.0, "dotted": 6.6, "letter": 7.0, "dash": 8.0, "bullet": 8.5,
    "plus": 9.0,
}  # fmt: skip
_UNNUMBERED_HEADING = 3.6
_SECTION_OF_ARTICLES = 2.5
_FIRST_ITEM = 6.0
_BELOW_CLAUSES = 6.5
_STEP = 0.05
_HEAD_LETTERS = "ABCDĐEGHIKLM"
_HEADING_AT_MOST = 120
_ENDS_SENTENCE = re.compile(r"[.;!?…]\s*$")
_ABOUT = re.compile(r"Về\s+\S", re.IGNORECASE)

# Words that promise a list as a colon does.
_PROMISES_LIST = re.compile(r"(?::|\b(?:như sau|sau đây|dưới đây|việc sau|vi sau|hợp sau|bao gồm)\s*[.;,]?)$", re.IGNORECASE)
_CLOSING_QUOTES = " \"”'’)"


@dataclass(slots=True, eq=False)
class Node:
    """A line in its place.

    `name_of` is set for the line that only names the heading above it ("NHỮNG QUY ĐỊNH CHUNG"); `continues` says that
    the line goes on with what its parent began; a paragraph after a finished list only stands under the same parent.
    """

    index: int
    line: Line
    rank: float
    kind: str
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    name: str = ""
    name_of: Node | None = None
    in_preamble: bool = False
    continues: bool = True
    # Worked out once for all numbers under this node, when their kinds are asked for.
    numbers_head_sections: bool | None = None

    @property
    def mark(self) -> Mark | None:
        """The mark of the node's line."""
        return self.line.mark

    @property
    def text(self) -> str:
        """The words of the node's line, without its number."""
        return self.line.text

    @property
    def ends_in_colon(self) -> bool:
        """Whether the words end in a colon."""
        return (self.name or self.text).rstrip(_CLOSING_QUOTES).endswith(":")

    @property
    def opens_list(self) -> bool:
        """Whether the words promise a list ("… như sau:"), so that what follows continues them."""
        return self.kind != "preamble_heading" and bool(_PROMISES_LIST.search((self.name or self.text).rstrip(_CLOSING_QUOTES)))

    def ancestors(self) -> list[Node]:
        """The nodes above, outermost first."""
        found: list[Node] = []
        node = self.parent
        while node is not None:
            found.append(node)
            node = node.parent
        return found[::-1]


def outline_of(lines: Sequence[Line], zones: Zones) -> list[Node]:
    """One node for each line that is neither letterhead, title nor signature, in reading order."""
    builder = _Builder(lines, zones)
    outside = zones.header | zones.signature | set(zones.title)
    for index, line in enumerate(lines):
        if index in zones.signature:
            builder.close_all()
        if index not in outside:
            builder.add(index, line)
    return builder.nodes


class _Builder:
    """Reads line by line; `_open` holds the nodes that the next line may hang under, outermost first."""

    def __init__(self, lines: Sequence[Line], zones: Zones) -> None:
        self.nodes: list[Node] = []
        self._lines = lines
        self._zones = zones
        self._open: list[Node] = []
        self._clauses_hold_articles = _clauses_hold_articles(lines)
        self._last_head_letter = ""
        self._has_articles = any(line.mark is not None and line.mark.kind == "article" for line in lines)

    def close_all(self) -> None:
        self._open = []

    def add(self, index: int, line: Line) -> None:
        in_preamble = index in self._zones.preamble
        if not in_preamble:
            self._open = [node for node in self._open if node.kind != "preamble_heading"]
        if line.mark is not None and not line.is_note and not self._mark_holds(line, line.mark):
            line.take_mark_back()
        if line.is_note:
            node = Node(index, line, _FIRST_ITEM, "note")
        elif line.is_row:
            node = self._row(index, line)
        elif line.mark is not None:
            node = self._marked(index, line, line.mark, in_preamble)
        else:
            node = self._unmarked(index, line, in_preamble)
        node.in_preamble = in_preamble
        if node.parent is not None:
            node.parent.children.append(node)
        self.nodes.append(node)

    # --- marks

    def _mark_holds(self, line: Line, mark: Mark) -> bool:
        """Whether the mark is a number here, and not the beginning of a sentence that only looks like one."""
        if mark.automatic:
            return True
        if mark.kind == "letter_head":
            return self._letter_follows(mark.ordinal)
        if mark.kind == "roman":
            return self._roman_follows(mark)
        if mark.kind == "dotted":
            above = mark.ordinal.rsplit(".", 1)[0]
            opened = {node.mark.ordinal for node in self._open if node.mark is not None}
            # Without a point after it, "1.5" may as well be an amount: then only a capital makes it a number.
            return bool(mark.style) or (above in opened and line.text[:1].isupper())
        return True

    def _letter_follows(self, ordinal: str) -> bool:
        place = _HEAD_LETTERS.find(ordinal)
        last = _HEAD_LETTERS.find(self._last_head_letter) if self._last_head_letter else -1
        # A missing letter is common, Đ most of all.
        if ordinal == "A" or last < place <= last + 2:
            self._last_head_letter = ordinal
            return True
        return False

    def _roman_follows(self, mark: Mark) -> bool:
        value = mark.value or 0
        above = next((node for node in reversed(self.nodes) if node.kind == "roman"), None)
        last = (above.mark.value or 0) if above is not None and above.mark is not None else 0
        return value == 1 or last < value <= last + 3

    def _marked(self, index: int, line: Line, mark: Mark, in_preamble: bool) -> Node:
        kind: str = mark.kind
        if kind == "word_clause" and self._clauses_hold_articles:
            kind = "section_of_articles"
        key = self._key(kind, mark, line)
        rank = _SECTION_OF_ARTICLES if kind == "section_of_articles" else _RANKS[mark.kind]
        same = next((node for node in self._open if self._key_of(node) == key), None)
        if same is not None:
            rank = same.rank
        elif rank >= _FIRST_ITEM and self._open and self._open[-1].opens_list and not in_preamble:
            rank = max(rank, self._open[-1].rank + _STEP)
        elif rank == _RANKS["roman"] and self._open:
            rank = max([node.rank + _STEP for node in self._open if node.kind in {"letter_head", "roman"}] + [rank])
        self._close_down_to(rank)
        node = Node(index, line, rank, kind, parent=self._top())
        self._open.append(node)
        return node

    @staticmethod
    def _key(kind: str, mark: Mark, line: Line) -> tuple[str, str, int]:
        level = line.block.style.level or 0
        return (kind, mark.style, level if mark.automatic and kind in {"dash", "bullet", "plus"} else 0)

    def _key_of(self, node: Node) -> tuple[str, str, int] | None:
        return None if node.mark is None or node.line.is_note else self._key(node.kind, node.mark, node.line)

    # --- lines without a mark

    def _unmarked(self, index: int, line: Line, in_preamble: bool) -> Node:
        top = self._top()
        if is_preamble_heading(line):
            self._open = []
            node = Node(index, line, 0.0, "preamble_heading")
            self._open.append(node)
            return node
        if top is not None and self._names_heading(index, line, top):
            return self._name(index, line, top)
        if self._is_heading(index, line) and not in_preamble:
            self._close_down_to(_UNNUMBERED_HEADING)
            node = Node(index, line, _UNNUMBERED_HEADING, "heading", parent=self._top())
            self._open.append(node)
            return node
        return self._paragraph(index, line, in_preamble)

    @staticmethod
    def _name(index: int, line: Line, heading: Node) -> Node:
        heading.name = f"{heading.name} {line.text}".strip()
        return Node(index, line, heading.rank, "name", parent=heading, name_of=heading)

    def _names_heading(self, index: int, line: Line, top: Node) -> bool:
        """Whether the line is the name of the heading just above, which has its number on a line of its own."""
        if top.rank >= _RANKS["decimal"] or top.text or not self.nodes or top.mark is None:
            return False
        last = self.nodes[-1]
        if last is top:
            return top.rank < _RANKS["article"] or not _ENDS_SENTENCE.search(line.text)
        # A long name in capitals may take two lines.
        return last.name_of is top and is_capitals(line.text) and is_capitals(top.name) and index == last.index + 1

    def _is_heading(self, index: int, line: Line) -> bool:
        text = line.text
        if not text or len(text) > _HEADING_AT_MOST or _ENDS_SENTENCE.search(text) or index + 1 >= len(self._lines):
            return False
        following = self._lines[index + 1]
        if index + 1 in self._zones.signature or following.is_note:
            return False
        if is_capitals(text) and len(text.split()) > 1:
            return True
        look = line.block.style
        if look.outline_level is not None:
            return True
        if self._has_articles or text.rstrip().endswith((":", ",")):
            return False
        stands_out = look.bold and not following.block.style.bold and not following.is_row
        return stands_out or bool(_ABOUT.match(text) and following.mark is not None)

    def _paragraph(self, index: int, line: Line, in_preamble: bool) -> Node:
        if in_preamble:
            top = self._top()
            return Node(index, line, _FIRST_ITEM, "paragraph", parent=top if top and top.rank < _FIRST_ITEM else None)
        continues = self._continues_loose_list()
        if not continues:
            while self._open and (self._open[-1].rank >= _BELOW_CLAUSES or self._open[-1].kind == "paragraph"):
                self._open.pop()
        parent = self._top()
        rank = (parent.rank if parent is not None else _RANKS["article"]) + _STEP
        node = Node(index, line, rank, "paragraph", parent=parent, continues=continues)
        if node.opens_list and self._list_follows(index):
            self._open.append(node)
        return node

    def _continues_loose_list(self) -> bool:
        """Whether a line without a mark is an item of the list that an open line began with its colon."""
        top = self._top()
        if top is None or not top.opens_list or top.kind in {"dash", "plus", "bullet"} or not self.nodes:
            return False
        last = self.nodes[-1]
        if last is top:
            return True
        return last.parent is top and last.kind == "paragraph" and last.text.rstrip().endswith((";", ","))

    def _list_follows(self, index: int) -> bool:
        """Whether the next line is an item: a mark below headings, or no mark. Rows take care of themselves."""
        if index + 1 >= len(self._lines) or index + 1 in self._zones.signature:
            return False
        following = self._lines[index + 1]
        if following.is_row or following.is_note:
            return False
        if following.mark is None:
            return not self._is_heading(index + 1, following)
        return _RANKS[following.mark.kind] >= _FIRST_ITEM

    # --- tables

    def _row(self, index: int, line: Line) -> Node:
        last = self.nodes[-1] if self.nodes else None
        if last is not None and last.kind == "row" and last.line.block.table == line.block.table:
            return Node(index, line, last.rank, "row", parent=last.parent, continues=last.continues)
        if last is not None and last.opens_list and last.kind != "row":
            return Node(index, line, last.rank + _STEP, "row", parent=last)
        # A table that no sentence announces belongs to the article as a whole, not to the khoản that stands before it.
        parent = next((node for node in reversed(self._open) if node is last or node.rank < _FIRST_ITEM), None)
        if parent is None or parent.kind == "paragraph":
            parent = next((node for node in reversed(self._open) if node.kind in {"decimal", "heading"}), None)
        return Node(index, line, _FIRST_ITEM, "row", parent=parent, continues=False)

    def _top(self) -> Node | None:
        return self._open[-1] if self._open else None

    def _close_down_to(self, rank: float) -> None:
        while self._open and self._open[-1].rank >= rank:
            self._open.pop()


def _clauses_hold_articles(lines: Sequence[Line]) -> bool:
    """Whether "Khoản thứ 1." stands above the Điều, as in covenants of the reform era, not below."""
    for line in lines:
        if line.mark is None:
            continue
        if line.mark.kind == "word_clause":
            return any(other.mark is not None and other.mark.kind == "article" for other in lines)
        if line.mark.kind == "article":
            return False
    return False
