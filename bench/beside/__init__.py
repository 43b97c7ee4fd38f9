"""The peers beside which Rota is measured: one program each, in an environment of its own."""

from __future__ import annotations
