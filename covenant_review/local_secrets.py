"""Secrets of an installation that runs on this machine only: made once, kept beside its database."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from covenant_review.settings import Settings, load_settings

LOCAL_FOLDER = Path("var")
_SECRETS_FILE = LOCAL_FOLDER / "secrets.json"


def local_settings(*, create: bool = False, **overrides: object) -> Settings:
    """The settings from the environment; secrets that are not set there come from var/secrets.json of the working folder.

    `create` writes that file (readable by its owner only) when it is missing. Raises InvalidSettings.
    """
    if create and not _SECRETS_FILE.exists():
        _create()
    if _SECRETS_FILE.exists():
        kept = json.loads(_SECRETS_FILE.read_text(encoding="utf-8"))
        for name in ("secret_key", "password_salt"):
            if f"COVENANT_{name.upper()}" not in os.environ:
                overrides.setdefault(name, kept[name])
    return load_settings(**overrides)


def _create() -> None:
    LOCAL_FOLDER.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"secret_key": secrets.token_urlsafe(48), "password_salt": secrets.token_urlsafe(48)})
    descriptor = os.open(_SECRETS_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
