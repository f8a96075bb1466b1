"""The list of hostile files: a name, the bytes, and what may come of each when it is handed in.

What may come of a file is written "read", "partly_read", "refused:REASON" (at the door), "unreadable:REASON" (by the
reader) or "failed:REASON"; a tuple lists what is right. "failed" never is: it means that the reader broke.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests import hostile_docx as d
from tests import hostile_office as o
from tests import hostile_pdf as p
from tests import hostile_pictures as i
from tests import hostile_zip as z

READ = ("read", "partly_read")
DAMAGED = ("unreadable:damaged", "refused:damaged")
ANY = (*READ, *DAMAGED, "unreadable:no_text", "unreadable:too_slow", "unreadable:too_heavy", "unreadable:too_long", "unreadable:too_many_pages",
       "unreadable:unpacks_too_large", "unreadable:encrypted", "unreadable:too_large_picture", "unreadable:reader_died")  # fmt: skip
LONG = ("unreadable:too_long", "unreadable:too_slow", "unreadable:too_heavy")
OFFICE, PICTURES = "office", "pictures"


@dataclass(frozen=True)
class Trap:
    """What a hostile file reaches for: an address that counts who comes, a secret file, a file that only a macro would write."""

    address: str
    secret: Path
    marker: Path


@dataclass(frozen=True)
class Hostile:
    """One file. `needs` names what must be there to read it; `quick` ones are part of the test suite."""

    name: str
    make: Callable[[Trap], bytes]
    allowed: tuple[str, ...] = ANY
    ending: str = ".docx"
    quick: bool = False
    needs: str = ""


def _zip() -> list[Hostile]:
    many = ("refused:too_many_parts",)
    swollen = ("unreadable:unpacks_too_large",)
    return [
        Hostile("zip-400000-entries", lambda t: z.many_entries(), many, quick=True),
        Hostile("zip-100000-entries-64-bit", lambda t: z.many_entries_in_64_bits(), many, quick=True),
        Hostile("zip-directory-size-lies", lambda t: z.count_lies(), (*many, *DAMAGED), quick=True),
        Hostile("zip-high-ratio-3-gb", lambda t: z.high_ratio(), swollen, quick=True),
        Hostile("zip-size-lies-3-gb", lambda t: z.lying_size(), DAMAGED, quick=True),
        Hostile("zip-six-parts-below-the-limit", lambda t: z.just_below_the_limit(), (*READ, *DAMAGED, *swollen)),
        Hostile("zip-overlapping-entries", lambda t: z.overlapping(), (*swollen, *DAMAGED), quick=True),
        Hostile("zip-nested-archives", lambda t: z.nested(), READ),
        Hostile("zip-doubled-names", lambda t: z.doubled_names(), DAMAGED, quick=True),
        Hostile("zip-climbing-names", lambda t: z.climbing_names(), READ, quick=True),
        Hostile("zip-odd-names", lambda t: z.odd_names(), (*READ, *DAMAGED), quick=True),
        Hostile("zip-names-not-utf8", lambda t: z.bad_utf8_names(), DAMAGED, quick=True),
        Hostile("zip-encrypted-entry", lambda t: z.encrypted_entry(), ("unreadable:encrypted",), quick=True),
        Hostile("zip-lzma-4-gb-dictionary", lambda t: z.other_packing(14), DAMAGED, quick=True),
        Hostile("zip-bzip2", lambda t: z.other_packing(12), DAMAGED),
        Hostile("zip-wrong-checksum", lambda t: z.wrong_checksum(), DAMAGED),
        Hostile("zip-sizes-ffffffff", lambda t: z.sizes_of_ffffffff(), (*DAMAGED, *swollen), quick=True),
        Hostile("zip-offset-outside", lambda t: z.offset_outside(), DAMAGED),
        Hostile("zip-without-directory", lambda t: z.without_directory(), DAMAGED),
        Hostile("zip-spreadsheet-renamed", lambda t: z.spreadsheet(), ("refused:unknown_kind",)),
        Hostile("polyglot-docx-and-pdf", lambda t: z.with_pdf_mark(), READ, ".pdf"),
    ]


def _docx() -> list[Hostile]:
    return [
        Hostile("docx-billion-laughs", lambda t: d.billion_laughs(), DAMAGED, quick=True),
        Hostile("docx-billion-laughs-in-styles", lambda t: d.billion_laughs("styles"), DAMAGED, quick=True),
        Hostile("docx-quadratic-entities", lambda t: d.quadratic_entities(), DAMAGED, quick=True),
        Hostile("docx-entity-from-file", lambda t: d.external_entity(t.secret.as_uri()), DAMAGED, quick=True),
        Hostile("docx-entity-from-web", lambda t: d.external_entity(t.address), DAMAGED, quick=True),
        Hostile("docx-entity-in-utf-16", lambda t: d.external_entity(t.secret.as_uri(), "utf-16"), DAMAGED, quick=True),
        Hostile("docx-parameter-entity-from-web", lambda t: d.parameter_entity(t.address), DAMAGED, quick=True),
        Hostile("docx-dtd-in-relations", lambda t: d.external_dtd_in_relations(t.address), DAMAGED),
        Hostile("docx-xinclude", lambda t: d.included(t.secret.as_uri()), READ, quick=True),
        Hostile("docx-linked-template", lambda t: d.linked_template(t.address), READ, quick=True),
        Hostile("docx-dde-and-include-fields", lambda t: d.linked_fields(t.secret.as_uri()), READ, quick=True),
        Hostile("docx-climbing-targets", lambda t: d.climbing_targets(), READ, quick=True),
        Hostile("docx-relations-in-circles", lambda t: d.relations_in_circles(), (*READ, *DAMAGED), quick=True),
        Hostile("docx-main-part-in-circles", lambda t: d.office_document_in_circles(), (*READ, *DAMAGED)),
        Hostile("docx-notes-in-circles", lambda t: d.notes_in_circles(), READ),
        Hostile("docx-alt-chunk", lambda t: d.alt_chunk(t.address), ("partly_read",), quick=True),
        Hostile("docx-macros", lambda t: d.macros(), READ, ".docm", quick=True),
        Hostile("docx-5000-objects", lambda t: d.ole_objects(), ("partly_read",)),
        Hostile("docx-styles-in-circles", lambda t: d.styles_in_circles(), READ, quick=True),
        Hostile("docx-style-chain-20000", lambda t: d.long_style_chain(), (*READ, *LONG)),
        Hostile("docx-numbering-in-circles", lambda t: d.numbering_in_circles(), READ, quick=True),
        Hostile("docx-numbers-without-end", lambda t: d.numbers_without_end(), (*READ, *LONG), quick=True),
        Hostile("docx-100000-lists", lambda t: d.a_hundred_thousand_lists(), READ),
        Hostile("docx-tables-5000-deep", lambda t: d.nested_tables(5000), DAMAGED, quick=True),
        Hostile("docx-tables-80-deep", lambda t: d.nested_tables(80), READ, quick=True),
        Hostile("docx-full-tables-75-deep", lambda t: d.nested_full_tables(), (*READ, *LONG)),
        Hostile(
            "docx-content-controls-100000-deep", lambda t: d.nested("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 100_000), DAMAGED
        ),
        Hostile("docx-content-controls-120-deep", lambda t: d.nested("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 120), READ),
        Hostile(
            "docx-runs-245-deep",
            lambda t: d.nested("<w:p>" + "<w:ins>" * 245, "</w:ins>" * 245 + "</w:p>", 1, "<w:r><w:t>a</w:t></w:r>"),
            READ,
        ),
        Hostile("docx-text-boxes-40-deep", lambda t: d.nested_text_boxes(), (*READ, *DAMAGED), quick=True),
        Hostile("docx-1000000-empty-paragraphs", lambda t: d.empty_paragraphs(), (*READ, *LONG)),
        Hostile("docx-8000000-elements", lambda t: d.elements_to_the_limit(), (*READ, *LONG, *DAMAGED, "unreadable:unpacks_too_large")),
        Hostile("docx-1000000-empty-runs", lambda t: d.empty_runs(), (*READ, *LONG)),
        Hostile("docx-300000-small-runs", lambda t: d.small_runs(), (*READ, *LONG)),
        Hostile("docx-attribute-of-20-mb", lambda t: d.huge_attribute(), (*READ, *DAMAGED)),
        Hostile("docx-20000-namespaces", lambda t: d.many_attributes(), (*READ, *DAMAGED, *LONG)),
        Hostile("docx-one-line-of-2-mb", lambda t: d.one_line(2_000_000), (*READ, *LONG)),
        Hostile("docx-one-line-of-9-mb", lambda t: d.one_line(7_000_000), LONG),
        Hostile("docx-one-line-of-48-mb", lambda t: d.one_line(36_000_000), (*DAMAGED, *LONG, "unreadable:unpacks_too_large")),
        Hostile("docx-one-word-of-2-mb", lambda t: d.one_word(), (*READ, *LONG)),
        Hostile("docx-blanks-of-2-mb", lambda t: d.blanks(), (*READ, *LONG)),
        Hostile("docx-50000-clauses", lambda t: d.clauses(), LONG),
        Hostile("docx-4500-clauses", lambda t: d.clauses_within_the_limit(), (*READ, *LONG)),
        Hostile("docx-row-of-100000-cells", lambda t: d.wide_table(), (*READ, *LONG)),
        Hostile("docx-fields-without-end", lambda t: d.fields_without_end(), READ),
        Hostile("docx-odd-signs", lambda t: d.odd_signs(), READ, quick=True),
        Hostile("docx-broken-utf8", lambda t: d.broken_utf8(), DAMAGED),
        Hostile("docx-utf-16", lambda t: d.other_encoding("utf-16"), READ),
        Hostile("docx-unknown-encoding", lambda t: d.unknown_encoding(), DAMAGED),
    ]


def _pdf() -> list[Hostile]:
    pages = ("unreadable:too_many_pages", *DAMAGED)
    made: list[tuple[str, Callable[[Trap], bytes], tuple[str, ...], bool]] = [
        ("pdf-page-tree-in-circles", lambda t: p.page_tree_in_circles(), ANY, True),
        ("pdf-page-node-in-itself", lambda t: p.page_node_in_itself(), pages, True),
        ("pdf-count-2-to-the-31", lambda t: p.count_lies("2147483647"), (*ANY, *pages), True),
        ("pdf-count-minus-one", lambda t: p.count_lies("-1"), ANY, True),
        ("pdf-100000-pages", lambda t: p.many_pages(), pages, True),
        ("pdf-500-times-one-page", lambda t: p.many_pages(500), (*READ, "unreadable:too_many_pages"), False),
        ("pdf-page-tree-20000-deep", lambda t: p.deep_page_tree(), ANY, True),
        ("pdf-inherited-in-circles", lambda t: p.inherited_in_circles(), ANY, True),
        ("pdf-object-streams-in-circles", lambda t: p.object_stream_in_circles(), ANY, True),
        ("pdf-tables-in-circles", lambda t: p.tables_in_circles(), ANY, True),
        ("pdf-length-in-circles", lambda t: p.length_in_circles(), ANY, True),
        ("pdf-reference-chain-50000", lambda t: p.reference_chain(), ANY, False),
        ("pdf-media-box-huge", lambda t: p.media_box("[0 0 1e30 1e30]"), ANY, True),
        ("pdf-media-box-200000-points", lambda t: p.media_box("[0 0 200000 200000]", user_unit="75000"), ANY, True),
        ("pdf-media-box-negative", lambda t: p.media_box("[595 842 0 0]"), ANY, True),
        ("pdf-media-box-far-negative", lambda t: p.media_box("[-1e9 -1e9 -999999000 -999999000]"), ANY, False),
        ("pdf-media-box-nan", lambda t: p.media_box("[NaN 0 inf (x)]"), ANY, True),
        ("pdf-media-box-empty", lambda t: p.media_box("[0 0 0 0]"), ANY, True),
        ("pdf-form-in-itself", lambda t: p.form_in_itself(), ANY, False),
        ("pdf-forms-10-to-the-10", lambda t: p.forms_by_the_power(), ANY, False),
        ("pdf-pattern-in-itself", lambda t: p.pattern_in_itself(), ANY, False),
        ("pdf-type3-font-in-itself", lambda t: p.type3_font_in_itself(), ANY, True),
        ("pdf-function-in-itself", lambda t: p.shading_function_in_itself(), ANY, True),
        ("pdf-jbig2-broken", lambda t: p.broken_image("jbig2"), ANY, True),
        ("pdf-jpx-broken", lambda t: p.broken_image("jpx"), ANY, False),
        ("pdf-dct-broken", lambda t: p.broken_image("dct"), ANY, False),
        ("pdf-fax-broken", lambda t: p.broken_image("fax"), ANY, False),
        ("pdf-only-a-broken-picture", lambda t: p.only_a_broken_image(), ANY, False),
        ("pdf-picture-30000-by-30000", lambda t: p.huge_flat_image(), ANY, False),
        ("pdf-flate-bomb-1-gb", lambda t: p.flate_bomb(), ANY, False),
        ("pdf-filters-upon-filters", lambda t: p.filters_upon_filters(), ANY, True),
        ("pdf-broken-table", lambda t: p.broken_table(), ANY, True),
        ("pdf-encrypted", lambda t: p.encrypted(), ("unreadable:encrypted",), True),
        ("pdf-unknown-encryption", lambda t: p.encrypted("Nobody"), ("unreadable:encrypted", *DAMAGED), True),
        ("pdf-scripts-and-launch", lambda t: p.scripts(t.address), READ, True),
        ("pdf-5000-fonts", lambda t: p.many_fonts(), ANY, False),
        ("pdf-letter-table-without-end", lambda t: p.letter_table_without_end(), ANY, False),
        ("pdf-1000000-letters-in-one-place", lambda t: p.many_letters(), ANY, False),
        ("pdf-60000-scattered-letters", lambda t: p.scattered_letters(), ANY, False),
        ("pdf-odd-numbers", lambda t: p.odd_numbers(), ANY, True),
        ("pdf-200000-drawn-lines", lambda t: p.many_lines_drawn(), ANY, False),
        ("pdf-grid-600-by-300", lambda t: p.fine_grid(), ANY, False),
        ("pdf-3000000-saved-states", lambda t: p.saved_states(), ANY, False),
        ("pdf-arrays-200000-deep", lambda t: p.deep_arrays(), ANY, True),
        ("pdf-dictionaries-100000-deep", lambda t: p.deep_dictionaries(), ANY, True),
        ("pdf-100000-annotations", lambda t: p.many_annotations(), ANY, False),
        ("pdf-20000-inline-pictures", lambda t: p.inline_images(), ANY, False),
        ("pdf-layers-in-circles", lambda t: p.marked_layers_in_circles(), ANY, True),
        ("pdf-garbage-behind", lambda t: p.garbage_behind(), (*READ, *DAMAGED), True),
        ("pdf-behind-a-program", lambda t: p.garbage_before(), (*READ, *DAMAGED, "refused:unknown_kind"), True),
        ("pdf-head-only", lambda t: p.head_only(), DAMAGED, True),
        ("pdf-300000-objects-no-table", lambda t: p.objects_only(), DAMAGED, False),
    ]
    cut = [(f"pdf-truncated-{seed}", lambda t, seed=seed: p.truncated(seed), ANY, seed < 2) for seed in range(6)]
    return [Hostile(name, make, allowed, ".pdf", quick) for name, make, allowed, quick in [*made, *cut]]


def _pictures() -> list[Hostile]:
    large = ("unreadable:too_large_picture", *DAMAGED, "unreadable:no_text")
    pages = ("unreadable:too_many_pages", "refused:too_many_pages")
    bundle = (*DAMAGED, *pages, "refused:too_large", "unreadable:too_large", "refused:unknown_kind", "refused:unpacks_too_large",
              "unreadable:unpacks_too_large")  # fmt: skip
    made: list[tuple[str, Callable[[Trap], bytes], tuple[str, ...], str, bool]] = [
        ("png-60000-by-60000", lambda t: i.png_header_lies(), large, ".png", True),
        ("png-110-million-white-dots", lambda t: i.png_bomb(), ANY, ".png", False),
        ("png-text-bomb", lambda t: i.png_text_bomb(), ANY, ".png", True),
        ("tiff-in-circles", lambda t: i.tiff_in_circles(), (*ANY, *pages), ".tif", True),
        ("tiff-5000-pages", lambda t: i.tiff_of_many_pages(), pages, ".tif", True),
        ("tiff-lies", lambda t: i.tiff_lies(), large, ".tif", True),
        ("tiff-lzw-noise", lambda t: i.tiff_compressed_noise(5), ANY, ".tif", False),
        ("tiff-jpeg-noise", lambda t: i.tiff_compressed_noise(7), ANY, ".tif", False),
        ("tiff-fax-noise", lambda t: i.tiff_compressed_noise(4), ANY, ".tif", False),
        ("tiff-zstd-noise", lambda t: i.tiff_compressed_noise(50000), ANY, ".tif", False),
        ("jpeg-65500-by-65500", lambda t: i.jpeg_header_lies(), large, ".jpg", True),
        ("jpeg-3000-scans", lambda t: i.jpeg_of_many_scans(), ANY, ".jpg", False),
        ("jpeg-exif-in-circles", lambda t: i.exif_in_circles(), ANY, ".jpg", True),
        ("jpeg-exif-lies", lambda t: i.exif_lies(), ANY, ".jpg", False),
        ("jpeg-truncated", lambda t: i.truncated(), ANY, ".jpg", False),
        ("png-truncated", lambda t: i.truncated("PNG"), ANY, ".png", False),
        ("heic-lies", lambda t: i.heic_lies(), (*DAMAGED, "unreadable:no_text"), ".heic", True),
        ("heic-wrong-brand", lambda t: i.heic_of_the_wrong_brand(), (*DAMAGED, "unreadable:no_text"), ".heic", False),
        ("gif-called-jpg", lambda t: i.gif(), ("refused:unknown_kind",), ".jpg", True),
        ("svg-called-png", lambda t: i.svg(t.secret.as_uri()), ("refused:unknown_kind",), ".png", True),
        ("polyglot-jpeg-and-html", lambda t: i.with_html_behind(), ANY, ".html", False),
        ("photos-lost", lambda t: i.bundle_of_lost_photos(), bundle, ".zip", True),
        ("photos-deep-json", lambda t: i.bundle_of_deep_json(), bundle, ".zip", True),
        ("photos-packed-bomb", lambda t: i.bundle_of_a_bomb(), bundle, ".zip", True),
        ("photos-and-docx", lambda t: i.bundle_that_is_a_docx_too(), (*bundle, *ANY), ".zip", True),
        ("photos-of-something-else", lambda t: i.bundle_of_something_else(), bundle, ".zip", True),
        ("photos-999", lambda t: i.bundle_of_many(), bundle, ".zip", False),
    ]
    return [Hostile(name, make, allowed, ending, quick, PICTURES) for name, make, allowed, ending, quick in made]


def _office() -> list[Hostile]:
    made: list[tuple[str, Callable[[Trap], bytes], str]] = [
        ("doc-table-in-circles", lambda t: o.doc_table_in_circles(), ".doc"),
        ("doc-directory-in-circles", lambda t: o.doc_directory_in_circles(), ".doc"),
        ("doc-table-of-tables-lies", lambda t: o.doc_table_of_tables_lies(), ".doc"),
        ("doc-truncated-1", lambda t: o.doc_truncated(1), ".doc"),
        ("doc-truncated-2", lambda t: o.doc_truncated(2), ".doc"),
        ("doc-noise-1", lambda t: o.doc_with_noise(1), ".doc"),
        ("doc-noise-2", lambda t: o.doc_with_noise(2), ".doc"),
        ("rtf-200000-deep", lambda t: o.rtf_deep(), ".rtf"),
        ("rtf-200000-open", lambda t: o.rtf_open(), ".rtf"),
        ("rtf-huge-numbers", lambda t: o.rtf_numbers(), ".rtf"),
        ("rtf-binary-lies", lambda t: o.rtf_binary(), ".rtf"),
        ("rtf-tables-3000-deep", lambda t: o.rtf_tables(), ".rtf"),
        ("rtf-links-to-web", lambda t: o.rtf_links(t.address), ".rtf"),
        ("rtf-links-to-file", lambda t: o.rtf_links(t.secret.as_uri()), ".rtf"),
        ("rtf-object-updated", lambda t: o.rtf_object(), ".rtf"),
        ("rtf-one-line-of-40-mb", lambda t: o.rtf_long(40), ".rtf"),
        ("odt-billion-laughs", lambda t: o.odt_entities(), ".odt"),
        ("odt-entity-from-file", lambda t: o.odt_entity_from(t.secret.as_uri()), ".odt"),
        ("odt-entity-from-web", lambda t: o.odt_entity_from(t.address), ".odt"),
        ("odt-links-to-web", lambda t: o.odt_links(t.address), ".odt"),
        ("odt-links-to-file", lambda t: o.odt_links(t.secret.as_uri()), ".odt"),
        ("odt-macro-on-opening", lambda t: o.odt_macro(str(t.marker)), ".odt"),
        ("odt-content-of-600-mb", lambda t: o.odt_bomb(), ".odt"),
    ]
    quick = {"odt-macro-on-opening", "rtf-links-to-web", "doc-table-in-circles"}
    return [Hostile(name, make, (*ANY, "refused:unknown_kind"), ending, name in quick, OFFICE) for name, make, ending in made]


def _renamed() -> list[Hostile]:
    unknown = ("refused:unknown_kind",)
    return [
        Hostile("program-called-docx", lambda t: o.program(), unknown, quick=True),
        Hostile("linux-program-called-pdf", lambda t: o.linux_program(), unknown, ".pdf", quick=True),
        Hostile("web-page-called-doc", lambda t: o.web_page(), unknown, ".doc", quick=True),
        Hostile("empty", lambda t: b"", ("refused:empty",), quick=True),
        Hostile("zeros-of-5-mb", lambda t: bytes(5_000_000), ("refused:empty",), quick=True),
        Hostile("text-of-100-mb-in-one-line", lambda t: o.one_long_line(100), ("refused:too_large",), ".txt", quick=True),
        Hostile("text-of-40-mb-in-one-line", lambda t: o.one_long_line(40), unknown, ".txt"),
        Hostile("good-file", lambda t: d.good(), ("read",), quick=True),
    ]


def hostile_files() -> list[Hostile]:
    """All of them; the last one is good, to see that the worker still works."""
    return [*_zip(), *_docx(), *_pdf(), *_pictures(), *_office(), *_renamed()]


def hostile_names() -> list[str]:
    """Names as a browser, or somebody with a program of his own, may send them."""
    return [
        "../../../../tmp/covenant-hostile-outside.txt", "/tmp/covenant-hostile-outside.txt", "..\\..\\covenant-hostile-outside.txt",
        "C:\\Windows\\System32\\covenant-hostile-outside.txt", "a/../../covenant-hostile-outside.txt\0.docx", "\0", "", ".", "..", "/", "....//",
        "🏡📜 hương ước 👩‍🌾.docx", "x" * 5000 + ".docx", "đ" * 255, "a\nb\r\nContent-Type: text/html\r\n.docx", "\u202exdcod.exe", "CON", "aux.docx",
        "-rf *", "; rm -rf ~", "$(touch covenant-hostile-outside.txt)", "`id`.docx", "%2e%2e%2fcovenant-hostile-outside.txt",
        "file:///etc/passwd", "<script>alert(1)</script>.docx", "' OR 1=1 --.docx", "\ud800.docx", "e\u0301" * 200, " .docx", "~/.bashrc",
    ]  # fmt: skip
