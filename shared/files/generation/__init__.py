"""Generation parameters of sample pictures: read from every common generator, published without private things."""

from shared.files.generation.infotext import format_infotext, parse_infotext
from shared.files.generation.parameters import GenerationParameters, LoraUse
from shared.files.generation.publishing import published
from shared.files.generation.reading import read_parameters
from shared.files.generation.stealth import erase_stealth, read_stealth

__all__ = [
    "GenerationParameters",
    "LoraUse",
    "erase_stealth",
    "format_infotext",
    "parse_infotext",
    "published",
    "read_parameters",
    "read_stealth",
]
