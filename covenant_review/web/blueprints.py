"""All blueprints, registered in one place."""

from __future__ import annotations

from flask import Flask

from covenant_review.registry import views as registry
from covenant_review.reports import views as reports
from covenant_review.review import signing_views
from covenant_review.review import views as review
from covenant_review.submissions import correction_views, pages_views
from covenant_review.submissions import views as submissions
from covenant_review.tally import views as tally
from covenant_review.web import audit_page, commune_page, covenant_page, fonts, health, navigation, own_account, people_page, rules_page


def register_blueprints(app: Flask) -> None:
    """Register every blueprint of the site."""
    for module in (
        fonts, health, navigation, own_account, people_page, registry, commune_page, covenant_page, submissions, pages_views,
        correction_views, review,
        signing_views, tally, reports, rules_page, audit_page,
    ):  # fmt: skip
        for blueprint in getattr(module, "blueprints", None) or (module.blueprint,):
            app.register_blueprint(blueprint)
