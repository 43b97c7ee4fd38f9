"""/nodes: which processes do the work?"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rota.engine.client.items import NodeItem
from rota.web.offload import call, inside
from rota.web.render import render

__all__ = ("page",)


async def page(request: Request) -> Response:
    """The nodes by name."""
    rota = inside(request)
    nodes = await call(request, lambda: rota.nodes.list(200))
    return render(request, "nodes.html", {"nodes": nodes, "headline": headline(nodes)})


def headline(nodes: list[NodeItem]) -> str:
    """How many are alive, as a heading."""
    alive = sum(node.state == "alive" for node in nodes)
    if not nodes:
        return "No node has ever run here"
    if not alive:
        return "No node is alive, so nothing will start"
    return "1 node is alive" if alive == 1 else f"{alive} nodes are alive"
