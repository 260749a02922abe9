import io
import json
from dataclasses import replace

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, PngImagePlugin

from shared.files.labels import (
    AigcLabel,
    draw_visible_label,
    has_our_label,
    is_signed,
    label_for_platform,
    label_height,
    label_in_packet,
    packet_with_label,
    pixel_digest,
    read_front_matter_label,
    read_label,
    sign_label,
    write_front_matter_label,
    write_label,
)
from shared.files.labels.containers import packet_of, with_packet
from shared.files.problems import FileRefused

KEY = b"k" * 32
LABEL = AigcLabel("1", "001191440300708461136T1XGW3", "p-1", "abc", "画坊", "n-1", "")
STANDARD_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"><TC260:AIGC>{&quot;Label&quot;:&quot;1&quot;,'
    "&quot;ContentProducer&quot;:&quot;maker&quot;,&quot;ProduceID&quot;:&quot;7&quot;}</TC260:AIGC>"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
ATTRIBUTE_PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/png" '
    'TC260:AIGC=\'{"Label":"1","ContentProducer":"maker"}\'/></rdf:RDF></x:xmpmeta>'
)


def picture(mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (60, 40), "teal")
    ImageDraw.Draw(image).ellipse((5, 5, 40, 30), fill="orange")
    return image.convert(mode)


def saved(image: Image.Image, format_: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


texts = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20).map(
    str.strip
)
labels = st.builds(AigcLabel, st.sampled_from("123"), texts, texts, texts, texts, texts, texts)


@given(labels)
def test_a_label_survives_its_json(label: AigcLabel):
    assert AigcLabel.from_json(label.to_json()) == label
    assert all(isinstance(value, str) for value in json.loads(label.to_json()).values())


@given(labels)
def test_a_label_survives_an_xmp_packet_and_replaces_an_older_one(label: AigcLabel):
    packet = packet_with_label(STANDARD_PACKET, label)
    assert label_in_packet(packet) == label
    assert packet.count(b"<TC260:AIGC>") == 1


def test_the_fields_stand_in_the_order_of_the_standard():
    assert list(json.loads(LABEL.to_json())) == [
        "Label",
        "ContentProducer",
        "ProduceID",
        "ReservedCode1",
        "ContentPropagator",
        "PropagateID",
        "ReservedCode2",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "1", "null", '{"Label":"9"}', '{"Label":null}', "{" * 10_000, "[" * 50_000, '{"Label":"1"'],
)
def test_what_is_no_label_reads_as_none(text: str):
    assert AigcLabel.from_json(text) is None


def test_numbers_and_further_fields_are_read_leniently():
    label = AigcLabel.from_json('{"AIGC":{"Label":1,"ContentProducer":"m","Extra":"kept"}}')
    assert label == AigcLabel("1", "m", other=(("Extra", "kept"),))
    assert json.loads(label.to_json())["Extra"] == "kept"


@pytest.mark.parametrize("packet", [STANDARD_PACKET, ATTRIBUTE_PACKET, STANDARD_PACKET.encode() + b"\x00" * 20])
def test_a_packet_is_read_in_both_forms(packet: str | bytes):
    found = label_in_packet(packet)
    assert found is not None
    assert (found.label, found.content_producer) == ("1", "maker")


def test_other_properties_of_a_packet_stay():
    merged = packet_with_label(ATTRIBUTE_PACKET, LABEL)
    assert b'dc:format="image/png"' in merged
    assert label_in_packet(merged) == LABEL
    assert b"maker" not in merged


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<x",
        b"\xff\xfe",
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>",
        b"<!DOCTYPE x SYSTEM 'http://192.0.2.1/x.dtd'><x/>",
        b"<a>" * 500 + b"</a>" * 500,
        b"<a>" * 100_000 + b"</a>" * 100_000,
        b"<a>" + b" " * (1024 * 1024) + b"</a>",
        b"<?xml version='1.0' encoding='nonsense'?><a/>",
    ],
)
def test_an_unsound_packet_is_replaced_and_never_followed(packet: bytes):
    assert label_in_packet(packet) is None
    assert label_in_packet(packet_with_label(packet, LABEL)) == LABEL


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_label_goes_into_every_type_without_touching_a_pixel(format_: str, mode: str):
    if format_ == "JPEG" and mode == "RGBA":
        mode = "CMYK"
    data = saved(picture(mode), format_)
    written = write_label(data, LABEL, KEY)
    found = read_label(opened(written))
    assert found is not None
    assert replace(found, reserved_code2="") == LABEL
    assert pixel_digest(opened(written)) == pixel_digest(opened(data))
    assert has_our_label(written, KEY)
    assert not has_our_label(written, b"another key")
    assert not has_our_label(data, KEY)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_writing_again_replaces_the_label_and_keeps_what_else_is_there(format_: str):
    exif = Image.Exif()
    exif[0x010E] = "a description"
    data = saved(picture(), format_, xmp=ATTRIBUTE_PACKET.encode(), exif=exif, icc_profile=b"profile of someone")
    if format_ == "PNG":
        data = with_packet(data, ATTRIBUTE_PACKET.encode())
    written = write_label(write_label(data, LABEL), replace(LABEL, label="2"))
    image = opened(written)
    found = read_label(image)
    assert found is not None
    assert found.label == "2"
    assert image.getexif()[0x010E] == "a description"
    assert image.info["icc_profile"] == b"profile of someone"
    packet = packet_of(written)
    assert packet is not None
    assert b"dc:format" in packet
    assert written.count(b"xmpmeta") == 2


def test_a_packet_too_long_for_a_jpeg_gives_way_to_the_label():
    long = ATTRIBUTE_PACKET.replace("image/png", "x" * 64_950).encode()
    assert len(long) < 65_500 < len(packet_with_label(long, LABEL))
    written = write_label(with_packet(saved(picture(), "JPEG"), long), LABEL)
    assert read_label(opened(written)) == LABEL


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_damaged_pictures_are_refused_when_labelled(format_: str):
    data = saved(picture(), format_)
    for cut in range(1, len(data) - 12, 7):
        try:
            write_label(data[:cut], LABEL, KEY)
        except FileRefused:
            continue
        opened(data[:cut])


@given(st.sampled_from(["PNG", "JPEG", "WEBP"]), st.data())
def test_a_changed_picture_is_labelled_or_refused(format_: str, drawn: st.DataObject):
    data = bytearray(saved(picture(), format_))
    for _ in range(drawn.draw(st.integers(1, 4))):
        data[drawn.draw(st.integers(0, min(len(data) - 1, 60)))] = drawn.draw(st.integers(0, 255))
    try:
        write_label(bytes(data), LABEL, drawn.draw(st.sampled_from([None, KEY])))
    except FileRefused:
        assert not has_our_label(bytes(data), KEY)


def test_labels_are_found_in_the_places_where_others_put_them():
    text = LABEL.to_json()
    info = PngImagePlugin.PngInfo()
    info.add_text("AIGC", text)
    assert read_label(opened(saved(picture(), "PNG", pnginfo=info))) == LABEL
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", STANDARD_PACKET)
    assert read_label(opened(saved(picture(), "PNG", pnginfo=info))).content_producer == "maker"
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\x00" + f'{{"AIGC":{text}}}'.encode("utf-16-be")
    for format_ in ("JPEG", "WEBP"):
        assert read_label(opened(saved(picture(), format_, exif=exif))) == LABEL
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\x00\x00\x00" + f'note {{"AIGC":{text}}} end'.encode()
    assert read_label(opened(saved(picture(), "JPEG", exif=exif))) == LABEL
    assert read_label(picture()) is None


@pytest.mark.parametrize(
    ("existing", "declared", "suspected", "level"),
    [
        ("1", False, False, "1"),
        ("1", True, True, "1"),
        (None, True, False, "2"),
        (None, True, True, "2"),
        (None, False, True, "3"),
        (None, False, False, None),
        ("3", True, False, "2"),
        ("3", False, False, "3"),
        ("2", False, False, "2"),
        ("2", False, True, "2"),
    ],
)
def test_the_three_levels_of_a_platforms_label(existing, declared, suspected, level):
    found = AigcLabel(existing, "maker", "7", "seal", "another platform", "x", "y") if existing else None
    label = label_for_platform(found, declared=declared, suspected=suspected, propagator="画坊", propagate_id="n-1")
    if level is None:
        assert label is None
        return
    assert label is not None
    assert (label.label, label.content_propagator, label.propagate_id) == (level, "画坊", "n-1")
    producer = (label.content_producer, label.produce_id, label.reserved_code1)
    assert producer == (("maker", "7", "seal") if existing else ("", "", ""))
    assert label.reserved_code2 == ""


def test_the_signature_binds_level_platform_number_and_pixels():
    digest = pixel_digest(picture())
    signed = sign_label(LABEL, KEY, digest)
    assert is_signed(signed, KEY, digest)
    assert len(signed.reserved_code2) == 64
    changed = picture()
    changed.putpixel((0, 0), (1, 2, 3))
    assert not is_signed(signed, KEY, pixel_digest(changed))
    assert not is_signed(replace(signed, label="2"), KEY, digest)
    assert not is_signed(replace(signed, propagate_id="n-2"), KEY, digest)
    assert is_signed(replace(signed, content_producer="other"), KEY, digest)
    assert not is_signed(replace(signed, reserved_code2="编"), KEY, digest)


def test_the_pixel_digest_does_not_depend_on_how_the_pixels_are_held():
    assert pixel_digest(picture("RGB")) == pixel_digest(picture("RGBA"))
    tall = Image.linear_gradient("L").resize((3, 700))
    assert pixel_digest(tall) == pixel_digest(tall.convert("RGB"))
    assert pixel_digest(tall) != pixel_digest(tall.rotate(180))


@pytest.mark.parametrize(
    ("size", "height"),
    [((1024, 1536), 52), ((1536, 1024), 52), ((1000, 1000), 50), ((640, 800), 32), ((20, 20), 1)],
)
def test_the_signs_are_five_percent_of_the_shortest_side(size, height):
    assert label_height(*size) == height


def ink(before: Image.Image, after: Image.Image, threshold: int = 200) -> tuple[int, int, int, int]:
    assert before.size == after.size
    box = after.convert("L").point(lambda value: 255 if value >= threshold else 0).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("size", [(1024, 1536), (1600, 900), (640, 800), (400, 400), (300, 60)])
@pytest.mark.parametrize("sign", ["A", "I", "生", "成", "AI生成"])
def test_every_sign_drawn_is_as_high_as_asked_and_stays_inside(size, sign):
    before = Image.new("RGB", size, "black")
    left, top, right, bottom = ink(before, draw_visible_label(before, sign))
    assert bottom - top >= label_height(*size)
    assert left > size[0] / 2 or size[0] <= 300
    assert top > size[1] / 2
    assert right < size[0]
    assert bottom < size[1]


@pytest.mark.parametrize("ground", ["white", "black", "red", "#808080", "yellow"])
def test_the_words_stand_out_on_any_ground(ground: str):
    labelled = draw_visible_label(Image.new("RGB", (1000, 1000), ground))
    plate = labelled.crop((780, 900, 1000, 1000))
    white = sum(1 for value in plate.get_flattened_data() if min(value) > 250)
    dark = sum(1 for value in plate.get_flattened_data() if sum(value) / 3 < 110)
    assert dark > 2000
    assert white > 700
    red, green, blue = labelled.getpixel((975, 955))
    assert _contrast_to_white(red, green, blue) > 4.5


def _contrast_to_white(*channels: int) -> float:
    linear = [
        value / 255 / 12.92 if value / 255 <= 0.03928 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in channels
    ]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_pictures_of_every_mode_and_of_one_pixel_are_labelled(mode: str):
    original = Image.new(mode, (200, 100))
    labelled = draw_visible_label(original)
    assert labelled.mode in {"RGB", "RGBA"}
    assert labelled.size == (200, 100)
    assert draw_visible_label(Image.new(mode, (1, 1))).size == (1, 1)


def test_the_label_is_opaque_where_the_picture_is_clear():
    labelled = draw_visible_label(Image.new("RGBA", (800, 800), (0, 0, 0, 0)))
    assert labelled.getpixel((0, 0))[3] == 0
    assert max(alpha for *_, alpha in labelled.crop((600, 700, 800, 800)).get_flattened_data()) == 255


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n",
        "---\ntitle: x\n---\n# T\n",
        "\ufeff---\r\ntitle: x\r\n---\r\nbody\r\n",
        "",
        "--- not front matter",
    ],
)
def test_a_markdown_label_is_written_and_read(text: str):
    written = write_front_matter_label(text, LABEL)
    assert read_front_matter_label(written) == LABEL
    assert read_front_matter_label(write_front_matter_label(written, replace(LABEL, label="3"))).label == "3"
    block = written.lstrip("\ufeff").replace("\r\n", "\n").split("---\n")[1]
    assert AigcLabel.from_dict(yaml.safe_load(block)["AIGC"]) == LABEL
    assert ("title: x" in text) == ("title: x" in written)


def test_nested_front_matter_is_read_and_replaced_whole():
    text = "---\ntags: [a]\nAIGC:\n  Label: '1'\n  ContentProducer: \"maker\"\n  ProduceID: 7\nauthor: me\n---\nbody"
    assert read_front_matter_label(text) == AigcLabel("1", "maker", "7")
    written = write_front_matter_label(text, LABEL)
    assert "maker" not in written
    assert yaml.safe_load(written.split("---\n")[1])["author"] == "me"
    assert written.endswith("---\nbody")


@given(st.text(alphabet=st.sampled_from("-: \n{}\"'AIGCLabel1\r\t#")))
@example("---\nAIGC:\n---")
def test_no_markdown_makes_reading_fail(text: str):
    read_front_matter_label(text)
    assert read_front_matter_label(write_front_matter_label(text, LABEL)) == LABEL
