"""Make the files of tests/data/extraction anew: covenants of the corpus in the formats of many producers, with their truth.

    .venv/bin/python scripts/produce_variants.py            # needs LibreOffice, pandoc, Chromium, ImageMagick
    .venv/bin/python scripts/produce_variants.py --only pdf  # only variants whose name holds "pdf"

Every file goes with one JSON of its truth (several files of one covenant share it); `manifest.json` lists them all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from variant_docx import (  # noqa: E402
    Look,
    MixedWriter,
    broken_runs_writer,
    docx_of,
    loose_marks_writer,
    tcvn3_writer,
    vni_writer,
)
from variant_letters import as_plain_tcvn3_says, in_code_page_1258, in_tcvn3, in_vni  # noqa: E402
from variant_pages import (  # noqa: E402
    Sheet,
    by_chromium,
    by_imagemagick,
    by_libreoffice,
    by_pandoc,
    by_reportlab,
    by_weasyprint,
    html_of,
    old_fonts,
)
from variant_truth import Piece, from_corpus, from_plain_text, hyphenated, labelled, truth_of, with_points_as  # noqa: E402

OUT = ROOT / "tests" / "data" / "extraction"
SAMPLES = ROOT / "tests" / "data" / "samples"
_ABCDE = "abcdefghij"
_OLD_COMPOUNDS = ("hội đồng", "hương lễ", "gia đình", "việc làng", "con trai", "con gái", "nhân dân", "lý trưởng", "tuần phiên", "văn hóa")


@dataclass(frozen=True, slots=True)
class Variant:
    """One file. `kind` is the row of the report that it counts in; `truth` names its truth file; `data` makes the bytes."""

    name: str
    kind: str
    producer: str
    truth: str
    pieces: Sequence[Piece]
    data: Callable[[], bytes]


def sources() -> dict[str, list[Piece]]:
    """The covenants that the files are made of, by a short name."""
    folder = ROOT / "corpus"
    given, hands = folder / "given", folder / "hands"
    return {
        "kenh": from_corpus(given / "dev" / "01-lang-dong-kenh.jsonl"),
        "cautruc": from_corpus(given / "dev" / "02-khu-pho-cau-truc.jsonl"),
        "dinhvan": from_corpus(given / "dev" / "04-toc-uoc-ho-dinh-van.jsonl"),
        "phuluat": from_corpus(given / "dev" / "05-lang-phu-luat.jsonl"),
        "kimdinh": from_corpus(given / "train" / "03-moc-kim-dinh.jsonl"),
        "tuonglac": from_corpus(given / "train" / "04-giay-tranh-tuong-lac.jsonl"),
        "vinhan": from_corpus(hands / "b" / "05-thon-vinh-an.jsonl"),
        "slung": from_corpus(hands / "a" / "05-thon-khe-slung.jsonl"),
        "lothan": from_corpus(hands / "d" / "01-tdp-lo-than.jsonl"),
        "namkhau": from_corpus(hands / "d" / "03-thon-nam-khau.jsonl"),
        "dongtu": from_corpus(hands / "c" / "06-dong-tu.jsonl"),
    }


def variants(folder: Path) -> Iterator[Variant]:
    """Every file of the corpus that this script makes."""
    docs = sources()
    yield from _docx(docs)
    yield from _old_letters(docs)
    yield from _through_libreoffice(docs, folder)
    yield from _through_pandoc(docs, folder)
    yield from _pdf(docs, folder)
    yield from _plain_text(docs)
    yield from _scans(docs, folder)


def _docx(docs: dict[str, list[Piece]]) -> Iterator[Variant]:
    def made(name: str, source: str, look: Look, pieces: Sequence[Piece] | None = None, truth: str = "") -> Variant:
        words = docs[source] if pieces is None else pieces
        return Variant(f"{name}-{source}.docx", "docx", f"python-docx, {name}", truth or source, words, lambda: docx_of(words, look))

    for source in ("kenh", "tuonglac", "namkhau", "kimdinh", "phuluat"):
        yield made("typed", source, Look())
    yield made("no-letterhead", "slung", Look(letterhead=False))
    yield made("broken-runs", "dinhvan", Look(write=broken_runs_writer))
    yield made("nested-table", "lothan", Look(nested=True))
    yield made("inline-clauses", "kenh", Look(inline=True))
    yield made("inline-clauses", "vinhan", Look(inline=True))
    lettered = with_points_as(docs["vinhan"], _ABCDE, ")")
    yield made("template-multi-level", "vinhan", Look(numbering="multi-level"), lettered, "vinhan-abcde")
    yield made("template-clan-styles", "dinhvan", Look(numbering="clan"))
    yield made("template-sections", "cautruc", Look(numbering="sections"))
    kenh = with_points_as(docs["kenh"], _ABCDE, ")")
    yield made("template-separate-lists", "kenh", Look(numbering="separate"), kenh, "kenh-abcde")
    legal = _with_legal_numbers(docs["kenh"])
    yield made("template-legal", "kenh", Look(numbering="legal"), legal, "kenh-legal")


def _with_legal_numbers(pieces: Sequence[Piece]) -> list[Piece]:
    """Khoản numbered with their article: "1.2."."""
    article, changed = "", []
    for piece in with_points_as(pieces, _ABCDE, ")"):
        if piece.kind == "article":
            article = piece.number.removeprefix("Điều ").rstrip(".")
        changed.append(replace(piece, number=f"{article}.{piece.number}") if piece.kind == "clause" else piece)
    return labelled(changed)


def _old_letters(docs: dict[str, list[Piece]]) -> Iterator[Variant]:
    for source in ("kenh", "lothan"):
        pieces = docs[source]
        yield Variant(
            f"tcvn3-{source}.docx", "tcvn3", "python-docx, .VnTime", source, pieces, lambda p=pieces: docx_of(p, Look(tcvn3_writer))
        )
        yield Variant(f"vni-{source}.docx", "vni", "python-docx, VNI-Times", source, pieces, lambda p=pieces: docx_of(p, Look(vni_writer)))
        yield Variant(
            f"nfd-{source}.docx", "nfd", "python-docx, NFD", source, pieces, lambda p=pieces: docx_of(p, Look(loose_marks_writer))
        )
        yield Variant(
            f"mixed-{source}.docx",
            "mixed",
            "python-docx, TCVN3 lines in Unicode",
            source,
            pieces,
            lambda p=pieces: docx_of(p, Look(MixedWriter())),
        )


def _through_libreoffice(docs: dict[str, list[Piece]], folder: Path) -> Iterator[Variant]:
    def converted(source: str, kind: str, look: Look | None = None, name: str = "office") -> Callable[[], bytes]:
        return lambda: by_libreoffice(docx_of(docs[source], look or Look()), "docx", kind, folder)

    for kind, source in (
        ("docx", "kenh"),
        ("doc", "tuonglac"),
        ("doc", "vinhan"),
        ("rtf", "lothan"),
        ("odt", "dongtu"),
        ("odt", "dinhvan"),
    ):
        yield Variant(f"libreoffice-{source}.{kind}", kind, "LibreOffice", source, docs[source], converted(source, kind))
    yield Variant(
        "libreoffice-tcvn3-kenh.doc",
        "tcvn3",
        "LibreOffice .doc, .VnTime",
        "kenh",
        docs["kenh"],
        converted("kenh", "doc", Look(tcvn3_writer)),
    )
    yield Variant(
        "libreoffice-vni-kenh.doc", "vni", "LibreOffice .doc, VNI-Times", "kenh", docs["kenh"], converted("kenh", "doc", Look(vni_writer))
    )
    yield Variant(
        "libreoffice-tcvn3-kenh.rtf",
        "tcvn3",
        "LibreOffice .rtf, .VnTime",
        "kenh",
        docs["kenh"],
        converted("kenh", "rtf", Look(tcvn3_writer)),
    )
    # Without VNI's fonts LibreOffice prints the letters that stand at their places; of TCVN3's it would leave out ư altogether.
    yield Variant(
        "libreoffice-vni-lothan.pdf",
        "vni",
        "LibreOffice PDF without the old font",
        "lothan",
        docs["lothan"],
        converted("lothan", "pdf", Look(vni_writer)),
    )
    for source in ("kenh", "tuonglac", "namkhau"):
        yield Variant(f"libreoffice-{source}.pdf", "pdf", "LibreOffice", source, docs[source], converted(source, "pdf"))
    # LibreOffice has no "never restart": a template whose Điều count on through the chapters would come out changed.
    for source, template, kinds in (
        ("dinhvan", "clan", ("doc", "odt")),
        ("kenh-abcde", "separate", ("rtf", "odt")),
        ("cautruc", "sections", ("pdf",)),
    ):
        pieces = with_points_as(docs["kenh"], _ABCDE, ")") if source == "kenh-abcde" else docs[source]
        made = docx_of(pieces, Look(numbering=template))
        for kind in kinds:
            yield Variant(
                f"libreoffice-{template}-{source}.{kind}", kind, "LibreOffice, automatic numbering", source, pieces,
                lambda k=kind, m=made: by_libreoffice(m, "docx", k, folder),
            )  # fmt: skip


def _through_pandoc(docs: dict[str, list[Piece]], folder: Path) -> Iterator[Variant]:
    for kind, source in (("docx", "tuonglac"), ("odt", "kenh"), ("rtf", "cautruc")):
        page = html_of(docs[source], Sheet(letterhead=False))
        yield Variant(f"pandoc-{source}.{kind}", kind, "pandoc", source, docs[source], lambda p=page, k=kind: by_pandoc(p, k, folder))
    page = html_of(docs["vinhan"], Sheet(letterhead=False, lists=True))
    yield Variant(
        "pandoc-lists-vinhan.docx", "docx", "pandoc, automatic lists", "vinhan", docs["vinhan"], lambda: by_pandoc(page, "docx", folder)
    )


def _pdf(docs: dict[str, list[Piece]], folder: Path) -> Iterator[Variant]:
    def made(
        name: str, source: str, producer: str, data: Callable[[], bytes], pieces: Sequence[Piece] | None = None, truth: str = ""
    ) -> Variant:
        return Variant(f"{name}-{source}.pdf", "pdf", producer, truth or source, pieces or docs[source], data)

    def chromium(source: str, sheet: Sheet, *, header: bool = False) -> Callable[[], bytes]:
        return lambda: by_chromium(html_of(docs[source], sheet), folder, header=header)

    def weasyprint(pieces: Sequence[Piece], sheet: Sheet) -> Callable[[], bytes]:
        return lambda: by_weasyprint(html_of(pieces, sheet))

    def reportlab(source: str, sheet: Sheet) -> Callable[[], bytes]:
        return lambda: by_reportlab(docs[source], sheet)

    yield made("chromium", "kenh", "Chromium print", chromium("kenh", Sheet()))
    yield made("chromium-running", "lothan", "Chromium print, its page header and number", chromium("lothan", Sheet(), header=True))
    yield made("chromium-lists", "vinhan", "Chromium print, lists", chromium("vinhan", Sheet(lists=True)))
    yield made("chromium-unruled", "tuonglac", "Chromium print, unruled tables", chromium("tuonglac", Sheet(ruled=False)))
    yield made("chromium-landscape", "dinhvan", "Chromium print, landscape", chromium("dinhvan", Sheet(landscape=True)))
    yield made("weasyprint", "slung", "WeasyPrint", weasyprint(docs["slung"], Sheet()))
    running = Sheet(running="Hương ước các dòng họ, thôn làng")
    yield made("weasyprint-running", "dongtu", "WeasyPrint, page header and number", weasyprint(docs["dongtu"], running))
    old = hyphenated(docs["phuluat"], _OLD_COMPOUNDS)
    large = Sheet(size="15pt")
    yield made("weasyprint-hyphens", "phuluat", "WeasyPrint, hyphenated words", weasyprint(old, large), old, "phuluat-hyphens")
    yield made(
        "weasyprint-ragged",
        "kimdinh",
        "WeasyPrint, ragged right, indented",
        weasyprint(docs["kimdinh"], Sheet(css="body { text-align: left } p { text-indent: 24pt; margin: 0 }")),
    )
    halves = Sheet(size="10pt", css="body { columns: 2; column-gap: 10mm } h1, .head { column-span: all }")
    yield made("weasyprint-two-columns", "slung", "WeasyPrint, set in two columns", weasyprint(docs["slung"], halves))
    yield made(
        "chromium-ragged-small",
        "vinhan",
        "Chromium print, ragged right, 10 pt",
        chromium("vinhan", Sheet(size="10pt", css="body { text-align: left }")),
    )
    yield made("reportlab", "kenh", "ReportLab", reportlab("kenh", Sheet()))
    yield Variant(
        "reportlab-tcvn3-kenh.pdf", "tcvn3", "ReportLab PDF, .VnTime and .VnTimeH", "kenh", docs["kenh"],
        lambda: by_reportlab(docs["kenh"], Sheet(), old_fonts(folder)),
    )  # fmt: skip
    yield made(
        "reportlab-running", "tuonglac", "ReportLab, page header and number", reportlab("tuonglac", Sheet(running="Lệ làng tranh giấy"))
    )
    yield made("reportlab-landscape", "dongtu", "ReportLab, landscape", reportlab("dongtu", Sheet(landscape=True)))
    yield made("reportlab-unruled", "lothan", "ReportLab, unruled tables", reportlab("lothan", Sheet(ruled=False)))


def _plain_text(docs: dict[str, list[Piece]]) -> Iterator[Variant]:
    pieces = docs["lothan"]
    lower = labelled([replace(piece, number=as_plain_tcvn3_says(piece.number), text=as_plain_tcvn3_says(piece.text)) for piece in pieces])

    def text(of: Sequence[Piece]) -> str:
        return "\r\n".join(piece.line for piece in of)

    encodings: list[tuple[str, str, Sequence[Piece], Callable[[], bytes]]] = [
        ("utf8-mark", "lothan", pieces, lambda: text(pieces).encode("utf-8-sig")),
        ("utf16", "lothan", pieces, lambda: text(pieces).encode("utf-16")),
        ("utf16-no-mark", "lothan", pieces, lambda: text(pieces).encode("utf-16-le")),
        ("cp1258", "lothan", pieces, lambda: in_code_page_1258(text(pieces))),
        ("tcvn3", "lothan-tcvn3", lower, lambda: in_tcvn3(text(pieces)).encode("latin-1")),
        ("vni", "lothan", pieces, lambda: in_vni(text(pieces)).encode("latin-1")),
    ]
    for name, truth, of, data in encodings:
        yield Variant(f"{name}-lothan.txt", "text", f"text, {name}", truth, of, data)


def _scans(docs: dict[str, list[Piece]], folder: Path) -> Iterator[Variant]:
    for source, kind, degrees in (("vinhan", "pdf", 0.7), ("tuonglac", "pdf", -0.9), ("cautruc", "tiff", 0.5)):
        pieces = docs[source][:34]

        def data(p: Sequence[Piece] = pieces, k: str = kind, d: float = degrees) -> bytes:
            pdf = by_libreoffice(docx_of(p, Look()), "docx", "pdf", folder)
            return by_imagemagick(pdf, folder, k, d)

        yield Variant(f"scan-{source}.{kind}", "scan", f"LibreOffice, ImageMagick {kind}", f"{source}-first", pieces, data)


def adopted() -> Iterator[tuple[str, str, str, str]]:
    """(file, kind, producer, truth) of the samples that came with the task."""
    for name, kind in (
        ("std00.docx", "docx"), ("nfd00.docx", "nfd"), ("tcvn00.docx", "tcvn3"), ("vni00.docx", "vni"), ("std00.doc", "doc"),
        ("tcvn00.doc", "tcvn3"), ("vni00.doc", "vni"), ("std00.pdf", "pdf"), ("std00-fallback-font.pdf", "pdf"),
    ):  # fmt: skip
        yield f"../samples/{name}", kind, "sample", "std00"


def main() -> None:
    """Write files, truths and the manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="make only the variants whose name holds this (the manifest lists all)")
    only: str = parser.parse_args().only
    (OUT / "files").mkdir(parents=True, exist_ok=True)
    (OUT / "truth").mkdir(exist_ok=True)
    listed = []
    truths: dict[str, Sequence[Piece]] = {"std00": from_plain_text(SAMPLES / "std00.txt")}
    with tempfile.TemporaryDirectory() as name:
        for variant in variants(Path(name)):
            truths[variant.truth] = variant.pieces
            listed.append({"file": f"files/{variant.name}", "kind": variant.kind, "producer": variant.producer, "truth": variant.truth})
            if only in variant.name:
                (OUT / "files" / variant.name).write_bytes(variant.data())
                print(variant.name, (OUT / "files" / variant.name).stat().st_size)
    std00 = truths["std00"]
    first = next(index for index, piece in enumerate(std00) if piece.label == "Điều 1, khoản 6")
    last = next(index for index, piece in enumerate(std00) if piece.label == "Điều 3, khoản 4")
    # A photo of the second page alone: its first khoản has no Điều above it, so only the characters are compared.
    truths["std00-page-2"] = [replace(piece, judged=False) for piece in std00[first : last + 1]]
    listed.append({"file": "files/photo00_01.jpg", "kind": "photo", "producer": "sample, shaded photo", "truth": "std00-page-2"})
    listed += [{"file": file, "kind": kind, "producer": producer, "truth": truth} for file, kind, producer, truth in adopted()]
    for truth, pieces in truths.items():
        text = json.dumps(truth_of(pieces), ensure_ascii=False, indent=1)
        (OUT / "truth" / f"{truth}.json").write_text(text + "\n", encoding="utf-8")
    (OUT / "manifest.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
