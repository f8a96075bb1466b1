"""`covenant-review rules train`: the second reader learns again, from the labelled corpus and from signed decisions."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import click

from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.second_reader_corpus import (
    Corpus,
    corpus_files,
    default_corpus_directory,
    load_corpus,
    without_marks,
)
from covenant_review.screening.second_reader_signed import SignedClause, apart_from, digest_of, is_worse, signed_examples
from covenant_review.screening.second_reader_training import READER_SHARE, Example, Quality, examples_of, left_out_scores, quality_of
from covenant_review.screening.second_reader_training import train as learn_weights
from covenant_review.screening.second_reader_weights import WEIGHTS_FILE, SecondReaderError, Weights, load_weights


@dataclass(frozen=True, slots=True)
class Signed:
    """The signed clauses that are learnt from, as examples as they are and without diacritics."""

    clauses: tuple[SignedClause, ...] = ()
    plain: tuple[Example, ...] = ()
    bare: tuple[Example, ...] = ()


@click.command("train")
@click.option("--rules", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None)
@click.option("--corpus", "corpus_folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Tệp trọng số ghi ra.")
@click.option(
    "--share", type=click.FloatRange(0, 1), default=READER_SHARE, show_default=True, help="Tỷ lệ điều khoản vô hại được đưa ra thêm."
)
@click.option("--with-decisions", is_flag=True, help="Học thêm từ ý kiến rà soát đã ký trong cơ sở dữ liệu.")
@click.option(
    "--decision-weight", type=click.FloatRange(0, 10, min_open=True), default=1.0, show_default=True,
    help="Một ý kiến đã ký nặng bằng mấy điều khoản của kho.",
)  # fmt: skip
def train(
    folder: Path | None, corpus_folder: Path | None, out: Path | None, share: float, with_decisions: bool, decision_weight: float
) -> None:
    """Máy đọc thứ hai học lại từ kho điều khoản đã gắn nhãn (không dùng phần để dành đo).

    Với --with-decisions: học thêm từ các điều khoản của kết luận đã ký; không ghi gì nếu đọc người viết để riêng kém hơn trước.
    """
    began = time.perf_counter()
    rules = folder or default_rules_directory()
    ruleset = load_ruleset(rules)
    files = corpus_files("open", corpus_folder or default_corpus_directory())
    corpus = load_corpus(files)
    for line in corpus.skipped:
        click.echo(f"BỎ QUA  {line}: không phải JSON", err=True)
    if not any(provision.is_violation for provision in corpus.provisions):
        click.echo("Kho không có điều khoản nào gắn nhãn phân biệt đối xử: không học được. Chỉ kho bằng --corpus.", err=True)
        sys.exit(1)
    signed = _signed(corpus, ruleset, decision_weight) if with_decisions else Signed()
    weights = _learn(corpus, load_corpus(files, without_marks), ruleset, share, signed)
    if with_decisions:
        _refuse_if_worse(weights, _before(rules / WEIGHTS_FILE, corpus, ruleset))
    target = out or rules / WEIGHTS_FILE
    weights.save(target)
    _report(weights, target, time.perf_counter() - began)


def _learn(corpus: Corpus, bare: Corpus, ruleset: RuleSet, share: float, signed: Signed) -> Weights:
    version = f"{corpus.sha256[:8]}-{ruleset.sha256[:8]}"
    weights = learn_weights(
        corpus, bare, ruleset, version, share,
        lambda hand: click.echo(f"Để riêng người viết {hand}, học phần còn lại …"),
        (signed.plain, signed.bare),
    )  # fmt: skip
    if not signed.clauses:
        return weights
    digest = digest_of(signed.clauses)
    about = {"decisions": len(signed.clauses), "decisions_sha256": digest, "decision_weight": signed.plain[0].importance}
    return replace(weights, version=f"{version}-{digest[:8]}", measured={**weights.measured, **about})


def _signed(corpus: Corpus, ruleset: RuleSet, importance: float) -> Signed:
    from covenant_review.commands.site import site
    from covenant_review.database import db
    from covenant_review.review.signed_clauses import signed_clauses

    with site():
        found = signed_clauses(db.session())
    kept = tuple(apart_from(corpus, found.clauses))
    flagged = sum(one.flagged for one in kept)
    click.echo(
        f"Lấy {len(kept)} điều khoản từ kết luận đã ký ({flagged} bị gắn cờ, {len(kept) - flagged} không phân biệt), mỗi điều nặng "
        f"{importance:g}. Để ngoài: {found.in_bulk} ý kiến duyệt chung, {found.repeated} điều lặp lại, "
        f"{len(found.clauses) - len(kept)} điều đã có trong kho."
    )
    if not kept:
        raise click.ClickException("Chưa có ý kiến đã ký nào để học; không ghi gì. Bỏ --with-decisions để học từ kho.")
    return Signed(
        kept,
        tuple(signed_examples(kept, ruleset, importance)),
        tuple(signed_examples(kept, ruleset, importance, without_marks)),
    )


def _before(path: Path, corpus: Corpus, ruleset: RuleSet) -> tuple[str, Quality]:
    """What the present weights reach on hands that were left out, and where that figure comes from.

    Their own record counts if they learnt from the same corpus with the same rules; otherwise the corpus alone is measured now.
    """
    try:
        present = load_weights(path)
    except SecondReaderError:
        present = None
    if present is not None and (present.corpus_sha256, present.rules_sha256) == (corpus.sha256, ruleset.sha256):
        figures = present.measured
        if figures.get("cross_validated") and "average_precision" in figures:
            quality = Quality(figures["average_precision"], figures["surfaced_at_share"])
            return f"trọng số đang dùng ({present.version})", quality
    click.echo("Trọng số đang dùng học từ kho hoặc quy tắc khác; đo lại riêng kho, không có ý kiến đã ký …")
    return "riêng kho, cùng quy tắc", quality_of(left_out_scores(examples_of(corpus, ruleset)))


def _refuse_if_worse(weights: Weights, before: tuple[str, Quality]) -> None:
    name, old = before
    new = Quality(weights.measured["average_precision"], weights.measured["surfaced_at_share"])
    for label, quality in ((name, old), ("thêm ý kiến đã ký", new)):
        click.echo(
            f"Đo chéo trên kho, {label}: độ chính xác trung bình {quality.average_precision:.4f}; đưa ra {quality.surfaced_at_share:.1%} "
            f"điều khoản phân biệt khi đưa ra {READER_SHARE:.0%} điều khoản vô hại."
        )
    if not weights.measured["cross_validated"]:
        raise click.ClickException("Kho chỉ có một người viết nên không đo chéo được; không ghi gì.")
    if is_worse(new, old):
        raise click.ClickException("Học thêm từ ý kiến đã ký làm máy đọc kém đi; không ghi gì, trọng số đang dùng còn nguyên.")


def _report(weights: Weights, target: Path, seconds: float) -> None:
    figures = weights.measured
    click.echo(
        f"Đã học {figures['examples']} điều khoản, {len(weights.plain.weights)} đặc trưng, {seconds:.0f} giây; "
        f"ghi {target.name} (phiên bản {weights.version}, mã băm {weights.sha256[:12]})."
    )
    click.echo(
        f"Đo chéo theo người viết, ngưỡng {weights.plain.threshold:.3f}: riêng máy đọc thứ hai đưa ra {figures['surfaced_alone']:.1%} "
        f"điều khoản phân biệt và {figures['harmless_alone']:.1%} điều khoản vô hại; cùng bộ quy tắc: "
        f"{figures['surfaced_together']:.1%} và {figures['harmless_together']:.1%}."
    )
    if not figures["cross_validated"]:
        click.echo("Chỉ có một người viết: các tỷ lệ trên đo ngay trên phần đã học, chưa nói được gì.", err=True)
