"""The label inside an XMP packet, namespace and property as TC260 publishes them; other properties stay."""

from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from shared.files.labels.aigc import JSON_LIMIT, AigcLabel
from shared.files.privacy import clean_text

PACKET_LIMIT = 1024 * 1024
_DEPTH_LIMIT = 60
_TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_TC260_PREFIX = "{http://www.tc260.org.cn/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_META = "adobe:ns:meta/"
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_END = '<?xpacket end="w"?>'

# Readers that search for the text "TC260:AIGC" instead of the namespace exist, so prefixes are kept.
for _prefix, _namespace in {
    "TC260": _TC260,
    "rdf": _RDF,
    "x": _META,
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
    "stRef": "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
}.items():
    register_namespace(_prefix, _namespace)


def label_in_packet(packet: bytes | str) -> AigcLabel | None:
    """The label in a packet, as an element or an attribute; None without one or in an unsound packet."""
    root = _parse(packet)
    if root is None:
        return None
    for element in root.iter():
        if _is_label(element.tag):
            found = AigcLabel.from_json("".join(element.itertext()).strip())
            if found:
                return found
        for name, value in element.attrib.items():
            if _is_label(name) and (found := AigcLabel.from_json(value)):
                return found
    return None


def packet_with_label(packet: bytes | str | None, label: AigcLabel) -> bytes:
    """The packet with this label in it and every other property kept; a new one where there was none or it is not
    sound (broken, longer than 1 MB, or with a DTD or entities).
    """
    root = None if packet is None else _parse(packet)
    rdf = None if root is None else _rdf_of(root)
    if root is None or rdf is None:
        root = Element(f"{{{_META}}}xmpmeta")
        rdf = SubElement(root, f"{{{_RDF}}}RDF")
    _remove_labels(root)
    description = SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""})
    SubElement(description, f"{{{_TC260}}}AIGC").text = clean_text(label.to_json(), JSON_LIMIT)
    return f"{_BEGIN}{tostring(root, encoding='unicode')}{_END}".encode()


def _parse(packet: bytes | str) -> Element | None:
    data = packet.encode("utf-8", "replace") if isinstance(packet, str) else packet
    if len(data) > PACKET_LIMIT:
        return None
    try:
        root = fromstring(data.strip(b"\x00 \r\n\t"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root if _is_shallow(root) else None


def _is_shallow(root: Element) -> bool:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > _DEPTH_LIMIT:
            return False
        level = [child for element in level for child in element]
    return True


def _rdf_of(root: Element) -> Element | None:
    return next(root.iter(f"{{{_RDF}}}RDF"), None)


def _is_label(name: object) -> bool:
    # A comment's or an instruction's tag is a function.
    return isinstance(name, str) and name.startswith(_TC260_PREFIX) and name.endswith("}AIGC")


def _remove_labels(root: Element) -> None:
    for element in root.iter():
        for name in [name for name in element.attrib if _is_label(name)]:
            del element.attrib[name]
        for child in [child for child in element if _is_label(child.tag)]:
            element.remove(child)
