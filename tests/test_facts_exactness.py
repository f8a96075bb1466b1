"""How exact the facts are on whole covenants written by several hands: a floor that a change must not fall through."""

from __future__ import annotations

from bench.bench_facts import covenants, measure

# Of what is proposed, at least so much is what the label says (a name also as the document's own title has it); and so many
# covenants get a proposal at all.
FLOORS = {"name": (0.85, 55), "community": (0.90, 45), "commune": (0.97, 33), "year": (0.98, 45)}


def test_facts_on_the_labelled_covenants() -> None:
    paths = covenants()
    assert len(paths) >= 50
    assert not [path for path in paths if "unseen" in path.parts or (path.parent.name == "dev" and path.name[:2] > "08")]
    counts, wrong = measure(paths)
    for kind, (exact, proposed) in FLOORS.items():
        right, told = counts[kind]["right"], counts[kind]["right"] + counts[kind]["wrong"]
        assert told >= proposed, (kind, counts[kind])
        assert right / told >= exact, [line for line in wrong if f": {kind} wrong" in line]
