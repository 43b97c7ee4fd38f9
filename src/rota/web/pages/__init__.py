"""The pages: one a file, each answers one question; without JavaScript too."""

from __future__ import annotations

from starlette.routing import Route

from rota.web.pages import (
    actions,
    audit,
    bulk,
    editor,
    events,
    home,
    nodes,
    preview,
    revisions,
    run,
    running,
    runs,
    schedule,
    schedules,
    signing,
    steering,
    system,
    timeline,
)

__all__ = ("routes",)


def routes() -> list[Route]:
    """The routes of all pages and of the forms on them."""
    return [
        Route("/", home.page),
        Route("/schedules", schedules.page),
        Route("/schedules", bulk.act, methods=["POST"]),
        Route("/new", editor.new, methods=["GET"]),
        Route("/new", editor.made, methods=["POST"]),
        Route("/schedules/{name}/edit", editor.edit, methods=["GET"]),
        Route("/schedules/{name}/edit", editor.changed, methods=["POST"]),
        Route("/schedules/{name}/run-with", running.run_with, methods=["GET", "POST"]),
        Route("/runs/{id}/again-with", running.again_with, methods=["GET", "POST"]),
        Route("/schedules/{name}/pause", steering.pause, methods=["GET"]),
        Route("/schedules/{name}/pause-until", steering.pause, methods=["POST"]),
        Route("/schedules/{name}/remove", steering.remove, methods=["POST"]),
        Route("/schedules/{name}/restore", steering.restore, methods=["POST"]),
        Route("/schedules/{name}/relink", steering.relink, methods=["GET", "POST"]),
        Route("/schedules/{name}/revisions", revisions.page, methods=["GET"]),
        Route("/schedules/{name}/revert", revisions.revert, methods=["POST"]),
        Route("/editor/outlook", editor.fragment, methods=["POST"]),
        Route("/editor/task", editor.parameters, methods=["POST"]),
        Route("/schedules/{name}", schedule.page),
        Route("/timeline", timeline.page),
        Route("/runs", runs.page),
        Route("/runs/{id}", run.page),
        Route("/runs/{id}/log.txt", run.download),
        Route("/events", events.page),
        Route("/events/export", events.export),
        Route("/audit", audit.page),
        Route("/audit/export", audit.export),
        Route("/system", system.page),
        Route("/nodes", nodes.page),
        Route("/preview", preview.page),
        Route("/sign-in", signing.page),
        Route("/sign-in", signing.sign_in, methods=["POST"]),
        Route("/sign-out", signing.sign_out, methods=["POST"]),
        Route("/schedules/{name}/run", actions.run, methods=["POST"]),
        Route("/schedules/{name}/pause", actions.pause, methods=["POST"]),
        Route("/schedules/{name}/resume", actions.resume, methods=["POST"]),
        Route("/schedules/{name}/enable", actions.enable, methods=["POST"]),
        Route("/schedules/{name}/disable", actions.disable, methods=["POST"]),
        Route("/runs/{id}/cancel", actions.cancel, methods=["POST"]),
        Route("/runs/{id}/again", actions.again, methods=["POST"]),
    ]
