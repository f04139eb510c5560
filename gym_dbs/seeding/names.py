"""Names of people as addresses write them."""

from __future__ import annotations

import unicodedata

LATIN = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "'": "", " ": "", "-": ""})


def slug(name: str, *, between: str = ".") -> str:
    """``Freja Nørgaard`` as ``freja.norgaard``."""
    first, last = (part.translate(LATIN) for part in name.split(" ", 1))
    plain = unicodedata.normalize("NFKD", f"{first}{between}{last}")
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
