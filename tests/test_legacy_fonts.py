"""Old encodings: the tables whole, the decision line by line, and nothing done to text that is Unicode already."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from covenant_review.clauses.splitting import split
from covenant_review.extraction.reading import read_path
from covenant_review.text.legacy_fonts import Encoding, LegacyFont, as_latin_1, convert, from_tcvn3, from_vni, legacy_font
from covenant_review.text.legacy_text import LegacyTally, Usual, settle, with_u_horns
from covenant_review.text.spelling import is_syllable
from tests.test_clauses_samples import expected_provisions

DATA = Path(__file__).parent / "data"
# As printed in TCVN 5712:1993, column by column; the capitals with tones are the standard's, not the fonts'.
TCVN3_LOWER = {
    "à": 0xB5, "ả": 0xB6, "ã": 0xB7, "á": 0xB8, "ạ": 0xB9, "ă": 0xA8, "ằ": 0xBB, "ẳ": 0xBC, "ẵ": 0xBD, "ắ": 0xBE, "ặ": 0xC6,
    "â": 0xA9, "ầ": 0xC7, "ẩ": 0xC8, "ẫ": 0xC9, "ấ": 0xCA, "ậ": 0xCB, "đ": 0xAE, "è": 0xCC, "ẻ": 0xCE, "ẽ": 0xCF, "é": 0xD0,
    "ẹ": 0xD1, "ê": 0xAA, "ề": 0xD2, "ể": 0xD3, "ễ": 0xD4, "ế": 0xD5, "ệ": 0xD6, "ì": 0xD7, "ỉ": 0xD8, "ĩ": 0xDC, "í": 0xDD,
    "ị": 0xDE, "ò": 0xDF, "ỏ": 0xE1, "õ": 0xE2, "ó": 0xE3, "ọ": 0xE4, "ô": 0xAB, "ồ": 0xE5, "ổ": 0xE6, "ỗ": 0xE7, "ố": 0xE8,
    "ộ": 0xE9, "ơ": 0xAC, "ờ": 0xEA, "ở": 0xEB, "ỡ": 0xEC, "ớ": 0xED, "ợ": 0xEE, "ù": 0xEF, "ủ": 0xF1, "ũ": 0xF2, "ú": 0xF3,
    "ụ": 0xF4, "ư": 0xAD, "ừ": 0xF5, "ử": 0xF6, "ữ": 0xF7, "ứ": 0xF8, "ự": 0xF9, "ỳ": 0xFA, "ỷ": 0xFB, "ỹ": 0xFC, "ý": 0xFD,
    "ỵ": 0xFE,
}  # fmt: skip
TCVN3 = TCVN3_LOWER | dict(zip("ĂÂÊÔƠƯĐ", range(0xA1, 0xA8), strict=True))
VNI_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï", "": ""}
VNI_HATS = {"\u0302": dict(zip(VNI_TONES, "áàåãäâ", strict=True)), "\u0306": dict(zip(VNI_TONES, "éèúüëê", strict=True))}
VNI_WHOLE = {"í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "đ": "ñ"}


def in_tcvn3(text: str) -> str:
    return "".join(chr(TCVN3[sign]) if sign in TCVN3 else sign for sign in text)


def in_vni(text: str) -> str:
    return "".join(vni_letter(sign) for sign in text)


def vni_letter(letter: str) -> str:
    lower = letter.lower()
    if lower in VNI_WHOLE:
        written = VNI_WHOLE[lower]
    else:
        base, *marks = unicodedata.normalize("NFD", lower)
        hat = next((mark for mark in marks if mark in VNI_HATS), "")
        tone = next((mark for mark in marks if mark in VNI_TONES), "")
        horned = {"o": "ô", "u": "ö"}[base] if "\u031b" in marks else base
        written = base + VNI_HATS[hat][tone] if hat else horned + VNI_TONES[tone]
    return written.upper() if letter.isupper() else written


ENCODE = {"tcvn3": in_tcvn3, "vni": in_vni}
TRUTH = [line for line in (DATA / "samples" / "std00.txt").read_text(encoding="utf-8").splitlines() if line]


def test_every_letter_of_both_tables() -> None:
    assert all(from_tcvn3(chr(code)) == letter for letter, code in TCVN3.items())
    letters = [letter for lower in TCVN3_LOWER for letter in (lower, lower.upper())]
    assert len(letters) == 134
    assert [from_vni(vni_letter(letter)) for letter in letters] == letters
    assert all(from_vni(f"x{vni_letter(letter)}x") == f"x{letter}x" for letter in letters)


def test_vni_mark_of_the_other_case_follows_its_vowel() -> None:
    assert from_vni("Aán Quaùn ÖÙng") == "Ấn Quán Ứng"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (".VnTime", LegacyFont("tcvn3")),
        (".VnTimeH", LegacyFont("tcvn3", capitals=True)),
        (".VnArial NarrowH", LegacyFont("tcvn3", capitals=True)),
        ("ABCDEF+.VnTimeH,BoldItalic", LegacyFont("tcvn3", capitals=True)),
        ("VnTime-Bold", LegacyFont("tcvn3")),
        ("VNI-Times", LegacyFont("vni")),
        ("VNI Helve Condense", LegacyFont("vni")),
        ("Times New Roman", None),
        ("Vnature", None),
        ("Vni", LegacyFont("vni")),
        ("", None),
        (None, None),
    ],
)
def test_fonts_by_name(name: str | None, expected: LegacyFont | None) -> None:
    assert legacy_font(name) == expected


def test_letters_moved_by_programs_come_back() -> None:
    assert as_latin_1("\uf0ae\u0103\u01b0") == "®ãý"


@pytest.mark.parametrize("word", ["nghiêng", "quyết", "giếng", "gìn", "hoà", "hòa", "uỷ", "Được", "HƯƠNG", "ý", "khuỷu", "quýt"])
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["th«n", "đợc", "mÊt", "cảc", "ngưới" + "n", "bcd", "zà", "hôp", ""])
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_lines_are_told_without_any_font_name(encoding: Encoding) -> None:
    """Lines of some length at once, all of them once the document is known to be in that encoding."""
    unknown = known = 0
    # A TCVN3 font has no capitals with tones: such lines were written in one that draws small letters as capitals.
    lines = [line for line in TRUTH if encoding == "vni" or all(sign.isascii() or sign in TCVN3 for sign in line)]
    long = [line for line in lines if sum(not letter.isascii() for letter in line) > 8]
    assert len(long) > 100
    for line in lines:
        old = ENCODE[encoding](line)
        settled = settle(old)
        unknown += line in long and settled.encoding == encoding and not settled.mixed
        settled = settle(old, usual=Usual(encoding, everywhere=True))
        known += (convert(old, LegacyFont(settled.encoding)) if settled.encoding else old) == line
    assert unknown >= 0.99 * len(long)
    assert known >= 0.99 * len(lines)


def test_unicode_text_is_left_alone() -> None:
    lines = [line for path in sorted((DATA / "covenants").rglob("*")) if path.suffix in {".txt", ".jsonl"}
             for line in path.read_text(encoding="utf-8").splitlines()] + TRUTH  # fmt: skip
    assert len(lines) > 200
    tally = LegacyTally()
    for line in lines:
        for form in ("NFC", "NFD"):
            written = unicodedata.normalize(form, line)
            settled = settle(written)
            assert settled.encoding is None, line
            tally.add(written, settled)
    assert not tally.looks_wrong
    assert tally.usual() is None


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_unicode_typed_under_an_old_font_name_is_left_alone(encoding: Encoding) -> None:
    long = [line for line in TRUTH if len(line.split()) > 4]
    assert [line for line in long if settle(line, LegacyFont(encoding)).encoding is not None] == []


@pytest.mark.parametrize(
    ("written", "mended"),
    [("h-¬ng -íc", "h\u00ad¬ng \u00adíc"), ("ch-a", "ch\u00ada"), ("thø t-", "thø t\u00ad"), ("Q§-TTg", "Q§-TTg"),
     ("Êp-lµng", "Êp-lµng"), ("- Trång c©y", "- Trång c©y"), ("1995-1998", "1995-1998")],
)  # fmt: skip
def test_hyphen_in_the_place_of_the_u_horn(written: str, mended: str) -> None:
    assert with_u_horns(written) == mended


def test_a_text_that_lost_its_u_horn_looks_wrong() -> None:
    whole, lost = LegacyTally(), LegacyTally()
    for line in TRUTH:
        for tally, old in ((whole, in_tcvn3(line)), (lost, in_tcvn3(line).replace("\u00ad", ""))):
            tally.add(old, settle(old, LegacyFont("tcvn3")), {".VnTime"})
    assert not whole.looks_wrong
    assert lost.looks_wrong


@pytest.mark.parametrize(("file", "fonts"), [("tcvn00.docx", ".VnTime, .VnTimeH"), ("vni00.docx", "VNI-Times")])
def test_sample_in_an_old_font_gives_every_provision(file: str, fonts: str) -> None:
    document = read_path(DATA / "samples" / file)
    assert document.status == "read"
    assert [(warning.code, warning.detail) for warning in document.warnings] == [("converted_font", fonts)]
    found = {(clause.label, clause.number, clause.text) for clause in split(document).clauses}
    assert [provision for provision in expected_provisions("std00.txt") if provision not in found] == []
