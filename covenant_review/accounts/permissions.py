"""Every permission and who holds it, on one page. Routes name a permission; operations check it again with the commune."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

OFFICIAL, REVIEWER, SIGNER, OBSERVER, ADMINISTRATOR = ROLES = (
    "commune_official",
    "reviewer",
    "signer",
    "observer",
    "administrator",
)


class Permission(StrEnum):
    """What can be done. The value is the name written into logs."""

    SEE_REGISTER = "see_register"
    KEEP_REGISTER = "keep_register"
    IMPORT_COMMUNITIES = "import_communities"
    SEE_SUBMISSION = "see_submission"
    SUBMIT = "submit"
    CORRECT_TEXT = "correct_text"
    SEE_QUEUE = "see_queue"
    DECIDE = "decide"
    SEE_SIGNING = "see_signing"
    SIGN = "sign"
    SEE_TALLY = "see_tally"
    EXPORT_TALLY = "export_tally"
    SEE_RULES = "see_rules"
    KEEP_ACCOUNTS = "keep_accounts"
    SEE_AUDIT = "see_audit"
    OWN_ACCOUNT = "own_account"


PERMISSIONS: dict[Permission, frozenset[str]] = {
    Permission.SEE_REGISTER: frozenset(ROLES),
    Permission.KEEP_REGISTER: frozenset({OFFICIAL, ADMINISTRATOR}),
    Permission.IMPORT_COMMUNITIES: frozenset({OFFICIAL, ADMINISTRATOR}),
    Permission.SEE_SUBMISSION: frozenset({OFFICIAL, REVIEWER, SIGNER, ADMINISTRATOR}),
    Permission.SUBMIT: frozenset({OFFICIAL}),
    Permission.CORRECT_TEXT: frozenset({OFFICIAL, REVIEWER}),
    Permission.SEE_QUEUE: frozenset({REVIEWER}),
    Permission.DECIDE: frozenset({REVIEWER}),
    Permission.SEE_SIGNING: frozenset({SIGNER}),
    Permission.SIGN: frozenset({SIGNER}),
    Permission.SEE_TALLY: frozenset(ROLES),
    Permission.EXPORT_TALLY: frozenset({REVIEWER, SIGNER, OBSERVER, ADMINISTRATOR}),
    Permission.SEE_RULES: frozenset(ROLES),
    Permission.KEEP_ACCOUNTS: frozenset({ADMINISTRATOR}),
    Permission.SEE_AUDIT: frozenset({ADMINISTRATOR}),
    Permission.OWN_ACCOUNT: frozenset(ROLES),
}


class Person(Protocol):
    """Somebody with roles and, for a commune official, a commune."""

    active: bool
    commune_id: int | None

    @property
    def role_names(self) -> frozenset[str]:
        """Names of the person's roles."""
        ...


def may(person: Person, permission: Permission, commune_id: int | None = None) -> bool:
    """Whether `person` may do `permission`, in the commune `commune_id` where the thing belongs to one.

    A commune official's permissions end at the border of the own commune; the other roles work for the whole province.
    """
    if not person.active:
        return False
    allowing = person.role_names & PERMISSIONS[permission]
    if not allowing:
        return False
    if allowing == {OFFICIAL} and commune_id is not None:
        return person.commune_id == commune_id
    return True
