"""2.4 as JSON, for other programs: `covenant-review tally --format json`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from covenant_review.tally.counting import Tally, percent
from covenant_review.tally.figures import Figures, gather
from covenant_review.tally.standing import CovenantStanding
from covenant_review.tally.today import day_of


def tally_as_json(session: Session, day: date, ruleset: Mapping[str, object] | None = None) -> dict[str, Any]:
    """2.4 of the province on `day` as `figures_as_json` gives it."""
    return figures_as_json(gather(session, day), ruleset)


def figures_as_json(figures: Figures, ruleset: Mapping[str, object] | None = None) -> dict[str, Any]:
    """Plain values, ready for json.dumps.

    `day` (yyyy-mm-dd), `ruleset` (what the caller knows of it, e.g. version and sha256; None if nothing), `province` (the
    figures of all gathered), `communes` (the same per commune, by name), `covenants` (the list behind every number),
    `not_counted` (covenants of the register not in force), `communities_without_covenant`. `rate` and `share_reviewed` run
    from 0 to 1, null where nothing is in force; the percents are rounded, but only a full 1 becomes 100.0.
    """
    return {
        "day": figures.day.isoformat(),
        "ruleset": dict(ruleset) if ruleset is not None else None,
        "province": _figures(figures.total),
        "communes": [
            {
                "code": line.commune.code,
                "name": line.commune.name,
                "kind": line.commune.kind,
                **_figures(line.tally),
            }
            for line in figures.by_commune
        ],
        "covenants": [_covenant(row) for row in figures.standings],
        "not_counted": [
            {
                "id": row.covenant_id,
                "name": row.covenant_name,
                "kind": row.covenant_kind,
                "commune": row.commune_code,
                "community": {"name": row.community_name, "kind": row.community_kind},
                "legal_status": row.legal_status,
                "since": row.since.isoformat() if row.since else None,
            }
            for row in figures.uncounted
        ],
        "communities_without_covenant": [
            {
                "id": row.community_id,
                "name": row.community_name,
                "kind": row.community_kind,
                "commune": row.commune_code,
                "declared_none_on": row.declared_none_on.isoformat() if row.declared_none_on else None,
            }
            for row in figures.without
        ],
    }


def _figures(tally: Tally) -> dict[str, Any]:
    rate, share = percent(tally.rate), percent(tally.share_reviewed)
    return {
        "in_force": tally.in_force,
        "compliant": tally.compliant,
        "not_compliant": tally.not_compliant,
        "in_review": tally.in_review,
        "unreadable": tally.unreadable,
        "not_received": tally.not_received,
        "reviewed": tally.reviewed,
        "rate": None if tally.rate is None else float(tally.rate),
        "rate_percent": None if rate is None else float(rate),
        "share_reviewed": None if tally.share_reviewed is None else float(tally.share_reviewed),
        "share_reviewed_percent": None if share is None else float(share),
        "communities_declared_none": tally.declared_none,
        "communities_nothing_registered": tally.nothing_registered,
    }


def _covenant(row: CovenantStanding) -> dict[str, Any]:
    return {
        "id": row.covenant_id,
        "name": row.covenant_name,
        "kind": row.covenant_kind,
        "commune": row.commune_code,
        "community": {"name": row.community_name, "kind": row.community_kind},
        "legal_status": row.legal_status,
        "since": row.status_since.isoformat(),
        "group": row.group,
        "submission": row.submission_id,
        "version": row.version,
        "round": row.round_number,
        "verdict": row.verdict_id,
        "signed_on": day_of(row.signed_on).isoformat() if row.signed_on else None,
        "signed_by": row.signer_name,
    }
