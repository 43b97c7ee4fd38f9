"""Write the weekly report: what was read, with a chart."""

from __future__ import annotations

import json
from datetime import date, timedelta

from rota import Run
from rota.demo.chart import week_chart
from rota.demo.database import moment
from rota.demo.parts import Site
from rota.demo.times import local, monday_of

__all__ = ("weekly_report",)


def weekly_report(run: Run, site: Site, week_of: date | None = None) -> str:
    """Count the views of a week, draw the chart and keep both; without a day, this week so far."""
    monday = monday_of(week_of or local(moment()).date())
    week, before = site.traffic.week(monday), site.traffic.week(monday - timedelta(weeks=1))
    chart = week_chart(f"Page views in the week from {monday}", week, before)
    site.connection.execute(
        "INSERT OR REPLACE INTO reports (monday, made_at, total, before, chart, top) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            monday.isoformat(),
            moment(),
            sum(week),
            sum(before),
            chart,
            json.dumps(site.traffic.top(monday)),
        ),
    )
    run.log.info("week from %s: %s", monday, week)
    return f"{sum(week):,} views, {sum(before):,} the week before"
