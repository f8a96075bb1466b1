"""Styles of a DOCX file, with what they inherit: font, boldness, hidden text, alignment, outline, numbering."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lxml import etree

from covenant_review.extraction.docx_package import W, is_on, number_of, value_of


@dataclass(frozen=True, slots=True)
class RunLook:
    """How a run looks; None where nothing is said. `size` in points."""

    font: str | None = None
    bold: bool | None = None
    italic: bool | None = None
    hidden: bool | None = None
    size: float | None = None

    def under(self, nearer: RunLook) -> RunLook:
        """This look, overridden by one that stands nearer to the text."""
        return RunLook(
            font=nearer.font if nearer.font is not None else self.font,
            bold=nearer.bold if nearer.bold is not None else self.bold,
            italic=nearer.italic if nearer.italic is not None else self.italic,
            hidden=nearer.hidden if nearer.hidden is not None else self.hidden,
            size=nearer.size if nearer.size is not None else self.size,
        )


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph, character or table style with its ancestors already folded in. `numbering` is (numId, ilvl)."""

    id: str = ""
    name: str = ""
    run: RunLook = RunLook()
    alignment: str | None = None
    outline_level: int | None = None
    indent: float | None = None
    numbering: tuple[str | None, int | None] | None = None
    has_borders: bool = False

    @property
    def is_contents_entry(self) -> bool:
        """Whether paragraphs of this style are lines of an automatic table of contents."""
        return self.name.lower().startswith("toc ") and self.name[4:].strip().isdigit()


class StyleSheet:
    """All styles of a file by id. A missing or unknown style is an empty one: never an error."""

    def __init__(self, root: etree._Element | None) -> None:
        self._raw: dict[str, etree._Element] = {}
        self._resolved: dict[str, Style] = {}
        self._default_ids: dict[str, str] = {}
        self.defaults = RunLook()
        if root is None:
            return
        self.defaults = run_look(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        for style in root.iterfind(f"{W}style"):
            identity = style.get(f"{W}styleId", "")
            self._raw[identity] = style
            if style.get(f"{W}default") in {"1", "true", "on"}:
                self._default_ids[style.get(f"{W}type", "")] = identity

    def paragraph(self, identity: str | None) -> Style:
        """The paragraph style `identity`, or the file's default one for None or an unknown id."""
        return self.named(identity if identity in self._raw else self._default_ids.get("paragraph"))

    def named(self, identity: str | None) -> Style:
        """The style `identity` of any type; an empty one if there is none."""
        if identity is None or identity not in self._raw:
            return Style()
        if identity not in self._resolved:
            self._resolve(identity)
        return self._resolved[identity]

    def _resolve(self, identity: str) -> None:
        """Fold in the chain of basedOn, outermost first. A chain that bites its tail ends where it would repeat.

        Each link is kept: a file may have tens of thousands of styles, each based on the one before.
        """
        chain: dict[str, None] = {}
        current: str | None = identity
        while current is not None and current in self._raw and current not in chain and current not in self._resolved:
            chain[current] = None
            current = value_of(self._raw[current], "basedOn")
        style = self._resolved.get(current, Style()) if current is not None and current not in chain else Style()
        for link in reversed(chain):
            style = self._resolved[link] = _folded(style, link, self._raw[link])


def _folded(base: Style, identity: str, raw: etree._Element) -> Style:
    paragraph = raw.find(f"{W}pPr")
    numbering = numbering_of(paragraph)
    if numbering is not None and base.numbering is not None:
        numbering = (numbering[0] or base.numbering[0], numbering[1] if numbering[1] is not None else None)
    outline = number_of(paragraph, "outlineLvl")
    indent = indent_of(paragraph)
    return replace(
        base,
        id=identity,
        name=value_of(raw, "name") or "",
        run=base.run.under(run_look(raw.find(f"{W}rPr"))),
        alignment=value_of(paragraph, "jc") or base.alignment,
        outline_level=outline if outline is not None else base.outline_level,
        indent=indent if indent is not None else base.indent,
        numbering=numbering or base.numbering,
        has_borders=base.has_borders or has_borders(raw.find(f"{W}tblPr")),
    )


def numbering_of(properties: etree._Element | None) -> tuple[str | None, int | None] | None:
    """The (numId, ilvl) that paragraph properties name, each None where left out; None without w:numPr."""
    numbering = None if properties is None else properties.find(f"{W}numPr")
    if numbering is None:
        return None
    return value_of(numbering, "numId"), number_of(numbering, "ilvl")


def run_look(properties: etree._Element | None) -> RunLook:
    """The look that w:rPr says."""
    if properties is None:
        return RunLook()
    fonts = properties.find(f"{W}rFonts")
    font = None
    if fonts is not None:
        font = fonts.get(f"{W}hAnsi") or fonts.get(f"{W}ascii") or fonts.get(f"{W}cs")
    half_points = number_of(properties, "sz")
    return RunLook(
        font=font,
        bold=is_on(properties, "b"),
        italic=is_on(properties, "i"),
        hidden=is_on(properties, "vanish"),
        size=None if half_points is None else half_points / 2,
    )


def indent_of(properties: etree._Element | None) -> float | None:
    """The left indent in points that paragraph properties say, or None."""
    indent = None if properties is None else properties.find(f"{W}ind")
    if indent is None:
        return None
    raw = indent.get(f"{W}left") or indent.get(f"{W}start")
    try:
        return None if raw is None else int(raw) / 20
    except ValueError:
        return None


def has_borders(table: etree._Element | None) -> bool:
    """Whether table properties draw any line."""
    borders = None if table is None else table.find(f"{W}tblBorders")
    return borders is not None and any(edge.get(f"{W}val", "none") not in {"none", "nil"} for edge in borders)
