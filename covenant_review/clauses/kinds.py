"""What each node of the outline is: a heading that is only shown, or a provision that is judged."""

from __future__ import annotations

import re

from covenant_review.clauses.clause import ClauseKind
from covenant_review.clauses.lines import is_capitals
from covenant_review.clauses.outline import Node

_ALWAYS_HEADINGS = frozenset({"part", "chapter", "section", "appendix", "section_of_articles"})
_ITEM_KINDS = frozenset({"letter", "dash", "plus", "bullet", "decimal", "dotted", "word_clause", "paragraph", "row"})
_HEADING_AT_MOST = 150  # characters; longer words are a provision, whatever their end
_BARE_AT_MOST = 60
_ENDS_SENTENCE = re.compile(r"[.;!?…]\s*$")
_SEVERAL_SENTENCES = re.compile(r"[.;!?]\s+\S")
_ABOUT = re.compile(r"Về\s+\S", re.IGNORECASE)
# A heading may carry a full stop ("Điều 5. Việc tang."); short ones that begin like this are no sentences.
_HEADING_WORDS = re.compile(
    r"(?:Về|Việc|Quy định|Trách nhiệm|Quyền|Nghĩa vụ|Tổ chức|Phạm vi|Đối tượng|Hiệu lực|Xử lý|Khen thưởng|Điều khoản"
    r"|Công tác|Nguyên tắc|Mục đích|Lễ hội|Hình thức|Nội dung)\b",
    re.IGNORECASE,
)
_DOTTED_HEADING_WORDS = 6


def clause_kind(node: Node) -> ClauseKind:
    """The kind of `node`. When in doubt it is judged: a provision taken for a heading would be lost to the reviewer."""
    kind = node.kind
    if kind == "row":
        return "table_row"
    if kind in {"paragraph", "note"}:
        return "paragraph"
    if kind in {"name", "heading", "preamble_heading"} or not node.text:
        return "heading"
    if kind in {"dash", "plus", "bullet"}:
        return "bullet"
    if kind == "letter":
        return "point"
    if kind in {"decimal", "dotted", "word_clause"}:
        return _kind_of_numbered(node)
    return "heading" if _heads_what_follows(node) else "clause"


def is_lead_in(node: Node) -> bool:
    """Whether the items under `node` continue its sentence."""
    continued = any(child.continues and child.kind in _ITEM_KINDS for child in node.children)
    if not continued or clause_kind(node) in {"heading", "table_row"}:
        return False
    if node.opens_list:
        return True
    # A khoản above its điểm or dash items is read into them even where the colon was forgotten.
    items = [child for child in node.children if child.kind in {"letter", "dash", "plus", "bullet", "dotted"}]
    return bool(items) and node.kind in {"decimal", "dotted", "word_clause", "letter", "dash"}


def _kind_of_numbered(node: Node) -> ClauseKind:
    above = node.parent
    if above is not None and above.kind in {"decimal", "word_clause"} and node.kind == "dotted":
        return "clause" if clause_kind(above) == "heading" else "point"
    if any(ancestor.kind in {"article", "old_article"} for ancestor in node.ancestors()):
        return "clause"
    return "heading" if node.kind == "decimal" and _is_numbered_heading(node) else "clause"


def _is_numbered_heading(node: Node) -> bool:
    """Whether "1. …" outside any Điều heads a section: by its look, and by that of its neighbours."""
    if not _looks_like_heading(node):
        return False
    if _ABOUT.match(node.text) or is_capitals(node.text):
        return True
    return bool(node.children) and (node.parent is None or _numbers_head_sections(node.parent))


def _numbers_head_sections(parent: Node) -> bool:
    """Whether at least half of the numbers right under `parent` look like headings with something below them."""
    if parent.numbers_head_sections is None:
        numbered = [child for child in parent.children if child.kind == "decimal"]
        heads = sum(1 for child in numbered if child.children and _looks_like_heading(child))
        parent.numbers_head_sections = 2 * heads >= len(numbered)
    return parent.numbers_head_sections


def _heads_what_follows(node: Node) -> bool:
    if node.children and any(child.kind == "name" for child in node.children):
        return True
    if node.children:
        return _looks_like_heading(node) and not (node.ends_in_colon and node.kind in {"article", "old_article"})
    if node.kind in {"article", "old_article"}:
        return False
    if node.kind in _ALWAYS_HEADINGS:
        return not _ENDS_SENTENCE.search(node.text) or is_capitals(node.text)
    return is_capitals(node.text) or (len(node.text) <= _BARE_AT_MOST and not _ENDS_SENTENCE.search(node.text))


def _looks_like_heading(node: Node) -> bool:
    text = node.text
    if is_capitals(text):
        return True
    if len(text) > _HEADING_AT_MOST or _SEVERAL_SENTENCES.search(text):
        return False
    if not _ENDS_SENTENCE.search(text):
        return True
    return len(text.split()) <= _DOTTED_HEADING_WORDS and bool(_HEADING_WORDS.match(text))
