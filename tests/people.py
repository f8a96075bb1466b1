"""A small world for tests: two communes, their communities and covenants, a person per role."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date

from covenant_review.accounts.models import User
from covenant_review.accounts.operations import create_person
from covenant_review.audit.log import record
from covenant_review.database import transaction
from covenant_review.registry.models import Commune, Community, Covenant, LegalStatus, Province
from covenant_review.web.signin import hashed

PASSWORD = "mật khẩu thử nghiệm"


@functools.cache
def _hash() -> str:
    return hashed(PASSWORD)


@dataclass
class World:
    """Who and what there is. `official` belongs to `commune`, `neighbour` to `other_commune`."""

    commune: Commune
    other_commune: Commune
    community: Community
    other_community: Community
    covenant: Covenant
    other_covenant: Covenant
    official: User
    neighbour: User
    reviewer: User
    second_reviewer: User
    signer: User
    observer: User
    administrator: User

    @classmethod
    def create(cls) -> World:
        """Fill the empty database of the current application context."""
        with transaction() as session:
            session.add(Province(code="24", name="Bắc Ninh"))
            session.flush()
            communes = [
                Commune(code="07228", name="Đa Mai", kind="phuong", province_code="24"),
                Commune(code="09319", name="Tiên Du", kind="xa", province_code="24"),
            ]
            session.add_all(communes)
            session.flush()
            communities = [
                Community(commune_id=communes[0].id, kind="to_dan_pho", name="Thanh Mai"),
                Community(commune_id=communes[1].id, kind="thon", name="Lim"),
            ]
            session.add_all(communities)
            session.flush()
            covenants = [
                Covenant(community_id=communities[0].id, kind="quy_uoc", name="Quy ước tổ dân phố Thanh Mai"),
                Covenant(community_id=communities[1].id, kind="huong_uoc", name="Hương ước thôn Lim"),
            ]
            session.add_all(covenants)
            session.flush()
            session.add_all(
                LegalStatus(covenant_id=covenant.id, status="adopted", from_date=date(2024, 3, 1), document="Nghị quyết")
                for covenant in covenants
            )
            record(session, None, "tests.world_created", "province", None)

        def person(username: str, name: str, role: str, commune: Commune | None = None) -> User:
            return create_person(
                None,
                username=username,
                full_name=name,
                roles=(role,),
                password_hash=_hash(),
                commune_id=commune.id if commune else None,
                must_change_password=False,
            )

        return cls(
            commune=communes[0],
            other_commune=communes[1],
            community=communities[0],
            other_community=communities[1],
            covenant=covenants[0],
            other_covenant=covenants[1],
            official=person("official", "Nguyễn Thị Cán", "commune_official", communes[0]),
            neighbour=person("neighbour", "Trần Văn Láng", "commune_official", communes[1]),
            reviewer=person("reviewer", "Lê Thị Rà", "reviewer"),
            second_reviewer=person("reviewer2", "Phạm Văn Soát", "reviewer"),
            signer=person("signer", "Vũ Thị Ký", "signer"),
            observer=person("observer", "Đỗ Văn Theo", "observer"),
            administrator=person("admin", "Hoàng Thị Quản", "administrator"),
        )
