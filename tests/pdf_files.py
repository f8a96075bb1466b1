"""Small PDF files written by hand, for tests: what no program at hand writes (encrypted, turned, only a picture)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_PERMISSIONS = -44
_FILE_ID = b"0123456789abcdef"
_PICTURE = b"\x30\x90\xd0\x50"  # 2 x 2 grey dots


@dataclass(frozen=True)
class HandmadePage:
    """One page: its content stream, and what differs from A4 upright. `picture` puts an image XObject named /Im0 at hand."""

    content: str
    media_box: tuple[int, int, int, int] = (0, 0, 595, 842)
    rotate: int = 0
    picture: bool = False
    base_font: str = "Times-Roman"


def text_at(x: float, y: float, words: str, size: float = 12) -> str:
    """Content stream operators that show `words` (ASCII) at a point of user space."""
    return f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({words}) Tj ET\n"


def write_pdf(pages: list[HandmadePage], password: str | None = None) -> bytes:
    """A PDF of these pages; with a user password (it may be empty) encrypted with RC4, 40 bits."""
    objects: list[tuple[str, bytes | None]] = [("<< /Type /Catalog /Pages 2 0 R >>", None)]
    kids = " ".join(f"{4 + 3 * index} 0 R" for index in range(len(pages)))
    objects.append((f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>", None))
    objects.append(
        (
            f"<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length {len(_PICTURE)} >>",
            _PICTURE,
        )
    )
    for index, page in enumerate(pages):
        number = 4 + 3 * index
        box = " ".join(str(edge) for edge in page.media_box)
        pictures = "/XObject << /Im0 3 0 R >>" if page.picture else ""
        objects.append(
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Rotate {page.rotate} /Contents {number + 1} 0 R "
                f"/Resources << /Font << /F1 {number + 2} 0 R >> {pictures} >> >>",
                None,
            )
        )
        stream = page.content.encode("latin-1")
        objects.append((f"<< /Length {len(stream)} >>", stream))
        objects.append((f"<< /Type /Font /Subtype /Type1 /BaseFont /{page.base_font} /Encoding /WinAnsiEncoding >>", None))
    return _assemble(objects, password)


def _assemble(objects: list[tuple[str, bytes | None]], password: str | None) -> bytes:
    key, encryption = b"", ""
    if password is not None:
        key, encryption = _encryption(password)
    data = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, (dictionary, stream) in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{dictionary}\n".encode("latin-1")
        if stream is not None:
            if key:
                salt = number.to_bytes(3, "little") + b"\0\0"
                stream = _rc4(hashlib.md5(key + salt).digest()[:10], stream)
            data += b"stream\n" + stream + b"\nendstream\n"
        data += b"endobj\n"
    if encryption:
        offsets.append(len(data))
        data += f"{len(offsets)} 0 obj\n{encryption}\nendobj\n".encode("latin-1")
    start = len(data)
    data += f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    trailer = f"/Size {len(offsets) + 1} /Root 1 0 R /ID [<{_FILE_ID.hex()}> <{_FILE_ID.hex()}>]"
    if encryption:
        trailer += f" /Encrypt {len(offsets)} 0 R"
    return data + f"trailer\n<< {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()


def _encryption(password: str) -> tuple[bytes, str]:
    """(file key, encryption dictionary) after the PDF Reference 1.4, section 3.5, revision 2."""
    user = (password.encode("latin-1") + _PADDING)[:32]
    owner = _rc4(hashlib.md5((b"owner" + _PADDING)[:32]).digest()[:5], user)
    permissions = _PERMISSIONS.to_bytes(4, "little", signed=True)
    key = hashlib.md5(user + owner + permissions + _FILE_ID).digest()[:5]
    check = _rc4(key, _PADDING)
    dictionary = f"<< /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{check.hex()}> /P {_PERMISSIONS} >>"
    return key, dictionary


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
