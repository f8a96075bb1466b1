"""The parts of a DOCX file, opened with limits: no entities, no network, no more bytes than a covenant can need."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.zip_archive import open_archive, read_entry

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

# A part of 50 MB is some 20,000 pages of text; more is a bomb or a mistake.
PART_LIMIT = 50 * 1024 * 1024
TOTAL_LIMIT = 200 * 1024 * 1024

# "Strict" files say the same under other names; rewriting the bytes lets one walker read both.
_STRICT_NAMES = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
_PACKAGE_RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from one part to another: `kind` is the last word of its type ("header"), `target` the part's name."""

    id: str
    kind: str
    target: str


class Package:
    """A DOCX file's parts by name. Raises UnreadableFile (damaged, encrypted, unpacks_too_large) where it cannot give them."""

    def __init__(self, data: bytes) -> None:
        self._archive = open_archive(data)
        names = self._archive.namelist()
        self._names = {name.lower(): name for name in names}
        self._doubled = frozenset(name for name, count in Counter(map(str.lower, names)).items() if count > 1)
        self._read_so_far = 0

    def document_name(self) -> str:
        """The name of the main part; usually word/document.xml, but a producer may choose another."""
        for relation in self.relations(""):
            if relation.kind == "officeDocument" and relation.target.lower() in self._names:
                return relation.target
        if "word/document.xml" in self._names:
            return self._names["word/document.xml"]
        raise UnreadableFile("damaged", "no document part")

    def xml(self, name: str) -> etree._Element | None:
        """The root element of the part `name`, or None if the file has no such part. Broken XML is "damaged"."""
        raw = self._bytes(name)
        if raw is None:
            return None
        for strict, transitional in _STRICT_NAMES:
            raw = raw.replace(strict, transitional)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(raw, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise UnreadableFile("damaged", f"{name}: {error}") from error
        if root.getroottree().docinfo.internalDTD is not None:
            # Word never writes one; it is where entity bombs and outside files come in.
            raise UnreadableFile("damaged", f"{name}: document type declaration")
        return root

    def relations(self, part: str) -> list[Relation]:
        """What `part` links to inside the file ("" for the package itself); links that lead outside are left out."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        if root is None:
            return []
        return list(_inner_relations(root, folder))

    def _bytes(self, name: str) -> bytes | None:
        known = self._names.get(name.lower())
        if known is None:
            return None
        if name.lower() in self._doubled:
            # Another program may show the other one: nobody could say which text was signed.
            raise UnreadableFile("damaged", f"two parts {known!r}")
        raw = read_entry(self._archive, self._archive.getinfo(known), PART_LIMIT)
        self._read_so_far += len(raw)
        if self._read_so_far > TOTAL_LIMIT:
            raise UnreadableFile("unpacks_too_large", f"{known!r}: too much when unpacked")
        return raw


def _inner_relations(root: etree._Element, folder: str) -> Iterator[Relation]:
    for link in root.iter(_PACKAGE_RELS):
        if link.get("TargetMode") == "External":
            continue
        target = link.get("Target", "")
        name = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        yield Relation(id=link.get("Id", ""), kind=link.get("Type", "").rsplit("/", 1)[-1], target=name)


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace ("p"); "" for what is no element."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def value_of(parent: etree._Element | None, child: str) -> str | None:
    """The w:val of the child `child` of `parent`; "" if the child carries none, None if there is no such child."""
    if parent is None:
        return None
    found = parent.find(W + child)
    return None if found is None else found.get(W + "val", "")


def number_of(parent: etree._Element | None, child: str) -> int | None:
    """`value_of` as a whole number; None where it is missing or not one."""
    value = value_of(parent, child)
    try:
        return int(value) if value else None
    except ValueError:
        return None


def is_on(parent: etree._Element | None, child: str) -> bool | None:
    """Whether the switch `child` (bold, hidden …) is on, off, or (None) not said."""
    value = value_of(parent, child)
    if value is None:
        return None
    return value.lower() not in {"0", "false", "off", "none"}
