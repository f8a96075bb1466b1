"""All tables in one import: for migrations and for the application at start."""

from covenant_review.accounts.models import Role, User, user_role
from covenant_review.audit.models import AuditEvent
from covenant_review.jobs.models import Job
from covenant_review.registry.models import Commune, Community, Covenant, LegalStatus, Province
from covenant_review.review.models import Decision, ReviewRound, SignOff, Verdict
from covenant_review.submissions.models import (
    DocumentFact,
    FindingRecord,
    SilencedHit,
    StoredFile,
    Submission,
    SubmittedClause,
    TextCorrection,
    UncheckedRule,
)

__all__ = [
    "AuditEvent",
    "Commune",
    "Community",
    "Covenant",
    "Decision",
    "DocumentFact",
    "FindingRecord",
    "Job",
    "LegalStatus",
    "Province",
    "ReviewRound",
    "Role",
    "SignOff",
    "SilencedHit",
    "StoredFile",
    "Submission",
    "SubmittedClause",
    "TextCorrection",
    "UncheckedRule",
    "User",
    "Verdict",
    "user_role",
]
