"""The register. Its covenants in force, uploaded or not, are the denominator of target 2.4."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from covenant_review.database import Base, UtcDateTime, now, one_of

COMMUNE_KINDS = ("xa", "phuong")
COMMUNITY_KINDS = ("thon", "to_dan_pho", "khu_pho", "ban", "lang")
COVENANT_KINDS = ("huong_uoc", "quy_uoc")
# Nghị định 61/2023/NĐ-CP: adoption Đ10, recognition Đ11, suspension Đ12, amendment and replacement Đ13, abolition Đ14.
STATUSES = (
    "drafted",
    "adopted",
    "recognised",
    "not_recognised",
    "suspended_part",
    "suspended_whole",
    "abolished",
    "replaced",
)
# Which of them leave a covenant adopted and in force: docs/decisions/003.
IN_FORCE = ("adopted", "recognised", "suspended_part")


class Province(Base):
    """A province by its NSO code."""

    __tablename__ = "province"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))


class Commune(Base):
    """A xã or phường. `note` tells what is not certain of it (three codes are doubtful: law.md 6)."""

    __tablename__ = "commune"
    __table_args__ = (one_of("kind", COMMUNE_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(5), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"))
    note: Mapped[str] = mapped_column(String(300), default="")

    communities: Mapped[list[Community]] = relationship(back_populates="commune", order_by="Community.name")


class Community(Base):
    """A thôn, tổ dân phố, khu phố, bản or làng. Merged communities stay, with where and when they went."""

    __tablename__ = "community"
    __table_args__ = (
        one_of("kind", COMMUNITY_KINDS),
        UniqueConstraint("commune_id", "kind", "name"),
        CheckConstraint("(merged_into_id IS NULL) = (merged_on IS NULL)", name="merger_has_date"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint("length(trim(name)) > 0", name="named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(150))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    merged_on: Mapped[date | None]
    # The commune declares that this community keeps no covenant: not the same as "nothing uploaded yet".
    declared_none_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    commune: Mapped[Commune] = relationship(back_populates="communities")
    merged_into: Mapped[Community | None] = relationship(remote_side=[id])
    covenants: Mapped[list[Covenant]] = relationship(back_populates="community", order_by="Covenant.id")


class Covenant(Base):
    """A hương ước or quy ước of the community that adopted it (which may since have been merged)."""

    __tablename__ = "covenant"
    __table_args__ = (
        one_of("kind", COVENANT_KINDS),
        UniqueConstraint("community_id", "name"),
        CheckConstraint("length(trim(name)) > 0", name="named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(250))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    community: Mapped[Community] = relationship(back_populates="covenants")
    statuses: Mapped[list[LegalStatus]] = relationship(
        back_populates="covenant",
        order_by="LegalStatus.from_date, LegalStatus.id",
        foreign_keys="LegalStatus.covenant_id",
    )

    def status_on(self, day: date) -> LegalStatus | None:
        """The legal status that held on `day`: the latest one that began on or before it."""
        begun = [status for status in self.statuses if status.from_date <= day]
        return max(begun, key=lambda status: (status.from_date, status.id)) if begun else None

    def in_force_on(self, day: date) -> bool:
        """Whether the covenant was adopted and in force on `day`."""
        status = self.status_on(day)
        return status is not None and status.status in IN_FORCE

    def first(self, status: str) -> LegalStatus | None:
        """The first step of the given kind, e.g. "adopted"; None if it never came to that."""
        return next((step for step in self.statuses if step.status == status), None)


class LegalStatus(Base):
    """A step in the legal life of a covenant: what, from which day, by which document."""

    __tablename__ = "legal_status"
    __table_args__ = (
        one_of("status", STATUSES),
        UniqueConstraint("covenant_id", "status", "from_date"),
        CheckConstraint("replaced_by_id IS NULL OR status = 'replaced'", name="replacement_only_when_replaced"),
        CheckConstraint("replaced_by_id <> covenant_id", name="not_replaced_by_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    covenant_id: Mapped[int] = mapped_column(ForeignKey("covenant.id"), index=True)
    status: Mapped[str] = mapped_column(String(20))
    from_date: Mapped[date]
    document: Mapped[str] = mapped_column(String(200), default="")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("covenant.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    covenant: Mapped[Covenant] = relationship(back_populates="statuses", foreign_keys=[covenant_id])
