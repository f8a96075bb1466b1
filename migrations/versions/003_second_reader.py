"""which second reader read a text, and how likely it found each clause to discriminate

Revision: 003, after 002
"""

import sqlalchemy as sa
from alembic import op

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None


# Plain ALTER TABLE, never a copy of the table: SQLite would lose the guards of 002 with it.
def upgrade() -> None:
    for column in (
        sa.Column("second_reader_state", sa.String(length=12), nullable=False, server_default=""),
        sa.Column("second_reader_reason", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("second_reader_version", sa.String(length=40), nullable=False, server_default=""),
        sa.Column("second_reader_sha256", sa.String(length=64), nullable=False, server_default=""),
    ):
        op.add_column("submission", column)
    op.add_column("submitted_clause", sa.Column("second_reader_probability", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("submitted_clause", "second_reader_probability")
    for name in ("second_reader_sha256", "second_reader_version", "second_reader_reason", "second_reader_state"):
        op.drop_column("submission", name)
