"""Whether a word could be a Vietnamese syllable: an initial, a rime, and a tone that the rime can carry.

For telling readable text from text in the wrong encoding, not for finding spelling mistakes. Loan words, names from other
languages and abbreviations are no syllables.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_INITIALS_IN_ORDER = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RIMES_IN_ORDER = """
    a ac ach ai am an ang anh ao ap at au ay  ăc ăm ăn ăng ăp ăt  âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et  ê êch êm ên ênh êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ooc oong
    ô ôc ôi ôm ôn ông ôp ôt  ơ ơi ơm ơn ơp ơt
    u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uơ uy uya uych uynh uyt uyu uyên uyêt uôc uôi uôm uôn uông uôt
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu
"""
_INITIALS = frozenset(_INITIALS_IN_ORDER.split()) | {""}
_RIMES = frozenset(_RIMES_IN_ORDER.split())
# After "qu" the u is part of the initial: what follows is a rime of its own, or one that begins with that u elsewhere.
_RIMES_AFTER_QU = _RIMES | {"ych", "ynh", "yt", "yp", "yên", "yêt"}
_STOPS = ("c", "ch", "p", "t")
_TONES = {"\u0300": "huyền", "\u0301": "sắc", "\u0303": "ngã", "\u0309": "hỏi", "\u0323": "nặng"}
_LONGEST = 7


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """Whether `word` (one word, NFC, any case, old or new tone placement) has the form of a Vietnamese syllable.

    Capitals must stand as people set them: all, the first alone, or none; "mÊt" is no syllable.
    """
    if not (word.islower() or word.istitle() or word.isupper()):
        return False
    tones = 0
    tone = ""
    letters: list[str] = []
    for mark in unicodedata.normalize("NFD", word.lower()):
        if mark in _TONES:
            tones += 1
            tone = _TONES[mark]
        else:
            letters.append(mark)
    plain = unicodedata.normalize("NFC", "".join(letters))
    if tones > 1 or len(plain) > _LONGEST:
        return False
    return any(
        plain[:cut] in _INITIALS and _is_rime(plain[cut:], after_qu=plain[:cut] == "qu") and _carries(plain[cut:], tone)
        for cut in range(min(4, len(plain)))
    )


def _is_rime(rime: str, *, after_qu: bool) -> bool:
    return rime in (_RIMES_AFTER_QU if after_qu else _RIMES)


def _carries(rime: str, tone: str) -> bool:
    return not rime.endswith(_STOPS) or tone in ("sắc", "nặng")
