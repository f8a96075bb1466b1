"""What kind of file these bytes are: told by the bytes themselves, never by the name alone."""

from __future__ import annotations

import zipfile

from covenant_review.extraction import ole2
from covenant_review.extraction.document import FileKind, UnreadableFile
from covenant_review.extraction.photo_bundle import is_bundle, picture_format
from covenant_review.extraction.zip_archive import open_archive, read_entry

_ZIP = b"PK\x03\x04"
_RTF = b"{\\rtf"
# A PDF may carry some bytes before its mark; readers look for it in the first kilobyte.
_PDF_MARK_WITHIN = 1024
_ENCRYPTED_STREAMS = frozenset({"EncryptedPackage", "EncryptionInfo"})
_OFFICE_PARTS = ("ppt/presentation.xml", "xl/workbook.xml")
_MANIFEST = "META-INF/manifest.xml"
_SMALL = 100_000
_OPEN_DOCUMENT_TEXT = b"application/vnd.oasis.opendocument.text"


def kind_of(data: bytes, name: str = "", *, as_text: bool = False) -> FileKind:
    """The kind of file that `data` holds: "docx", "pdf", "text", "image" (JPEG, PNG, TIFF, HEIC), "photos" (a bundle
    of several), or "doc", "rtf", "odt", which LibreOffice must convert.

    Plain text has no mark of its own, so it is only taken as such when `name` ends in .txt or `as_text` is set, and
    the bytes are no other known kind. Raises UnreadableFile: empty, encrypted, damaged, unknown_kind, too_many_parts.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableFile("empty")
    if data.startswith(_ZIP):
        return _kind_of_zip(data)
    if picture_format(data) is not None:
        return "image"
    if data.startswith(ole2.SIGNATURE):
        return _kind_of_ole2(data)
    if data.startswith(_RTF):
        return "rtf"
    if b"%PDF-" in data[:_PDF_MARK_WITHIN]:
        return "pdf"
    if (as_text or name.lower().endswith(".txt")) and not data.startswith(b"MZ"):
        return "text"
    raise UnreadableFile("unknown_kind", f"first bytes {data[:8]!r}")


def _kind_of_zip(data: bytes) -> FileKind:
    with open_archive(data) as archive:
        names = set(archive.namelist())
        mimetype, manifest = _small_part(archive, "mimetype"), _small_part(archive, _MANIFEST)
    if any(part.startswith("word/document") and part.endswith(".xml") for part in names):
        return "docx"
    if mimetype.startswith(_OPEN_DOCUMENT_TEXT):
        if b"encryption-data" in manifest:
            raise UnreadableFile("encrypted", "odt")
        return "odt"
    if "[Content_Types].xml" in names and not any(part in names for part in _OFFICE_PARTS):
        raise UnreadableFile("damaged", "Office file without a document part")
    if is_bundle(data):
        return "photos"
    raise UnreadableFile("unknown_kind", "zip of another kind")


def _small_part(archive: zipfile.ZipFile, part: str) -> bytes:
    """The part, or nothing where it is missing or too large to be what its name says."""
    try:
        entry = archive.getinfo(part)
    except KeyError:
        return b""
    return read_entry(archive, entry, _SMALL) if entry.file_size < _SMALL else b""


def _kind_of_ole2(data: bytes) -> FileKind:
    """Word's files before 2007, and any Office file with a password, are compound files."""
    try:
        streams = {stream.name: stream for stream in ole2.streams(data)}
    except ole2.NotACompoundFile as error:
        raise UnreadableFile("damaged", f"OLE2: {error}") from error
    if streams.keys() & _ENCRYPTED_STREAMS:
        raise UnreadableFile("encrypted", "Office file in a compound file")
    if "WordDocument" not in streams:
        raise UnreadableFile("unknown_kind", "OLE2 of another kind")
    has_password = ole2.is_encrypted_word(streams["WordDocument"].beginning)
    if has_password is None:
        raise UnreadableFile("damaged", "no Word document in its stream")
    if has_password:
        raise UnreadableFile("encrypted", "Word document with a password")
    return "doc"
