"""Code names: what identifies a configuration, made from what people call it."""

from __future__ import annotations

import re
import unicodedata

from rota.errors import BadSetting

__all__ = ("code_name",)


def code_name(display_name: str) -> str:
    """A code name from a display name.

    >>> code_name("Import products (nightly) – Brno")
    'Import-products-nightly-Brno'
    """
    plain = unicodedata.normalize("NFKD", display_name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^A-Za-z0-9._:@]+", "-", plain).strip("-._:@")[:200]
    if not made:
        raise BadSetting(
            "no code name can be made of it", part="display name", text=display_name,
            hint="give one as name",
        )  # fmt: skip
    return made
