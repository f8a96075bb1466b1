"""Names of communities and covenants: cleaned when they come in, compared without minding case or tone placement."""

from __future__ import annotations

import unicodedata

from flask_babel import lazy_gettext as _l

from covenant_review.refusals import Invalid
from covenant_review.text.folding import fold, strip_marks
from covenant_review.text.normal_form import normal_form

LONGEST_COMMUNITY_NAME, LONGEST_COVENANT_NAME, LONGEST_DOCUMENT = 150, 250, 200
# How each kind may be written, folded. With their marks: "Lăng Khê" is no làng.
KIND_WRITINGS: dict[str, tuple[str, ...]] = {
    "thon": ("thôn",),
    "to_dan_pho": ("tổ dân phố", "tdp", "tổ dp"),
    "khu_pho": ("khu phố",),
    "ban": ("bản",),
    "lang": ("làng",),
}
COVENANT_WRITINGS: dict[str, tuple[str, ...]] = {"huong_uoc": ("hương ước",), "quy_uoc": ("quy ước",)}
# Left over from web pages and byte order marks; nobody sees them.
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_NAME_SIGNS = frozenset(" .,;:-–—/()[]'’‘\"“”&+0123456789")


def clean(text: str) -> str:
    """The text in NFC, with single plain spaces and without invisible characters."""
    return " ".join(normal_form(text).translate(_UNSEEN).split())


def key(text: str) -> str:
    """For comparing names: "Hoà  Bình" and "hòa bình" are the same, "Hòa Bình" and "Hoa Bình" are not."""
    return fold(clean(text))


def bare(text: str) -> str:
    """For comparing headers and searching: without case, marks and punctuation."""
    plain = strip_marks(key(text))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def community_name(kind: str, text: str) -> str:
    """The name of a community without its kind in front ("Thôn Lim" of kind thon → "Lim").

    Raises Invalid when it is empty, too long, or holds signs that no place name has (damage by an old font).
    """
    name = clean(text)
    for writing in KIND_WRITINGS.get(kind, ()):
        if fold(name).startswith(writing + " "):
            name = name[len(writing) + 1 :].strip(" :.-–")
            break
    if not name:
        raise Invalid("name_missing", _l("Hãy nhập tên thôn, tổ dân phố."))
    if len(name) > LONGEST_COMMUNITY_NAME:
        raise Invalid("name_too_long", _l("Tên dài quá %(limit)s ký tự. Hãy rút gọn.", limit=LONGEST_COMMUNITY_NAME))
    if strange := sorted({sign for sign in name if sign not in _NAME_SIGNS and not _is_vietnamese_letter(sign)}):
        raise Invalid(
            "strange_signs",
            _l("Tên có ký tự lạ: %(signs)s. Có thể do phông chữ cũ (TCVN3, VNI); hãy gõ lại tên bằng Unicode.", signs=" ".join(strange)),
        )
    return name


def kind_in_front(text: str) -> str | None:
    """The kind that a community's name begins with ("Tổ dân phố số 3" → "to_dan_pho"); None if it begins with none."""
    return _begins_with(KIND_WRITINGS, text)


def covenant_kind_in_front(text: str) -> str | None:
    """The kind that a covenant's name begins with ("Quy ước thôn Lim" → "quy_uoc"); None if it begins with none."""
    return _begins_with(COVENANT_WRITINGS, text)


def covenant_name(text: str) -> str:
    """The cleaned name of a covenant. Raises Invalid when it is empty, too long or holds control characters."""
    name = clean(text)
    if not name:
        raise Invalid("name_missing", _l("Hãy nhập tên hương ước, quy ước."))
    if len(name) > LONGEST_COVENANT_NAME:
        raise Invalid("name_too_long", _l("Tên dài quá %(limit)s ký tự. Hãy rút gọn.", limit=LONGEST_COVENANT_NAME))
    _no_control_signs(name)
    return name


def document_text(text: str) -> str:
    """The cleaned number or name of a document ("" is allowed). Raises Invalid when too long or with control characters."""
    document = clean(text)
    if len(document) > LONGEST_DOCUMENT:
        raise Invalid("document_too_long", _l("Số, tên văn bản dài quá %(limit)s ký tự. Hãy rút gọn.", limit=LONGEST_DOCUMENT))
    _no_control_signs(document)
    return document


def _begins_with(writings: dict[str, tuple[str, ...]], text: str) -> str | None:
    folded = key(text) + " "
    return next((kind for kind, known in writings.items() if folded.startswith(tuple(f"{one} " for one in known))), None)


def _no_control_signs(text: str) -> None:
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") for sign in text):
        raise Invalid("strange_signs", _l("Có ký tự lạ không đọc được. Hãy gõ lại bằng phông chữ Unicode."))


def _is_vietnamese_letter(sign: str) -> bool:
    plain = strip_marks(fold(sign))
    return plain.isascii() and plain.isalpha()
