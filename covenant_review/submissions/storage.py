"""Originals on disk, under their SHA-256. A file is there whole or not at all; the user's name for it is never a path."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import Flask

from covenant_review.settings import Settings

_PIECE = 1024 * 1024
_ARRIVING = "arriving"
_WORKING = "working"
_LOCK = ".lock"
_LEFT_BEHIND_SECONDS = 24 * 3600


class TooLarge(Exception):
    """More bytes came than one file may have; what had come was thrown away."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that came in whole and waits in a temporary place of the same file system."""

    path: Path
    sha256: str
    size: int


class OriginalStore:
    """The folder of originals: <first two>/<next two>/<sha256>, beside a folder for what is just arriving."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    @property
    def working(self) -> Path:
        """Where readers put down what they need for a while; nothing there outlives the reading of one file."""
        return self._folder / _WORKING

    def path(self, sha256: str) -> Path:
        """Where the original with this digest is, or would be."""
        if len(sha256) != 64 or not sha256.isalnum():
            raise ValueError("not a SHA-256")
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    @contextlib.contextmanager
    def arriving(self, stream: BinaryIO, limit: int) -> Iterator[Arrived]:
        """Take a file in, at most `limit` bytes; what was not put in its place by the end of the block is removed.

        Raises TooLarge as soon as the limit is passed, and OSError when the disk does not take it.
        """
        folder = self._folder / _ARRIVING
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / uuid.uuid4().hex
        try:
            digest, size = _copy(stream, path, limit)
            yield Arrived(path, digest, size)
        finally:
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def kept(self, arrived: Arrived) -> Iterator[None]:
        """Put the file in its place; taken away again when the block raises and the file was new.

        Commit the rows that name it inside the block. One such block runs at a time, so that nobody takes away a file that
        somebody else has just begun to rely on.
        """
        target = self.path(arrived.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            new = not target.exists()
            if new or target.stat().st_size != arrived.size:
                arrived.path.replace(target)
                _settle(target.parent)
            try:
                yield
            except BaseException:
                if new:
                    target.unlink(missing_ok=True)
                raise

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._folder / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def sweep(self) -> int:
        """Remove what a killed process left half arrived or half read more than a day ago; how many files and folders there were."""
        swept = 0
        for path in (self._folder / _ARRIVING).glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                    path.unlink()
                    swept += 1
        for folder in self.working.glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - folder.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
                    swept += 1
        return swept


def store_of(app: Flask) -> OriginalStore:
    """The store of an application."""
    settings = app.extensions["covenant_settings"]
    assert isinstance(settings, Settings)
    return OriginalStore(settings.uploads)


def _copy(stream: BinaryIO, path: Path, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as target:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > limit:
                raise TooLarge
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest(), size


def _settle(folder: Path) -> None:
    """Make the new name last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
