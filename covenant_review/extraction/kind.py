"""What kind of file these bytes are: told by the bytes themselves, never by the name alone."""

from __future__ import annotations

import io
import zipfile

from covenant_review.extraction.document import FileKind, UnreadableFile

_ZIP = b"PK\x03\x04"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RTF = b"{\\rtf"
# A PDF may carry some bytes before its mark; readers look for it in the first kilobyte.
_PDF_MARK_WITHIN = 1024
# Names of OLE2 streams stand in UTF-16; only an encrypted Office Open XML file has these two.
_ENCRYPTED_STREAMS = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))
_OFFICE_PARTS = ("ppt/presentation.xml", "xl/workbook.xml")
_OPEN_DOCUMENT_TEXT = b"application/vnd.oasis.opendocument.text"


def kind_of(data: bytes, name: str = "", *, as_text: bool = False) -> FileKind:
    """The kind of file that `data` holds: "docx", "pdf" or "text".

    Plain text has no mark of its own, so it is only taken as such when `name` ends in .txt or `as_text` is set, and
    the bytes are no other known kind. Raises UnreadableFile: empty, encrypted, damaged, not_supported_yet
    (.doc, .rtf, .odt), unknown_kind.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableFile("empty")
    if data.startswith(_ZIP):
        return _kind_of_zip(data)
    if data.startswith(_OLE2):
        raise UnreadableFile(_reason_for_ole2(data))
    if data.startswith(_RTF):
        raise UnreadableFile("not_supported_yet", "rtf")
    if b"%PDF-" in data[:_PDF_MARK_WITHIN]:
        return "pdf"
    if (as_text or name.lower().endswith(".txt")) and not data.startswith(b"MZ"):
        return "text"
    raise UnreadableFile("unknown_kind", f"first bytes {data[:8]!r}")


def _kind_of_zip(data: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            mimetype = archive.read("mimetype")[:200] if _holds_small(archive, "mimetype") else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise UnreadableFile("damaged", f"zip: {error}") from error
    if any(part.startswith("word/document") and part.endswith(".xml") for part in names):
        return "docx"
    if mimetype.startswith(_OPEN_DOCUMENT_TEXT):
        raise UnreadableFile("not_supported_yet", "odt")
    if "[Content_Types].xml" in names and not any(part in names for part in _OFFICE_PARTS):
        raise UnreadableFile("damaged", "Office file without a document part")
    raise UnreadableFile("unknown_kind", "zip of another kind")


def _holds_small(archive: zipfile.ZipFile, part: str) -> bool:
    try:
        return archive.getinfo(part).file_size < 1000
    except KeyError:
        return False


def _reason_for_ole2(data: bytes) -> str:
    return "encrypted" if any(name in data for name in _ENCRYPTED_STREAMS) else "not_supported_yet"
