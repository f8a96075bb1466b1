"""Hostile files on the real way: the upload operation, the queue, a worker with its reading child and limits.

    python bench/bench_hostile.py                    every hostile file, then ten minutes of files damaged by chance
    python bench/bench_hostile.py --minutes 2        a shorter fuzzing (0: none)
    python bench/bench_hostile.py --no-list          only the fuzzing
    python bench/bench_hostile.py --only zip-        hostile files whose names begin so
    python bench/bench_hostile.py --case 1:4711      one case of the fuzzing again (seed:number), its bytes kept with --keep FILE

Fails when anything goes wrong: a worker that dies or hangs past the limit, a reading that ends as "failed" or without
words, more memory than allowed, a file outside uploads/, an address that was visited, a secret that was read.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from hostile_mutations import mutated

from covenant_review.extraction import office
from covenant_review.submissions.kinds import recognition_is_available
from tests import hostile_docx, hostile_pdf
from tests.hostile_files import OFFICE, PICTURES, Hostile, hostile_files, hostile_names
from tests.hostile_way import HostileWay, Outcome, hostile_way
from tests.submissions_data import docx_bytes

ROOT = Path(__file__).resolve().parent.parent
_SAMPLES = ROOT / "tests" / "data"
_LARGEST_SAMPLE = 400_000
_DRAW_EVERY = 10


def main() -> int:
    """Run what was asked for; 0 when nothing went wrong."""
    asked = _arguments()
    _keep_the_log_apart(asked.log)
    wrong: list[str] = []
    with hostile_way(asked.seconds) as way:
        if asked.case:
            return _one_case(way, asked.case, asked.keep)
        if not asked.no_list:
            wrong += _list(way, asked.only)
            if not asked.only:
                wrong += _names(way)
        if asked.minutes > 0 and not asked.only:
            wrong += _fuzz(way, asked.minutes, asked.seed)
        good = way.judge(docx_bytes("Điều 1. Sau tất cả, thôn vẫn họp."), "tot.docx")
    if good.result != "read":
        wrong.append("the worker no longer reads a good file")
    print(f"\n{len(wrong)} things went wrong; the worker {'still reads' if good.result == 'read' else 'NO LONGER READS'} a good file")
    for line in wrong:
        print(f"  {line}")
    return 1 if wrong else 0


def _list(way: HostileWay, only: str) -> list[str]:
    wrong, tally, skipped = [], Counter[str](), []
    slowest, heaviest = (0.0, ""), (0.0, "")
    print(f"{'file':44} {'bytes':>10} {'outcome':32} {'door':>6} {'read':>6} {'draw':>6} {'MB':>6}")
    for file in hostile_files():
        if not file.name.startswith(only):
            continue
        lacking = _lacking(file)
        if lacking:
            skipped.append(f"{file.name}: {lacking}")
            continue
        data = file.make(way.trap)
        outcome = way.judge(data, file.name + file.ending, draw=True)
        slowest = max(slowest, (max(outcome.reading, outcome.drawing), file.name))
        heaviest = max(heaviest, (outcome.peak, file.name))
        tally[outcome.result] += 1
        _show(file.name, data, outcome)
        if outcome.result not in file.allowed:
            wrong.append(f"{file.name}: ended as {outcome.result}, allowed are {', '.join(file.allowed)}")
        wrong += [f"{file.name}: {what}" for what in outcome.wrong]
    print(f"\n{sum(tally.values())} hostile files: " + ", ".join(f"{count} {result}" for result, count in tally.most_common()))
    print(f"slowest {slowest[0]:.1f} s ({slowest[1]}), most memory of one process {heaviest[0]:.0f} MB ({heaviest[1]})")
    for line in skipped:
        print(f"skipped {line}")
    return wrong


def _show(name: str, data: bytes, outcome: Outcome) -> None:
    marks = "  WRONG: " + "; ".join(outcome.wrong) if outcome.wrong else ""
    drawn = f"{outcome.drawing:6.1f}" if outcome.drawn else f"{'-':>6}"
    shown = f"{name:44} {len(data):10,} {outcome.result:32} {outcome.door:6.2f} {outcome.reading:6.1f} {drawn} {outcome.peak:6.0f}{marks}"
    print(shown, flush=True)


def _lacking(file: Hostile) -> str:
    if file.needs == OFFICE and not office.is_available():
        return "LibreOffice is not installed"
    if file.needs == PICTURES and not recognition_is_available():
        return "letters in pictures cannot be recognised here"
    return ""


def _names(way: HostileWay) -> list[str]:
    wrong = []
    for number, name in enumerate(hostile_names()):
        outcome = way.judge(docx_bytes(f"Điều {number + 1}. Họp thôn."), name)
        if outcome.result != "read" or outcome.wrong:
            wrong.append(f"name {name[:60]!r}: {outcome.result} {outcome.wrong}")
    print(f"{len(hostile_names())} hostile names: {len(wrong)} wrong")
    return wrong


def _fuzz(way: HostileWay, minutes: float, seed: int) -> list[str]:
    wrong: list[str] = []
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    slowest, heaviest, drawn = (0.0, ""), (0.0, ""), Counter[str]()
    bases = list(_bases())
    began, number = time.monotonic(), 0
    while time.monotonic() - began < minutes * 60:
        case = f"{seed}:{number}"
        base, data, how = _case(bases, seed, number)
        draw = number % _DRAW_EVERY == 0 and data.startswith(b"%PDF-")
        outcome = way.judge(data, f"mutation-{number}.bin", draw=draw)
        kind = "pdf" if base.endswith(".pdf") else "docx"
        tally[kind][outcome.result] += 1
        if outcome.drawn:
            drawn[outcome.drawn.split(":")[0]] += 1
        slowest = max(slowest, (max(outcome.reading, outcome.drawing), f"{case} {base} {how}"))
        heaviest = max(heaviest, (outcome.peak, f"{case} {base} {how}"))
        if outcome.wrong:
            wrong += [f"case {case} ({base}, {how}): {what}" for what in outcome.wrong]
            print(wrong[-1], flush=True)
        number += 1
    seconds = time.monotonic() - began
    print(f"\nfuzzing, seed {seed}: {number} files from {len(bases)} in {seconds:.0f} s")
    for kind, counts in sorted(tally.items()):
        print(f"  {kind}: {sum(counts.values())}: " + ", ".join(f"{count} {result}" for result, count in counts.most_common()))
    print(f"  drawn: {dict(drawn)}")
    print(f"  slowest {slowest[0]:.1f} s (case {slowest[1]}); most memory of one process {heaviest[0]:.0f} MB (case {heaviest[1]})")
    print(f"  crashes of the worker: 0; wrong outcomes: {len(wrong)}")
    return wrong


def _bases() -> Iterator[tuple[str, bytes]]:
    """Good files of both kinds, and some hostile ones to start from."""
    for path in sorted(_SAMPLES.glob("samples/*")) + sorted(_SAMPLES.glob("pdf/*")):
        if path.suffix in (".docx", ".pdf") and path.stat().st_size < _LARGEST_SAMPLE:
            yield path.name, path.read_bytes()
    yield "numbers.docx", hostile_docx.numbers_without_end()
    yield "circles.docx", hostile_docx.relations_in_circles()
    yield "boxes.docx", hostile_docx.nested_text_boxes(8)
    yield "tables.docx", hostile_docx.nested_full_tables(4)
    yield "small.pdf", hostile_pdf.pdf({})
    yield "forms.pdf", hostile_pdf.forms_by_the_power(3, 3)
    yield "streams.pdf", hostile_pdf.object_stream_in_circles()
    yield "fonts.pdf", hostile_pdf.many_fonts(30)
    yield "letters.pdf", hostile_pdf.type3_font_in_itself()


def _case(bases: list[tuple[str, bytes]], seed: int, number: int) -> tuple[str, bytes, str]:
    chance = random.Random(f"{seed}:{number}")
    base, data = chance.choice(bases)
    data, how = mutated(data, chance)
    return base, data, how


def _one_case(way: HostileWay, case: str, keep: str) -> int:
    seed, number = (int(part) for part in case.split(":"))
    base, data, how = _case(list(_bases()), seed, number)
    if keep:
        Path(keep).write_bytes(data)
    outcome = way.judge(data, f"mutation-{number}.bin", draw=True)
    print(f"{base} {how}: {len(data)} bytes\n{outcome}")
    return 1 if outcome.wrong else 0


def _keep_the_log_apart(path: str) -> None:
    """What the worker and its children say goes into a file: tracebacks of readers are there."""
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(target, 2)
    logging.basicConfig(level=logging.WARNING)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=int, default=120, help="time limit of one reading (the site's own default)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--no-list", action="store_true")
    parser.add_argument("--case", default="")
    parser.add_argument("--keep", default="")
    parser.add_argument("--log", default=str(ROOT / "var" / "bench-hostile.log"), help="what the worker and its children say")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
