"""The pigments: ink, rice paper, mineral and plant colours, as sRGB triples in 0..1."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.noise import Field


def colour(code: str) -> Field:
    """'#RRGGBB' as three floats."""
    return np.array([int(code[k : k + 2], 16) / 255 for k in (1, 3, 5)], dtype=np.float32)


INK = colour("#1D1C1A")
RICE = colour("#F3ECDD")
WHITE = colour("#FBF8F1")
SILK = colour("#D9BE8C")
CINNABAR = colour("#C23B2A")
ROUGE = colour("#D9757A")
JADE = colour("#2F7D6B")
CELADON = colour("#A8C3B2")
MALACHITE = colour("#4E9A7C")
AZURITE = colour("#2C5B8F")
INDIGO = colour("#2B3A67")
NIGHT = colour("#0E1424")
AMBER = colour("#CF9136")
GOLD = colour("#C9A45A")
OCHRE = colour("#B5835A")
UMBER = colour("#5B4636")
WINE = colour("#7E2A36")


def mix(a: Field, b: Field, t: Field | float) -> Field:
    """From colour `a` to colour `b`; a field of `t` gives a field of colours."""
    if isinstance(t, np.ndarray) and t.ndim:
        return np.asarray(a + (b - a) * t[..., None])
    return np.asarray(a + (b - a) * t)


def ramp(stops: list[Field], t: Field) -> Field:
    """`t` in 0..1 through evenly spaced colours."""
    at = np.linspace(0.0, 1.0, len(stops))
    channels = [np.interp(t, at, [stop[k] for stop in stops]).astype(np.float32) for k in range(3)]
    return np.stack(channels, axis=-1)
