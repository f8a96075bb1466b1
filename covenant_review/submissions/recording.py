"""Writing down what the machine read and found. Every function runs in the caller's transaction, which also ends the job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from covenant_review.audit.log import record
from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.database import now
from covenant_review.extraction.document import Box
from covenant_review.refusals import Refused
from covenant_review.screening.result import ClauseScreening
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.second_reader_use import SWITCHED_OFF, SecondReaderInUse, SecondReaderStamp, screen_by_both
from covenant_review.submissions.fingerprints import fingerprint, rule_marks, text_fingerprint
from covenant_review.submissions.models import FindingRecord, SilencedHit, Submission, SubmittedClause, UncheckedRule
from covenant_review.submissions.readiness import announce_ready
from covenant_review.submissions.readings import RuleSetStamp, box_values, plain

# NUL and lone surrogates cannot be stored; one mark for one mark keeps every offset.
_UNSTORABLE = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def record_reading(
    session: Session,
    submission: Submission,
    text: CovenantText,
    screenings: Sequence[ClauseScreening],
    ruleset: RuleSetStamp,
    second_reader: SecondReaderStamp = SWITCHED_OFF.stamp,
) -> None:
    """Write clauses, findings, silenced hits, unchecked rules and the facts of the reading; then announce the version.

    `screenings` has one entry per clause of `text`, in order. Raises Refused (already_read) rather than write a text twice.
    """
    if submission.state == "read":
        raise Refused("already_read", f"submission {submission.id} was read already")
    by_id = {clause.id: clause for clause in text.clauses}
    clauses = [
        _clause_row(submission.id, position, clause, screening, by_id)
        for position, (clause, screening) in enumerate(zip(text.clauses, screenings, strict=True))
    ]
    session.add_all(clauses)
    submission.state, submission.reason = "read", ""
    submission.read_at = now()
    submission.text_status = text.status
    submission.title = storable(text.title)
    submission.pages = text.pages
    submission.warnings = [{"code": warning.code, "page": warning.page, "detail": storable(warning.detail)} for warning in text.warnings]
    _stamp(submission, ruleset, second_reader)
    session.flush()
    record(
        session, None, "submissions.read", "submission", submission.id,
        clauses=len(clauses), judged=sum(clause.judged for clause in clauses), findings=_by_outcome(clauses),
        not_checked=sum(len(clause.not_checked) for clause in clauses), pages=text.pages, text_status=text.status,
        warnings=len(text.warnings), ruleset_version=ruleset.version, ruleset_sha256=ruleset.sha256,
        second_reader=second_reader.state, second_reader_version=second_reader.version, second_reader_sha256=second_reader.sha256,
    )  # fmt: skip
    announce_ready(session, submission)


def record_unreadable(session: Session, submission: Submission, reason: str, detail: str = "") -> None:
    """The file holds no text that can be read; `reason` is a code of `unreadable_reason`, `detail` is for the log."""
    submission.state, submission.reason = "unreadable", reason
    record(session, None, "submissions.found_unreadable", "submission", submission.id, reason=reason, detail=storable(detail)[:500])


def record_failure(session: Session, submission: Submission, reason: str, detail: str = "") -> None:
    """Reading failed for no fault of the file that we know of; a person may start it again."""
    submission.state, submission.reason = "failed", reason
    record(session, None, "submissions.reading_failed", "submission", submission.id, reason=reason, detail=storable(detail)[:500])


def rescreen(session: Session, submission: Submission, ruleset: RuleSet, second_reader: SecondReaderInUse = SWITCHED_OFF) -> None:
    """Screen the stored clauses with another rule set or second reader; then announce the version again.

    A clause gets a new fingerprint, and decisions on it go stale, only where a rule or the second reader hits (or cannot run)
    that did not before. A withdrawn rule takes its finding away and leaves decisions alone, and so does another probability.
    Nothing for what is not read.
    """
    if submission.state != "read":
        return
    clauses = list(session.scalars(_with_findings(submission.id)))
    text = CovenantText(submission.title, tuple(as_clause(clause) for clause in clauses), submission.pages)
    counts: Counter[str] = Counter()
    for clause, screening in zip(clauses, screen_by_both(text, ruleset, second_reader), strict=True):
        _screen_again(clause, screening, counts)
    before = _stamped(submission)
    _stamp(submission, ruleset, second_reader.stamp)
    session.flush()
    record(
        session, None, "submissions.screened_again", "submission", submission.id,
        before=before, after=_stamped(submission), clauses=len(clauses),
        clauses_with_new_rules=counts["new"], findings_added=counts["added"], findings_withdrawn=counts["withdrawn"],
    )  # fmt: skip
    announce_ready(session, submission)


def screen_corrected(
    session: Session,
    submission: Submission,
    clauses: Sequence[SubmittedClause],
    changed: frozenset[int],
    ruleset: RuleSet,
    second_reader: SecondReaderInUse = SWITCHED_OFF,
) -> dict[str, int]:
    """Screen a text after a correction; what changed, counted, for the log. The caller records and announces it.

    `clauses` are all of the submission, in order, as they read now; `changed` holds the ids of those whose judged words are
    others than before: they get a new fingerprint whatever the rules say. For the rest it is as `rescreen` has it.
    """
    read = [as_clause(clause) for clause in clauses]
    by_id = {clause.id: clause for clause in read}
    counts: Counter[str] = Counter(added=0, withdrawn=0)
    text = CovenantText(submission.title, tuple(read), submission.pages)
    for row, clause, screening in zip(clauses, read, screen_by_both(text, ruleset, second_reader), strict=True):
        _screen_again(row, screening, counts)
        if row.id in changed:
            row.text_fingerprint = text_fingerprint(clause, by_id)
            row.fingerprint = fingerprint(row.text_fingerprint, _marks(screening))
    _stamp(submission, ruleset, second_reader.stamp)
    session.flush()
    return {"clauses_changed": len(changed), "findings_added": counts["added"], "findings_withdrawn": counts["withdrawn"]}


def as_clause(clause: SubmittedClause) -> Clause:
    """A stored clause in the shape that screening takes."""
    return Clause(
        id=clause.key,
        kind=clause.kind,  # type: ignore[arg-type]  # it was written from a Clause
        label=clause.label,
        number=clause.number,
        text=clause.text,
        lead_in=clause.lead_in,
        headings=tuple(clause.headings),
        cells=tuple(clause.cells),
        header_row=tuple(clause.header_row),
        table=clause.table_index,
        parent=clause.parent_key,
        is_lead_in=clause.is_lead_in,
        page=clause.page,
        boxes=tuple(Box(int(box[0]), *box[1:]) for box in clause.boxes),
    )


def storable(text: str) -> str:
    """Text that both databases take, of the same length."""
    return text.translate(_UNSTORABLE)


def _clause_row(
    submission_id: int, position: int, clause: Clause, screening: ClauseScreening, by_id: Mapping[str, Clause]
) -> SubmittedClause:
    text_digest = text_fingerprint(clause, by_id)
    row = SubmittedClause(
        submission_id=submission_id,
        position=position,
        key=clause.id,
        kind=clause.kind,
        label=_cut(clause.label, 300),
        number=_cut(clause.number, 120),
        text=storable(clause.text),
        lead_in=storable(clause.lead_in),
        headings=[storable(heading) for heading in clause.headings],
        cells=[storable(cell) for cell in clause.cells],
        header_row=[storable(cell) for cell in clause.header_row],
        table_index=clause.table,
        parent_key=clause.parent,
        is_lead_in=clause.is_lead_in,
        page=clause.page,
        boxes=[box_values(box) for box in clause.boxes],
        judged=clause.is_judged,
        text_fingerprint=text_digest,
        fingerprint=fingerprint(text_digest, _marks(screening)),
    )
    _put_screening(row, screening)
    return row


def _put_screening(row: SubmittedClause, screening: ClauseScreening) -> None:
    row.findings = [
        FindingRecord(
            rule=finding.rule,
            outcome=finding.outcome,
            severity=finding.severity,
            field=finding.field,
            span_start=finding.start,
            span_end=finding.end,
            quote=storable(finding.quote),
            title_vi=_cut(finding.title_vi, 300),
            title_en=_cut(finding.title_en, 300),
            why=storable(finding.why),
            law=list(finding.law),
            suggestion=storable(finding.suggestion),
            score=finding.score,
            trail=_storable_trail(finding.trail),
        )
        for finding in screening.findings
    ]
    row.silenced = [
        SilencedHit(
            rule=hit.rule,
            exception=_cut(hit.exception, 120),
            reason=storable(hit.reason),
            span_start=hit.start,
            span_end=hit.end,
            quote=storable(hit.quote),
        )
        for hit in screening.silenced
    ]
    row.not_checked = [UncheckedRule(rule=rule.rule, reason=storable(rule.reason)) for rule in screening.not_checked]
    row.screening_state = screening.state
    row.second_reader_probability = screening.probability
    # A heading is never decided on; what hits there is shown, and carried down to its clauses by the screening.
    # Words that a person changed are read by a person: they are never approved in bulk.
    row.needs_attention = row.judged and (bool(_marks(screening)) or row.is_corrected)


def _screen_again(clause: SubmittedClause, screening: ClauseScreening, counts: Counter[str]) -> None:
    found_before = {(finding.rule, finding.outcome) for finding in clause.findings}
    found_now = {(finding.rule, finding.outcome) for finding in screening.findings}
    counts["added"] += len(found_now - found_before)
    counts["withdrawn"] += len(found_before - found_now)
    marks_before = rule_marks(found_before, (rule.rule for rule in clause.not_checked))
    marks_now = _marks(screening)
    if marks_now - marks_before:
        counts["new"] += 1
        clause.fingerprint = fingerprint(clause.text_fingerprint, marks_now)
    _put_screening(clause, screening)


def _marks(screening: ClauseScreening) -> frozenset[str]:
    found = ((finding.rule, finding.outcome) for finding in screening.findings)
    return rule_marks(found, (rule.rule for rule in screening.not_checked))


def _with_findings(submission_id: int) -> Select[SubmittedClause]:
    return (
        select(SubmittedClause)
        .where(SubmittedClause.submission_id == submission_id)
        .order_by(SubmittedClause.position)
        .options(
            selectinload(SubmittedClause.findings),
            selectinload(SubmittedClause.silenced),
            selectinload(SubmittedClause.not_checked),
            selectinload(SubmittedClause.corrections),
        )
    )


def _by_outcome(clauses: Iterable[SubmittedClause]) -> dict[str, int]:
    return dict(Counter(finding.outcome for clause in clauses for finding in clause.findings))


def _stamp(submission: Submission, ruleset: RuleSetStamp, second_reader: SecondReaderStamp) -> None:
    submission.ruleset_version, submission.ruleset_sha256 = ruleset.version[:40], ruleset.sha256
    submission.second_reader_state, submission.second_reader_reason = second_reader.state, _cut(second_reader.reason, 500)
    submission.second_reader_version, submission.second_reader_sha256 = second_reader.version[:40], second_reader.sha256


def _stamped(submission: Submission) -> dict[str, str]:
    return {
        "version": submission.ruleset_version,
        "sha256": submission.ruleset_sha256,
        "second_reader": submission.second_reader_state,
        "second_reader_version": submission.second_reader_version,
        "second_reader_sha256": submission.second_reader_sha256,
    }


def _storable_trail(trail: Mapping[str, Any]) -> dict[str, Any]:
    return {storable(key): _storable_value(value) for key, value in plain(trail).items()}


def _storable_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _storable_trail(value)
    if isinstance(value, list):
        return [_storable_value(item) for item in value]
    return storable(value) if isinstance(value, str) else value


def _cut(text: str, longest: int) -> str:
    text = storable(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"
