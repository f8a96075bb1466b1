"""How automatic numbering writes a number: Roman, letters, Vietnamese words, bullets."""

from __future__ import annotations

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_LETTERED_TO = 780  # Word itself goes no further: thirty times the same letter
_CIRCLED_TO = 20

# Symbol fonts keep their signs in the private use area (or at the same place in ASCII); these are the signs in use.
_SYMBOLS = {
    0xB7: "•", 0xA7: "▪", 0x6C: "●", 0x6E: "■", 0x71: "❑", 0x75: "◆", 0x76: "❖", 0xA8: "□", 0xD8: "➢", 0xDC: "➲",
    0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒", 0x2D: "-", 0x2B: "+", 0x2A: "*",
    0x22: "✂", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xA3: "≤", 0xB4: "×", 0xB8: "÷",
}  # fmt: skip
UNKNOWN_SYMBOL = "•"


def formatted(number: int, number_format: str) -> str:
    """`number` as the Word format `number_format` (w:numFmt) writes it; decimal where the format is unknown here.

    Letters are the 26 of English, as Word prints them (no đ): a … z, aa, bb … Source: ECMA-376 part 1, 17.18.59.
    """
    if number_format in {"none", "bullet"}:
        return ""
    if number_format in {"upperRoman", "lowerRoman"}:
        roman = _roman(number)
        return roman if number_format == "upperRoman" else roman.lower()
    if number_format in {"upperLetter", "lowerLetter"}:
        letter = _letter(number)
        return letter.upper() if number_format == "upperLetter" else letter
    if number_format in {"cardinalText", "vietnameseCounting"}:
        return in_words(number)
    if number_format == "ordinalText":
        return {1: "thứ nhất", 2: "thứ hai", 4: "thứ tư"}.get(number, f"thứ {in_words(number)}")
    if number_format == "decimalZero":
        return f"{number:02d}"
    if number_format == "decimalEnclosedCircle" and 1 <= number <= _CIRCLED_TO:
        return chr(0x2460 + number - 1)
    if number_format == "numberInDash":
        return f"- {number} -"
    return str(number)


def symbol(code: int) -> str | None:
    """The sign at `code` of a symbol font as a Unicode character, or None if it is not known here."""
    return _SYMBOLS.get(code & 0xFF)


def bullet(text: str, in_symbol_font: bool) -> str:
    """The sign of a bullet as it looks: private-use characters (and letters of symbol fonts) become Unicode signs."""
    return "".join(
        (symbol(ord(sign)) or UNKNOWN_SYMBOL) if 0xE000 <= ord(sign) <= 0xF8FF or (in_symbol_font and sign.isalnum()) else sign
        for sign in text
    ).strip()


def in_words(number: int) -> str:
    """`number` (0 to 99) in Vietnamese words; other numbers in digits."""
    if not 0 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _WORDS[ones]
    start = "mười" if tens == 1 else f"{_WORDS[tens]} mươi"
    if ones == 0:
        return start
    if ones == 5:
        return f"{start} lăm"
    if tens > 1 and ones == 1:
        return f"{start} mốt"
    if tens > 1 and ones == 4:
        return f"{start} tư"
    return f"{start} {_WORDS[ones]}"


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        written += sign * times
    return written


def _letter(number: int) -> str:
    if not 1 <= number <= _LETTERED_TO:
        return str(number)
    times, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * (times + 1)
