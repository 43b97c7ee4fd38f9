"""Four programming models, each a thin layer over the one engine.

`kentico`, `sitecore`, `umbraco` (9 to 17) and `umbraco8`: the concepts of those products under the
names that their developers know, so that somebody who knows the vendor's page finds everything.
"""

from __future__ import annotations
