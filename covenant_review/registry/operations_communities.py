"""Verbs on communities: add, rename, merge, and declare that one keeps no covenant."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from covenant_review.accounts.models import User
from covenant_review.audit.log import record
from covenant_review.database import transaction
from covenant_review.refusals import Invalid, Refused
from covenant_review.registry.days import check_day, today
from covenant_review.registry.keeping import check_keeps, flush_unique, fresh, lock_commune, needed_reason, survivor
from covenant_review.registry.models import COMMUNITY_KINDS, Commune, Community, Covenant
from covenant_review.registry.names import community_name, key


def add_community(actor: User | None, commune: Commune, *, kind: str, name: str) -> Community:
    """Add a community to a commune. The kind is taken off the front of the name ("Thôn Lim" → "Lim").

    Raises Forbidden, Invalid (kind, name), Refused `community_exists`.
    """
    check_keeps(actor, commune.id)
    name = _checked_name(kind, name)
    with transaction() as session:
        lock_commune(session, commune.id)
        _refuse_namesake(session, commune.id, kind, name)
        community = insert_community(session, commune.id, kind, name)
        record(
            session, actor, "registry.community_added", "community", community.id,
            commune_id=commune.id, kind=kind, name=name,
        )  # fmt: skip
    return community


def insert_community(session: Session, commune_id: int, kind: str, name: str) -> Community:
    """Put a community with a checked, free name into the running transaction. Raises Refused `community_exists`."""
    community = Community(commune_id=commune_id, kind=kind, name=name)
    session.add(community)
    flush_unique(session, _namesake(name))
    return community


def rename_community(actor: User | None, community: Community, *, kind: str, name: str) -> None:
    """Change kind or name. Raises Forbidden, Invalid, Refused `community_exists`; nothing happens when nothing differs."""
    check_keeps(actor, community.commune_id)
    name = _checked_name(kind, name)
    with transaction() as session:
        lock_commune(session, community.commune_id)
        community = fresh(session, community)
        before = {"kind": community.kind, "name": community.name}
        after = {"kind": kind, "name": name}
        if before == after:
            return
        _refuse_namesake(session, community.commune_id, kind, name, but=community.id)
        community.kind, community.name = kind, name
        flush_unique(session, _namesake(name))
        record(session, actor, "registry.community_renamed", "community", community.id, before=before, after=after)


def merge_community(actor: User | None, community: Community, into: Community, on: date) -> None:
    """Record that `community` was merged into another one of the same commune on a day that has come.

    Its covenants stay with it and are shown with the surviving community too; a declaration there that it keeps no covenant
    ends when one of them is in force. Raises Forbidden, Invalid, Refused `other_commune`, `already_merged`, `merger_cycle`,
    `target_merged`.
    """
    check_keeps(actor, community.commune_id)
    check_day(on)
    if community.id == into.id:
        raise Invalid("merged_into_itself", _l("Không sáp nhập một thôn, tổ dân phố vào chính nó. Hãy chọn nơi nhận khác."))
    if community.commune_id != into.commune_id:
        raise Refused("other_commune", _l("Chỉ sáp nhập được vào thôn, tổ dân phố của cùng xã, phường."))
    with transaction() as session:
        lock_commune(session, community.commune_id)
        community, into = fresh(session, community), fresh(session, into)
        if community.merged_into_id is not None:
            raise Refused("already_merged", _l("%(name)s đã được sáp nhập từ trước.", name=community.name))
        if survivor(into).id == community.id:
            raise Refused(
                "merger_cycle",
                _l("%(into)s đã được sáp nhập vào %(name)s, nên không sáp nhập ngược lại được.", into=into.name, name=community.name),
            )
        if into.merged_into_id is not None:
            raise Refused(
                "target_merged",
                _l("%(into)s không còn vì đã sáp nhập vào %(next)s. Hãy chọn %(next)s.", into=into.name, next=survivor(into).name),
            )
        community.merged_into_id, community.merged_on, community.declared_none_on = into.id, on, None
        session.flush()
        ended = end_declaration(session, into)
        record(
            session, actor, "registry.community_merged", "community", community.id,
            into=into.id, into_name=into.name, name=community.name, on=on, declaration_ended=ended,
        )  # fmt: skip


def undo_merger(actor: User | None, community: Community, reason: str) -> None:
    """Take back a merger that was recorded by mistake. Raises Forbidden, Invalid (no reason), Refused `not_merged`."""
    check_keeps(actor, community.commune_id)
    reason = needed_reason(reason)
    with transaction() as session:
        lock_commune(session, community.commune_id)
        community = fresh(session, community)
        if community.merged_into_id is None:
            raise Refused("not_merged", _l("%(name)s chưa được ghi là đã sáp nhập.", name=community.name))
        before = {"merged_into": community.merged_into_id, "merged_on": community.merged_on}
        community.merged_into_id = community.merged_on = None
        record(
            session, actor, "registry.merger_undone", "community", community.id,
            before=before, name=community.name, reason=reason,
        )  # fmt: skip


def declare_no_covenant(actor: User | None, community: Community, on: date) -> None:
    """Declare that a community keeps no covenant. That is not the same as "nothing uploaded yet".

    Raises Forbidden, Invalid, Refused `merged`, `already_declared`, `has_covenant_in_force`.
    """
    check_keeps(actor, community.commune_id)
    check_day(on)
    with transaction() as session:
        lock_commune(session, community.commune_id)
        community = fresh(session, community)
        if community.merged_into_id is not None:
            raise Refused("merged", _l("%(name)s đã được sáp nhập; hãy khai báo cho nơi nhận.", name=community.name))
        if community.declared_none_on is not None:
            raise Refused("already_declared", _l("%(name)s đã được khai báo từ trước.", name=community.name))
        if covenant := _in_force(session, community):
            raise Refused(
                "has_covenant_in_force",
                _l(
                    "Trong sổ đang có “%(covenant)s” còn hiệu lực. Hãy ghi bãi bỏ hoặc thay thế trước, rồi khai báo.",
                    covenant=covenant.name,
                ),
            )
        community.declared_none_on = on
        record(session, actor, "registry.no_covenant_declared", "community", community.id, on=on, name=community.name)


def withdraw_declaration(actor: User | None, community: Community) -> None:
    """Take back the declaration that a community keeps no covenant. Raises Forbidden, Refused `not_declared`."""
    check_keeps(actor, community.commune_id)
    with transaction() as session:
        lock_commune(session, community.commune_id)
        community = fresh(session, community)
        if community.declared_none_on is None:
            raise Refused("not_declared", _l("%(name)s chưa khai báo không có hương ước, quy ước.", name=community.name))
        before, community.declared_none_on = community.declared_none_on, None
        record(session, actor, "registry.no_covenant_withdrawn", "community", community.id, before=before, name=community.name)


def end_declaration(session: Session, community: Community) -> bool:
    """Part of other verbs: end the declaration "keeps no covenant" of the living community when one is in force after all.

    Gives whether there was one to end; the caller logs it.
    """
    living = survivor(community)
    if living.declared_none_on is None or _in_force(session, living) is None:
        return False
    living.declared_none_on = None
    session.flush()
    return True


def _in_force(session: Session, community: Community) -> Covenant | None:
    query = (
        select(Covenant)
        .join(Covenant.community)
        .where(Community.commune_id == community.commune_id)
        .options(selectinload(Covenant.statuses))
        .execution_options(populate_existing=True)
    )
    for covenant in session.scalars(query):
        if survivor(covenant.community).id == community.id and covenant.in_force_on(today()):
            return covenant
    return None


def _checked_name(kind: str, name: str) -> str:
    if kind not in COMMUNITY_KINDS:
        raise Invalid("kind", _l("Hãy chọn loại: thôn, tổ dân phố, khu phố, bản hay làng."))
    return community_name(kind, name)


def _refuse_namesake(session: Session, commune_id: int, kind: str, name: str, but: int | None = None) -> None:
    same_kind = select(Community.id, Community.name).where(Community.commune_id == commune_id, Community.kind == kind)
    if any(key(known) == key(name) and known_id != but for known_id, known in session.execute(same_kind)):
        raise _namesake(name)


def _namesake(name: str) -> Refused:
    return Refused("community_exists", _l("“%(name)s” đã có trong sổ của xã, phường này (kể cả nơi đã sáp nhập).", name=name))
