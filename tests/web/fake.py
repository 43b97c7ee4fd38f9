"""A Rota that only holds items: any past, any mess, no engine. It keeps the web's `Inside`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rota.engine.client.items import (
    Answer,
    AuditItem,
    Beat,
    EventItem,
    LogItem,
    NodeItem,
    OutcomeItem,
    Page,
    RevisionItem,
    RunItem,
    ScheduleItem,
    SystemItem,
    TallyItem,
    TaskItem,
    Why,
)
from rota.engine.client.system import described
from rota.errors import BadParameters, UnknownRun, UnknownSchedule
from rota.instants import from_datetime, to_datetime
from rota.web.show.strip import lasted
from rota.when import Trigger
from rota.when import trigger as trigger_of

TRACEBACK = """Traceback (most recent call last):
  File "/srv/.venv/lib/python3.12/site-packages/rota/engine/attempts/attempt.py", line 88, in work
    result = call(run)
  File "/srv/site/tasks/links.py", line 41, in check_links
    answer = fetch(page.url)
  File "/srv/site/tasks/links.py", line 17, in fetch
    return httpx.get(url, timeout=10).raise_for_status()
  File "/srv/.venv/lib/python3.12/site-packages/httpx/_models.py", line 829, in raise_for_status
    raise HTTPStatusError(message, request=request, response=self)
httpx.HTTPStatusError: Client error '404 Not Found' for url 'https://example.com/imprint'
"""


MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)  # the grids of `every` begin here


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Schedules:
    def __init__(self, fake: Fake) -> None:
        self.fake = fake

    def add(self, name: str, task: str, trigger: str, **rest: Any) -> ScheduleItem:
        self.fake.items[name] = schedule(name, task=task, trigger=trigger)
        return self.get(name)

    def get(self, name: str) -> ScheduleItem:
        if name not in self.fake.items:
            raise UnknownSchedule("there is no such schedule", part="name", text=name)
        return self.fake.items[name]

    def list(
        self, limit: int = 50, cursor: str | None = None, *, search: str = "",
        task: str | None = None,
    ) -> Page[ScheduleItem]:  # fmt: skip
        low = search.casefold()
        found = [i for i in self.fake.items.values() if low in (i.name + i.title).casefold()]
        return paged(found, limit, cursor)

    def browse(
        self, *, search: str = "", task: str | None = None, statuses: Sequence[str] = (),
        outcomes: Sequence[str] = (), enabled: bool | None = None, origin: str | None = None,
        troubled: bool = False, sort: str = "name", limit: int = 50, cursor: str | None = None,
    ) -> Page[ScheduleItem]:  # fmt: skip
        found = [
            item for item in self.list(10_000, search=search)
            if task in (None, item.task) and (not statuses or standing(item) in statuses)
            and (not outcomes or (item.last_state or "never") in outcomes)
            and enabled in (None, item.enabled) and origin in (None, item.origin)
            and (not troubled or needs(item))
        ]  # fmt: skip
        far = now() + timedelta(days=9999)
        keys: dict[str, Any] = {
            "name": lambda i: (i.title.casefold(), i.name),
            "next": lambda i: (i.next_run or far, i.name),
            "last": lambda i: (far - i.last_run if i.last_run else timedelta.max, i.name),
            "runs": lambda i: (-i.runs, i.name),
            "status": lambda i: (not needs(i), i.name),
        }
        return paged(sorted(found, key=keys[sort]), limit, cursor)

    def tally(
        self, *, search: str = "", task: str | None = None, limit: int = 20, **filters: Any
    ) -> tuple[list[TallyItem], list[tuple[str, int]]]:
        counts = Counter(
            (standing(i), i.last_state or "never", i.enabled, i.origin, needs(i))
            for i in self.browse(search=search, task=task, limit=10_000)
        )
        found = self.browse(search=search, limit=10_000, **filters)
        tasks = Counter(item.task for item in found).most_common(limit)
        return [TallyItem(*key, count) for key, count in counts.items()], tasks

    def upcoming(self, until: datetime, limit: int = 200) -> list[ScheduleItem]:
        found = [i for i in self.browse(sort="next", limit=10_000) if i.next_run]
        return [i for i in found if i.next_run <= until and i.enabled and not i.paused][:limit]

    def named(self, names: Sequence[str]) -> list[ScheduleItem]:
        return [self.fake.items[name] for name in names if name in self.fake.items]

    def titles(self, names: Sequence[str]) -> dict[str, str]:
        return {item.name: item.title for item in self.named(names)}

    def slots(
        self, name: str, after: datetime, until: datetime, limit: int = 300
    ) -> list[datetime]:
        item, step = self.get(name), self.fake.steps.get(name)
        if name in self.fake.rules:
            return slots_of(self.fake.rules[name], after, until)[-limit:]
        found, at = [], item.next_run
        while at is not None and step and at > after and len(found) < limit:
            if at <= until:
                found.insert(0, at)
            at -= step
        return found

    def update(self, name: str, **changes: Any) -> ScheduleItem:
        if "enabled" in changes:
            item = replace(self.get(name), enabled=changes["enabled"],
                           status="waiting" if changes["enabled"] else "disabled")  # fmt: skip
            self.fake.items[name] = item
            self.fake.count += 1
        return self.get(name)

    def remove(self, name: str, *, user: str | None = None) -> None:
        del self.fake.items[name]

    def pause(
        self, name: str, *, until: datetime | None = None, reason: str = "", user: str | None = None
    ) -> ScheduleItem:
        item = replace(self.get(name), paused=True, status="paused", paused_until=until,
                       pause_reason=reason)  # fmt: skip
        self.fake.items[name] = item
        self.fake.count += 1
        return item

    def resume(self, name: str, *, user: str | None = None) -> ScheduleItem:
        item = replace(self.get(name), paused=False, status="waiting", paused_until=None)
        self.fake.items[name] = item
        self.fake.count += 1
        return item

    def run(
        self, name: str, parameters: dict[str, object] | None = None, *, user: str | None = None
    ) -> RunItem:
        self.get(name)
        made = run(len(self.fake.all_runs) + 1, name, now(), 0, "queued", kind="manual", user=user)
        self.fake.all_runs.insert(0, made)
        self.fake.count += 1
        return made

    def revisions(
        self, name: str, limit: int = 50, cursor: str | None = None
    ) -> Page[RevisionItem]:
        return paged(self.fake.revised, limit, cursor)

    def next(self, name: str, count: int = 1) -> Sequence[datetime]:
        item = self.get(name)
        if item.next_run is None:
            return []
        if name in self.fake.rules:
            return self.fake.rules[name].next(now(), count, anchor=MIDNIGHT)
        step = self.fake.steps.get(name, timedelta(days=1))
        return [item.next_run + step * index for index in range(count)]

    def why(self, name: str, at: datetime) -> Why:
        on = [one for one in self.fake.all_runs if one.schedule == name and one.due == at]
        answers = tuple(Answer(one.target, "ran", one.reason, one) for one in on if one.target)
        if answers:
            return Why(at, "ran", None, answers[0].run, answers)
        return Why(at, "skipped", "overlap", None)


class Runs:
    def __init__(self, fake: Fake) -> None:
        self.fake = fake

    def get(self, run: int) -> RunItem:
        for item in self.fake.all_runs:
            if item.id == run:
                return item
        raise UnknownRun("there is no such run", part="run", text=str(run))

    def list(
        self, schedule: str | None = None, *, task: str | None = None, states: Sequence[str] = (),
        kinds: Sequence[str] = (), limit: int = 50, cursor: str | None = None,
    ) -> Page[RunItem]:  # fmt: skip
        found = [
            item for item in self.fake.all_runs
            if schedule in (None, item.schedule) and (not states or item.state in states)
            and (not kinds or item.kind in kinds)
        ]  # fmt: skip
        return paged(found, limit, cursor)

    def latest(self, schedules: Sequence[str], count: int = 20) -> dict[str, list[OutcomeItem]]:
        return {
            name: [outcome(i) for i in self.fake.all_runs if i.schedule == name][:count]
            for name in schedules
        }

    def beats(self, schedules: Sequence[str], count: int = 20) -> dict[str, list[Beat]]:
        return {
            name: [Beat(run.state, lasted(run, now())) for run in runs]
            for name, runs in self.latest(schedules, count).items()
        }

    def between(self, since: datetime, until: datetime, limit: int = 1_000) -> list[OutcomeItem]:
        found = [i for i in self.fake.all_runs if since <= i.due < until]
        return [outcome(i) for i in found[:limit]]

    def cancel(self, run: int, *, user: str | None = None) -> RunItem:
        return replace(self.get(run), cancelling=True)

    def again(
        self, run: int, parameters: dict[str, object] | None = None, *, user: str | None = None
    ) -> RunItem:
        return self.fake.schedules.run(self.get(run).schedule or "")

    def log(self, run: int, after: int = 0, limit: int = 500) -> Sequence[LogItem]:
        lines = self.fake.lines.get(run, [])
        return [line for line in lines if line.number > after][:limit]


@dataclass
class Listed:
    items: list[Any]

    def list(
        self, limit: int = 50, cursor: str | None = None, *, kind: str = "",
        run: int | None = None, **_: Any,
    ) -> Page[Any]:  # fmt: skip
        found = [
            item for item in self.items
            if (not kind or item.kind.startswith(kind)) and (not run or item.run == run)
        ]  # fmt: skip
        return paged(found, limit, cursor)


@dataclass
class Chores:
    events: Listed

    def list(self, limit: int = 50, cursor: str | None = None) -> Page[SystemItem]:
        return described(lambda kind: self.events.list(100, kind=kind), limit, cursor)


class NoVisits:
    """A web cron whose address nobody has signed."""

    def valid(self, expires: str, signature: str) -> bool:
        return False


@dataclass
class Fake:
    title: str = "Harbour news"
    zone: str = "UTC"
    running: bool = True
    observing: str = ""
    webcron: NoVisits = field(default_factory=NoVisits)
    state: str = "ok"
    count: int = 0
    items: dict[str, ScheduleItem] = field(default_factory=dict)
    steps: dict[str, timedelta] = field(default_factory=dict)
    rules: dict[str, Trigger] = field(default_factory=dict)  # where they are kept to
    all_runs: list[RunItem] = field(default_factory=list)
    lines: dict[int, list[LogItem]] = field(default_factory=dict)
    revised: list[RevisionItem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.schedules = Schedules(self)
        self.runs = Runs(self)
        self.tasks = Listed([])
        self.nodes = Listed([])
        self.events = Listed([])
        self.audit = Listed([])
        self.system = Chores(self.events)

    def changes(self) -> int:
        return self.count

    def health(self) -> str:
        return self.state


def standing(item: ScheduleItem) -> str:
    overdue = item.next_run is not None and now() - item.next_run > timedelta(seconds=30)
    return "late" if item.status == "waiting" and overdue else item.status


def needs(item: ScheduleItem) -> bool:
    bad = item.last_state in ("failed", "lost") and standing(item) not in ("disabled", "paused")
    return standing(item) in ("orphaned", "late") or bad


def outcome(item: RunItem) -> OutcomeItem:
    return OutcomeItem(
        item.id, item.schedule, item.task, item.kind, item.state, item.due, item.started,
        item.finished, item.due_last, item.skips, item.reason, item.node,
    )  # fmt: skip


def paged(found: list[Any], limit: int, cursor: str | None) -> Page[Any]:
    if not (cursor or "0").isdecimal():
        raise BadParameters("this is no cursor of this list", part="cursor", text=cursor or "")
    start = int(cursor or 0)
    end = start + limit
    return Page(found[start:end], str(end) if end < len(found) else None)


def schedule(name: str, **given: Any) -> ScheduleItem:
    blank = ScheduleItem(
        name=name, title=given.pop("title", name), task=f"site.{name}", trigger="every 5m",
        words="Every 5 minutes", zone="UTC", enabled=True, paused=False, status="waiting",
        last_run=None, last_result=None, next_run=None, runs=0, parameters={}, policies={},
    )  # fmt: skip
    return replace(blank, **given)


def run(
    id: int, schedule: str, due: datetime, seconds: float = 1.0, state: str = "succeeded",
    **given: Any,
) -> RunItem:  # fmt: skip
    begun = state not in ("queued", "skipped", "ignored")
    ended = begun and state != "running"
    blank = RunItem(
        id=id, schedule=schedule, task=f"site.{schedule}", kind="slot", due=due, state=state,
        attempt=1 if begun else 0, fence=id, node="harbour-1" if begun else None,
        started=due + timedelta(milliseconds=4) if begun else None,
        finished=due + timedelta(seconds=seconds) if ended else None,
        result=None, error=None, reason=None, parameters={},
    )  # fmt: skip
    return replace(blank, **given)


def slots_of(rule: Trigger, after: datetime, until: datetime, limit: int = 300) -> list[datetime]:
    """The last slots of a range, by the trigger itself."""
    found = rule.latest(
        from_datetime(after), from_datetime(until), limit, anchor=from_datetime(MIDNIGHT), seed=""
    )
    return [to_datetime(one) for one in found]


def on_every_node(fake: Fake, at: datetime) -> list[RunItem]:
    """A schedule whose slots have a run for each node."""
    rule = fake.rules["caches"] = trigger_of("every 2h")
    dues, made = slots_of(rule, at - timedelta(days=4), at, 40)[::-1], []
    last = dues[0]
    fake.items["caches"] = schedule(
        "caches", title="Warm the caches", trigger="every 2h", words="Every 2 hours",
        last_run=last, last_result="214 pages", last_state="succeeded", runs=5120,
        next_run=last + timedelta(hours=2), policies={"placement": "every"},
    )  # fmt: skip
    fake.steps["caches"] = timedelta(hours=2)
    for back, due in enumerate(dues):
        for node in ("harbour-1", "harbour-2"):
            state, extra = "succeeded", {"result": "214 pages"}
            if (back, node) == (1, "harbour-2"):
                state, extra = "failed", {"error": TRACEBACK, "reason": "error"}
            made.append(
                run(0, "caches", due, 7 + back % 3, state, node=node,
                    target=f"node:{node}", **extra)
            )  # fmt: skip
    return made


SETTINGS = {
    "type": "object",
    "properties": {
        "depth": {"type": "integer", "default": 2, "title": "Depth"},
        "outside": {"type": "boolean", "default": False, "title": "Outside"},
    },
}


def ordinary() -> Fake:
    """A small newspaper's site, in the middle of a day."""
    fake, dice, at = Fake(), random.Random(7), now()
    rows: list[tuple[str, str, str, timedelta, float, str]] = [
        ("publish", "Publish due pages", "every 5m", timedelta(minutes=5), 0.6,
         "2 pages published"),
        ("links", "Check the site’s links", "every 1h", timedelta(hours=1), 95,
         "1,204 links checked"),
        ("sitemap", "Rebuild the sitemap", "every 30m between 06:00-22:00 in Europe/Prague",
         timedelta(minutes=30), 4, "861 addresses"),
        ("bin", "Empty the recycle bin", "daily at 03:00 in Europe/Prague",
         timedelta(days=1), 2, "12 items removed"),
        ("backup", "Back up and verify", "daily at 02:30,14:30 in Europe/Prague",
         timedelta(hours=12), 340, "412 MB, verified"),
        ("report", "Weekly report", "weekly on mon at 07:00 in Europe/Prague",
         timedelta(days=7), 30, "sent to 4 readers"),
        ("feeds", "Fetch agency feeds", "every 10m", timedelta(minutes=10), 8,
         "31 items"),
        ("thumbs", "Make thumbnails", "manual", timedelta(0), 61,
         "88 pictures"),
        ("mail", "Send the evening letter", "weekly on mon,wed,fri at 18:00 in Europe/London",
         timedelta(days=1), 12, "1,932 letters"),
    ]  # fmt: skip
    number = 0
    made: list[RunItem] = []
    for name, title, trigger, step, seconds, result in rows:
        zone = trigger.rpartition(" in ")[2] if " in " in trigger else "UTC"
        rule = trigger_of(trigger)
        dues = (
            slots_of(rule, at - 310 * step, at, 300)[::-1]
            if step
            else [at - timedelta(hours=41) - timedelta(days=3) * back for back in range(3)]
        )
        if step:
            fake.rules[name] = rule
        for back, due in enumerate(dues):
            state, extra = "succeeded", {"result": result}
            if (name == "links" and back in (0, 7, 8)) or (name == "feeds" and back == 31):
                state, extra = "failed", {"error": TRACEBACK, "reason": "error"}
            elif name == "feeds" and back in (5, 6):
                state, extra = "skipped", {"reason": "overlap"}
            took = seconds * dice.uniform(0.6, 1.6)
            made.append(run(0, name, due, took, state, **extra))
            if back == 0:
                fake.items[name] = schedule(
                    name, title=title, trigger=trigger, words=rule.words(), zone=zone,
                    last_run=due, last_result=extra.get("result", "404 Not Found: /imprint"),
                    last_state=state, runs=dice.randrange(40, 9000),
                    next_run=rule.next(at, anchor=MIDNIGHT)[0] if step else None,
                    created=MIDNIGHT,
                )  # fmt: skip
        fake.steps[name] = step or timedelta(days=1)
    made.append(
        run(0, "backup", at - timedelta(seconds=80), 0, "running", progress=0.42,
            message="copying uploads", result=None, parameters={"target": "s3", "days": 7})
    )  # fmt: skip
    made += on_every_node(fake, at)
    made.sort(key=lambda item: item.due)
    for number, item in enumerate(made, 4000):
        fake.all_runs.insert(0, replace(item, id=number))
    fake.items["backup"] = replace(fake.items["backup"], status="running")
    fake.items["report"] = replace(
        fake.items["report"], status="paused", paused=True, pause_reason="the printer is broken",
        paused_until=at + timedelta(hours=20),
    )  # fmt: skip
    fake.items["links"] = replace(
        fake.items["links"], parameters={"depth": 3, "outside": True},
        policies={"timeout": "10m", "retries": 2, "overlap": "skip"},
    )  # fmt: skip
    for item in fake.all_runs[:40]:
        begun = item.started or item.due
        said = (
            ("info", "opened the store"),
            ("debug", "asking https://example.com/"),
            ("warning", "slow answer, 2.3 s"),
            ("error", "404 Not Found: https://example.com/imprint"),
        )
        fake.lines[item.id] = [
            LogItem(n, begun + timedelta(seconds=n / 3), *lvl(said[n % 4])) for n in range(1, 60)
        ]
    fake.nodes.items = [
        NodeItem("harbour-1", "web-1.harbour.example", 4121, "0.1.0", ("scheduling",), ("eu",),
                 "alive", at - timedelta(days=3), at - timedelta(seconds=2), True, 0.4, 1),
        NodeItem("harbour-2", "web-2.harbour.example", 977, "0.1.0", (), (), "alive",
                 at - timedelta(hours=4), at - timedelta(seconds=4), False, -1.2, 0),
        NodeItem("harbour-old", "web-0.harbour.example", 31, "0.0.9", (), (), "dead",
                 at - timedelta(days=9), at - timedelta(days=3), False, 0.0, 0),
    ]  # fmt: skip
    fake.events.items = [
        EventItem(90 - n, at - timedelta(minutes=n * 3), level, kind, name, None, "harbour-1", None,
                  text)
        for n, (level, kind, name, text) in enumerate(
            [("error", "run.failed", "links", "Check the site’s links failed: 404 Not Found"),
             ("info", "run.succeeded", "publish", "Publish due pages ran in 0.6 s"),
             ("warning", "run.slow", "backup", "Back up and verify takes longer than usual"),
             ("info", "schedule.paused", "report", "report was paused: the printer is broken"),
             ("info", "node.started", None, "Node harbour-2 has started.")] * 4
        )
    ]  # fmt: skip
    fake.audit.items = [
        AuditItem(9, at - timedelta(minutes=3), "ada", "page", "schedule.paused", "report",
                  {"paused": False}, {"paused": True}, "the printer is broken"),
        AuditItem(8, at - timedelta(hours=2), "ben", "api", "schedule.changed", "links",
                  {"trigger": "every 2h", "enabled": False}, {"trigger": "every 1h",
                  "enabled": True}, ""),
        AuditItem(7, at - timedelta(days=1), None, "code", "schedule.added", "feeds", None,
                  {"task": "site.feeds", "trigger": "every 10m"}, ""),
    ]  # fmt: skip
    fake.tasks.items = [
        TaskItem(item.task, item.title, SETTINGS if name == "links" else {}, 1, "site/tasks.py",
                 False)
        for name, item in sorted(fake.items.items())
    ]  # fmt: skip
    fake.events.items += [
        EventItem(3, at - timedelta(minutes=58), "info", "rota.housekeeping.prune", None, None,
                  "harbour-1", None, "312 rows deleted"),
        EventItem(2, at - timedelta(hours=1), "info", "rota.housekeeping.recover", None, None,
                  "harbour-2", None, "nothing to do"),
    ]  # fmt: skip
    return fake


def lvl(pair: tuple[str, str]) -> tuple[str, str, str]:
    return pair[0], "site.tasks", pair[1]


HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}", "</textarea></pre></title>", "\x1b[31mred\x1b[0m", "\u202egnp.exe",
    "a\u200bb\u200bc",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "W" * 3000, "' OR 1=1 --", "${7*7} <svg/onload=alert(1)>", "&lt;b&gt; &amp;",
    "line\nline\r\n",
    "' data-hx-on:click='alert(1)", "😀🏳️‍🌈 é", "%3Cscript%3E", "\ud83d",
)  # fmt: skip


def hostile() -> Fake:
    """Every text a task could have written, as nasty as it comes."""
    fake, at = Fake(title='<b>"app"'), now()
    for index, text in enumerate(HOSTILE):
        name = f"nasty-{index}"
        fake.items[name] = schedule(
            name, title=text, task=text, words=text, trigger=text, last_result=text,
            last_run=at - timedelta(minutes=index), next_run=at + timedelta(minutes=index + 1),
            last_state="failed" if index % 2 else "succeeded", pause_reason=text, runs=index,
            status=("waiting", "orphaned", "paused", "odd state")[index % 4], problem=text,
            paused=index % 4 == 2, parameters={text: text}, origin=text if index % 2 else "person",
            policies={"run_as": text, "placement": f"label:{text}"},
            zone=text if index % 3 else "UTC", warnings=({"code": text, "text": text},),
        )  # fmt: skip
        fake.all_runs.insert(0, run(
            index + 1, name, at - timedelta(minutes=40 - index), 3,
            ("failed", "succeeded", "running")[index % 3], result=text, error=text, node=text,
            message=text, progress=0.3, user=text, task=text, parameters={text: [text]},
            reason=text, target=f"node:{text}",
        ))  # fmt: skip
        fake.lines[index + 1] = [
            LogItem(n, at, level, text, text) for n, level in enumerate(("info", text), 1)
        ]
    first = fake.all_runs[0]
    fake.all_runs[0] = replace(first, state="failed", error=TRACEBACK.replace("links", HOSTILE[0]))
    fake.nodes.items = [
        NodeItem(text, text, 1, text, (text,), (text,), "alive", at, at, False, 1.0, 0)
        for text in HOSTILE
    ]
    fake.events.items = [
        EventItem(n, at, "error", text, "nasty-1", 1, text, text, text)
        for n, text in enumerate(HOSTILE)
    ]
    fake.audit.items = [
        AuditItem(n, at, text, text, text, text, {text: text}, {text: [text]}, text)
        for n, text in enumerate(HOSTILE)
    ]
    fake.tasks.items = [
        TaskItem(text, text, parameters_of(text), 1, text, index % 2 == 1, {"timeout": text})
        for index, text in enumerate(HOSTILE)
    ]
    fake.revised = [
        RevisionItem("nasty-1", n, at, text, text, text, text, n, {
            "task": text, "trigger": text, "title": text, "parameters": {text: text},
            "policies": {text: text}, "enabled": bool(n % 2),
        })
        for n, text in reversed(list(enumerate(HOSTILE, 1)))
    ]  # fmt: skip
    return fake


def parameters_of(text: str) -> dict[str, object]:
    """The schema of a task whose parameters are named, said and filled like that."""
    part = {"title": text, "description": text, "type": "string", "default": text}
    return {"type": "object", "properties": {text: part, "way": {"enum": [text, "mail"]}}}


def task(identifier: str) -> TaskItem:
    return TaskItem(identifier, identifier, {"type": "object"}, 1, "site.tasks", False)
