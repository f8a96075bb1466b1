"""Versions of a covenant as reading and screening leave them, for tests of review: real provisions, findings beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from covenant_review.accounts.models import User
from covenant_review.audit.log import record
from covenant_review.database import db, now, transaction
from covenant_review.registry.models import Covenant
from covenant_review.review.checks import latest_round
from covenant_review.review.models import Decision, ReviewRound
from covenant_review.submissions.models import (
    FindingRecord,
    SilencedHit,
    StoredFile,
    Submission,
    SubmittedClause,
    UncheckedRule,
)
from covenant_review.submissions.readiness import announce_ready


@dataclass(frozen=True)
class Hit:
    """A finding: which rule, with which outcome, on which words of the provision."""

    rule: str
    outcome: str
    quote: str
    suggestion: str = ""
    law: tuple[str, ...] = ()


@dataclass(frozen=True)
class Provision:
    """One block of the text. `hits`, `silenced` (rule, exception, reason, quote) and `unchecked` (rule, reason) on it."""

    text: str
    label: str = ""
    number: str = ""
    kind: str = "clause"
    lead_in: str = ""
    headings: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    header_row: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    silenced: tuple[tuple[str, str, str, str], ...] = ()
    unchecked: tuple[tuple[str, str], ...] = ()

    @property
    def judged(self) -> bool:
        """As clauses.Clause.is_judged."""
        return self.kind in {"clause", "point", "bullet", "paragraph", "table_row"}

    @property
    def needs_attention(self) -> bool:
        """As the submission's record says it."""
        return bool(self.unchecked) or any(hit.outcome != "positive" for hit in self.hits)


MARRIAGE = ("Chương II VIỆC CƯỚI, VIỆC TANG", "Điều 4. Việc cưới")
BRIDE_FEE = Provision(
    "Con gái lấy chồng ngoài thôn cần phải nộp lệ phí cheo là 20.000 đồng để góp vào quỹ tu sửa đường làng, giếng nước.",
    "Điều 4, khoản 3",
    "3.",
    headings=MARRIAGE,
    hits=(
        Hit(
            "family/bride_leaving_fee",
            "violation",
            "Con gái lấy chồng ngoài thôn cần phải nộp lệ phí",
            "Bỏ lệ phí này; mọi khoản đóng góp áp dụng như nhau cho mọi người.",
            ("73/2006/QH11 Đ40.1.c",),
        ),
    ),
)
FEAST = Provision(
    "Đám cưới tổ chức vui tươi, lành mạnh, tiết kiệm, không quá 19 mâm cỗ; không mở loa đài sau 22 giờ đêm.",
    "Điều 4, khoản 2", "2.", headings=MARRIAGE,
)  # fmt: skip
TREE = Provision(
    "Cô dâu, chú rể được khuyến khích trồng một cây lưu niệm tại khuôn viên đình làng hoặc nhà văn hóa trong ngày cưới.",
    "Điều 4, khoản 4", "4.", headings=MARRIAGE,
)  # fmt: skip
HEADING = Provision("Việc cưới", "Điều 4", "Điều 4.", kind="heading", headings=MARRIAGE[:1])
PROVISIONS = (HEADING, FEAST, BRIDE_FEE, TREE)


def add_version(
    covenant: Covenant,
    uploader: User,
    provisions: Sequence[Provision] = PROVISIONS,
    *,
    name: str = "huong-uoc.docx",
    text_status: str = "read",
    warnings: Sequence[dict[str, object]] = (),
) -> Submission:
    """Record a read version of the covenant and announce that it is ready, in one transaction."""
    with transaction() as session:
        version = session.query(Submission).filter_by(covenant_id=covenant.id).count() + 1
        digest = hashlib.sha256(f"{covenant.id}/{version}/{name}".encode()).hexdigest()
        file = StoredFile(sha256=digest, size=1000, kind="docx")
        session.add(file)
        session.flush()
        submission = Submission(
            commune_id=covenant.community.commune_id,
            covenant_id=covenant.id,
            version=version,
            file_id=file.id,
            file_name=name,
            uploaded_by_id=uploader.id,
            state="read",
            read_at=now(),
            text_status=text_status,
            warnings=list(warnings),
            ruleset_version="1",
            ruleset_sha256="a" * 64,
        )
        session.add(submission)
        session.flush()
        session.add_all(_clause(submission, position, provision) for position, provision in enumerate(provisions))
        record(session, uploader, "tests.version_added", "submission", submission.id)
        announce_ready(session, submission)
    return submission


def screen_again(submission: Submission, position: int, hits: tuple[Hit, ...]) -> None:
    """New rules: the clause at `position` now carries these findings, its fingerprint follows, readiness is announced."""
    with transaction() as session:
        clause = clause_at(submission, position)
        provision = replace(_provision_of(clause), hits=hits)
        clause.findings = [_finding(provision, hit) for hit in hits]
        clause.fingerprint, clause.needs_attention = _fingerprint(provision), provision.needs_attention
        clause.screening_state = _state(provision)
        record(session, None, "tests.screened_again", "submission", submission.id)
        announce_ready(session, submission)


def withdraw(submission: Submission) -> None:
    """The commune takes this version back."""
    with transaction() as session:
        submission.withdrawn_at, submission.withdrawn_reason = now(), "Nộp nhầm tệp."
        record(session, None, "tests.withdrawn", "submission", submission.id)


def clause_at(submission: Submission, position: int) -> SubmittedClause:
    """The clause at a position of the submission."""
    found = db.session.query(SubmittedClause).filter_by(submission_id=submission.id, position=position).one()
    assert isinstance(found, SubmittedClause)
    return found


def present_round(submission: Submission) -> ReviewRound:
    """The last round of the submission."""
    found = latest_round(db.session(), submission)
    assert found is not None
    return found


def decisions(submission: Submission) -> list[Decision]:
    """The decisions of the last round, by clause and reviewer."""
    query = db.session.query(Decision).filter_by(round_id=present_round(submission).id)
    return sorted(query.all(), key=lambda decision: (decision.clause_id, decision.reviewer_id))


def _provision_of(clause: SubmittedClause) -> Provision:
    return Provision(
        clause.text, clause.label, clause.number, clause.kind, clause.lead_in, tuple(clause.headings),
        tuple(clause.cells), tuple(clause.header_row),
    )  # fmt: skip


def _words(provision: Provision) -> str:
    return "\n".join((*provision.headings, provision.lead_in, *provision.header_row, provision.text))


def _fingerprint(provision: Provision) -> str:
    rules = sorted(hit.rule for hit in provision.hits)
    return hashlib.sha256("\n".join((_words(provision), *rules)).encode()).hexdigest()


def _state(provision: Provision) -> str:
    if provision.hits:
        return "matched"
    if provision.unchecked:
        return "not_checked"
    return "silenced" if provision.silenced else "unmatched"


def _finding(provision: Provision, hit: Hit) -> FindingRecord:
    start = provision.text.index(hit.quote)
    return FindingRecord(
        rule=hit.rule, outcome=hit.outcome, severity="high", field="family",
        span_start=start, span_end=start + len(hit.quote), quote=hit.quote,
        title_vi="Khoản nộp riêng của con gái", title_en="A fee for daughters only",
        why=f"Căn cứ vào các từ “{hit.quote}”: chỉ con gái phải nộp.", law=list(hit.law),
        suggestion=hit.suggestion, score=100, trail={"pattern": "con gái … nộp", "score": 100},
    )  # fmt: skip


def _clause(submission: Submission, position: int, provision: Provision) -> SubmittedClause:
    def span(quote: str) -> dict[str, object]:
        start = provision.text.index(quote)
        return {"span_start": start, "span_end": start + len(quote), "quote": quote}

    return SubmittedClause(
        submission_id=submission.id, position=position, key=f"c{position}", kind=provision.kind,
        label=provision.label or f"Đoạn {position}", number=provision.number, text=provision.text,
        lead_in=provision.lead_in, headings=list(provision.headings), cells=list(provision.cells),
        header_row=list(provision.header_row), judged=provision.judged, needs_attention=provision.needs_attention,
        screening_state=_state(provision), text_fingerprint=hashlib.sha256(_words(provision).encode()).hexdigest(),
        fingerprint=_fingerprint(provision), findings=[_finding(provision, hit) for hit in provision.hits],
        silenced=[
            SilencedHit(rule=rule, exception=exception, reason=reason, **span(quote))
            for rule, exception, reason, quote in provision.silenced
        ],
        not_checked=[UncheckedRule(rule=rule, reason=reason) for rule, reason in provision.unchecked],
    )  # fmt: skip
