"""Word's older files, RTF and ODT, which another program (LibreOffice) has to open; and things with a wrong name."""

from __future__ import annotations

import random
import struct
from pathlib import Path

from tests.hostile_zip import Entry, deflated_bomb, plain, raw_zip

SAMPLE = Path(__file__).parent / "data" / "samples" / "std00.doc"
_GOOD = r"\par \u272? i\u7873?u 1. M\u7885?i ng\u432?\u7901?i d\u226?n \u273?\u7873?u \u273?\u432?\u7907?c b\u224?n b\u7841?c.\par "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def _table_sectors(data: bytes) -> list[int]:
    return [sector for sector in struct.unpack_from("<109I", data, 0x4C) if sector < 0xFFFFFFFA]


def doc_table_in_circles() -> bytes:
    """A .doc whose allocation table leads every sector to itself."""
    data = bytearray(SAMPLE.read_bytes())
    for sector in _table_sectors(data):
        for place in range(128):
            struct.pack_into("<I", data, ((sector + 1) << 9) + 4 * place, place)
    return bytes(data)


def doc_directory_in_circles() -> bytes:
    """A .doc whose directory entries are each other's brothers and children."""
    data = bytearray(SAMPLE.read_bytes())
    directory = (struct.unpack_from("<I", data, 0x30)[0] + 1) << 9
    for entry in range(4):
        struct.pack_into("<III", data, directory + 128 * entry + 0x44, 0, 0, 0)
    return bytes(data)


def doc_table_of_tables_lies() -> bytes:
    """A .doc that says its allocation table has four thousand million sectors, further ones in a circle."""
    data = bytearray(SAMPLE.read_bytes())
    struct.pack_into("<I", data, 0x2C, 0xFFFFFFFF)
    struct.pack_into("<II", data, 0x44, 0, 0xFFFFFFFF)
    return bytes(data)


def doc_truncated(seed: int) -> bytes:
    """A .doc that is broken off somewhere."""
    data = SAMPLE.read_bytes()
    return data[: random.Random(seed).randrange(600, len(data))]


def doc_with_noise(seed: int) -> bytes:
    """A .doc with two hundred wrong bytes behind its header."""
    chance = random.Random(seed)
    data = bytearray(SAMPLE.read_bytes())
    for _ in range(200):
        data[chance.randrange(600, len(data))] = chance.randrange(256)
    return bytes(data)


def rtf(body: str) -> bytes:
    """An RTF file with one good article."""
    return (r"{\rtf1\ansi " + _GOOD + body + "}").encode("ascii")


def rtf_deep(depth: int = 200_000) -> bytes:
    """Groups in groups."""
    return rtf("{" * depth + "a" + "}" * depth)


def rtf_open(depth: int = 200_000) -> bytes:
    """Groups that are never closed."""
    return rtf("{" * depth)


def rtf_numbers() -> bytes:
    """Numbers that no machine holds."""
    many = "9" * 1000
    return rtf(
        rf"\fs{many}\li-{many}\u{many}?\bin{many} \margl2147483648\paperw-1\paperh2147483647\trowd\cellx{many}\cell\row\sect\cols{many}"
    )


def rtf_binary() -> bytes:
    """A picture of two thousand million bytes that are not there."""
    return rtf(r"{\pict\wmetafile8\picw99999999\pich99999999\picwgoal2147483647\bin2147483647 abc}")


def rtf_tables(depth: int = 3000) -> bytes:
    """Tables in tables."""
    return rtf("".join(rf"\pard\intbl\itap{level} a\nestcell{{\*\nesttableprops\trowd\cellx100\nestrow}}" for level in range(1, depth)))


def rtf_links(address: str) -> bytes:
    """Pictures, texts, templates and objects from an address, and a program to start."""
    fields = "".join(
        rf'{{\field\flddirty{{\*\fldinst {words} "{address}"}}{{\fldrslt kq}}}}'
        for words in ("INCLUDEPICTURE", "INCLUDETEXT", "IMPORT", "DDEAUTO cmd.exe")
    )
    return rtf(rf"{{\*\template {address}}}{fields}{{\object\objautlink\objupdate{{\*\objclass htmlfile}}{{\*\objdata 0105000002000000}}}}")


def rtf_object() -> bytes:
    """An embedded object that wants to be brought up to date on opening, with noise for data."""
    return rtf(r"{\object\objocx\objupdate{\*\objclass Equation.3}{\*\objdata " + random.Random(8).randbytes(20_000).hex() + "}}")


def rtf_long(megabytes: int) -> bytes:
    """One line of so many megabytes."""
    return rtf("con gai di lay chong thi thoi " * (megabytes * 1024 * 1024 // 30))


def odt(content: str, doctype: str = "", head: str = "", **parts: bytes) -> bytes:
    """An ODT file with this body, and `head` before it; `parts` are further parts ("a__b" for "a/b")."""
    names = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "text", "table", "script", "draw"))
    body = f'{doctype}<office:document-content {names} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">{head}<office:body><office:text>'
    body += f"<text:p>Điều 1. Mọi người dân đều được bàn bạc.</text:p>{content}</office:text></office:body></office:document-content>"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        + "".join(f'<manifest:file-entry manifest:full-path="{name.replace("__", "/")}" manifest:media-type="text/xml"/>' for name in parts)
        + "</manifest:manifest>"
    )
    return raw_zip([
        plain("mimetype", b"application/vnd.oasis.opendocument.text"), plain("content.xml", f'<?xml version="1.0"?>{body}'.encode()),
        plain("META-INF/manifest.xml", manifest.encode()), *(plain(name.replace("__", "/"), data) for name, data in parts.items()),
    ])  # fmt: skip


def odt_entities() -> bytes:
    """A thousand million times the same word."""
    entities = '<!ENTITY a "haha">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    return odt("<text:p>&j;</text:p>", doctype=f"<!DOCTYPE d [{entities}]>")


def odt_entity_from(address: str) -> bytes:
    """An entity from an address."""
    return odt("<text:p>&a;</text:p>", doctype=f'<!DOCTYPE d [<!ENTITY a SYSTEM "{address}">]>')


def odt_links(address: str) -> bytes:
    """A section, a picture and an object from an address, brought up to date on opening."""
    return odt(
        f'<text:section text:name="s"><text:section-source xlink:href="{address}" xlink:type="simple" xlink:actuate="onLoad"/></text:section>'
        f'<text:p><draw:frame><draw:image xlink:href="{address}" xlink:type="simple" xlink:actuate="onLoad"/></draw:frame>'
        f'<draw:frame><draw:object xlink:href="{address}" xlink:actuate="onLoad"/></draw:frame></text:p>'
    )


def odt_macro(marker: str) -> bytes:
    """A macro that writes a file when the document opens."""
    module = (
        '<?xml version="1.0"?><script:module xmlns:script="http://openoffice.org/2000/script" script:name="M" script:language="StarBasic">'
        f"Sub Main\nOpen &quot;{marker}&quot; For Output As #1\nPrint #1, &quot;run&quot;\nClose #1\nShell &quot;touch {marker}&quot;\nEnd Sub</script:module>"
    )
    library = '<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"><library:element library:name="M"/></library:library>'
    libraries = (
        '<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<library:library library:name="Standard" library:link="false"/></library:libraries>'
    )
    event = (
        '<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" '
        'xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document"/></office:event-listeners></office:scripts>'
    )
    parts = {"Basic__Standard__M.xml": module, "Basic__Standard__script-lb.xml": library, "Basic__script-lc.xml": libraries}
    return odt("", head=event, **{name: text.encode() for name, text in parts.items()})


def odt_bomb() -> bytes:
    """A content of 600 MB."""
    packed, size, crc = deflated_bomb(600, begin=b"<a>", end=b"</a>")
    return raw_zip([plain("mimetype", b"application/vnd.oasis.opendocument.text"), Entry(b"content.xml", packed, size=size, crc=crc)])


def program() -> bytes:
    """A Windows program."""
    return b"MZ\x90\x00" + bytes(56) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0" + random.Random(1).randbytes(4000)


def linux_program() -> bytes:
    """A Linux program."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + random.Random(2).randbytes(4000)


def web_page() -> bytes:
    """HTML that Word would open as a .doc."""
    return "<html xmlns:w='urn:schemas-microsoft-com:office:word'><body><p>Điều 1. Họp thôn.</p><script>1</script></body></html>".encode()


def one_long_line(megabytes: int) -> bytes:
    """Plain text of so many megabytes in one line."""
    return "Phụ nữ không được dự họp. ".encode() * (megabytes * 1024 * 1024 // 34)
