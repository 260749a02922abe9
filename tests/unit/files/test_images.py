import base64
import io
import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from shared.files.formats import Kind
from shared.files.generation import read_parameters, read_stealth
from shared.files.images import ImageLimits, dominant_colour, open_image, strip_private, variants
from shared.files.labels import AigcLabel, has_our_label, read_label, write_label
from shared.files.problems import FileRefused
from tests.unit.files.test_generation import WORKED_EXAMPLE, hide

KEY = b"s" * 32
LABEL = AigcLabel("2", content_propagator="画坊", propagate_id="n-7")


def saved(image: Image.Image, format_: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def scene(size: tuple[int, int] = (800, 1000), mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", size, "#305070")
    draw = ImageDraw.Draw(image)
    draw.ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill="#e0a040")
    return image.convert(mode)


def reopened(data: bytes) -> Image.Image:
    return open_image(io.BytesIO(data))


def refusal(data: bytes, limits: ImageLimits | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        open_image(io.BytesIO(data), limits or ImageLimits())
    return refused.value


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def lying_png(width: int, height: int, data: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(data))
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(30_000, 30_000), (50_000, 50_000), (30_000, 1), (9_500, 9_500), (12_000, 8_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]):
    assert refusal(lying_png(*size)).slug == "image-too-large"


def test_a_webp_that_claims_a_huge_canvas_is_refused_before_pillow_sees_it():
    data = bytearray(write_label(saved(scene(), "WEBP"), LABEL))
    assert data[12:16] == b"VP8X"
    data[24:30] = (16_000).to_bytes(3, "little") * 2
    assert refusal(bytes(data)).slug == "image-too-large"


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"lossless": True, "exif": b"Exif\0\0"}])
def test_webp_of_every_coding_is_opened(options: dict[str, object]):
    assert reopened(saved(scene((33, 77)), "WEBP", **options)).size == (33, 77)


def test_the_limits_can_be_set():
    data = saved(scene((100, 50)), "PNG")
    assert refusal(data, ImageLimits(side=99)).slug == "image-too-large"
    assert refusal(data, ImageLimits(pixels=4999)).slug == "image-too-large"
    assert refusal(data, ImageLimits(least_side=64)).slug == "image-too-small"
    refused = refusal(data, ImageLimits(size=10))
    assert (refused.slug, refused.status) == ("file-too-large", 413)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_truncated_picture_is_refused(format_: str):
    data = saved(scene(), format_)
    assert refusal(data[: len(data) // 2]).slug in {"image-unreadable", "type-refused"}


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP"])
def test_an_animation_shows_its_first_frame_and_may_not_be_endless(format_: str):
    frames = [Image.new("RGB", (8, 8), (index % 256, index // 256, 9)) for index in range(320)]
    data = saved(frames[0], format_, save_all=True, append_images=frames[1:6], duration=20, lossless=True)
    image = reopened(data)
    assert image.convert("RGB").getpixel((0, 0)) == (0, 0, 9)
    endless = saved(frames[0], format_, save_all=True, append_images=frames[1:], duration=20, lossless=True)
    assert refusal(endless).slug == "image-too-many-frames"
    assert refusal(data, ImageLimits(all_pixels=200)).slug == "image-too-many-frames"


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "svg-refused"),
        (b"%PDF-1.4", "type-refused"),
        (b"BM" + bytes(100), "type-refused"),
        (b"", "file-empty"),
        (b"\x80\x04.", "pickle-refused"),
        (b'{"a": 1}', "type-refused"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, slug: str):
    refused = refusal(data)
    assert (refused.slug, refused.status) == (slug, 422 if slug == "file-empty" else 415)


def test_a_text_chunk_that_unpacks_to_a_hundred_megabytes_is_refused():
    bomb = png_chunk(b"zTXt", b"parameters\x00\x00" + zlib.compress(bytes(100_000_000)))
    data = saved(scene((20, 20)), "PNG")
    assert refusal(data[:33] + bomb + data[33:]).slug == "image-unreadable"
    assert refusal(data[:-12] + bomb + data[-12:]).slug == "image-unreadable"


def test_parameters_behind_the_pixels_are_still_read():
    data = saved(scene((20, 20)), "PNG")
    late = png_chunk(b"tEXt", b"parameters\x00" + WORKED_EXAMPLE.encode("latin-1"))
    found = read_parameters(reopened(data[:-12] + late + data[-12:]))
    assert found is not None
    assert found.steps == 20


@settings(max_examples=60)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]), st.data())
def test_a_damaged_picture_is_refused_or_opened_and_served(format_: str, drawn: st.DataObject):
    data = bytearray(
        saved(scene((40, 30)), format_, **({"exif": b"Exif\0\0MM\0*\0\0\0\x08"} if format_ != "GIF" else {}))
    )
    for _ in range(drawn.draw(st.integers(1, 6))):
        data[drawn.draw(st.integers(0, len(data) - 1))] = drawn.draw(st.integers(0, 255))
    try:
        image = reopened(bytes(data))
        read_parameters(image)
        variants(image, LABEL, KEY)
        strip_private(image, LABEL)
    except FileRefused:
        return


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
@pytest.mark.parametrize("kind", [Kind.WEBP, Kind.JPEG, Kind.PNG])
def test_variants_of_every_mode_carry_both_labels(mode: str, kind: Kind):
    image = Image.new("I;16", (700, 900), 40_000) if mode == "I;16" else scene((700, 900), mode)
    made = variants(image, LABEL, KEY, kind)
    assert (made.width, made.height) == (700, 900)
    assert (made.card.width, made.card.height) == (640, 823)
    assert (made.large.width, made.large.height) == (700, 900)
    for rendition in (made.card, made.large):
        assert rendition.media_type == kind.media_type
        shown = reopened(rendition.data)
        assert shown.size == (rendition.width, rendition.height)
        found = read_label(shown)
        assert found is not None
        assert replace(found, reserved_code2="") == LABEL
        assert has_our_label(rendition.data, KEY)
        corner = shown.convert("RGB").crop((shown.width - 150, shown.height - 60, shown.width, shown.height))
        assert max(min(value) for value in corner.get_flattened_data()) > 230, "white signs"


def test_sixteen_bit_greys_keep_their_brightness():
    made = variants(Image.new("I;16", (50, 50), 128 << 8), None, kind=Kind.PNG)
    assert reopened(made.card.data).convert("L").getpixel((5, 5)) in range(126, 131)


def test_variants_keep_the_ratio_and_are_never_enlarged():
    big = variants(scene((4000, 2000)), None)
    assert (big.large.width, big.large.height) == (1600, 800)
    assert (big.card.width, big.card.height) == (640, 320)
    small = variants(scene((100, 60)), None)
    assert (small.card.width, small.large.width) == (100, 100)
    strip = variants(scene((10, 8000)), None)
    assert strip.card.height <= 1600
    assert read_label(reopened(big.card.data)) is None


def test_the_placeholder_is_a_small_data_uri_and_the_colour_the_main_one():
    made = variants(scene(), LABEL)
    assert made.colour == "#305070"
    assert made.placeholder.startswith("data:image/webp;base64,")
    assert len(made.placeholder) <= 400
    tiny = Image.open(io.BytesIO(base64.b64decode(made.placeholder.partition(",")[2])))
    assert max(tiny.size) == 16
    noisy = Image.effect_noise((500, 900), 200).convert("RGB")
    assert 0 < len(variants(noisy, None).placeholder) <= 400
    assert dominant_colour(Image.new("L", (5, 5), 255)) == "#ffffff"


def test_orientation_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6
    image = reopened(saved(scene((400, 200)), "JPEG", exif=exif))
    made = variants(image, None)
    assert (made.width, made.height) == (200, 400)
    stripped = strip_private(image)
    assert (stripped.width, stripped.height) == (200, 400)
    assert not reopened(stripped.data).getexif()


def private_picture(format_: str) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Maker of zhang"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\x00" + WORKED_EXAMPLE.encode("utf-16-be")
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", WORKED_EXAMPLE)
    info.add_text("Comment", "by zhang")
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>zhang</a></x:xmpmeta>'
    options = {"pnginfo": info} if format_ == "PNG" else {"xmp": packet}
    if format_ == "JPEG":
        options["comment"] = b"zhang"
    return saved(scene(), format_, exif=exif, **options)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_a_download_carries_no_prompt_place_or_comment_and_keeps_its_label(format_: str):
    data = write_label(private_picture(format_), LABEL)
    assert b"zhang" in data
    stripped = strip_private(reopened(data), key=KEY)
    assert b"zhang" not in stripped.data
    image = reopened(stripped.data)
    assert read_parameters(image) is None
    assert not image.getexif()
    assert has_our_label(stripped.data, KEY)
    assert replace(read_label(image), reserved_code2="") == LABEL
    assert stripped.media_type == f"image/{format_.lower()}"


def test_a_text_hidden_in_the_pixels_does_not_leave_the_shop():
    image = reopened(saved(hide(Image.new("RGBA", (120, 120), "white"), WORKED_EXAMPLE), "PNG"))
    assert read_parameters(image) is not None
    assert read_stealth(reopened(strip_private(image).data)) is None


def test_an_unlabelled_deliverable_keeps_the_unseen_label():
    plain = strip_private(scene(), LABEL, KEY, visible=False)
    assert reopened(plain.data).tobytes() == scene().tobytes()
    assert has_our_label(plain.data, KEY)
    assert strip_private(scene(), LABEL, KEY).data != plain.data


def test_the_colour_profile_stays_on_the_whole_picture_and_is_applied_to_variants():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(scene(), "PNG", icc_profile=profile)
    assert reopened(strip_private(reopened(data)).data).info["icc_profile"] == profile
    card = reopened(variants(reopened(data), None, kind=Kind.PNG).card.data)
    assert "icc_profile" not in card.info
    assert card.getpixel((5, 5)) == (0x30, 0x50, 0x70)
    broken = reopened(saved(scene(), "PNG", icc_profile=b"no profile" * 30))
    assert variants(broken, None).colour == "#305070"
    assert "icc_profile" not in reopened(strip_private(broken).data).info


def test_clear_parts_stay_clear():
    image = Image.new("RGBA", (700, 700), (0, 0, 0, 0))
    assert reopened(variants(image, LABEL).card.data).getpixel((5, 5))[3] == 0
    palette = Image.new("P", (60, 60))
    palette.info["transparency"] = 0
    assert reopened(saved(palette, "PNG", transparency=0)).info["transparency"] == 0
    assert reopened(strip_private(reopened(saved(palette, "PNG", transparency=0))).data).mode == "RGBA"
