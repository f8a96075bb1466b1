"""How exact the proposed facts are on labelled covenants whose first line says name, community, commune and year."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

from covenant_review.clauses.facts import DocumentFacts, facts_of
from covenant_review.clauses.splitting import split
from covenant_review.extraction.reading import read
from covenant_review.text.folding import fold

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
_UNIT = re.compile(r"^(?:tổ dân phố|khu dân cư|khu phố|khu trại|vạn chài|thị trấn|phường|thôn|làng|bản|ấp|buôn|xóm|xã)\s+")
MEASURED = ("name", "community", "commune", "year")


def covenants() -> list[Path]:
    """The whole covenants that may be looked at: dev 01-08, train and the hands; nothing that is kept for measuring."""
    found = [path for path in (CORPUS / "given" / "dev").glob("*.jsonl") if path.name[:2] <= "08"]
    found += [*(CORPUS / "given" / "train").glob("*.jsonl"), *(CORPUS / "hands").rglob("*.jsonl")]
    return sorted(path for path in found if _description(path).keys() >= {"name", "community", "commune", "year"})


def measure(paths: list[Path]) -> tuple[dict[str, Counter[str]], list[str]]:
    """Per fact how often it is right, wrong, and not proposed; and the wrong ones as lines."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in MEASURED}
    wrong: list[str] = []
    for path in paths:
        truth, found = _description(path), facts_of_file(path)
        for kind in MEASURED:
            fact = getattr(found, kind)
            if kind == "name":
                agrees = fact is not None and _is_name_of(path, fact.value, truth[kind])
            else:
                agrees = fact is not None and _agrees(kind, fact.value, str(truth[kind]))
            result = "none" if fact is None else "right" if agrees else "wrong"
            counts[kind][result] += 1
            if result != "right":
                wrong.append(f"{path.parent.name}/{path.stem}: {kind} {result}: {fact.value if fact else ''} | {truth[kind]}")
    return counts, wrong


def facts_of_file(path: Path) -> DocumentFacts:
    """The facts of a labelled covenant, read as plain text: no fonts, no places on a page."""
    lines = [f"{block['n']} {block['x']}".strip() for block in _lines(path)[1:]]
    return facts_of(split(read("\n".join(lines).encode(), as_text=True)))


def _agrees(kind: str, value: str, truth: str) -> bool:
    if kind == "year":
        return value == truth
    if kind == "commune":
        return _bare(value) == _bare(truth.split(",")[0])
    if kind == "community":
        plain = re.sub(r"\s*\(.*\)", "", truth)
        return any(_undescribed(value) == _undescribed(part) for part in (plain, *plain.split(", ")))
    return fold(value) == fold(truth)


def _is_name_of(path: Path, value: str, truth: str) -> bool:
    """Whether `value` is the label's name, or the document's own title where the label shortens it, with capitals as in the label."""
    titles = [block["x"] for block in _lines(path)[1:] if block["t"] == "title"]
    own = {fold(" ".join(titles[:count])) for count in range(1, len(titles) + 1)}
    if fold(value) != fold(truth) and not any(title.startswith(fold(value)) for title in own):
        return False
    cased: dict[str, set[str]] = {}
    for word in truth.split()[1:]:
        cased.setdefault(fold(word), set()).add(word)
    return all(word in cased.get(fold(word), {word}) for word in value.split()[1:])


def _undescribed(community: str) -> str:
    """ "làng nghề gốm Bến Chảo" is làng Bến Chảo: what stands in small letters between unit and name describes it."""
    unit = _UNIT.match(fold(community) + " ")
    words = community[unit.end() :].split() if unit else community.split()
    while len(words) > 1 and words[0].islower():
        words.pop(0)
    return fold(" ".join([unit.group().split()[0] if unit else "", *words]))


def _bare(words: str) -> str:
    return _UNIT.sub("", fold(words).strip())


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _description(path: Path) -> dict[str, str]:
    return _lines(path)[0]


def main() -> None:
    """Print one line per fact; with --ids also what was wrong or missing."""
    paths = covenants()
    counts, wrong = measure(paths)
    print(f"{len(paths)} covenants; a name is right where it is the label's or the document's own title, with capitals as in the label")
    print(f"{'fact':<12}{'right':>7}{'wrong':>7}{'none':>7}{'exact of proposed':>20}")
    for kind, count in counts.items():
        proposed = count["right"] + count["wrong"]
        print(f"{kind:<12}{count['right']:>7}{count['wrong']:>7}{count['none']:>7}{count['right'] / max(proposed, 1):>20.3f}")
    if "--ids" in sys.argv:
        print(*wrong, sep="\n")


if __name__ == "__main__":
    main()
