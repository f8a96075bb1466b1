"""The sample register of `make run`: real files go through the real operations. Only where nobody else can reach the site."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import select

from covenant_review.accounts.models import User
from covenant_review.accounts.operations import create_person, new_password
from covenant_review.database import db, now
from covenant_review.registry.models import Commune, Covenant
from covenant_review.registry.operations import add_community, add_covenant, declare_no_covenant
from covenant_review.submissions.operations import Upload, submit
from covenant_review.web.app import settings_of
from covenant_review.web.signin import hashed


def load_samples(app: Flask, folder: Path) -> bool:
    """Fill an installation that has no accounts yet; returns whether it did. The passwords are printed once.

    Raises ClickException when the site can be reached from outside this machine.
    """
    if db.session.scalar(select(User.id).limit(1)) is not None:
        return False
    settings = settings_of(app)
    if not settings.is_private:
        raise click.ClickException(
            f"Không nạp dữ liệu mẫu khi phục vụ ở {settings.host}: chỉ dùng trên máy này (127.0.0.1) hoặc khi phát triển.\n"
            "(sample data is refused outside loopback and development)"
        )
    register: dict[str, Any] = json.loads((folder / "register.json").read_text(encoding="utf-8"))
    commune = db.session.scalars(select(Commune).where(Commune.code == register["commune"])).one()
    people = _people(register["people"], commune)
    official = people["commune_official"]
    for entry in register["communities"]:
        community = add_community(official, commune, kind=entry["kind"], name=entry["name"])
        if entry["covenant"] is None:
            declare_no_covenant(official, community, on=now().date())
            continue
        _covenant(official, community, entry["covenant"], folder)
    return True


def _people(entries: list[dict[str, str]], commune: Commune) -> dict[str, User]:
    click.echo("\nTài khoản mẫu (mật khẩu chỉ in ra một lần này, hãy ghi lại):")
    click.echo("Sample accounts (passwords are printed this once; write them down):\n")
    people: dict[str, User] = {}
    for entry in entries:
        password = new_password()
        people[entry["role"]] = create_person(
            None,
            username=entry["username"],
            full_name=entry["name"],
            roles=(entry["role"],),
            password_hash=hashed(password),
            commune_id=commune.id if entry["role"] == "commune_official" else None,
            must_change_password=False,
        )
        click.echo(f"  {entry['username']:<10} {password:<26} {entry['name']}")
    click.echo()
    return people


def _covenant(official: User, community: Any, entry: dict[str, Any], folder: Path) -> None:
    covenant: Covenant = add_covenant(
        official,
        community,
        kind=entry["kind"],
        name=entry["name"],
        adopted_on=date.fromisoformat(entry["adopted_on"]),
        adopted_document=entry["document"],
        recognised_on=date.fromisoformat(entry["recognised_on"]),
        decision_number=entry["decision"],
    )
    if entry["file"]:
        content = (folder / entry["file"]).read_bytes()
        submit(official, community.commune, [Upload(entry["file"], BytesIO(content))], covenant=covenant)
