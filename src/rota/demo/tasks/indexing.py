"""Index the search again, gently: in small steps with pauses, so that readers never wait."""

from __future__ import annotations

import time
from typing import Literal

from rota import Run
from rota.demo.parts import Site

__all__ = ("index_search",)

STEPS = 300
PAUSES = {"gentle": 0.25, "brisk": 0.05, "at once": 0.0}  # seconds after a step


def index_search(
    run: Run, site: Site, pace: Literal["gentle", "brisk", "at once"] = "gentle"
) -> str:
    """Read every page and every line of the logbook and write down which words they have.

    Cancelled in the middle it leaves a good index: the steps done are new, the others as before.
    """
    documents, words = site.index.documents(), 0
    size = -(-len(documents) // STEPS) or 1
    for start in range(0, len(documents), size):
        run.checkpoint()
        words += site.index.put(documents[start : start + size])
        done = min(start + size, len(documents))
        run.progress(done / len(documents), f"{done:,} of {len(documents):,} read")
        time.sleep(PAUSES[pace])
    lost = site.index.drop_lost()
    run.log.info("%d words written, %d of lost pages dropped", words, lost)
    return f"{words:,} words of {len(documents):,} texts"
