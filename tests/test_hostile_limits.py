"""The limits around a task: memory is told apart from a crash, and what a task put down goes with it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from covenant_review.jobs.warm_process import TaskCrashed, TaskOutOfMemory, WarmProcess
from covenant_review.submissions.readings import MOST_CLAUSES
from covenant_review.submissions.storage import OriginalStore
from tests.hostile_docx import clauses
from tests.hostile_way import hostile_way


def test_too_much_memory_is_told_apart_and_the_next_task_runs() -> None:
    process = WarmProcess("tests.warm_task", {}, 400 * 1024**2)
    try:
        with pytest.raises(TaskOutOfMemory):
            process.call({"do": "eat_memory"}, 20, lambda *_: None)
        assert process.call({"do": "echo", "say": "còn sống"}, 20, lambda *_: None) == {"said": "còn sống"}
    finally:
        process.close()


def test_what_a_task_leaves_is_taken_away_even_when_it_crashes(tmp_path: Path) -> None:
    process = WarmProcess("tests.warm_task", {}, 1024**3, tmp_path / "working")
    try:
        with pytest.raises(TaskCrashed):
            process.call({"do": "leave_files"}, 20, lambda *_: None)
    finally:
        process.close()
    assert list((tmp_path / "working").iterdir()) == []


def test_half_read_folders_of_killed_workers_are_swept_after_a_day(tmp_path: Path) -> None:
    store = OriginalStore(tmp_path)
    for name, age in (("old", 90_000), ("young", 60)):
        folder = store.working / name
        folder.mkdir(parents=True)
        (folder / "profile").write_text("x")
        os.utime(folder, (time.time() - age, time.time() - age))
    assert store.sweep() == 1
    assert [folder.name for folder in store.working.iterdir()] == ["young"]


def test_more_clauses_than_any_covenant_has_are_refused_with_words() -> None:
    with hostile_way(30) as way:
        outcome = way.judge(clauses(MOST_CLAUSES + 1), "dai.docx")
    assert outcome.result == "unreadable:too_long"
    assert "dài hơn nhiều" in outcome.words
    assert not outcome.wrong
