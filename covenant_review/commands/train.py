"""`covenant-review rules train`: the second reader learns from the labelled corpus again."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from covenant_review.screening.ruleset import default_rules_directory, load_ruleset
from covenant_review.screening.second_reader_corpus import (
    corpus_files,
    default_corpus_directory,
    load_corpus,
    without_marks,
)
from covenant_review.screening.second_reader_training import READER_SHARE
from covenant_review.screening.second_reader_training import train as learn_weights
from covenant_review.screening.second_reader_weights import WEIGHTS_FILE


@click.command("train")
@click.option("--rules", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None)
@click.option("--corpus", "corpus_folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Tệp trọng số ghi ra.")
@click.option(
    "--share", type=click.FloatRange(0, 1), default=READER_SHARE, show_default=True, help="Tỷ lệ điều khoản vô hại được đưa ra thêm."
)
def train(folder: Path | None, corpus_folder: Path | None, out: Path | None, share: float) -> None:
    """Máy đọc thứ hai học lại từ kho điều khoản đã gắn nhãn (không dùng phần để dành đo)."""
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
    version = f"{corpus.sha256[:8]}-{ruleset.sha256[:8]}"
    bare = load_corpus(files, without_marks)
    weights = learn_weights(
        corpus, bare, ruleset, version, share, lambda hand: click.echo(f"Để riêng người viết {hand}, học phần còn lại …")
    )
    target = out or rules / WEIGHTS_FILE
    weights.save(target)
    figures = weights.measured
    click.echo(
        f"Đã học {figures['examples']} điều khoản, {len(weights.plain.weights)} đặc trưng, {time.perf_counter() - began:.0f} giây; "
        f"ghi {target.name} (phiên bản {version}, mã băm {weights.sha256[:12]})."
    )
    click.echo(
        f"Đo chéo theo người viết, ngưỡng {weights.plain.threshold:.3f}: riêng máy đọc thứ hai đưa ra {figures['surfaced_alone']:.1%} "
        f"điều khoản phân biệt và {figures['harmless_alone']:.1%} điều khoản vô hại; cùng bộ quy tắc: "
        f"{figures['surfaced_together']:.1%} và {figures['harmless_together']:.1%}."
    )
    if not figures["cross_validated"]:
        click.echo("Chỉ có một người viết: các tỷ lệ trên đo ngay trên phần đã học, chưa nói được gì.", err=True)
