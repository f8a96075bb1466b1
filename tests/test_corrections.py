"""Corrections of the text: what they change, what they keep, what goes stale, who may; on SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, transaction
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.review.checks import latest_round, standing_of
from covenant_review.review.operations import approve_rest, decide, propose_verdict, sign
from covenant_review.screening.ruleset import load_ruleset
from covenant_review.submissions.corrections import Screeners, add_missing, carry_over, correct, earlier_corrections, take_back
from covenant_review.submissions.models import Submission, SubmittedClause, TextCorrection
from covenant_review.submissions.operations import submit, withdraw
from covenant_review.submissions.reading_job import drain
from covenant_review.submissions.recording import rescreen
from tests.corrections_data import CORRECT_LAND, CORRECT_LEAD_IN, MISREAD, REASON, RULES, clauses, labelled, read_submission, screeners
from tests.people import World
from tests.submissions_data import docx_bytes, upload, write_rules


@pytest.fixture
def submission(world: World, app: Flask, tmp_path: Path) -> Submission:
    return read_submission(app, tmp_path, world.official, world.commune, world.covenant)


@pytest.fixture
def by(tmp_path: Path, submission: Submission) -> Screeners:
    return screeners(tmp_path)


def land(submission: Submission) -> SubmittedClause:
    return labelled(submission, "Điều 2")


def correct_land(world: World, submission: Submission, by: Screeners) -> TextCorrection:
    return correct(world.official, land(submission), CORRECT_LAND, REASON, seen=0, screeners=by)


def last_event(action: str) -> AuditEvent:
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id.desc()))
    assert event is not None
    return event


def decide_all(world: World, submission: Submission) -> None:
    for clause in clauses(submission):
        if clause.judged and clause.needs_attention:
            decide(world.reviewer, submission, clause, "approve", fingerprint=clause.fingerprint)
    review_round = latest_round(db.session(), submission)
    assert review_round is not None
    approve_rest(world.reviewer, submission, len(standing_of(db.session(), review_round, submission).bulk))


def test_a_correction_changes_the_words_and_keeps_what_the_machine_read(world: World, submission: Submission, by: Screeners) -> None:
    before = {clause.label: (clause.text, clause.fingerprint) for clause in clauses(submission)}
    correction = correct_land(world, submission, by)
    clause = land(submission)
    assert clause.text == "Con gái đã lấy chồng không được chia đất của cha mẹ."
    assert [finding.rule for finding in clause.findings] == ["family/dat-cua-cha-me"]
    assert clause.is_corrected and clause.needs_attention
    assert clause.machine_line == ("Điều 2.", before["Điều 2"][0])
    assert (correction.kind, correction.number, correction.old_text, correction.new_text) == (
        "replaced",
        1,
        before["Điều 2"][0],
        clause.text,
    )
    assert (correction.corrected_by_id, correction.reason) == (world.official.id, REASON)
    others = {one.label: (one.text, one.fingerprint) for one in clauses(submission) if one.label != "Điều 2"}
    assert others == {label: value for label, value in before.items() if label != "Điều 2"}
    assert clause.fingerprint != before["Điều 2"][1]
    event = last_event("submissions.text_replaced")
    assert (event.actor_id, event.subject_id) == (world.official.id, submission.id)
    assert event.details["before"]["text"] == before["Điều 2"][0]
    assert (event.details["after"]["text"], event.details["findings_added"], event.details["clauses_changed"]) == (clause.text, 1, 1)


def test_a_corrected_lead_in_is_read_with_its_points(world: World, submission: Submission, by: Screeners) -> None:
    before = {clause.label: clause.fingerprint for clause in clauses(submission)}
    correct(world.reviewer, labelled(submission, "Điều 3"), CORRECT_LEAD_IN, REASON, seen=0, screeners=by)
    point = labelled(submission, "Điều 3, điểm a")
    assert point.lead_in == "Những người sau đây không được dự tế:"
    assert point.text == "phụ nữ có thai;"
    assert point.corrections == [] and not point.is_corrected
    changed = {clause.label for clause in clauses(submission) if clause.fingerprint != before[clause.label]}
    assert changed == {"Điều 3", "Điều 3, điểm a", "Điều 3, điểm b"}


def test_a_colon_that_was_lost_makes_a_lead_in_again(world: World, app: Flask, tmp_path: Path) -> None:
    lost = (
        "Điều 1. Hội làng mở mồng mười.",
        "Điều 2. Những người không được dự tế",
        "- phụ nữ;",
        "- người có tang.",
        "Điều 3. Thi hành từ nay.",
    )
    submission = read_submission(app, tmp_path, world.official, world.commune, world.covenant, *lost)
    second = next(clause for clause in clauses(submission) if clause.number == "Điều 2.")
    was_judged = second.judged
    correct(world.official, second, "Điều 2. Những người sau đây không được dự tế:", REASON, seen=0, screeners=screeners(tmp_path))
    bullets = [clause for clause in clauses(submission) if clause.kind == "bullet"]
    assert [bullet.lead_in for bullet in bullets] == ["Những người sau đây không được dự tế:"] * 2
    again = next(clause for clause in clauses(submission) if clause.number == "Điều 2.")
    assert again.judged or not was_judged


def test_a_number_that_was_misread_is_found_in_the_words(world: World, app: Flask, tmp_path: Path) -> None:
    lines = ("Điều 1. Đường làng phải sạch.", "Diều 2, Con gái được chia đất như con trai.", "Điều 3. Thi hành từ nay.")
    submission = read_submission(app, tmp_path, world.official, world.commune, world.covenant, *lines)
    misread = next(clause for clause in clauses(submission) if "Con gái" in clause.text)
    assert misread.number == ""
    written = "Điều 2. Con gái được chia đất như con trai."
    correction = correct(world.official, misread, written, REASON, seen=0, screeners=screeners(tmp_path))
    clause = labelled(submission, "Điều 2")
    assert (clause.id, clause.number, clause.text) == (misread.id, "Điều 2.", "Con gái được chia đất như con trai.")
    assert (correction.old_number, correction.new_number) == ("", "Điều 2.")


def test_a_heading_corrected_reaches_the_clauses_beneath(world: World, app: Flask, tmp_path: Path) -> None:
    lines = ("Chương I", "VIỆC TAMG", "Điều 1. Đám hiếu", "1. Tổ chức trang nghiêm.", "2. Không rải vàng mã.", "Điều 2. Thi hành từ nay.")
    submission = read_submission(app, tmp_path, world.official, world.commune, world.covenant, *lines)
    name = next(clause for clause in clauses(submission) if clause.text == "VIỆC TAMG")
    before = {clause.id: clause.fingerprint for clause in clauses(submission)}
    correct(world.official, name, "VIỆC TANG", REASON, seen=0, screeners=screeners(tmp_path))
    first = labelled(submission, "Điều 1, khoản 1")
    assert first.headings[0] == "Chương I VIỆC TANG"
    assert first.fingerprint != before[first.id]


def test_decisions_on_the_clause_go_stale_and_the_rest_hold(world: World, submission: Submission, by: Screeners) -> None:
    decide_all(world, submission)
    correct_land(world, submission, by)
    review_round = latest_round(db.session(), submission)
    assert review_round is not None and review_round.number == 1
    standing = standing_of(db.session(), review_round, submission)
    assert [one.clause.label for one in standing.undecided] == ["Điều 2"]
    assert len(standing.undecided[0].stale) == 1


def test_a_signed_covenant_goes_back_into_review(world: World, submission: Submission, by: Screeners) -> None:
    decide_all(world, submission)
    verdict = propose_verdict(world.reviewer, submission)
    sign(world.signer, verdict)
    correct_land(world, submission, by)
    review_round = latest_round(db.session(), submission)
    assert review_round is not None and review_round.number == 2
    assert review_round.verdict is None
    assert last_event("review.round_opened").details["cause"] == "screened_anew"
    undecided = standing_of(db.session(), review_round, submission).undecided
    assert [one.clause.label for one in undecided] == ["Điều 2"]


def test_a_corrected_clause_is_never_approved_in_bulk(world: World, submission: Submission, by: Screeners) -> None:
    fair = labelled(submission, "Điều 4")
    correct(world.official, fair, "Điều 4. Đám hiếu tổ chức trang nghiêm, tiết kiệm, văn minh.", REASON, seen=0, screeners=by)
    review_round = latest_round(db.session(), submission)
    assert review_round is not None
    assert "Điều 4" not in [one.clause.label for one in standing_of(db.session(), review_round, submission).bulk]
    clause = labelled(submission, "Điều 4")
    with pytest.raises(DBAPIError, match="guard:bulk_over_finding"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO decision (round_id, clause_id, reviewer_id, choice, reason, fingerprint, in_bulk, decided_at) "
                "VALUES (:round, :clause, :reviewer, 'approve', '', :fingerprint, true, '2026-01-01')"
            ),
            {"round": review_round.id, "clause": clause.id, "reviewer": world.reviewer.id, "fingerprint": clause.fingerprint},
        )


def test_taking_back_restores_the_machine_s_words_and_the_decision(world: World, submission: Submission, by: Screeners) -> None:
    machine, fingerprint = land(submission).text, land(submission).fingerprint
    decide_all(world, submission)
    correct_land(world, submission, by)
    taken = take_back(world.reviewer, land(submission), "Ảnh trang ghi đúng như máy đọc.", seen=1, screeners=by)
    clause = land(submission)
    assert (clause.text, clause.fingerprint, clause.is_corrected, clause.needs_attention) == (machine, fingerprint, False, False)
    assert (taken.kind, taken.number, len(clause.corrections)) == ("taken_back", 2, 2)
    assert last_event("submissions.text_taken_back").actor_id == world.reviewer.id
    review_round = latest_round(db.session(), submission)
    assert review_round is not None and not standing_of(db.session(), review_round, submission).undecided
    with pytest.raises(Refused) as refused:
        take_back(world.reviewer, clause, REASON, seen=2, screeners=by)
    assert refused.value.code == "nothing_to_take_back"


def test_a_missing_clause_is_added_in_its_place(world: World, submission: Submission, by: Screeners) -> None:
    before = [(clause.label, clause.text, clause.fingerprint) for clause in clauses(submission)]
    point = labelled(submission, "Điều 3, điểm b")
    correction = add_missing(world.official, point, "c) con dâu chưa có con.", "Máy bỏ sót dòng cuối trang 1.", screeners=by)
    after = clauses(submission)
    assert [clause.position for clause in after] == list(range(len(after)))
    place = next(index for index, clause in enumerate(after) if clause.id == point.id)
    added = after[place + 1]
    assert (added.label, added.number, added.text, added.kind) == ("Điều 3, điểm c", "c)", "con dâu chưa có con.", "point")
    assert added.lead_in == "Những người sau đây không được dự lẽ:"
    assert added.judged and added.needs_attention and added.is_corrected and added.parent_key == point.parent_key
    assert (correction.kind, correction.old_text, correction.clause_id) == ("added", "", added.id)
    assert [(clause.label, clause.text, clause.fingerprint) for clause in after if clause.id != added.id] == before
    assert len(added.text_fingerprint) == len(added.fingerprint) == 64
    assert last_event("submissions.text_added").details["after"]["text"] == "con dâu chưa có con."


def test_an_added_clause_that_says_too_much_is_screened(world: World, submission: Submission, by: Screeners) -> None:
    add_missing(world.official, labelled(submission, "Điều 4"), CORRECT_LAND.replace("Điều 2", "Điều 5"), REASON, screeners=by)
    assert [finding.rule for finding in labelled(submission, "Điều 5").findings] == ["family/dat-cua-cha-me"]


def test_an_added_clause_is_taken_back_and_can_be_added_again(world: World, submission: Submission, by: Screeners) -> None:
    after = labelled(submission, "Điều 4")
    added = db.session.get_one(
        SubmittedClause, add_missing(world.official, after, "Điều 5. Thi hành từ nay.", REASON, screeners=by).clause_id
    )
    decide_all(world, submission)
    take_back(world.official, added, "Trang không có đoạn này.", seen=1, screeners=by)
    gone = next(clause for clause in clauses(submission) if clause.id == added.id)
    assert (gone.text, gone.judged, gone.needs_attention, gone.is_corrected) == ("", False, False, False)
    review_round = latest_round(db.session(), submission)
    assert review_round is not None and not standing_of(db.session(), review_round, submission).undecided
    with pytest.raises(Refused):
        correct(world.official, gone, "Điều 5. Lại.", REASON, seen=2, screeners=by)
    again = add_missing(world.official, labelled(submission, "Điều 4"), "Điều 5. Thi hành từ nay.", REASON, screeners=by)
    assert again.clause_id != added.id
    assert labelled(submission, "Điều 5").text == "Thi hành từ nay."


def test_a_rescreen_keeps_corrections(world: World, submission: Submission, by: Screeners, tmp_path: Path) -> None:
    correct_land(world, submission, by)
    fingerprint = land(submission).fingerprint
    with transaction() as session:
        rescreen(session, submission, load_ruleset(write_rules(tmp_path / "rules2", RULES, "thử.2")))
    clause = land(submission)
    assert (clause.text, clause.is_corrected, clause.needs_attention, clause.fingerprint) == (
        "Con gái đã lấy chồng không được chia đất của cha mẹ.", True, True, fingerprint,
    )  # fmt: skip
    with transaction() as session:
        rescreen(session, submission, load_ruleset(write_rules(tmp_path / "rules3", {"culture/du-te": RULES["culture/du-te"]}, "thử.3")))
    assert land(submission).findings == [] and land(submission).needs_attention


def test_the_same_file_handed_in_again_offers_what_was_corrected(world: World, submission: Submission, by: Screeners, app: Flask) -> None:
    correct_land(world, submission, by)
    added = add_missing(world.official, labelled(submission, "Điều 4"), "Điều 5. Thi hành từ nay.", REASON, screeners=by)
    assert earlier_corrections(db.session(), submission) == []
    withdraw(world.official, submission, "Nộp nhầm.")
    (receipt,) = submit(world.official, world.commune, [upload("huong-uoc.docx", docx_bytes_again(submission, app))], world.covenant)
    assert receipt.submission is not None
    drain(app)
    again = receipt.submission
    assert land(again).text != "Con gái đã lấy chồng không được chia đất của cha mẹ."
    assert [one.clause.label for one in earlier_corrections(db.session(), again)] == ["Điều 2", "Điều 5"]
    assert carry_over(world.official, again, by) == 1
    assert land(again).text == "Con gái đã lấy chồng không được chia đất của cha mẹ."
    assert last_event("submissions.text_replaced").details["carried_from"] is not None
    # A clause that was added has no place of its own there: it stays listed until somebody adds it.
    assert [one.id for one in earlier_corrections(db.session(), again)] == [added.id]


def docx_bytes_again(submission: Submission, app: Flask) -> bytes:
    from covenant_review.submissions.storage import store_of

    return store_of(app).path(submission.file.sha256).read_bytes()


@pytest.mark.parametrize(
    ("who", "code"),
    [("neighbour", "not_allowed"), ("signer", "not_allowed"), ("observer", "not_allowed"), ("administrator", "not_allowed")],
)
def test_who_may_not(world: World, submission: Submission, by: Screeners, who: str, code: str) -> None:
    for act in (
        lambda actor: correct(actor, land(submission), CORRECT_LAND, REASON, seen=0, screeners=by),
        lambda actor: add_missing(actor, land(submission), "Điều 9. Thêm.", REASON, screeners=by),
        lambda actor: take_back(actor, land(submission), REASON, seen=0, screeners=by),
        lambda actor: carry_over(actor, submission, by),
    ):
        with pytest.raises(Forbidden) as refused:
            act(getattr(world, who))
        assert refused.value.code == code
    assert db.session.scalar(select(TextCorrection.id)) is None


@pytest.mark.parametrize(
    ("written", "reason", "code"),
    [
        ("", REASON, "words_missing"),
        (" \n ", REASON, "words_missing"),
        (CORRECT_LAND, " ", "reason_missing"),
        (CORRECT_LAND, "x" * 501, "reason_too_long"),
        ("a" * 6_001, REASON, "words_too_long"),
        (f"{CORRECT_LAND}\nĐiều 2a. Con trai được chia đôi.", REASON, "several_provisions"),
        (MISREAD[1], REASON, "nothing_changed"),
    ],
)
def test_what_is_refused(world: World, submission: Submission, by: Screeners, written: str, reason: str, code: str) -> None:
    before = land(submission).text
    with pytest.raises((Invalid, Refused)) as refused:
        correct(world.official, land(submission), written, reason, seen=0, screeners=by)
    assert refused.value.code == code
    assert str(refused.value.message)
    assert land(submission).text == before
    assert db.session.scalar(select(TextCorrection.id)) is None


def test_somebody_else_was_faster(world: World, submission: Submission, by: Screeners) -> None:
    correct_land(world, submission, by)
    with pytest.raises(Refused) as refused:
        correct(world.reviewer, land(submission), "Điều 2. Khác.", REASON, seen=0, screeners=by)
    assert refused.value.code == "corrected_since"


def test_an_older_or_withdrawn_version_is_not_corrected(world: World, submission: Submission, by: Screeners, app: Flask) -> None:
    submit(world.official, world.commune, [upload("moi.docx", docx_bytes())], world.covenant)
    with pytest.raises(Refused) as refused:
        correct_land(world, submission, by)
    assert refused.value.code == "not_latest"
    withdraw(world.official, submission, "Nhầm.")
    with pytest.raises(Refused) as refused:
        correct_land(world, submission, by)
    assert refused.value.code == "withdrawn"


def test_a_row_of_a_table_is_corrected_cell_by_cell(world: World, app: Flask, tmp_path: Path) -> None:
    import io

    from docx import Document

    document = Document()
    for paragraph in ("QUY ƯỚC THÔN THỬ", "Điều 1. Mức đóng góp như sau:"):
        document.add_paragraph(paragraph)
    table = document.add_table(rows=0, cols=2)
    for cells in (("Đối tượng", "Mức góp"), ("Nam từ 18 tuổi", "2 công"), ("Nữ từ 18 tuổi", "I công")):
        for cell, words in zip(table.add_row().cells, cells, strict=True):
            cell.text = words
    target = io.BytesIO()
    document.save(target)
    read_submission(app, tmp_path, world.official, world.commune, None, "Điều 1. Chỉ để nạp bộ quy tắc.")
    (receipt,) = submit(world.official, world.commune, [upload("bang.docx", target.getvalue())], world.covenant)
    assert receipt.submission is not None
    drain(app)
    row = next(clause for clause in clauses(receipt.submission) if "I công" in clause.text)
    by = screeners(tmp_path)
    with pytest.raises(Invalid):
        correct(world.official, row, ["một ô"], REASON, seen=0, screeners=by)
    correction = correct(world.official, row, ["Nữ từ 18 tuổi", "1 công"], REASON, seen=0, screeners=by)
    after = next(clause for clause in clauses(receipt.submission) if clause.id == row.id)
    assert (after.text, after.cells, after.header_row) == ("Nữ từ 18 tuổi | 1 công", ["Nữ từ 18 tuổi", "1 công"], ["Đối tượng", "Mức góp"])
    assert correction.old_cells == ["Nữ từ 18 tuổi", "I công"]
    take_back(world.official, after, REASON, seen=1, screeners=by)
    assert next(clause for clause in clauses(receipt.submission) if clause.id == row.id).cells == ["Nữ từ 18 tuổi", "I công"]


# --- what the database keeps by itself


def insert_correction(clause: SubmittedClause, person_id: int, **values: object) -> None:
    row = {
        "clause_id": clause.id, "number": 1, "kind": "replaced", "old_number": clause.number, "old_text": clause.text, "new_number": clause.number,
        "new_text": "khác", "reason": "vì", "person": person_id, **values,
    }  # fmt: skip
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO text_correction (clause_id, number, kind, old_number, old_text, old_cells, new_number, new_text, new_cells, "
                "reason, corrected_by_id, corrected_at) VALUES (:clause_id, :number, :kind, :old_number, :old_text, '[]', :new_number, "
                ":new_text, '[]', :reason, :person, '2026-01-01')"
            ),
            row,
        )


def test_the_words_of_a_clause_do_not_change_without_a_correction(world: World, submission: Submission, by: Screeners) -> None:
    for column in ("text", "number"):
        with pytest.raises(DBAPIError, match="guard:text_rewritten"), transaction() as session:
            session.execute(text(f"UPDATE submitted_clause SET {column} = 'khác' WHERE id = :id"), {"id": land(submission).id})
    correct_land(world, submission, by)
    take_back(world.official, land(submission), REASON, seen=1, screeners=by)
    # An older correction is no ground for the same change once more.
    with pytest.raises(DBAPIError, match="guard:text_rewritten"), transaction() as session:
        session.execute(
            text("UPDATE submitted_clause SET text = :text WHERE id = :id"),
            {"id": land(submission).id, "text": "Con gái đã lấy chồng không được chia đất của cha mẹ."},
        )


def test_corrections_are_never_changed_or_erased(world: World, submission: Submission, by: Screeners) -> None:
    correct_land(world, submission, by)
    for statement, code in (
        ("UPDATE text_correction SET reason = 'khác'", "correction_rewritten"),
        ("DELETE FROM text_correction", "correction_erased"),
    ):
        with pytest.raises(DBAPIError, match=f"guard:{code}"), transaction() as session:
            session.execute(text(statement))


def test_a_correction_is_of_the_words_that_stand_there(world: World, submission: Submission) -> None:
    clause = land(submission)
    with pytest.raises(DBAPIError, match="guard:correction_of_other_words"):
        insert_correction(clause, world.official.id, old_text="chữ không có ở đó")
    for wrong in ({"reason": " "}, {"kind": "erased"}, {"number": 0}, {"new_text": clause.text}, {"new_text": "", "new_number": ""}):
        with pytest.raises(DBAPIError):
            insert_correction(clause, world.official.id, **wrong)
    withdraw(world.official, submission, "Nhầm.")
    with pytest.raises(DBAPIError, match="guard:corrected_when_not_read"):
        insert_correction(clause, world.official.id)


def test_who_corrected_does_not_sign(world: World, submission: Submission, by: Screeners) -> None:
    from covenant_review.accounts.models import Role

    with transaction() as session:
        world.signer.roles.append(session.scalars(select(Role).where(Role.name == "reviewer")).one())
        from covenant_review.audit.log import record

        record(session, world.administrator, "accounts.person_changed", "user", world.signer.id)
    correct(world.signer, land(submission), CORRECT_LAND, REASON, seen=0, screeners=by)
    decide_all(world, submission)
    verdict = propose_verdict(world.reviewer, submission)
    with pytest.raises(Forbidden) as refused:
        sign(world.signer, verdict)
    assert refused.value.code == "signed_by_corrector"
    with pytest.raises(DBAPIError, match="guard:signed_by_corrector"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO sign_off (verdict_id, signer_id, action, reason, signed_at) VALUES (:verdict, :signer, 'sign', '', '2026-01-01')"
            ),
            {"verdict": verdict.id, "signer": world.signer.id},
        )
