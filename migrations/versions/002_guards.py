"""the rules that the database keeps itself: stale and missing decisions, two persons, what is never rewritten

Revision: 002, after 001
"""

from alembic import op

from covenant_review.guards import Guard, create_guard, drop_guard

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None

_UPLOADERS = (
    "SELECT 1 FROM review_round r JOIN submission s ON s.id = r.submission_id "
    "JOIN submission o ON (o.id = s.id OR o.covenant_id = s.covenant_id) "
    "WHERE r.id = {round} AND o.uploaded_by_id = {person}"
)
_UNDECIDED = (
    "SELECT 1 FROM review_round r JOIN submitted_clause c ON c.submission_id = r.submission_id "
    "WHERE r.id = {round} AND c.judged AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.round_id = r.id "
    "AND d.clause_id = c.id AND d.fingerprint = c.fingerprint AND d.choice IN ('approve', 'flag'))"
)
_FLAGGED = (
    "SELECT 1 FROM decision d JOIN submitted_clause c ON c.id = d.clause_id "
    "WHERE d.round_id = {round} AND d.fingerprint = c.fingerprint AND d.choice = 'flag'"
)
_LATEST_READ = (
    "SELECT 1 FROM review_round r JOIN submission s ON s.id = r.submission_id WHERE r.id = {round} AND s.state = 'read' "
    "AND s.withdrawn_at IS NULL AND s.covenant_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM submission n "
    "WHERE n.covenant_id = s.covenant_id AND n.version > s.version AND n.withdrawn_at IS NULL)"
)
_VERDICT_ROUND = "(SELECT v.round_id FROM verdict v WHERE v.id = NEW.verdict_id)"


def _decision_guards(event: str) -> list[Guard]:
    clause = "SELECT 1 FROM submitted_clause c WHERE c.id = NEW.clause_id"
    return [
        Guard("decided_by_uploader", "decision", event, f"EXISTS ({_UPLOADERS.format(round='NEW.round_id', person='NEW.reviewer_id')})"),
        Guard("decided_after_verdict", "decision", event, "EXISTS (SELECT 1 FROM verdict v WHERE v.round_id = NEW.round_id)"),
        Guard(
            "decided_elsewhere",
            "decision",
            event,
            "NOT EXISTS (SELECT 1 FROM review_round r JOIN submitted_clause c ON c.submission_id = r.submission_id "
            "WHERE r.id = NEW.round_id AND c.id = NEW.clause_id AND c.judged)",
        ),
        Guard("decided_on_old_text", "decision", event, f"NOT EXISTS ({clause} AND c.fingerprint = NEW.fingerprint)"),
        Guard("bulk_over_finding", "decision", event, f"NEW.in_bulk AND EXISTS ({clause} AND c.needs_attention)"),
        Guard(
            "carried_to_other_text",
            "decision",
            event,
            "NEW.carried_from_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.id = NEW.carried_from_id "
            "AND d.fingerprint = NEW.fingerprint AND d.choice = NEW.choice AND d.reviewer_id = NEW.reviewer_id)",
        ),
    ]


GUARDS = [
    *_decision_guards("INSERT"),
    *_decision_guards("UPDATE"),
    Guard("decision_erased", "decision", "DELETE"),
    Guard(
        "decision_moved", "decision", "UPDATE",
        "NEW.round_id <> OLD.round_id OR NEW.clause_id <> OLD.clause_id OR NEW.reviewer_id <> OLD.reviewer_id",
    ),
    Guard("verdict_undecided", "verdict", "INSERT", f"EXISTS ({_UNDECIDED.format(round='NEW.round_id')})"),
    Guard(
        "verdict_on_nothing", "verdict", "INSERT",
        "NOT EXISTS (SELECT 1 FROM review_round r JOIN submitted_clause c ON c.submission_id = r.submission_id "
        "WHERE r.id = NEW.round_id AND c.judged)",
    ),
    Guard(
        "verdict_contradicts", "verdict", "INSERT",
        f"(NEW.outcome = 'compliant') = (EXISTS ({_FLAGGED.format(round='NEW.round_id')}))",
    ),
    Guard("verdict_not_latest", "verdict", "INSERT", f"NOT EXISTS ({_LATEST_READ.format(round='NEW.round_id')})"),
    Guard(
        "proposed_by_uploader", "verdict", "INSERT",
        f"EXISTS ({_UPLOADERS.format(round='NEW.round_id', person='NEW.proposed_by_id')})",
    ),
    Guard("verdict_rewritten", "verdict", "UPDATE"),
    Guard("verdict_erased", "verdict", "DELETE"),
    Guard(
        "signed_by_uploader", "sign_off", "INSERT",
        f"EXISTS ({_UPLOADERS.format(round=_VERDICT_ROUND, person='NEW.signer_id')})",
    ),
    Guard(
        "signed_by_decider", "sign_off", "INSERT",
        "EXISTS (SELECT 1 FROM verdict v WHERE v.id = NEW.verdict_id AND (v.proposed_by_id = NEW.signer_id OR EXISTS "
        "(SELECT 1 FROM decision d WHERE d.round_id = v.round_id AND d.reviewer_id = NEW.signer_id)))",
    ),
    Guard("signed_stale", "sign_off", "INSERT", f"NEW.action = 'sign' AND EXISTS ({_UNDECIDED.format(round=_VERDICT_ROUND)})"),
    Guard(
        "signed_superseded", "sign_off", "INSERT",
        "EXISTS (SELECT 1 FROM review_round r JOIN review_round n ON n.submission_id = r.submission_id "
        f"AND n.number > r.number WHERE r.id = {_VERDICT_ROUND})",
    ),
    Guard(
        "signed_contradicts", "sign_off", "INSERT",
        "NEW.action = 'sign' AND (SELECT v.outcome = 'compliant' FROM verdict v WHERE v.id = NEW.verdict_id) "
        f"= (EXISTS ({_FLAGGED.format(round=_VERDICT_ROUND)}))",
    ),
    Guard(
        "signed_not_latest", "sign_off", "INSERT",
        f"NEW.action = 'sign' AND NOT EXISTS ({_LATEST_READ.format(round=_VERDICT_ROUND)})",
    ),
    Guard("sign_off_rewritten", "sign_off", "UPDATE"),
    Guard("sign_off_erased", "sign_off", "DELETE"),
    Guard("audit_rewritten", "audit_event", "UPDATE"),
    Guard("audit_erased", "audit_event", "DELETE"),
    Guard("original_rewritten", "stored_file", "UPDATE"),
    Guard("original_erased", "stored_file", "DELETE"),
    Guard(
        "submission_rewritten", "submission", "UPDATE",
        "NEW.file_id <> OLD.file_id OR NEW.uploaded_by_id <> OLD.uploaded_by_id OR NEW.file_name <> OLD.file_name "
        "OR NEW.commune_id <> OLD.commune_id OR (OLD.covenant_id IS NOT NULL AND (NEW.covenant_id IS NULL "
        "OR NEW.covenant_id <> OLD.covenant_id OR NEW.version <> OLD.version))",
    ),
    Guard("submission_erased", "submission", "DELETE"),
]  # fmt: skip


def upgrade() -> None:
    for guard in GUARDS:
        for statement in create_guard(guard, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for guard in reversed(GUARDS):
        for statement in drop_guard(guard, op.get_bind().dialect.name):
            op.execute(statement)
