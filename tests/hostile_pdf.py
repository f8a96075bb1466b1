"""PDF files that loop, lie, swell, or want to run something."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

from tests.pdf_files import HandmadePage, text_at, write_pdf

SAMPLE = Path(__file__).parent / "data" / "samples" / "std00.pdf"
_WORDS = "Dieu 1. Moi nguoi dan trong thon deu duoc ban bac viec chung cua thon."
CONTENT = text_at(72, 720, _WORDS) + text_at(72, 700, "Dieu 2. Hop thon vao dau thang.")
FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>"
CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"

Part = str | bytes


def stream(data: bytes, extra: str = "", *, length: int | None = None) -> bytes:
    """A stream object."""
    said = len(data) if length is None else length
    return f"<< /Length {said} {extra} >>\nstream\n".encode() + data + b"\nendstream"


def flate(data: bytes, extra: str = "") -> bytes:
    """A stream object, compressed."""
    return stream(zlib.compress(data, 9), f"/Filter /FlateDecode {extra}")


def pdf(objects: dict[int, Part], *, trailer: str = "", start: int | None = None, end: bytes = b"") -> bytes:
    """A PDF of these objects; what is missing of catalog, pages, page 3, its content and its font is added."""
    all_objects: dict[int, Part] = {1: CATALOG, 2: PAGES, 3: PAGE, 4: stream(CONTENT.encode()), 5: FONT} | objects
    data = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets: dict[int, int] = {}
    for number, value in all_objects.items():
        offsets[number] = len(data)
        data += b"%d 0 obj\n" % number + (value.encode("latin-1") if isinstance(value, str) else value) + b"\nendobj\n"
    place = len(data)
    size = max(offsets) + 1
    data += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        data += b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
    data += f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{place if start is None else start}\n%%EOF\n".encode()
    return bytes(data) + end


def page(extra: str = "", resources: str = "/Font << /F1 5 0 R >>", box: str = "[0 0 595 842]") -> str:
    """The page object with other entries."""
    return f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Contents 4 0 R /Resources << {resources} >> {extra} >>"


def page_tree_in_circles() -> bytes:
    """Page nodes that hold each other."""
    return pdf({2: "<< /Type /Pages /Kids [6 0 R 3 0 R] /Count 2 >>", 6: "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>"})


def page_node_in_itself() -> bytes:
    """A page node that is its own only child, and counts a million."""
    return pdf({2: "<< /Type /Pages /Kids [2 0 R] /Count 1000000 >>"})


def count_lies(count: str) -> bytes:
    """One page, said to be `count`."""
    return pdf({2: f"<< /Type /Pages /Kids [3 0 R] /Count {count} >>"})


def many_pages(count: int = 100_000) -> bytes:
    """A hundred thousand times the same page."""
    return pdf({2: f"<< /Type /Pages /Kids [{'3 0 R ' * count}] /Count {count} >>"})


def deep_page_tree(depth: int = 20_000) -> bytes:
    """A page at the end of 20,000 nodes with one child each."""
    objects: dict[int, Part] = {2: "<< /Type /Pages /Kids [10 0 R] /Count 1 >>"}
    for number in range(10, 10 + depth):
        following = number + 1 if number < 9 + depth else 3
        objects[number] = f"<< /Type /Pages /Parent {number - 1 if number > 10 else 2} 0 R /Kids [{following} 0 R] /Count 1 >>"
    return pdf(objects)


def inherited_in_circles() -> bytes:
    """A page without a size, whose parents inherit from each other."""
    return pdf({
        2: "<< /Type /Pages /Parent 6 0 R /Kids [3 0 R] /Count 1 >>", 6: "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>",
        3: "<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
    })  # fmt: skip


def object_stream_in_circles() -> bytes:
    """Object streams that continue each other, and one that holds itself; told by a cross-reference stream."""
    inner = stream(b"6 0 7 10 << /A 1 >> << /B 2 >>", "/Type /ObjStm /N 2 /First 9 /Extends 7 0 R")
    data = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, value in {1: CATALOG, 2: PAGES, 3: PAGE, 6: inner, 7: inner.replace(b"7 0 R", b"6 0 R")}.items():
        places[number] = len(data)
        data += b"%d 0 obj\n" % number + (value.encode() if isinstance(value, str) else value) + b"\nendobj\n"
    table = bytearray()
    for number in range(9):
        if number in (4, 5):
            table += bytes([2]) + (6).to_bytes(4, "big") + bytes([number - 4])
        elif number in (6, 7):  # said to lie in each other
            table += bytes([2]) + (13 - number).to_bytes(4, "big") + bytes([0])
        else:
            table += bytes([1 if number in places else 0]) + places.get(number, 0).to_bytes(4, "big") + bytes([0])
    start = len(data)
    data += b"8 0 obj\n" + stream(bytes(table), "/Type /XRef /Size 9 /W [1 4 1] /Root 1 0 R") + b"\nendobj\n"
    return bytes(data) + b"startxref\n%d\n%%%%EOF\n" % start


def tables_in_circles() -> bytes:
    """A cross-reference table whose predecessor is itself."""
    once = pdf({})
    start = once.rindex(b"\nxref\n") + 1
    return pdf({}, trailer=f"/Prev {start}")


def length_in_circles() -> bytes:
    """A stream whose length is given by itself."""
    return pdf({4: b"<< /Length 4 0 R >>\nstream\n" + CONTENT.encode() + b"\nendstream"})


def reference_chain(length: int = 50_000) -> bytes:
    """A reference to a reference to a reference, and back."""
    return pdf({3: "6 0 R"} | {number: f"{number + 1} 0 R" for number in range(6, 6 + length)} | {6 + length: "6 0 R"})


def media_box(box: str, *, user_unit: str = "1") -> bytes:
    """A page of this size."""
    return pdf({3: page(f"/UserUnit {user_unit}", box=box)})


def form_in_itself() -> bytes:
    """A form that draws itself."""
    return pdf({
        3: page(resources="/Font << /F1 5 0 R >> /XObject << /A 6 0 R >>"), 4: stream(CONTENT.encode() + b"/A Do\n"),
        6: stream(b"/A Do /A Do\n", "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /A 6 0 R >> >>"),
    })  # fmt: skip


def forms_by_the_power(levels: int = 10, width: int = 10) -> bytes:
    """Forms of forms: ten levels that draw the next one ten times."""
    objects: dict[int, Part] = {
        3: page(resources="/Font << /F1 5 0 R >> /XObject << /A 6 0 R >>"), 4: stream(CONTENT.encode() + b"/A Do\n"),
    }  # fmt: skip
    for number in range(6, 6 + levels):
        extra = f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /A {number + 1} 0 R >> >>"
        objects[number] = stream(b"/A Do\n" * width, extra)
    last = "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>"
    objects[6 + levels] = stream(text_at(72, 600, "Lap lai").encode(), last)
    return pdf(objects)


def pattern_in_itself() -> bytes:
    """A tiling pattern that is filled with itself, a million tiles of it."""
    extra = (
        "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.001 /YStep 0.001 "
        "/Resources << /Pattern << /P 6 0 R >> >>"
    )  # fmt: skip
    content = CONTENT.encode() + b"/Pattern cs /P scn 0 0 595 842 re f\n"
    return pdf({3: page(resources="/Font << /F1 5 0 R >> /Pattern << /P 6 0 R >>"), 4: stream(content),
                6: stream(b"/Pattern cs /P scn 0 0 1 1 re f\n", extra)})  # fmt: skip


def type3_font_in_itself() -> bytes:
    """A font whose letters write themselves."""
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 65 /LastChar 65 /Widths [1000] "
        "/Encoding << /Differences [65 /A] >> /CharProcs << /A 7 0 R >> /Resources << /Font << /F2 6 0 R >> >> >>"
    )
    content = CONTENT + "BT /F2 12 Tf 1 0 0 1 72 650 Tm (AAAA) Tj ET\n"
    return pdf({3: page(resources="/Font << /F1 5 0 R /F2 6 0 R >>"), 4: stream(content.encode()), 6: font,
                7: stream(b"1000 0 d0 BT /F2 1 Tf (AAAA) Tj ET")})  # fmt: skip


def shading_function_in_itself() -> bytes:
    """A function stitched of itself."""
    function = "<< /FunctionType 3 /Domain [0 1] /Functions [6 0 R 6 0 R] /Bounds [0.5] /Encode [0 1 0 1] >>"
    shading = "/Shading << /S << /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 595 842] /Function 6 0 R >> >>"
    return pdf({3: page(resources=f"/Font << /F1 5 0 R >> {shading}"), 4: stream(CONTENT.encode() + b"/S sh\n"), 6: function})


def broken_image(kind: str) -> bytes:
    """A page-wide picture in a broken JBIG2, JPX, JPEG or fax stream of enormous size."""
    filters = {"jbig2": "/JBIG2Decode", "jpx": "/JPXDecode", "dct": "/DCTDecode", "fax": "/CCITTFaxDecode"}
    heads = {
        "jbig2": bytes.fromhex("00000000300001000000130000ffff0000ffff00000000000000000100000000000126000100000100"),
        "jpx": b"\x00\x00\x00\x0cjP  \r\n\x87\n\xff\x4f\xff\x51\x00\x2f\x00\x00" + b"\xff" * 40,
        "dct": b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xda",
        "fax": b"\x00\x10" * 50,
    }
    extra = (
        f"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter {filters[kind]} "
        "/DecodeParms << /K -1 /Columns 60000 /Rows 60000 >>"
    )
    noise = random.Random(kind).randbytes(5000)
    return pdf({3: page(resources="/Font << /F1 5 0 R >> /XObject << /I 6 0 R >>"),
                4: stream(CONTENT.encode() + b"q 595 0 0 842 0 0 cm /I Do Q\n"), 6: stream(heads[kind] + noise, extra)})  # fmt: skip


def only_a_broken_image() -> bytes:
    """A page that is nothing but a broken picture: a scan that lies of its size."""
    data = broken_image("dct")
    return data.replace(CONTENT.encode(), b" " * len(CONTENT))


def huge_flat_image() -> bytes:
    """A picture of 30,000 x 30,000 dots that are all the same, on a page without text."""
    packer = zlib.compressobj(9)
    zeros = bytes(30_000 * 3)
    packed = b"".join(packer.compress(zeros) for _ in range(30_000)) + packer.flush()
    extra = "/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
    return pdf({3: page(resources="/XObject << /I 6 0 R >>"), 4: stream(b"q 595 0 0 842 0 0 cm /I Do Q\n"), 6: stream(packed, extra)})


def flate_bomb(megabytes: int = 1000, unit: bytes = b"q ") -> bytes:
    """A page content of a gigabyte."""
    packer = zlib.compressobj(9)
    block = unit * (1024 * 1024 // len(unit))
    packed = packer.compress(CONTENT.encode()) + b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    return pdf({4: stream(packed, "/Filter /FlateDecode")})


def filters_upon_filters(count: int = 60) -> bytes:
    """Sixty filters upon each other; the innermost is a bomb."""
    data = bytes(30_000_000)
    for _ in range(3):
        data = zlib.compress(data, 9)
    return pdf({4: stream(data, f"/Filter [{'/FlateDecode ' * count}]")})


def broken_table() -> bytes:
    """A table of cross-references that points nowhere."""
    return pdf({}, start=999_999_999)


def encrypted(handler: str = "") -> bytes:
    """With a password; or with a way of encryption that nobody knows."""
    if not handler:
        return write_pdf([HandmadePage(CONTENT)], password="mat-khau")
    return pdf({}, trailer=f"/Encrypt << /Filter /{handler} /V 99 /R 99 /Length 4096 /O <00> /U <00> /P -1 >> /ID [<00><00>]")


def scripts(address: str) -> bytes:
    """JavaScript, Launch, GoToR, SubmitForm and URI actions that want to be run on opening, and an attached program."""
    actions = (
        "<< /S /JavaScript /JS (app.alert(1); while(true){}) /Next [<< /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >> "
        f"<< /S /URI /URI ({address}) >> << /S /SubmitForm /F ({address}) >> << /S /GoToR /F ({address}) /D [0 /Fit] >>] >>"
    )
    catalog = (
        f"<< /Type /Catalog /Pages 2 0 R /OpenAction {actions} /AA << /WC {actions} >> "
        "/Names << /JavaScript << /Names [(a) 6 0 R] >> /EmbeddedFiles << /Names [(../../../evil.exe) 7 0 R] >> >> >>"
    )
    return pdf({1: catalog, 6: actions, 7: "<< /Type /Filespec /F (../../../evil.exe) /EF << /F 8 0 R >> >>", 8: stream(b"MZ" * 100)})


def many_fonts(count: int = 5000) -> bytes:
    """Five thousand fonts, a word in each, all with broken programs."""
    names = " ".join(f"/G{i} {6 + i} 0 R" for i in range(count))
    words = "".join(f"BT /G{i} 8 Tf 1 0 0 1 {50 + i % 40 * 12} {800 - i // 40 * 6} Tm (Thon) Tj ET\n" for i in range(count))
    broken = 6 + count
    fonts: dict[int, Part] = {
        6 + i: f"<< /Type /Font /Subtype /TrueType /BaseFont /G{i} /FirstChar 0 /LastChar 255 /Widths [{'500 ' * 10}] "
        f"/FontDescriptor << /Type /FontDescriptor /FontName /G{i} /Flags 4 /FontFile2 {broken} 0 R >> >>"
        for i in range(count)
    }
    program = b"\x00\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00" + b"glyf" + b"\xff" * 12 + random.Random(5).randbytes(3000)
    return pdf({3: page(resources=f"/Font << {names} >>"), 4: flate(words.encode()), broken: stream(program)} | fonts)


def letter_table_without_end() -> bytes:
    """A table of letters' meanings that maps four thousand million codes, and one code to a long text."""
    lines = b"<00000000> <ffffffff> <0041>\n" * 1000 + b"<41> <5a> <" + b"0041" * 200_000 + b">\n"
    table = b"begincmap 1 begincodespacerange <00> <ffffffff> endcodespacerange 1000 beginbfrange\n" + lines + b"endbfrange endcmap"
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 6 0 R >>"
    return pdf({5: font, 6: flate(table)})


def many_letters(count: int = 1_000_000) -> bytes:
    """A page on which a million letters stand in one place."""
    return pdf({4: flate(b"BT /F1 12 Tf 1 0 0 1 72 700 Tm\n" + b"(a) Tj 1 0 0 1 72 700 Tm\n" * count + b"ET\n")})


def scattered_letters(count: int = 60_000) -> bytes:
    """Letters strewn over a page, each at an angle and size of its own."""
    chance = random.Random(11)
    words = "".join(
        f"BT /F1 {chance.uniform(0.1, 40):.2f} Tf {chance.uniform(-1, 1):.3f} {chance.uniform(-1, 1):.3f} {chance.uniform(-1, 1):.3f} "
        f"{chance.uniform(-1, 1):.3f} {chance.uniform(-9e5, 9e5):.1f} {chance.uniform(0, 842):.1f} Tm (Ab) Tj ET\n"
        for _ in range(count)
    )
    return pdf({4: flate(words.encode())})


def odd_numbers() -> bytes:
    """Places and sizes that are no numbers, or too large for one."""
    lines = "".join(
        f"BT /F1 {size} Tf {a} 0 0 {a} {x} 700 Tm (Hop thon) Tj ET\n"
        for size in ("0", "-12", "1e40", "NaN", "1" + "0" * 400, "--5", "1.2.3")
        for a in ("1", "0", "99999999999", "-1")
        for x in ("72", "-99999999999", "inf", "3.4e38")
    )
    return pdf({4: stream((CONTENT + lines).encode())})


def many_lines_drawn(count: int = 200_000) -> bytes:
    """A page of 200,000 drawn lines, as if it were one enormous table."""
    drawn = "".join(f"{i % 595} 0 m {i % 595} 842 l S 0 {i % 842} m 595 {i % 842} l S\n" for i in range(count // 2))
    return pdf({4: flate((CONTENT + drawn).encode())})


def fine_grid(count: int = 600) -> bytes:
    """A ruled table of 600 rows and 300 columns."""
    drawn = "".join(f"{i * 0.9:.1f} 0 m {i * 0.9:.1f} 842 l S\n" for i in range(count // 2))
    drawn += "".join(f"0 {i * 1.4:.1f} m 595 {i * 1.4:.1f} l S\n" for i in range(count))
    return pdf({4: flate((CONTENT + drawn).encode())})


def saved_states(count: int = 3_000_000) -> bytes:
    """Three million states saved and none given back."""
    return pdf({4: flate(b"q " * count + CONTENT.encode())})


def deep_arrays(depth: int = 200_000) -> bytes:
    """Arrays in arrays, in the catalog and on the page."""
    return pdf({1: f"<< /Type /Catalog /Pages 2 0 R /A {'[' * depth}{']' * depth} >>", 4: stream(b"[" * depth + CONTENT.encode())})


def deep_dictionaries(depth: int = 100_000) -> bytes:
    """Dictionaries in dictionaries."""
    return pdf({6: "<< /A " * depth + "1" + " >>" * depth}, trailer="/Info 6 0 R")


def many_annotations(count: int = 100_000) -> bytes:
    """A page of a hundred thousand notes."""
    note = "<< /Type /Annot /Subtype /FreeText /Rect [0 0 9 9] /Contents (x) /DA (/F1 9 Tf) >>"
    return pdf({3: page(f"/Annots [{'6 0 R ' * count}]"), 6: note})


def inline_images(count: int = 20_000) -> bytes:
    """Pictures inside the content that lie of their size."""
    picture = b"BI /W 65000 /H 65000 /BPC 8 /CS /RGB ID abc EI\n"
    return pdf({4: flate(CONTENT.encode() + picture * count)})


def marked_layers_in_circles() -> bytes:
    """Optional content groups that hold each other."""
    return pdf({
        1: "<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R] /D << /Order [7 0 R] >> >> >>",
        6: "<< /Type /OCMD /OCGs [6 0 R 6 0 R] /VE [/And 7 0 R] >>", 7: "[/And 7 0 R 7 0 R]",
        3: page(resources="/Font << /F1 5 0 R >> /Properties << /M 6 0 R >>"), 4: stream(b"/OC /M BDC\n" + CONTENT.encode() + b"EMC\n"),
    })  # fmt: skip


def truncated(seed: int) -> bytes:
    """A good file, broken off somewhere."""
    data = SAMPLE.read_bytes()
    return data[: random.Random(seed).randrange(40, len(data))]


def garbage_behind(size: int = 5_000_000) -> bytes:
    """A good file with five megabytes of noise behind its end."""
    return SAMPLE.read_bytes() + random.Random(3).randbytes(size)


def garbage_before(size: int = 900) -> bytes:
    """A good file behind something that looks like a program."""
    return b"MZ" + bytes(size) + pdf({})


def head_only() -> bytes:
    """The mark of a PDF and nothing else."""
    return b"%PDF-1.7\n"


def objects_only(count: int = 300_000) -> bytes:
    """300,000 empty objects and no table: everything must be searched."""
    return b"%PDF-1.7\n" + b"".join(b"%d 0 obj <<>> endobj\n" % i for i in range(1, count))
