"""The figures of 2.4: what must hold whatever the register looks like."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covenant_review.tally.counting import Tally, by_commune, percent, tally
from covenant_review.tally.standing import GROUPS, CovenantStanding, in_group
from covenant_review.tally.uncounted import CommunityWithout
from covenant_review.text.alphabet import vietnamese_order


@dataclass(frozen=True)
class Place:
    """A commune of the table."""

    id: int
    code: str
    name: str
    kind: str


PLACES = [Place(number, f"{number:05}", f"Xã {number}", "xa") for number in range(1, 6)]


def standing(number: int, commune: Place, group: str) -> CovenantStanding:
    concluded = group in ("compliant", "not_compliant")
    return CovenantStanding(
        covenant_id=number,
        covenant_name=f"Hương ước {number}",
        covenant_kind="huong_uoc",
        community_id=number,
        community_name=f"Thôn {number}",
        community_kind="thon",
        commune_id=commune.id,
        commune_code=commune.code,
        commune_name=commune.name,
        commune_kind=commune.kind,
        legal_status="adopted",
        status_since=date(2024, 3, 1),
        group=group,  # type: ignore[arg-type]
        submission_id=None if group == "not_received" else number,
        version=None if group == "not_received" else 1,
        file_name=None,
        round_number=1 if concluded else None,
        verdict_id=number if concluded else None,
        signed_on=datetime(2026, 11, 1, tzinfo=UTC) if concluded else None,
        signer_name="Vũ Thị Ký" if concluded else None,
    )


@st.composite
def registers(draw: st.DrawFn) -> list[CovenantStanding]:
    rows = draw(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(GROUPS)), max_size=60))
    return [standing(number, place, group) for number, (place, group) in enumerate(rows)]


@given(registers())
def test_the_groups_sum_to_the_covenants_in_force(register: list[CovenantStanding]) -> None:
    found = tally(register)
    assert found.in_force == len(register) == sum(getattr(found, group) for group in GROUPS)


@given(registers())
def test_every_covenant_is_in_exactly_one_list_and_each_number_is_its_list(register: list[CovenantStanding]) -> None:
    found = tally(register)
    lists = {group: in_group(register, group) for group in GROUPS}
    assert Counter(one.covenant_id for rows in lists.values() for one in rows) == Counter(one.covenant_id for one in register)
    assert all(getattr(found, group) == len(lists[group]) for group in GROUPS)


@given(registers())
def test_what_is_undecided_never_raises_the_rate(register: list[CovenantStanding]) -> None:
    found = tally(register)
    if not register:
        assert found.rate is None and found.share_reviewed is None
        return
    assert found.rate == Fraction(sum(one.group == "compliant" for one in register), len(register))
    assert found.rate is not None and found.share_reviewed is not None and 0 <= found.rate <= found.share_reviewed <= 1
    undecided = [one for one in register if one.group not in ("compliant", "not_compliant")]
    assert (found.share_reviewed == 1) == (not undecided)
    for place in PLACES:
        more = tally([*register, standing(-1, place, "in_review")])
        assert more.rate is not None and more.rate <= found.rate


@given(registers())
def test_the_communes_sum_to_the_province(register: list[CovenantStanding]) -> None:
    lines = by_commune(PLACES, register)
    assert [line.commune.id for line in lines] == [place.id for place in PLACES]
    whole = tally(register)
    for name in ("in_force", *GROUPS):
        assert sum(getattr(line.tally, name) for line in lines) == getattr(whole, name)


def test_communities_without_a_covenant_enter_no_rate() -> None:
    without = [
        CommunityWithout(1, "A", "thon", 1, "00001", "Xã 1", "xa", date(2026, 1, 1)),
        CommunityWithout(2, "B", "thon", 2, "00002", "Xã 2", "xa", None),
        CommunityWithout(3, "C", "thon", 2, "00002", "Xã 2", "xa", None),
    ]
    found = tally([standing(1, PLACES[0], "compliant")], without)
    assert (found.in_force, found.rate, found.declared_none, found.nothing_registered) == (1, Fraction(1), 1, 2)
    lines = by_commune(PLACES[:2], [], without)
    assert [(line.tally.declared_none, line.tally.nothing_registered) for line in lines] == [(1, 0), (0, 2)]


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (None, None),
        (Fraction(0), "0.0"),
        (Fraction(1), "100.0"),
        (Fraction(1, 3), "33.3"),
        (Fraction(2, 3), "66.7"),
        (Fraction(1999, 2000), "99.9"),
        (Fraction(1, 3000), "0.1"),
        (Fraction(1, 2000), "0.1"),
        (Fraction(345, 1000), "34.5"),
    ],
)
def test_percent(share: Fraction | None, shown: str | None) -> None:
    assert percent(share) == (None if shown is None else Decimal(shown))


@given(st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_percent_never_reports_what_is_not_reached(pair: tuple[int, int]) -> None:
    part, whole = pair
    shown = percent(Fraction(part, whole))
    assert shown is not None
    assert (shown == 100) == (part == whole) and (shown == 0) == (part == 0)
    assert abs(shown - Decimal(100 * part) / whole) <= Decimal("0.1")


def test_nothing_in_force_has_no_rate() -> None:
    empty = Tally(0, 0, 0, 0, 0, 0)
    assert empty.rate is None and empty.share_reviewed is None and percent(empty.rate) is None


def test_names_in_the_order_of_the_alphabet() -> None:
    names = [
        "Đa Mai",
        "Yên Phong",
        "Ấu",
        "An",
        "Ăng",
        "Dương",
        "Đại Sơn",
        "Bắc Giang",
        "Hạ",
        "Hà",
        "Ha",
        "Khu 10",
        "Khu A",
        "eo",
    ]
    assert sorted(names, key=vietnamese_order) == [
        "An", "Ăng", "Ấu", "Bắc Giang", "Dương", "Đa Mai", "Đại Sơn", "eo", "Ha", "Hà", "Hạ", "Khu 10", "Khu A", "Yên Phong",
    ]  # fmt: skip
