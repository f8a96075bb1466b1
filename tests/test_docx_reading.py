"""DOCX files built part by part: what Word shows is what is read, once, in order, and what is left out is noted."""

from __future__ import annotations

import io
import unicodedata
import zipfile

import pytest

from covenant_review.extraction.document import Block, Document, UnreadableFile
from covenant_review.extraction.docx_number_formats import formatted
from covenant_review.extraction.reading import read

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def docx(body: str, **parts: str) -> bytes:
    """A DOCX with this body; `parts` are numbering, styles, footnotes, header1 … as the inside of their root element."""
    roots = {"numbering": "numbering", "styles": "styles", "footnotes": "footnotes", "header1": "hdr", "footer1": "ftr"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        links = "".join(f'<Relationship Id="{name}" Type="{OFFICE}/{name.rstrip("1")}" Target="{name}.xml"/>' for name in parts)
        archive.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>')
        archive.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        for name, inside in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{roots[name]} {NAMESPACES}>{inside}</w:{roots[name]}>")
    return buffer.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*content: str, properties: str = "") -> str:
    inside = "".join(part if part.startswith("<") else run(part) for part in content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def numbered(text: str, numbering: int, level: int = 0) -> str:
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr>')


def level(index: int, number_format: str, text: str, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(identity: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{identity}">{"".join(levels)}</w:abstractNum>'


def num(identity: int, abstract_id: int, override: str = "") -> str:
    return f'<w:num w:numId="{identity}"><w:abstractNumId w:val="{abstract_id}"/>{override}</w:num>'


def body_of(document: Document) -> list[tuple[str, str]]:
    return [(b.number, b.text) for b in document.blocks if b.kind in {"paragraph", "table_row"}]


def texts(body: str, **parts: str) -> list[str]:
    return [text for _, text in body_of(read(docx(body, **parts)))]


def numbers(body: str, **parts: str) -> list[str]:
    return [number for number, _ in body_of(read(docx(body, **parts)))]


COVENANT_LIST = abstract(
    0,
    level(0, "upperRoman", "Chương %1"),
    level(1, "decimal", "Điều %2.", '<w:lvlRestart w:val="0"/>'),
    level(2, "decimal", "%3."),
    level(3, "lowerLetter", "%4)"),
)


def test_levels_restart_under_a_higher_one_and_articles_run_on() -> None:
    body = "".join(numbered("x", 1, lvl) for lvl in [0, 1, 2, 2, 3, 3, 2, 3, 1, 2, 0, 1, 2, 3])
    assert numbers(body, numbering=COVENANT_LIST + num(1, 0)) == [
        "Chương I", "Điều 1.", "1.", "2.", "a)", "b)", "3.", "a)", "Điều 2.", "1.", "Chương II", "Điều 3.", "1.", "a)"
    ]  # fmt: skip


def test_restart_only_after_a_named_level() -> None:
    definition = abstract(0, level(0, "decimal", "%1."), level(1, "decimal", "%2."),
                          level(2, "lowerLetter", "%3)", '<w:lvlRestart w:val="1"/>'))  # fmt: skip
    body = "".join(numbered("x", 1, lvl) for lvl in [0, 1, 2, 2, 1, 2, 0, 2])
    assert numbers(body, numbering=definition + num(1, 0)) == ["1.", "1.", "a)", "b)", "2.", "c)", "2.", "a)"]


def test_second_list_on_one_definition_runs_on_unless_it_says_a_start() -> None:
    definition = abstract(0, level(0, "decimal", "%1."))
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = definition + num(1, 0) + num(2, 0) + num(3, 0, restart)
    body = "".join(numbered("x", n) for n in [1, 1, 2, 3, 3, 1])
    assert numbers(body, numbering=lists) == ["1.", "2.", "3.", "1.", "2.", "3."]


def test_level_overridden_whole() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "lowerRoman", "(%1)")}</w:lvlOverride>'
    lists = abstract(0, level(0, "decimal", "%1.")) + num(1, 0, override)
    assert numbers(numbered("x", 1) + numbered("y", 1), numbering=lists) == ["(i)", "(ii)"]


def test_several_levels_in_one_number_and_legal_style() -> None:
    definition = abstract(0, level(0, "upperRoman", "%1."), level(1, "decimal", "%1.%2."),
                          level(2, "decimal", "%1.%2.%3", "<w:isLgl/>"))  # fmt: skip
    body = "".join(numbered("x", 1, lvl) for lvl in [0, 0, 1, 2])
    assert numbers(body, numbering=definition + num(1, 0)) == ["I.", "II.", "II.1.", "2.1.1"]


def test_numbering_by_style_through_its_ancestors() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Khoan"><w:name w:val="Khoan"/><w:pPr><w:numPr><w:numId w:val="1"/>'
        '</w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="KhoanDam"><w:name w:val="Khoan dam"/>'
        '<w:basedOn w:val="Khoan"/><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Thuong"><w:name w:val="Thuong"/><w:basedOn w:val="Khoan"/>'
        '<w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>'
    )
    lists = abstract(0, level(0, "decimal", "Điều %1."), level(1, "decimal", "%2.", '<w:pStyle w:val="Khoan"/>')) + num(1, 0)
    body = (
        numbered("Việc cưới", 1)
        + p("một", properties='<w:pStyle w:val="Khoan"/>')
        + p("không số", properties='<w:pStyle w:val="Thuong"/>')
        + p("bỏ số", properties='<w:pStyle w:val="Khoan"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + p("hai", properties='<w:pStyle w:val="Khoan"/>')
    )
    read_blocks = read(docx(body, numbering=lists, styles=styles)).blocks
    assert [(b.number, b.text) for b in read_blocks] == [
        ("Điều 1.", "Việc cưới"), ("1.", "một"), ("", "không số"), ("", "bỏ số"), ("2.", "hai")
    ]  # fmt: skip


def test_bullets_look_as_they_are_printed() -> None:
    symbol_font = '<w:rPr><w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr>'
    bullet = f'<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/>{symbol_font}</w:lvl>'
    lists = abstract(0, bullet) + abstract(1, level(0, "bullet", "-")) + num(1, 0) + num(2, 1)
    assert numbers(numbered("x", 1) + numbered("y", 2), numbering=lists) == ["•", "-"]


@pytest.mark.parametrize(
    ("number_format", "number", "printed"),
    [("lowerLetter", 4, "d"), ("lowerLetter", 27, "aa"), ("upperLetter", 2, "B"), ("upperRoman", 49, "XLIX"),
     ("lowerRoman", 4, "iv"), ("vietnameseCounting", 21, "hai mươi mốt"), ("cardinalText", 15, "mười lăm"),
     ("ordinalText", 1, "thứ nhất"), ("decimalZero", 7, "07"), ("none", 3, ""), ("unheardOf", 3, "3")],
)  # fmt: skip
def test_number_formats(number_format: str, number: int, printed: str) -> None:
    assert formatted(number, number_format) == printed


def test_tracked_changes_are_accepted_and_deletions_noted() -> None:
    body = (
        p(
            "Mức thu ",
            f"<w:del>{'<w:r><w:delText>50.000</w:delText></w:r>'}</w:del>",
            f"<w:ins>{run('100.000')}</w:ins>",
            " đồng.",
        )
        + p(f"<w:moveFrom>{run('Câu chuyển chỗ.')}</w:moveFrom>", "Còn lại.")
        + p(f"<w:moveTo>{run('Câu chuyển chỗ.')}</w:moveTo>")
    )
    document = read(docx(body))
    assert [b.text for b in document.blocks] == ["Mức thu 100.000 đồng.", "Còn lại.", "Câu chuyển chỗ."]
    assert [(w.code, w.detail) for w in document.warnings] == [("deleted_text", "1")]


def test_paragraph_whose_end_was_deleted_runs_on_into_the_next() -> None:
    body = p("Con trai được chia, ", properties="<w:rPr><w:del/></w:rPr>") + p("con gái cũng được chia.")
    assert texts(body) == ["Con trai được chia, con gái cũng được chia."]


def test_deleted_numbered_paragraph_is_not_counted() -> None:
    gone = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr>'
        "<w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del></w:p>"
    )
    lists = abstract(0, level(0, "decimal", "%1.")) + num(1, 0)
    assert numbers(numbered("x", 1) + gone + numbered("y", 1), numbering=lists) == ["1.", "2."]


def test_hidden_text_is_left_out_and_noted_also_by_style() -> None:
    styles = '<w:style w:type="character" w:styleId="An"><w:name w:val="An"/><w:rPr><w:vanish/></w:rPr></w:style>'
    body = p(
        "Thấy ",
        run("ẩn ", "<w:vanish/>"),
        run("ẩn nữa", '<w:rStyle w:val="An"/>'),
        run("hiện", '<w:vanish w:val="0"/>'),
    )
    document = read(docx(body, styles=styles))
    assert [b.text for b in document.blocks] == ["Thấy hiện"]
    assert [(w.code, w.detail) for w in document.warnings] == [("hidden_text", "2")]


def test_fields_give_their_result_only_even_nested_and_across_paragraphs() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = "<w:r><w:instrText>DATE</w:instrText></w:r>"
    nested = mark("begin") + instruction + mark("separate") + run("trong lệnh") + mark("end")
    body = p("Ngày ", mark("begin"), instruction, nested, mark("separate"), "12 ") + p("tháng 5", mark("end"), ".")
    assert texts(body) == ["Ngày 12", "tháng 5."]


def test_text_box_is_read_once_and_its_fallback_not() -> None:
    box = "<w:txbxContent>" + p("Làng văn hóa") + "</w:txbxContent>"
    drawing = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert texts(p("Trước", drawing)) == ["Trước", "Làng văn hóa"]
    old = f"<w:r><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></w:r>"
    assert texts(p("Trước", old)) == ["Trước", "Làng văn hóa"]


def test_wrappers_around_text_are_looked_through() -> None:
    body = (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{p('Ô nội dung')}</w:sdtContent></w:sdt>"
        + p("Ở ", f"<w:smartTag>{run('Hà Nội')}</w:smartTag>", f"<w:hyperlink>{run(', xem')}</w:hyperlink>")
        + f"<w:customXml>{p('Trong thẻ')}</w:customXml>"
    )
    assert texts(body) == ["Ô nội dung", "Ở Hà Nội, xem", "Trong thẻ"]


def test_special_characters_inside_a_run() -> None:
    body = p(
        "<w:r><w:t>Thôn</w:t><w:noBreakHyphen/><w:t>xóm</w:t><w:tab/><w:t>hai</w:t><w:br/><w:t>dòng</w:t></w:r>",
        '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:t>x</w:t><w:softHyphen/><w:t>y</w:t></w:r>',
    )
    assert texts(body) == ["Thôn-xóm hai\ndòng✓xy"]


def test_decomposed_text_becomes_composed_and_spelling_stays() -> None:
    assert texts(p(unicodedata.normalize("NFD", "Điều hoà, thuỷ lợi"))) == ["Điều hoà, thuỷ lợi"]


def in_font(name: str, *content: str) -> str:
    inside = "".join(part if part.startswith("<") else f'<w:t xml:space="preserve">{part}</w:t>' for part in content)
    return f'<w:r><w:rPr><w:rFonts w:ascii="{name}" w:hAnsi="{name}"/></w:rPr>{inside}</w:r>'


def warned(document: Document) -> list[tuple[str, str]]:
    return [(warning.code, warning.detail) for warning in document.warnings]


def test_soft_hyphen_of_an_old_font_is_a_letter_and_elsewhere_none() -> None:
    body = p(in_font(".VnTime", "ch", "<w:softHyphen/>", "a chång, ng\u00ad\u00eai"), in_font("Times New Roman", "; nghi\u00ad\u00eang"))
    document = read(docx(body))
    assert document.blocks[0].text == "chưa chồng, người; nghiêng"
    assert (document.status, warned(document)) == ("read", [("converted_font", ".VnTime")])


def test_old_font_of_capitals_beside_a_common_one() -> None:
    body = p(in_font(".VnTimeH", "h­¬ng ­íc lµng lai"), in_font(".VnTime", " §×nh B¶ng"))
    assert texts(body) == ["HƯƠNG ƯỚC LÀNG LAI Đình Bảng"]


def test_vowel_and_mark_of_vni_in_two_runs() -> None:
    assert texts(p(in_font("VNI-Times", "Ño"), in_font("VNI-Times", "äc laäp, gia ñì"), in_font("VNI-Helve", "nh"))) == [
        "Độc lập, gia đình"
    ]


def test_unicode_under_an_old_font_name_stays() -> None:
    document = read(docx(p(in_font(".VnTime", "Nam, nữ trong thôn đều được dự họp và được chia phần như nhau."))))
    assert document.blocks[0].text == "Nam, nữ trong thôn đều được dự họp và được chia phần như nhau."
    assert (document.status, warned(document)) == ("read", [])


def test_one_old_line_in_a_unicode_document() -> None:
    line = "Ng\u00ad\u00eai ch\u00ada chång kh«ng ®\u00ad\u00eec dù tÕ."
    document = read(docx(p("Điều 5. Việc làng") + p(line) + p("Mỗi hộ cử một người đi họp.")))
    assert [b.text for b in document.blocks] == ["Điều 5. Việc làng", "Người chưa chồng không được dự tế.", "Mỗi hộ cử một người đi họp."]
    assert (document.status, warned(document)) == ("read", [("converted_font", "TCVN3")])


def test_old_words_within_a_unicode_line_are_converted_and_reported() -> None:
    document = read(docx(p("Mỗi hộ được cử một người; phô n÷ ch\u00ada chång kh«ng ®\u00ad\u00eec dù; những người khác được dự.")))
    assert document.blocks[0].text == "Mỗi hộ được cử một người; phụ nữ chưa chồng không được dự; những người khác được dự."
    assert (document.status, warned(document)) == ("partly_read", [("legacy_font", "TCVN3")])


def test_lines_of_an_old_document_that_tell_nothing_follow_the_rest() -> None:
    long = "Nh©n d©n trong th«n thèng nhÊt thùc hiÖn c¸c ®iÒu kho¶n sau ®©y vÒ viÖc c\u00ad\u00edi, viÖc tang."
    document = read(docx(p("Môc 1") + p(long) + p(long)))
    assert document.blocks[0].text == "Mục 1"
    assert document.status == "read"


def test_number_of_a_list_in_an_old_font() -> None:
    font = '<w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr>'
    words = f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="§iÒu %1."/>{font}</w:lvl>'
    assert numbers(numbered("x", 1), numbering=abstract(0, words) + num(1, 0)) == ["Điều 1."]


def test_symbol_element_in_an_old_font() -> None:
    assert texts(p(in_font(".VnTime", '<w:sym w:font=".VnTime" w:char="F0AE"/>', "×nh lµng"))) == ["đình làng"]


def test_words_that_no_table_explains_are_reported() -> None:
    document = read(docx(p(in_font(".VnTime", "Hé gia ®×nh »«þ ¬µ¼n »ï§ ç¸÷ë ø¦¥ µ¡¢ ®Õn gióp ®ì."))))
    assert [warning.code for warning in document.warnings] == ["legacy_font"]
    assert document.status == "partly_read"


def cell(*content: str, properties: str = "") -> str:
    inside = "".join(part if part.startswith(("<w:p>", "<w:tbl")) else p(part) for part in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside or p('')}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


BORDERS = '<w:tblPr><w:tblBorders><w:top w:val="single"/></w:tblBorders></w:tblPr>'


def tbl(*rows: str, properties: str = BORDERS) -> str:
    return f"<w:tbl>{properties}{''.join(rows)}</w:tbl>"


def table_of(body: str, **parts: str) -> list[Block]:
    return [b for b in read(docx(body, **parts)).blocks if b.kind == "table_row"]


def test_table_rows_with_header_empty_and_many_paragraph_cells() -> None:
    rows = table_of(
        tbl(
            tr(cell("Việc"), cell("Mức"), properties="<w:tblHeader/>"),
            tr(cell("Trộm", "lúa"), cell("")),
            tr(cell(""), cell("")),
            tr(cell(""), cell("5 công")),
        )
    )
    assert [row.text for row in rows] == ["Việc | Mức", "Trộm lúa |", "| 5 công"]
    assert [row.cells for row in rows] == [("Việc", "Mức"), ("Trộm lúa", ""), ("", "5 công")]
    assert [row.header_row for row in rows] == [True, False, False]
    assert [(row.table, row.row) for row in rows] == [(0, 0), (0, 1), (0, 2)]


def test_merged_cells() -> None:
    rows = table_of(
        tbl(
            tr(cell("Đối tượng"), cell("Mức", properties='<w:gridSpan w:val="2"/>')),
            tr(cell("Nữ", properties='<w:vMerge w:val="restart"/>'), cell("a"), cell("1")),
            tr(cell("", properties="<w:vMerge/>"), cell("b"), cell("2")),
            tr(cell("Nam"), cell("c"), cell("3")),
        )
    )
    assert [row.cells for row in rows] == [("Đối tượng", "Mức"), ("Nữ", "a", "1"), ("", "b", "2"), ("Nam", "c", "3")]
    assert [row.spans for row in rows] == [(1, 2), (), (), ()]
    assert [row.merged for row in rows] == [(), (), ("Nữ",), ()]


def test_nested_table_and_numbers_inside_cells() -> None:
    lists = abstract(0, level(0, "decimal", "%1.")) + num(1, 0)
    inner = tbl(tr(cell("trong"), cell("bảng")), tr(cell("lồng"), cell("nhau")))
    rows = table_of(
        tbl(
            tr(cell("TT"), cell("Việc")),
            tr(cell(numbered("x", 1)), cell("a", inner)),
            tr(cell(numbered("y", 1)), cell("b")),
        ),
        numbering=lists,
    )
    assert [row.text for row in rows] == ["TT | Việc", "1. x | a trong bảng lồng nhau", "2. y | b"]


def test_deleted_rows_are_left_out_and_noted() -> None:
    document = read(docx(tbl(tr(cell("a"), cell("b")), tr(cell("c"), cell("d")), tr(cell("e"), cell("f"), properties="<w:del/>"))))
    assert [b.text for b in document.blocks] == ["a | b", "c | d"]
    assert [w.code for w in document.warnings] == ["deleted_text"]


def test_tables_that_only_place_text_give_paragraphs_column_by_column() -> None:
    letterhead = tbl(
        tr(cell("UBND XÃ LIÊN MẠC"), cell("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        tr(cell("THÔN ĐÔNG NGẠC"), cell("Độc lập - Tự do - Hạnh phúc")),
        properties="<w:tblPr/>",
    )
    signatures = tbl(
        tr(cell("TRƯỞNG THÔN"), cell("BÍ THƯ CHI BỘ")),
        tr(cell("Nguyễn Văn A"), cell("Trần Thị B")),
        properties="<w:tblPr/>",
    )
    assert texts(letterhead + p("Điều 1.") + signatures) == [
        "UBND XÃ LIÊN MẠC", "THÔN ĐÔNG NGẠC", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
        "Điều 1.", "TRƯỞNG THÔN", "Nguyễn Văn A", "BÍ THƯ CHI BỘ", "Trần Thị B",
    ]  # fmt: skip


def test_footnotes_come_last_and_page_headers_apart() -> None:
    notes = f'<w:footnote w:id="0" w:type="separator">{p("")}</w:footnote><w:footnote w:id="2">{p("Đã bỏ.")}</w:footnote>'
    body = (
        p("Lệ cheo", '<w:r><w:footnoteReference w:id="2"/></w:r>', " năm quan.")
        + '<w:sectPr><w:headerReference r:id="header1"/><w:footerReference r:id="footer1"/></w:sectPr>'
    )
    blocks = read(docx(body, footnotes=notes, header1=p("Dự thảo"), footer1=p("Trang 1"))).blocks
    assert [(b.kind, b.number, b.text) for b in blocks] == [
        ("paragraph", "", "Lệ cheo năm quan."), ("footnote", "1", "Đã bỏ."), ("page_header", "", "Dự thảo"),
        ("page_footer", "", "Trang 1"),
    ]  # fmt: skip


def test_lines_of_an_automatic_table_of_contents_are_left_out_and_noted() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    document = read(docx(p("Chương I ... 2", properties='<w:pStyle w:val="TOC1"/>') + p("Chương I"), styles=styles))
    assert [b.text for b in document.blocks] == ["Chương I"]
    assert [w.code for w in document.warnings] == ["table_of_contents"]


def test_look_of_a_paragraph() -> None:
    body = p(run("VIỆC CƯỚI", '<w:b/><w:sz w:val="28"/>'), properties='<w:jc w:val="center"/><w:outlineLvl w:val="1"/>')
    look = read(docx(body)).blocks[0].style
    assert (look.bold, look.alignment, look.font_size, look.outline_level) == (True, "center", 14.0, 1)


def test_strict_files_are_read_too() -> None:
    plain = docx(p("Điều 1. Họp làng"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            strict = source.read(name).replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
            target.writestr(name, strict)
    assert [b.text for b in read(buffer.getvalue()).blocks] == ["Điều 1. Họp làng"]


def test_document_of_pictures_only_has_no_text() -> None:
    picture = "<w:r><w:drawing><a:blip/></w:drawing></w:r>"
    with pytest.raises(UnreadableFile) as caught:
        read(docx(p(picture)))
    assert caught.value.reason == "no_text"
    document = read(docx(p(picture) + p("Điều 1.")))
    assert [(w.code, w.detail) for w in document.warnings] == [("pictures", "1")]
