"""What is written down of a reading, what makes two clauses the same, and what screening anew changes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from covenant_review.audit.models import AuditEvent
from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.database import db, transaction
from covenant_review.extraction.document import Box, ReadingWarning
from covenant_review.refusals import Refused
from covenant_review.screening.result import ClauseScreening, Finding, NotChecked, Silenced
from covenant_review.screening.ruleset import load_ruleset
from covenant_review.submissions import readiness
from covenant_review.submissions.fingerprints import fingerprint, rule_marks, text_fingerprint
from covenant_review.submissions.models import FindingRecord, Submission, SubmittedClause
from covenant_review.submissions.operations import submit, withdraw
from covenant_review.submissions.reading_job import drain, enqueue_rescreening
from covenant_review.submissions.readings import ReadCovenant, Stamp, from_plain, read_covenant, to_plain
from covenant_review.submissions.recording import as_clause, record_reading, rescreen
from tests.people import World
from tests.submissions_data import RULES, docx_bytes, upload, use_rules, write_rules

CHAPTER = Clause("c1", "heading", "Chương I", "Chương I", "", headings=())
ARTICLE = Clause(
    "c2", "clause", "Điều 1", "Điều 1.", "Nghiêm cấm các hành vi sau:", headings=("Chương I NẾP SỐNG",), parent="c1", is_lead_in=True
)
POINT = Clause(
    "c3", "point", "Điều 1, điểm a", "a)", "đánh  bạc;", lead_in="Nghiêm cấm các hành vi sau:", headings=("Chương I NẾP SỐNG",),
    parent="c2", page=2, boxes=(Box(2, 70.04, 100.0, 200.26, 112.5),),
)  # fmt: skip
FINDING = Finding(
    rule="family/thu", outcome="violation", severity="high", field="family", start=0, end=4, quote="đánh", title_vi="Thử",
    title_en="Test", why="Vì thế.", law=("73/2006/QH11 Đ40",), suggestion="Sửa.", score=100, trail={"pattern": "đánh", "places": ("own",)},
)  # fmt: skip


def by_id(*clauses: Clause) -> dict[str, Clause]:
    return {clause.id: clause for clause in clauses}


def digest_of(clause: Clause, *above: Clause) -> str:
    return text_fingerprint(clause, by_id(clause, *above))


def test_numbers_line_breaks_and_blanks_do_not_make_another_clause() -> None:
    same = replace(POINT, number="c)", text="đánh\nbạc;", headings=("Chương VII NẾP SỐNG",))
    chapter = replace(CHAPTER, number="Chương VII")
    assert digest_of(POINT, CHAPTER, ARTICLE) == digest_of(same, chapter, ARTICLE)


@pytest.mark.parametrize(
    "changed",
    [
        replace(POINT, text="đánh đàn;"),
        replace(POINT, lead_in="Được phép:"),
        replace(POINT, headings=("Chương I TANG MA",)),
        replace(POINT, header_row=("Nam", "Nữ")),
    ],
)
def test_every_word_that_is_judged_counts(changed: Clause) -> None:
    assert digest_of(changed, CHAPTER, ARTICLE) != digest_of(POINT, CHAPTER, ARTICLE)


def test_words_do_not_run_from_one_part_into_another() -> None:
    plain = Clause("c1", "point", "", "", "b c", lead_in="a")
    assert digest_of(plain) != digest_of(replace(plain, text="c", lead_in="a b"))


def test_the_fingerprint_names_the_rules_to_be_weighed() -> None:
    marks = rule_marks([("b", "violation"), ("a", "consider"), ("c", "positive"), ("d", "outdated")], ["e"])
    assert marks == {"a", "b", "d", "?e"}
    assert fingerprint("x", ["b", "a", "b"]) == fingerprint("x", ["a", "b"])
    assert fingerprint("x", ["?a"]) != fingerprint("x", ["a"])


def test_a_reading_survives_the_way_from_the_child() -> None:
    covenant = ReadCovenant(
        CovenantText("Quy ước", (CHAPTER, ARTICLE, POINT), 2, "partly_read", (ReadingWarning("garbled_text", 2, "x"),)),
        (
            ClauseScreening("c1"),
            ClauseScreening("c2", not_checked=(NotChecked("family/cham", "quá lâu"),)),
            ClauseScreening("c3", (FINDING,), (Silenced("family/thu", "cam", "cấm", 0, 4, "đánh"),)),
        ),
        Stamp("1", "f" * 64),
    )
    back = from_plain(json.loads(json.dumps(to_plain(covenant))))
    assert back.text.clauses[:2] == covenant.text.clauses[:2]
    assert back.text.clauses[2].boxes == (Box(2, 70.0, 100.0, 200.3, 112.5),)
    assert replace(back.text, clauses=()) == replace(covenant.text, clauses=())
    assert back.screenings[:2] == covenant.screenings[:2]
    assert back.screenings[2].findings[0].trail == {"pattern": "đánh", "places": ["own"]}
    assert back.ruleset == covenant.ruleset
    with pytest.raises(ValueError):
        from_plain({**to_plain(covenant), "screenings": []})


def queued(world: World, data: bytes | None = None) -> Submission:
    (receipt,) = submit(world.official, world.commune, [upload("a.docx", data or docx_bytes())], world.covenant)
    assert receipt.submission is not None
    return receipt.submission


def stored(submission: Submission) -> dict[str, SubmittedClause]:
    clauses = db.session.scalars(
        select(SubmittedClause).where(SubmittedClause.submission_id == submission.id).order_by(SubmittedClause.position)
    )
    return {clause.label: clause for clause in clauses}


def last_event(action: str) -> AuditEvent:
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id.desc()))
    assert event is not None
    return event


def test_all_that_was_read_and_found_is_kept(world: World) -> None:
    submission = queued(world)
    text = CovenantText("Quy ước\x00", (CHAPTER, ARTICLE, POINT), 2, "partly_read", (ReadingWarning("garbled_text", 2, "x\ud800"),))
    odd = replace(POINT, id="c4", text="lạ\x00\ud834", lead_in="")
    screenings = (
        ClauseScreening("c1"),
        ClauseScreening("c2", not_checked=(NotChecked("family/cham", "quá lâu"),)),
        ClauseScreening("c3", (FINDING,), (Silenced("family/khac", "cam", "cấm", 0, 4, "đánh"),)),
        ClauseScreening("c4", (replace(FINDING, outcome="positive"),)),
    )
    with transaction() as session:
        record_reading(session, submission, replace(text, clauses=(*text.clauses, odd)), screenings, Stamp("7", "e" * 64))
    db.session.expire_all()
    assert (submission.state, submission.pages, submission.text_status, submission.title) == ("read", 2, "partly_read", "Quy ước\ufffd")
    assert submission.warnings == [{"code": "garbled_text", "page": 2, "detail": "x\ufffd"}]
    assert (submission.ruleset_version, submission.ruleset_sha256) == ("7", "e" * 64)
    heading, article, point, strange = submission.clauses
    assert [clause.judged for clause in submission.clauses] == [False, True, True, True]
    assert [clause.needs_attention for clause in submission.clauses] == [False, True, True, False]
    assert [clause.screening_state for clause in submission.clauses] == ["unmatched", "not_checked", "matched", "matched"]
    assert (heading.position, heading.key, strange.text) == (0, "c1", "lạ\ufffd\ufffd")
    assert as_clause(point) == replace(POINT, boxes=(Box(2, 70.0, 100.0, 200.3, 112.5),))
    (finding,) = point.findings
    assert (finding.rule, finding.quote, finding.law, finding.trail["places"]) == ("family/thu", "đánh", ["73/2006/QH11 Đ40"], ["own"])
    assert [hit.exception for hit in point.silenced] == ["cam"]
    assert [rule.rule for rule in article.not_checked] == ["family/cham"]
    details = last_event("submissions.read").details
    assert (details["judged"], details["findings"], details["not_checked"]) == (3, {"violation": 1, "positive": 1}, 1)


def test_a_text_is_never_recorded_twice(world: World, app: Flask, tmp_path: Path) -> None:
    use_rules(app, write_rules(tmp_path / "rules"))
    submission = queued(world)
    drain(app)
    before = db.session.scalar(select(func.count()).select_from(SubmittedClause))
    with pytest.raises(Refused), transaction() as session:
        record_reading(session, submission, CovenantText("", (POINT,)), (ClauseScreening("c3"),), Stamp("1", "a" * 64))
    assert db.session.scalar(select(func.count()).select_from(SubmittedClause)) == before


@pytest.fixture
def read(world: World, app: Flask, tmp_path: Path) -> Submission:
    use_rules(app, write_rules(tmp_path / "rules"))
    submission = queued(world)
    drain(app)
    assert submission.state == "read"
    return submission


def screen_with(submission: Submission, folder: Path, rules: dict[str, tuple[str, str, str]], version: str) -> None:
    ruleset = load_ruleset(write_rules(folder, rules, version))
    assert not ruleset.rejected
    with transaction() as session:
        rescreen(session, submission, ruleset)


def test_a_new_rule_makes_only_its_clause_another(read: Submission, tmp_path: Path) -> None:
    before = {label: clause.fingerprint for label, clause in stored(read).items()}
    new = {**RULES, "culture/hieu": ("consider", "đám hiếu", "⟦Đám hiếu⟧ do trưởng nam lo.")}
    screen_with(read, tmp_path / "rules2", new, "thử.2")
    after = stored(read)
    assert [label for label, clause in after.items() if clause.fingerprint != before[label]] == ["Điều 3"]
    assert after["Điều 3"].needs_attention
    assert [finding.rule for finding in after["Điều 3"].findings] == ["culture/hieu"]
    assert read.ruleset_version == "thử.2"
    details = last_event("submissions.screened_again").details
    assert (details["clauses_with_new_rules"], details["findings_added"], details["findings_withdrawn"]) == (1, 1, 0)
    assert (details["before"]["version"], details["after"]["version"]) == ("thử.1", "thử.2")


def test_a_withdrawn_rule_takes_its_finding_and_leaves_the_fingerprint(read: Submission, tmp_path: Path) -> None:
    before = {label: clause.fingerprint for label, clause in stored(read).items()}
    assert [finding.rule for finding in stored(read)["Điều 2"].findings] == ["family/dat-cua-cha-me"]
    kept = {rule: parts for rule, parts in RULES.items() if rule != "family/dat-cua-cha-me"}
    screen_with(read, tmp_path / "rules2", kept, "thử.2")
    after = stored(read)
    assert {label: clause.fingerprint for label, clause in after.items()} == before
    assert after["Điều 2"].findings == []
    assert not after["Điều 2"].needs_attention
    assert after["Điều 2"].screening_state == "unmatched"
    orphans = select(func.count()).select_from(FindingRecord).where(FindingRecord.rule == "family/dat-cua-cha-me")
    assert db.session.scalar(orphans) == 0
    assert last_event("submissions.screened_again").details["findings_withdrawn"] == 1


def test_a_new_positive_rule_leaves_the_fingerprint(read: Submission, tmp_path: Path) -> None:
    before = {label: clause.fingerprint for label, clause in stored(read).items()}
    new = {**RULES, "culture/hieu": ("positive", "đám hiếu", "⟦Đám hiếu⟧ nam nữ như nhau.")}
    screen_with(read, tmp_path / "rules2", new, "thử.2")
    assert {label: clause.fingerprint for label, clause in stored(read).items()} == before
    assert [finding.outcome for finding in stored(read)["Điều 3"].findings] == ["positive"]


def test_screening_anew_is_queued_for_what_is_read_and_announced(
    read: Submission, world: World, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawn = queued(world, docx_bytes("Điều 1. Hai."))
    waiting = queued(world, docx_bytes("Điều 1. Ba."))
    drain(app)
    withdraw(world.official, withdrawn, "nhầm")
    heard: list[int] = []
    monkeypatch.setattr(readiness, "_listeners", [lambda _session, ready: heard.append(ready.id)])
    use_rules(app, write_rules(tmp_path / "rules2", {**RULES, "culture/hieu": ("violation", "đám hiếu", "⟦Đám hiếu⟧ a.")}, "thử.2"))
    assert enqueue_rescreening() == 2
    assert enqueue_rescreening() == 2
    assert drain(app) == 2
    assert heard == [read.id, waiting.id]
    assert read.ruleset_version == "thử.2"
    assert stored(read)["Điều 3"].needs_attention
    assert last_event("submissions.rescreening_queued").details == {"submissions": 2}


def test_the_offsets_of_findings_point_into_the_stored_text(read: Submission) -> None:
    for clause in stored(read).values():
        for finding in clause.findings:
            assert clause.text[finding.span_start : finding.span_end] == finding.quote


def test_reading_the_sample_gives_what_is_stored(world: World, app: Flask, tmp_path: Path) -> None:
    folder = write_rules(tmp_path / "rules")
    use_rules(app, folder)
    data = (Path(__file__).parent / "data" / "samples" / "std00.docx").read_bytes()
    expected = read_covenant(data, load_ruleset(folder), 10**8, lambda _done, _total: None)
    submission = queued(world, data)
    drain(app, in_child=True)
    assert submission.state == "read"
    kept = [as_clause(clause) for clause in submission.clauses]
    assert [(clause.label, clause.number, clause.text, clause.lead_in) for clause in kept] == [
        (clause.label, clause.number, clause.text, clause.lead_in) for clause in expected.text.clauses
    ]
