"""What every change of the register begins with: permission, the commune's lock, the row as it is now."""

from __future__ import annotations

from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission, may
from covenant_review.database import Base, db
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.registry.models import Commune, Community, Covenant

Row = TypeVar("Row", bound=Base)
LONGEST_REASON = 500


def check_keeps(actor: User | None, commune_id: int, permission: Permission = Permission.KEEP_REGISTER) -> None:
    """Raise Forbidden unless `actor` keeps the register of this commune; None is the system (set-up, command line)."""
    if actor is not None and not may(actor, permission, commune_id):
        raise Forbidden(
            "not_allowed", _l("Chỉ công chức của xã, phường này hoặc quản trị viên được sửa sổ hương ước, quy ước của xã, phường.")
        )


def commune_id_of(covenant_id: int) -> int:
    """The commune that a covenant belongs to, asked anew: the caller's row may come from an earlier transaction."""
    query = select(Community.commune_id).join(Community.covenants).where(Covenant.id == covenant_id)
    found = db.session.scalar(query)
    if found is None:
        raise Refused("gone", _l("Nội dung này không còn trong sổ. Hãy tải lại trang."))
    return found


def lock_commune(session: Session, commune_id: int) -> Commune:
    """The commune, locked to the end of the transaction: two people cannot change one commune's register at once."""
    commune = session.scalar(select(Commune).where(Commune.id == commune_id).with_for_update())
    if commune is None:
        raise Refused("gone", _l("Không tìm thấy xã, phường này. Hãy tải lại trang."))
    return commune


def fresh(session: Session, row: Row) -> Row:
    """The row as it is in the database now. Raises Refused when it is no longer there."""
    found = session.get(type(row), row.id, populate_existing=True)  # type: ignore[attr-defined]  # every table here has an id
    if found is None:
        raise Refused("gone", _l("Nội dung này không còn trong sổ. Hãy tải lại trang."))
    return found


def flush_unique(session: Session, refusal: Refused) -> None:
    """Flush; where the database says "there is one already", raise `refusal` instead."""
    try:
        session.flush()
    except IntegrityError as error:
        if "unique" in str(error.orig).lower():
            raise refusal from error
        raise


def needed_reason(text: str) -> str:
    """The cleaned reason. Raises Invalid when there is none or it is too long."""
    reason = " ".join(text.split())
    if not reason:
        raise Invalid("reason_missing", _l("Hãy ghi lý do."))
    if len(reason) > LONGEST_REASON:
        raise Invalid("reason_too_long", _l("Lý do dài quá %(limit)s ký tự. Hãy rút gọn.", limit=LONGEST_REASON))
    return reason


def survivor(community: Community) -> Community:
    """The community that lives on after all mergers; the community itself when it was not merged."""
    seen: set[int] = set()
    while community.merged_into is not None and community.id not in seen:
        seen.add(community.id)
        community = community.merged_into
    return community
