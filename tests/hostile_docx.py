"""DOCX files that are good ZIP files with hostile XML inside: bombs, loops, depth, masses, things that want to be run or fetched."""

from __future__ import annotations

from tests.hostile_zip import with_parts
from tests.submissions_data import docx_bytes

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:o="urn:schemas-microsoft-com:office:office"'
)
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
GOOD = "<w:p><w:r><w:t>Điều 1. Mọi người dân trong thôn đều được bàn bạc việc chung.</w:t></w:r></w:p>"
LARGE = 1_000_000


def document(body: str, doctype: str = "", encoding: str = "utf-8") -> bytes:
    """The text part with this body."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}<w:document {NS}><w:body>{body}</w:body></w:document>'
    return text.encode(encoding)


def docx(body: str, doctype: str = "", encoding: str = "utf-8", **parts: bytes) -> bytes:
    """A DOCX with this body; `parts` are further parts of word/ ("styles")."""
    others = {f"word/{name}.xml": data for name, data in parts.items()}
    return with_parts({"word/document.xml": document(body, doctype, encoding), **others})


def relations(*links: tuple[str, str, str, bool]) -> bytes:
    """A relationships part of (id, kind, target, leads outside)."""
    items = "".join(
        f'<Relationship Id="{identity}" Type="{REL}/{kind}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if outside else ""}/>'
        for identity, kind, target, outside in links
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'.encode()


def paragraph(text: str) -> str:
    """One paragraph."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def styles(inner: str) -> bytes:
    """A styles part."""
    return f"<w:styles {NS}>{inner}</w:styles>".encode()


def numbering(inner: str) -> bytes:
    """A numbering part."""
    return f"<w:numbering {NS}>{inner}</w:numbering>".encode()


def billion_laughs(part: str = "document") -> bytes:
    """Entities of entities, 10^9 of them."""
    entities = '<!ENTITY a "hahahaha">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    doctype = f"<!DOCTYPE d [{entities}]>"
    if part == "document":
        return docx(paragraph("&j;"), doctype)
    return with_parts({f"word/{part}.xml": f"{doctype}<w:{part} {NS}>&j;</w:{part}>".encode()})


def quadratic_entities() -> bytes:
    """One entity of 100,000 letters, named 50,000 times."""
    return docx(paragraph("&a;" * 50_000), f'<!DOCTYPE d [<!ENTITY a "{"a" * 100_000}">]>')


def external_entity(address: str, encoding: str = "utf-8") -> bytes:
    """An entity that is fetched from an address."""
    return docx(GOOD + paragraph("&a;"), f'<!DOCTYPE d [<!ENTITY a SYSTEM "{address}">]>', encoding)


def parameter_entity(address: str) -> bytes:
    """A document type that loads its declarations from an address."""
    return docx(GOOD, f'<!DOCTYPE d [<!ENTITY % a SYSTEM "{address}"> %a;]>')


def external_dtd_in_relations(address: str) -> bytes:
    """The same in the part of relationships, which is read first."""
    return with_parts({"word/_rels/document.xml.rels": f'<!DOCTYPE d SYSTEM "{address}">'.encode() + relations()})


def included(address: str) -> bytes:
    """XInclude, and a stylesheet instruction."""
    body = f'{GOOD}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{address}" parse="text"/>'
    return with_parts({"word/document.xml": b'<?xml-stylesheet href="' + address.encode() + b'"?>' + document(body).split(b"?>", 1)[1]})


def linked_template(address: str) -> bytes:
    """A template, a picture and a sub-document from an address."""
    links = relations(
        ("t", "attachedTemplate", address, True), ("i", "image", address, True), ("s", "subDocument", address, True),
        ("u", "settings", "settings.xml", False),
    )  # fmt: skip
    settings = f'<w:settings {NS}><w:attachedTemplate r:id="t"/></w:settings>'.encode()
    picture = '<w:p><w:r><w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" r:id="i"/></w:pict></w:r></w:p><w:subDoc r:id="s"/>'
    return with_parts({
        "word/document.xml": document(GOOD + picture), "word/_rels/document.xml.rels": links, "word/settings.xml": settings,
        "word/_rels/settings.xml.rels": links,
    })  # fmt: skip


def linked_fields(address: str) -> bytes:
    """DDE, INCLUDETEXT and INCLUDEPICTURE fields: programs and files that the text asks for."""

    def field(words: str) -> str:
        return (
            f'<w:p><w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText>{words}</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>kết quả</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        )

    dde = field('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe"')
    return docx(GOOD + dde + field(f'INCLUDETEXT "{address}"') + field(f'INCLUDEPICTURE "{address}" \\d'))


def climbing_targets() -> bytes:
    """Relationships whose targets lie outside the file."""
    far = "../../../../../../../../etc/passwd"
    links = relations(
        ("a", "styles", far, False), ("b", "numbering", "/../../etc/passwd", False), ("c", "header", "file:///etc/passwd", False)
    )
    body = f'{GOOD}<w:sectPr><w:headerReference r:id="c"/></w:sectPr>'
    return with_parts({"word/document.xml": document(body), "word/_rels/document.xml.rels": links})


def relations_in_circles() -> bytes:
    """A text part that is its own style sheet, numbering, footnotes, header and footer."""
    me = "document.xml"
    links = relations(*((kind, kind, me, False) for kind in ("styles", "numbering", "footnotes", "endnotes", "header", "footer")))
    body = (
        f'{GOOD}<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p><w:footnote w:id="1">{GOOD}<w:p><w:r><w:footnoteReference w:id="1"/>'
        '</w:r></w:p></w:footnote><w:sectPr><w:headerReference r:id="header"/><w:footerReference r:id="footer"/></w:sectPr>'
    )
    return with_parts({"word/document.xml": document(body), "word/_rels/document.xml.rels": links})


def notes_in_circles() -> bytes:
    """A footnote that refers to itself, and 100,000 references to it."""
    notes = f'<w:footnotes {NS}><w:footnote w:id="1">{GOOD}<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p></w:footnote></w:footnotes>'
    body = GOOD + "<w:p>" + '<w:r><w:footnoteReference w:id="1"/></w:r>' * 100_000 + "</w:p>"
    links = relations(("f", "footnotes", "footnotes.xml", False))
    return with_parts({"word/document.xml": document(body), "word/_rels/document.xml.rels": links, "word/footnotes.xml": notes.encode()})


def office_document_in_circles() -> bytes:
    """The package names its relationships as its main part."""
    return with_parts({"_rels/.rels": relations(("a", "officeDocument", "_rels/.rels", False))})


def alt_chunk(address: str) -> bytes:
    """HTML with a script and a picture from outside, brought in as an altChunk."""
    html = f'<html><script>alert(1)</script><img src="{address}"><p>Điều 9. Chữ trong HTML.</p></html>'.encode()
    links = relations(("a", "aFChunk", "chunk.html", False))
    return with_parts(
        {"word/document.xml": document(GOOD + '<w:altChunk r:id="a"/>'), "word/_rels/document.xml.rels": links, "word/chunk.html": html}
    )


def macros() -> bytes:
    """A macro document: the parts of one, with a module that Word would run on opening."""
    types = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
        b'<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    )
    module = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b'Attribute VB_Name = "ThisDocument"\r\nSub AutoOpen()\r\nShell "calc.exe"\r\nEnd Sub\r\n' * 40
    )
    links = relations(("v", "vbaProject", "vbaProject.bin", False))
    return with_parts({"[Content_Types].xml": types, "word/vbaProject.bin": module, "word/_rels/document.xml.rels": links})


def ole_objects() -> bytes:
    """5,000 embedded objects."""
    drawn = '<w:p><w:r><w:object><o:OLEObject Type="Embed" ProgID="Package" r:id="o"/></w:object></w:r></w:p>'
    return with_parts({"word/document.xml": document(GOOD + drawn * 5000), "word/embeddings/oleObject1.bin": b"MZ" + b"\x90" * 10_000})


def styles_in_circles() -> bytes:
    """Styles that are based on each other, and one on itself."""
    inner = "".join(
        f'<w:style w:type="paragraph" w:styleId="{a}"><w:name w:val="{a}"/><w:basedOn w:val="{b}"/><w:link w:val="{b}"/></w:style>'
        for a, b in (("A", "B"), ("B", "C"), ("C", "A"), ("D", "D"))
    )
    body = "".join(f'<w:p><w:pPr><w:pStyle w:val="{name}"/></w:pPr><w:r><w:t>Điều 1. Họp thôn.</w:t></w:r></w:p>' for name in "ABCD")
    return docx(body, styles=styles(inner))


def long_style_chain(length: int = 20_000) -> bytes:
    """Styles based on each other, 20,000 deep, all of them used."""
    inner = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{i}"><w:basedOn w:val="s{i - 1}"/><w:rPr><w:b/></w:rPr></w:style>' for i in range(length)
    )
    body = "".join(f'<w:p><w:pPr><w:pStyle w:val="s{i}"/></w:pPr><w:r><w:t>Họp</w:t></w:r></w:p>' for i in reversed(range(length)))
    return docx(GOOD + body, styles=styles(inner))


def numbering_in_circles() -> bytes:
    """Lists that only name list styles, which name those lists again."""
    inner = "".join(f'<w:abstractNum w:abstractNumId="{a}"><w:numStyleLink w:val="L{a}"/></w:abstractNum>' for a in range(3)) + "".join(
        f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(3)
    )
    listed = "".join(
        f'<w:style w:type="numbering" w:styleId="L{a}"><w:pPr><w:numPr><w:numId w:val="{(a + 1) % 3 + 1}"/></w:numPr></w:pPr></w:style>'
        for a in range(3)
    )
    body = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>Họp thôn.</w:t></w:r></w:p>'
    return docx(GOOD + body, styles=styles(listed), numbering=numbering(inner))


def numbers_without_end() -> bytes:
    """Automatic numbers that start at two thousand million, in every format, with level texts of 30,000 places."""
    formats = ("lowerLetter", "upperRoman", "cardinalText", "decimalZero", "ordinalText", "decimalEnclosedCircle", "bullet", "chicken")
    inner = "".join(
        f'<w:abstractNum w:abstractNumId="{i}"><w:lvl w:ilvl="0"><w:start w:val="2000000000"/><w:numFmt w:val="{name}"/>'
        f'<w:lvlText w:val="{"%1." * 10_000}"/></w:lvl><w:lvl w:ilvl="99"/></w:abstractNum>'
        for i, name in enumerate(formats)
    ) + "".join(f'<w:num w:numId="{i + 1}"><w:abstractNumId w:val="{i}"/></w:num>' for i in range(len(formats)))
    body = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{i + 1}"/></w:numPr></w:pPr><w:r><w:t>Họp.</w:t></w:r></w:p>'
        for i in range(len(formats))
        for level in ("0", "-5", "99999999999999999999", "x")
    )
    return docx(GOOD + body, numbering=numbering(inner))


def a_hundred_thousand_lists() -> bytes:
    """100,000 lists, each used once."""
    inner = '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>' + "".join(
        f'<w:num w:numId="{i}"><w:abstractNumId w:val="0"/></w:num>' for i in range(1, 100_001)
    )
    return docx(GOOD, numbering=numbering(inner))


def nested(opening: str, closing: str, depth: int, inner: str = GOOD) -> bytes:
    """One thing inside itself."""
    return docx(GOOD + opening * depth + inner + closing * depth)


def nested_tables(depth: int) -> bytes:
    """Tables in tables."""
    return nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", depth)


def nested_full_tables(depth: int = 75) -> bytes:
    """Tables in tables as deep as the parser allows, two rows of two full cells on each level."""
    cell = f"<w:tc>{paragraph('Phụ nữ không được dự họp. ' * 20)}</w:tc>"
    return nested(f"<w:tbl><w:tr>{cell}{cell}</w:tr><w:tr>{cell}<w:tc>", "</w:tc></w:tr></w:tbl>", depth, GOOD * 50)


def nested_text_boxes(depth: int = 40) -> bytes:
    """Text boxes in text boxes, each with its fallback."""
    opening = "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>"
    closing = "</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict/></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    return nested(opening, closing, depth)


def empty_paragraphs(count: int = LARGE) -> bytes:
    """A million paragraphs without a letter, and one with."""
    return docx(GOOD + "<w:p/>" * count)


def elements_to_the_limit() -> bytes:
    """49 MB of the shortest elements: the tree of them takes fifty times that."""
    return docx(GOOD + "<w:p/>" * 8_000_000)


def empty_runs(count: int = LARGE) -> bytes:
    """One paragraph of a million runs."""
    return docx(GOOD + "<w:p>" + "<w:r/>" * count + "</w:p>")


def small_runs(count: int = 300_000) -> bytes:
    """One paragraph whose letters stand in runs of their own."""
    return docx("<w:p>" + "<w:r><w:rPr><w:b/></w:rPr><w:t>a</w:t></w:r>" * count + "</w:p>" + GOOD)


def huge_attribute(size: int = 20_000_000) -> bytes:
    """An attribute of twenty million letters."""
    return docx(f'<w:p w:rsidR="{"a" * size}"/>' + GOOD)


def many_attributes(count: int = 200_000) -> bytes:
    """One element with 200,000 attributes and as many namespaces."""
    return docx("<w:p " + " ".join(f'xmlns:n{i}="u{i}" n{i}:a="1"' for i in range(count // 10)) + "/>" + GOOD)


def one_line(letters: int) -> bytes:
    """One paragraph of so many letters."""
    words = "Phụ nữ không được dự họp, con gái đi lấy chồng thì thôi phần "
    return docx(paragraph("Điều 1. " + words * (letters // len(words))))


def one_word(letters: int = 2_000_000) -> bytes:
    """One paragraph that is one word, made of marks that combine."""
    return docx(GOOD + paragraph("e\u0302\u0301" * (letters // 3)))


def blanks(letters: int = 2_500_000) -> bytes:
    """One paragraph that is all blanks, tabs and numbers' dots."""
    return docx(GOOD + paragraph("Điều 2." + " " * letters + "."))


def clauses(count: int = 50_000) -> bytes:
    """Fifty thousand clauses."""
    return docx("".join(paragraph(f"Điều {i}. Họp thôn.") for i in range(1, count + 1)))


def clauses_within_the_limit(count: int = 4_500) -> bytes:
    """As many clauses as are just taken, each of them with a finding."""
    return docx("".join(paragraph(f"Điều {i}. Phụ nữ không được dự họp thôn.") for i in range(1, count + 1)))


def wide_table() -> bytes:
    """A row of 100,000 cells, spans of a thousand million, and merges that begin nowhere."""
    cell = "<w:tc><w:tcPr>{}</w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>"
    spans = cell.format('<w:gridSpan w:val="1000000000"/>') + cell.format('<w:gridSpan w:val="-5"/>')
    merges = cell.format('<w:vMerge w:val="continue"/>') + cell.format('<w:hMerge w:val="continue"/>')
    row = f'<w:tr><w:trPr><w:gridBefore w:val="2000000000"/></w:trPr>{merges}{spans}{cell.format("") * 100_000}</w:tr>'
    return docx(f"{GOOD}<w:tbl>{row}<w:tr>{merges}</w:tr></w:tbl>")


def fields_without_end() -> bytes:
    """100,000 fields that begin, and one that ends."""
    return docx(
        GOOD + "<w:p>" + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 100_000 + '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def odd_signs() -> bytes:
    """Signs out of range, direction marks, and letters that do not show."""
    signs = "".join(
        f'<w:r><w:sym w:font="Wingdings" w:char="{code}"/></w:r>' for code in ("F0FC", "FFFFFFFFFF", "-1", "x", "", "D800", "110000")
    )
    return docx(GOOD + f"<w:p>{signs}</w:p>" + paragraph("\u202eĐiều\u200b 2\u2066. \ufeffHọp\u0000".replace("\0", "") + "\u200d" * 5000))


def broken_utf8() -> bytes:
    """Bytes that are not UTF-8 in the text part."""
    return with_parts({"word/document.xml": document(GOOD).replace("Mọi".encode(), b"\xc3\x28\xff")})


def other_encoding(encoding: str) -> bytes:
    """A good text part in another encoding than Word's."""
    return docx(GOOD, encoding=encoding)


def unknown_encoding() -> bytes:
    """A text part that names an encoding of its own."""
    return with_parts({"word/document.xml": document(GOOD).replace(b'encoding="utf-8"', b'encoding="x-nobody"')})


def good() -> bytes:
    """A file without any harm: the measure for the others."""
    return docx_bytes()
