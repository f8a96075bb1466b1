"""facts that a document tells of itself, proposed to the official; and the page under way of a reading

Revision: 005, after 004
"""

import sqlalchemy as sa
from alembic import op

from covenant_review.database import UtcDateTime
from covenant_review.guards import Guard, create_guard, drop_guard

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None

_OTHER_WORDS = " OR ".join(
    f"NEW.{name} <> OLD.{name}" for name in ("submission_id", "kind", "value", "quote", "clause_key", "label", "span_start", "span_end")
)

GUARDS = [
    # What was read stays as it was read; what the register has taken over stays taken over.
    Guard("fact_rewritten", "document_fact", "UPDATE", f"{_OTHER_WORDS} OR (OLD.state = 'accepted' AND NEW.state <> 'accepted')"),
    Guard("fact_erased", "document_fact", "DELETE"),
    Guard(
        "fact_stored_unseen", "document_fact", "INSERT",
        "NEW.state <> 'proposed'",
    ),
]  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "document_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("clause_key", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('name', 'community', 'commune', 'district', 'province', 'year', 'adopted_on', 'recognised_on', 'decision_number')",
            name=op.f("ck_document_fact_kind_known"),
        ),
        sa.CheckConstraint("state IN ('proposed', 'accepted', 'declined')", name=op.f("ck_document_fact_state_known")),
        sa.CheckConstraint("length(value) > 0 AND length(quote) > 0", name=op.f("ck_document_fact_says_something")),
        sa.CheckConstraint("0 <= span_start AND span_start < span_end", name=op.f("ck_document_fact_span_in_order")),
        sa.CheckConstraint("(state = 'proposed') = (decided_by_id IS NULL)", name=op.f("ck_document_fact_decided_by_somebody")),
        sa.CheckConstraint("(decided_by_id IS NULL) = (decided_at IS NULL)", name=op.f("ck_document_fact_decided_at_a_time")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_document_fact_submission_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_document_fact_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_fact")),
        sa.UniqueConstraint("submission_id", "kind", name=op.f("uq_document_fact_submission_id_kind")),
    )
    op.create_index(op.f("ix_document_fact_submission_id"), "document_fact", ["submission_id"])
    for name in ("page", "pages"):
        op.add_column("job", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for guard in GUARDS:
        for statement in create_guard(guard, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for guard in reversed(GUARDS):
        for statement in drop_guard(guard, op.get_bind().dialect.name):
            op.execute(statement)
    for name in ("pages", "page"):
        op.drop_column("job", name)
    op.drop_index(op.f("ix_document_fact_submission_id"), table_name="document_fact")
    op.drop_table("document_fact")
