"""Typed settings from the environment (prefix COVENANT_), checked once at start."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class InvalidSettings(Exception):
    """The environment holds a setting that cannot work; the message names each one and what it should be."""


class Settings(BaseSettings):
    """How this installation runs. Every field is read from COVENANT_<NAME>; paths may be relative to the working folder."""

    model_config = SettingsConfigDict(env_prefix="COVENANT_", extra="ignore")

    environment: Literal["production", "development"] = "production"
    database_url: str = "sqlite:///var/covenants.sqlite3"
    secret_key: SecretStr = SecretStr("")
    password_salt: SecretStr = SecretStr("")
    uploads: Path = Path("uploads")
    rules: Path | None = Field(default=None, description="Folder of the rule set; the one shipped with the system if unset.")
    second_reader: bool = Field(default=True, description="Whether the second reader reads after the rules (on, off).")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    file_limit_mb: int = Field(default=50, ge=1, le=500, description="Largest single file, in MiB.")
    request_limit_mb: int = Field(default=160, ge=1, le=2000, description="Largest upload in one go, in MiB.")
    reading_seconds: int = Field(default=120, ge=5, le=3600, description="How long reading one file may take.")
    lease_seconds: int = Field(default=30, ge=2, le=3600, description="A worker silent for so long has lost its job.")
    reading_attempts: int = Field(default=3, ge=1, le=10)
    session_minutes: int = Field(default=480, ge=5, le=1440)
    secure_cookies: bool = False

    @model_validator(mode="after")
    def _secrets_are_set(self) -> Settings:
        if self.environment == "production":
            for name in ("secret_key", "password_salt"):
                if len(getattr(self, name).get_secret_value()) < 24:
                    raise ValueError(f"COVENANT_{name.upper()} phải dài ít nhất 24 ký tự (at least 24 characters)")
            if self.host not in LOOPBACK_HOSTS and not self.secure_cookies:
                raise ValueError("COVENANT_SECURE_COOKIES=true khi phục vụ ngoài máy này (needed outside loopback)")
        return self

    @property
    def is_private(self) -> bool:
        """Whether the site is only reachable from this machine, or runs for development: sample data may live here."""
        return self.environment == "development" or self.host in LOOPBACK_HOSTS


def load_settings(**overrides: object) -> Settings:
    """Read the settings; `overrides` win over the environment.

    Raises InvalidSettings with one line per wrong setting, in Vietnamese and English.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks each value itself
    except ValidationError as error:
        lines = [f"- COVENANT_{'_'.join(str(part) for part in item['loc']).upper() or '…'}: {item['msg']}" for item in error.errors()]
        raise InvalidSettings("Cấu hình chưa đúng (invalid settings):\n" + "\n".join(lines)) from error
