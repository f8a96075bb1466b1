"""The examples guard the rules: what is taken out is missed by some example."""

from __future__ import annotations

from pathlib import Path

from covenant_review.screening.mutation import LEAST_SHARE, mutate_rules
from covenant_review.screening.ruleset import default_rules_directory

SMALL = Path(__file__).parent / "data" / "screening" / "small-rules"


def test_nearly_every_part_of_the_rule_set_is_guarded_by_an_example() -> None:
    report = mutate_rules(default_rules_directory())
    assert len(report.mutations) > 300
    assert report.share >= LEAST_SHARE, "\n".join(map(str, report.unnoticed))


def test_a_part_without_an_example_is_named(tmp_path: Path) -> None:
    for source in SMALL.rglob("*.yml"):
        target = tmp_path / source.relative_to(SMALL)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    before = mutate_rules(tmp_path)
    rule = next(path for path in sorted(tmp_path.glob("*/*.yml")) if "\npatterns:\n" in path.read_text("utf-8"))
    idle = "\npatterns:\n  - {kind: sequence, say: chẳng bao giờ có câu này}"
    rule.write_text(rule.read_text("utf-8").replace("\npatterns:", idle, 1), "utf-8")
    after = mutate_rules(tmp_path)
    added = {str(mutation) for mutation in after.unnoticed} - {str(mutation) for mutation in before.unnoticed}
    assert any("chẳng bao giờ có câu này" in part for part in added), (added, rule.read_text("utf-8")[:600])
