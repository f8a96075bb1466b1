"""Runs in the forked child (jobs.forking_process): reads one file and answers in plain values. No database here."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from covenant_review.extraction.document import UnreadableFile
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.second_reader_use import SWITCHED_OFF, SecondReaderInUse, second_reader_of
from covenant_review.submissions.readings import read_covenant, to_plain

# Loaded once, before the first fork; each reader of a kind is otherwise only imported when a file asks for it.
_READERS = ("covenant_review.extraction.docx_reading", "covenant_review.extraction.pdf")
_ruleset: RuleSet | None = None
_second_reader: SecondReaderInUse = SWITCHED_OFF


def prepare(options: dict[str, Any]) -> None:
    """Load the rule set of the folder `options["rules"]` (None: the one shipped), the readers, and the second reader if wanted."""
    global _ruleset, _second_reader
    _ruleset = load_ruleset(Path(options["rules"]) if options["rules"] else default_rules_directory())
    _second_reader = second_reader_of(_ruleset, wanted=options["second_reader"])
    for name in _READERS:
        importlib.import_module(name)


def run(task: dict[str, Any], report: Callable[[int, int], None]) -> dict[str, Any]:
    """Read the file `task["path"]`: {"covenant": …} or {"unreadable": reason, "detail": …}."""
    assert _ruleset is not None
    try:
        covenant = read_covenant(Path(task["path"]).read_bytes(), _ruleset, task["size_limit"], report, _second_reader)
    except UnreadableFile as error:
        return {"unreadable": error.reason, "detail": error.detail}
    return {"covenant": to_plain(covenant)}
