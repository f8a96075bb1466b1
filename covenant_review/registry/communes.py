"""The 99 communes of Bắc Ninh, put into the register when the system is set up."""

from __future__ import annotations

import csv
from importlib import resources

from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.audit.log import record
from covenant_review.database import transaction
from covenant_review.registry.models import Commune, Province

PROVINCE_CODE, PROVINCE_NAME = "24", "Bắc Ninh"


def shipped_communes() -> list[dict[str, str]]:
    """The communes as shipped: code (5 digits), name, kind ("xa" or "phuong"), note (what is doubtful, mostly "")."""
    text = resources.files("covenant_review.registry.data").joinpath("bac_ninh_communes.tsv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


def load_communes(session: Session) -> int:
    """Add the province and the communes that are missing; gives how many communes were added.

    Part of the caller's transaction, which commits. What is in the register already stays as it is. One audit event
    (`registry.communes_loaded`) when something was added, none otherwise.
    """
    new_province = session.get(Province, PROVINCE_CODE) is None
    if new_province:
        session.add(Province(code=PROVINCE_CODE, name=PROVINCE_NAME))
        session.flush()
    present = set(session.scalars(select(Commune.code)))
    missing = [Commune(province_code=PROVINCE_CODE, **row) for row in shipped_communes() if row["code"] not in present]
    session.add_all(missing)
    session.flush()
    if new_province or missing:
        codes = [commune.code for commune in missing]
        record(session, None, "registry.communes_loaded", "province", None, province=PROVINCE_CODE, added=codes)
    return len(missing)


def ensure_communes() -> int:
    """`load_communes` in a transaction of its own; gives how many communes were added."""
    with transaction() as session:
        return load_communes(session)
