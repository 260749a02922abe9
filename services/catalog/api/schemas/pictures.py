"""A picture as every page shows it."""

from marshmallow import Schema, fields

from services.catalog.domain.pictures import LabelLevel, Picture

FRONT = "/api/catalog"


def urls_of(picture: Picture) -> dict[str, str]:
    """Where the labelled variants are served, as paths at the front."""
    return {name: f"{FRONT}/pictures/{picture.id}/{name}.webp" for name in picture.variants}


class PictureSchema(Schema):
    """`label_level` says how sure it is that the picture is AI-made; `generation` is what its maker published."""

    id = fields.UUID(required=True)
    urls = fields.Function(urls_of)
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    placeholder = fields.String()
    label_level = fields.Enum(LabelLevel, by_value=True)
    generation = fields.Dict()
    alt = fields.Function(lambda picture: {"zh": picture.alt_zh, "en": picture.alt_en})
