"""Pages of a covenant: HTML for Chromium, WeasyPrint and pandoc; PDF by ReportLab; scans by ImageMagick."""

from __future__ import annotations

import html
import io
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from variant_letters import tcvn3_runs
from variant_truth import Piece

_FONT_FILES = Path("/usr/share/fonts/truetype/dejavu")
_U_HORN = 0xF0AD  # ư in a symbol font's area: at its Latin-1 place ReportLab would take it for a soft hyphen
_HEADS = {"title": "h1", "chapter": "h2", "name": "h2", "appendix": "h2", "article": "h3", "section": "h3"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """How pages look. `running`: a page header and number; `ruled`: tables with lines; `lists`: numbers by the browser."""

    css: str = ""
    running: str = ""
    ruled: bool = True
    lists: bool = False
    letterhead: bool = True
    landscape: bool = False
    size: str = "13pt"


def html_of(pieces: Sequence[Piece], sheet: Sheet) -> str:
    """The covenant as a page of HTML."""
    border = "1px solid black" if sheet.ruled else "none"
    running = (
        f'@page {{ @top-center {{ content: "{sheet.running}"; font-size: 9pt }} @bottom-center {{ content: "Trang " counter(page) }} }}'
        if sheet.running
        else ""
    )
    css = (
        f"@page {{ size: A4 {'landscape' if sheet.landscape else 'portrait'}; margin: 20mm }}{running}"
        f"body {{ font: {sheet.size} 'DejaVu Serif', serif; text-align: justify }} h1, h2 {{ font-size: {sheet.size}; text-align: center }}"
        f"h3 {{ font-size: {sheet.size} }} table.rows {{ border-collapse: collapse }} table.rows td {{ border: {border}; padding: 2pt 8pt;"
        f" text-align: left }} table.head {{ width: 100% }} table.head td {{ width: 50%; text-align: center; vertical-align: top }}"
        f"p {{ margin: 5pt 0 }} p.date {{ text-align: right }} p.signature {{ text-align: center; margin-left: 50% }} {sheet.css}"
    )
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><style>{css}</style></head><body>{_body(pieces, sheet)}</body></html>'
    )


def _body(pieces: Sequence[Piece], sheet: Sheet) -> str:
    rest, parts = list(pieces), []
    header = [piece for piece in rest if piece.kind == "header"]
    if sheet.letterhead and len(header) > 2:
        parts.append(_letterhead(header))
        rest = [piece for piece in rest if piece.kind != "header"]
    for kind, group in groupby(rest, key=lambda piece: piece.kind if piece.kind in {"table_row", "clause", "bullet"} else ""):
        block = list(group)
        if kind == "table_row":
            rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in piece.cells) + "</tr>" for piece in block)
            parts.append(f'<table class="rows">{rows}</table>')
        elif sheet.lists and kind == "clause":
            start = block[0].number.rstrip(".")
            parts.append(f'<ol start="{start}">' + "".join(f"<li>{html.escape(piece.text)}</li>" for piece in block) + "</ol>")
        else:
            parts.extend(_element(piece) for piece in block)
    return "\n".join(parts)


def _letterhead(header: Sequence[Piece]) -> str:
    motto = [piece for piece in header if piece.text.startswith(("CỘNG", "Độc"))]
    dates = [piece for piece in header if "ngày" in piece.text]
    left = [piece for piece in header if piece not in motto and piece not in dates]
    cells = ("<br>".join(f"<b>{html.escape(piece.text)}</b>" for piece in side) for side in (left, motto))
    table = '<table class="head"><tr>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr></table>"
    return table + "".join(f'<p class="date">{html.escape(piece.text)}</p>' for piece in dates)


def _element(piece: Piece) -> str:
    tag = _HEADS.get(piece.kind, "p")
    name = f' class="{piece.kind}"' if tag == "p" else ""
    return f"<{tag}{name}>{html.escape(piece.line)}</{tag}>"


def by_chromium(page: str, folder: Path, *, header: bool = False) -> bytes:
    """Printed to PDF by Chromium; with `header` also its own page header (date, title) and footer."""
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_text(page, encoding="utf-8")
    options = [] if header else ["--no-pdf-header-footer"]
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", *options, f"--print-to-pdf={target}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target.read_bytes()


def by_weasyprint(page: str) -> bytes:
    """Laid out by WeasyPrint."""
    import weasyprint

    written: bytes = weasyprint.HTML(string=page).write_pdf()
    return written


def by_pandoc(page: str, kind: str, folder: Path) -> bytes:
    """HTML → `kind` by pandoc."""
    source, target = folder / "pandoc.html", folder / f"pandoc.{kind}"
    source.write_text(page, encoding="utf-8")
    subprocess.run(["pandoc", "-s", "-f", "html", "-o", str(target), str(source)], check=True, capture_output=True, timeout=120)
    return target.read_bytes()


def by_libreoffice(data: bytes, came_as: str, kind: str, folder: Path) -> bytes:
    """One office format → another by LibreOffice."""
    source, out = folder / f"office.{came_as}", folder / "out"
    source.write_bytes(data)
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(out), str(source)], check=True, capture_output=True, timeout=180)
    return (out / f"office.{kind.split(':')[0]}").read_bytes()


def old_fonts(folder: Path) -> dict[str, Path]:
    """.VnTime and .VnTimeH as they were: DejaVu's letters at TCVN3's places, in a file of that name each."""
    from fontTools.ttLib import TTFont
    from variant_letters import in_tcvn3, tcvn3_letters

    made = {}
    for name, raised in ((".VnTime", False), (".VnTimeH", True)):
        font = TTFont(str(_FONT_FILES / "DejaVuSerif.ttf"))
        drawn = dict(font.getBestCmap())
        letters = [*tcvn3_letters(), *map(chr, range(0x61, 0x7B))]
        places = {ord(in_tcvn3(letter)): drawn[ord(letter.upper() if raised else letter)] for letter in letters}
        places[_U_HORN] = places[0xAD]
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap = {**table.cmap, **places}
        for record in font["name"].names:
            if record.nameID in (1, 4, 6, 16):
                record.string = name
        made[name] = folder / f"{name.lstrip('.')}.ttf"
        font.save(made[name])
    return made


def by_reportlab(pieces: Sequence[Piece], sheet: Sheet, old: dict[str, Path] | None = None) -> bytes:
    """Laid out by ReportLab's flowing paragraphs and tables; with `old` fonts, in TCVN3."""
    from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    for name, file in (("Body", "DejaVuSerif.ttf"), ("Body-Bold", "DejaVuSerif-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(_FONT_FILES / file)))
    for name, path in (old or {}).items():
        pdfmetrics.registerFont(TTFont(name, str(path)))

    def marked(text: str) -> str:
        if not old:
            return html.escape(text)
        runs = ((html.escape(letters).replace("\u00ad", chr(_U_HORN)), raised) for letters, raised in tcvn3_runs(text))
        return "".join(f'<font name=".VnTime{"H" if raised else ""}">{letters}</font>' for letters, raised in runs)

    plain = ParagraphStyle("plain", fontName="Body", fontSize=11, leading=15, alignment=TA_JUSTIFY, spaceAfter=4)
    cell = ParagraphStyle("cell", plain, alignment=0, spaceAfter=0)
    centred = ParagraphStyle("centred", plain, fontName="Body-Bold", alignment=TA_CENTER)
    bold = ParagraphStyle("bold", plain, fontName="Body-Bold", alignment=0)
    right = ParagraphStyle("right", plain, alignment=TA_RIGHT)
    looks = {"title": centred, "chapter": centred, "name": centred, "appendix": centred, "article": bold, "section": bold}
    page = landscape(A4) if sheet.landscape else A4
    flow: list[object] = []
    header = [piece for piece in pieces if piece.kind == "header"]
    motto = [piece for piece in header if piece.text.startswith(("CỘNG", "Độc"))]
    dates = [piece for piece in header if "ngày" in piece.text]
    left = [piece for piece in header if piece not in motto and piece not in dates]
    if left and motto:
        sides = [[Paragraph(marked(piece.text), centred) for piece in side] for side in (left, motto)]
        flow += [
            Table(
                [sides], colWidths=[(page[0] - 110) * 0.42, (page[0] - 110) * 0.58], style=TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
            )
        ]
    else:
        flow += [Paragraph(marked(piece.text), centred) for piece in left + motto]
    flow += [Paragraph(marked(piece.text), right) for piece in dates]
    rest = [piece for piece in pieces if piece.kind != "header"]
    for is_table, group in groupby(rest, key=lambda piece: piece.kind == "table_row"):
        block = list(group)
        if not is_table:
            flow += [Paragraph(marked(piece.line), looks.get(piece.kind, plain)) for piece in block]
            continue
        rows = [[Paragraph(marked(text), cell) for text in piece.cells] for piece in block]
        width = (page[0] - 120) / len(rows[0])
        style = [("GRID", (0, 0), (-1, -1), 0.5, "black")] if sheet.ruled else []
        flow += [Spacer(1, 6), Table(rows, colWidths=[width] * len(rows[0]), style=TableStyle(style)), Spacer(1, 6)]
    buffer = io.BytesIO()

    def number(canvas: Any, document: Any) -> None:
        if sheet.running:
            canvas.setFont("Body", 9)
            canvas.drawCentredString(page[0] / 2, page[1] - 30, sheet.running)
            canvas.drawCentredString(page[0] / 2, 28, f"{document.page}")

    template = SimpleDocTemplate(buffer, pagesize=page, leftMargin=55, rightMargin=55, topMargin=50, bottomMargin=50, invariant=1)
    template.build(flow, onFirstPage=number, onLaterPages=number)
    return buffer.getvalue()


def by_imagemagick(pdf: bytes, folder: Path, kind: str, degrees: float) -> bytes:
    """The pages of a PDF as a scanner would send them: grey, 200 dpi, a little turned, JPEG inside a PDF or a TIFF."""
    import pypdfium2
    from PIL import Image

    source = pypdfium2.PdfDocument(pdf)
    pictures = []
    turn = ["-background", "white", "-rotate", str(degrees), "-attenuate", "0.15", "+noise", "Gaussian", "-blur", "0x0.6"]
    for index in range(len(source)):
        page, scan = folder / f"page-{index}.png", folder / f"scan-{index}.png"
        source[index].render(scale=200 / 72, grayscale=True).to_pil().save(page)
        subprocess.run(["convert", str(page), *turn, "-colorspace", "Gray", str(scan)], check=True, capture_output=True, timeout=180)
        pictures.append(Image.open(scan).convert("L"))
    source.close()
    buffer = io.BytesIO()
    options = {"resolution": 200.0, "quality": 45} if kind == "pdf" else {"compression": "jpeg", "quality": 50, "dpi": (200, 200)}
    pictures[0].save(buffer, format=kind.upper(), save_all=True, append_images=pictures[1:], **options)
    return buffer.getvalue()
