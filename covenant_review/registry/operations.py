"""All verbs of the register, for callers in other slices; they live in one module per noun."""

from covenant_review.registry.operations_communities import (
    add_community,
    declare_no_covenant,
    merge_community,
    rename_community,
    undo_merger,
    withdraw_declaration,
)
from covenant_review.registry.operations_covenants import add_covenant, rename_covenant
from covenant_review.registry.operations_legal_life import add_status, correct_status, remove_status

__all__ = [
    "add_community",
    "add_covenant",
    "add_status",
    "correct_status",
    "declare_no_covenant",
    "merge_community",
    "remove_status",
    "rename_community",
    "rename_covenant",
    "undo_merger",
    "withdraw_declaration",
]
