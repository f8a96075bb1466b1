"""What makes sense in the legal life of a covenant: the order of drafting, adoption, recognition, suspension and end.

Nghị định 61/2023/NĐ-CP: adoption Đ10, recognition Đ11, suspension Đ12, amendment and replacement Đ13, abolition Đ14. Old
registers have gaps (only the recognition is known, say), so a missing step is accepted; a contradiction is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from covenant_review.refusals import Invalid
from covenant_review.registry.days import check_day

_RECOGNITION = ("recognised", "not_recognised")
_ENDINGS = ("abolished", "replaced")
_AFTER_BEGIN = ("suspended_part", "suspended_whole", *_ENDINGS)
# An earlier stage may be filled in later, even before the first step that the register knew of.
_STAGE = {"drafted": 0, "adopted": 1, "recognised": 2, "not_recognised": 2} | dict.fromkeys(_AFTER_BEGIN, 3)


@dataclass(frozen=True, slots=True)
class Step:
    """A status and the day from which it holds."""

    status: str
    on: date


def check_life(steps: Sequence[Step]) -> None:
    """Raise Invalid where the steps contradict each other. On the same day, the order of `steps` is their order in time.

    Checked: no day to come; no draft after the adoption; no recognition before the adoption; no suspension or end before
    something was in force; nothing after the end; the same step not twice on one day.
    """
    if not steps:
        raise Invalid(
            "no_steps",
            _l("Hãy nhập ngày thông qua hoặc ngày công nhận. Văn bản chưa thông qua thì nhập ngày dự thảo."),
        )
    for step in steps:
        check_day(step.on)
    if len(set(steps)) < len(steps):
        raise Invalid("status_repeated", _l("Tình trạng này đã được ghi đúng ngày đó rồi."))
    in_time = [step for _place, step in sorted(enumerate(steps), key=lambda pair: (pair[1].on, pair[0]))]
    _draft_comes_first(in_time)
    _recognition_follows_adoption(in_time)
    _something_was_in_force(in_time)
    _nothing_after_the_end(in_time)


def check_new_step(known: Sequence[Step], new: Step) -> None:
    """Raise Invalid where `new` does not fit to the steps that are known already (in the order in which they were recorded)."""
    check_life([*known, new])
    if known:
        first = min(known, key=lambda step: step.on)
        if new.on < first.on and _STAGE[new.status] >= _STAGE[first.status]:
            raise Invalid(
                "before_the_first",
                _l(
                    "Ngày này sớm hơn bước đầu tiên đã ghi (%(day)s). Hãy kiểm tra lại ngày, hoặc đính chính bước đầu tiên.",
                    day=_dmy(first.on),
                ),
            )


def _draft_comes_first(in_time: list[Step]) -> None:
    begun = None
    for step in in_time:
        if step.status == "drafted" and begun:
            raise Invalid(
                "draft_after_adoption",
                _l(
                    "Văn bản đã được thông qua hoặc công nhận từ %(day)s nên không ghi lại là dự thảo. Bản sửa đổi thì nộp thành bản mới.",
                    day=_dmy(begun.on),
                ),
            )
        if step.status in ("adopted", *_RECOGNITION):
            begun = begun or step


def _recognition_follows_adoption(in_time: list[Step]) -> None:
    adopted = next((step.on for step in in_time if step.status == "adopted"), None)
    decided = next((step.on for step in in_time if step.status in _RECOGNITION), None)
    if adopted and decided and decided < adopted:
        raise Invalid(
            "recognised_before_adopted",
            _l(
                "Ngày công nhận hoặc không công nhận (%(decided)s) không thể trước ngày thông qua (%(adopted)s). "
                "Hãy kiểm tra lại hai ngày.",
                decided=_dmy(decided),
                adopted=_dmy(adopted),
            ),
        )


def _something_was_in_force(in_time: list[Step]) -> None:
    in_force = False
    for step in in_time:
        in_force = in_force or step.status in ("adopted", "recognised")
        if step.status in _AFTER_BEGIN and not in_force:
            raise Invalid(
                "nothing_in_force_yet",
                _l(
                    "Chưa ghi ngày thông qua hay công nhận trước %(day)s, nên chưa có gì để tạm ngừng, bãi bỏ hay thay thế.",
                    day=_dmy(step.on),
                ),
            )


def _nothing_after_the_end(in_time: list[Step]) -> None:
    ended = None
    for step in in_time:
        if ended:
            raise Invalid(
                "after_the_end",
                _l(
                    "Văn bản đã bị bãi bỏ hoặc thay thế từ %(day)s. Nếu ngày đó ghi sai, hãy đính chính bước ấy; nếu có văn bản mới, "
                    "hãy thêm thành hương ước, quy ước mới.",
                    day=_dmy(ended.on),
                ),
            )
        ended = step if step.status in _ENDINGS else None


def _dmy(day: date) -> str:
    return day.strftime("%d/%m/%Y")
