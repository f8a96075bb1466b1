"""corrections of the text, which keep what the machine read; and the rules that the database keeps about them

Revision: 004, after 003
"""

import sqlalchemy as sa
from alembic import op

from covenant_review.guards import Guard, create_guard, drop_guard

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None

_OF_CLAUSE = "SELECT 1 FROM submitted_clause c JOIN submission s ON s.id = c.submission_id WHERE c.id = NEW.clause_id"
_SAYS = "c.text = {text} AND c.number = {number}"
_LATEST = "t.number = (SELECT max(o.number) FROM text_correction o WHERE o.clause_id = OLD.id)"

GUARDS = [
    Guard("correction_rewritten", "text_correction", "UPDATE"),
    Guard("correction_erased", "text_correction", "DELETE"),
    # What is corrected is what stands there, so the first correction keeps the machine's reading. An added clause stands
    # there already, with its new words.
    Guard(
        "correction_of_other_words", "text_correction", "INSERT",
        f"NOT EXISTS ({_OF_CLAUSE} AND ((NEW.kind = 'added' AND {_SAYS.format(text='NEW.new_text', number='NEW.new_number')}) "
        f"OR (NEW.kind <> 'added' AND {_SAYS.format(text='NEW.old_text', number='NEW.old_number')})))",
    ),
    Guard(
        "corrected_when_not_read", "text_correction", "INSERT",
        f"NOT EXISTS ({_OF_CLAUSE} AND s.state = 'read' AND s.withdrawn_at IS NULL)",
    ),
    Guard(
        "text_rewritten", "submitted_clause", "UPDATE",
        "(NEW.text <> OLD.text OR NEW.number <> OLD.number) AND NOT EXISTS (SELECT 1 FROM text_correction t "
        "WHERE t.clause_id = OLD.id AND t.old_text = OLD.text AND t.old_number = OLD.number "
        f"AND t.new_text = NEW.text AND t.new_number = NEW.number AND {_LATEST})",
        columns=("text", "number"),
    ),
    Guard(
        "signed_by_corrector", "sign_off", "INSERT",
        "EXISTS (SELECT 1 FROM verdict v JOIN review_round r ON r.id = v.round_id "
        "JOIN submitted_clause c ON c.submission_id = r.submission_id JOIN text_correction t ON t.clause_id = c.id "
        "WHERE v.id = NEW.verdict_id AND t.corrected_by_id = NEW.signer_id)",
    ),
]  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "text_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("old_number", sa.String(length=120), nullable=False),
        sa.Column("old_text", sa.Text(), nullable=False),
        sa.Column("old_cells", sa.JSON(), nullable=False),
        sa.Column("new_number", sa.String(length=120), nullable=False),
        sa.Column("new_text", sa.Text(), nullable=False),
        sa.Column("new_cells", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by_id", sa.Integer(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('replaced', 'added', 'taken_back')", name=op.f("ck_text_correction_kind_known")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_text_correction_counts_from_one")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_text_correction_reason_given")),
        sa.CheckConstraint(
            "(kind <> 'added') OR (number = 1 AND old_text = '' AND old_number = '')", name=op.f("ck_text_correction_added_from_nothing")
        ),
        sa.CheckConstraint("kind = 'taken_back' OR length(trim(new_number || new_text)) > 0", name=op.f("ck_text_correction_words_given")),
        sa.CheckConstraint("old_text <> new_text OR old_number <> new_number", name=op.f("ck_text_correction_changes_something")),
        sa.ForeignKeyConstraint(["clause_id"], ["submitted_clause.id"], name=op.f("fk_text_correction_clause_id")),
        sa.ForeignKeyConstraint(["corrected_by_id"], ["user.id"], name=op.f("fk_text_correction_corrected_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_correction")),
        sa.UniqueConstraint("clause_id", "number", name=op.f("uq_text_correction_clause_id_number")),
    )
    op.create_index(op.f("ix_text_correction_clause_id"), "text_correction", ["clause_id"])
    op.create_index(op.f("ix_text_correction_corrected_by_id"), "text_correction", ["corrected_by_id"])
    for guard in GUARDS:
        for statement in create_guard(guard, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for guard in reversed(GUARDS):
        for statement in drop_guard(guard, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_table("text_correction")
