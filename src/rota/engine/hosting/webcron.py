"""The web cron: one address that anything able to fetch a page can use to make work happen.

For hosts that sleep or keep nothing alive. The address is signed: whoever has it may cause one tick
and nothing else. It is void after its expiry, and all that were given out are void after `rotate`.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from urllib.parse import urlencode, urlsplit

from rota.engine.client.context import Context
from rota.errors import BadSetting, Refused
from rota.instants import SECOND, from_datetime

__all__ = ("LIMIT", "WebCron", "check_secret")

LIMIT = 50
"""Seconds that one tick lasts at most."""
NEVER = "never"  # stands for no expiry
SHORTEST = 16  # characters of a secret
SECRET, GENERATION = "webcron-secret", "webcron-generation"  # what the store keeps

Done = dict[str, object]


class WebCron:
    """`rota.webcron`: signed addresses, and the ticks that they cause."""

    def __init__(
        self,
        context: Context,
        secret: str | None,
        running: Callable[[], bool],
        tick: Callable[[float], Done],
    ) -> None:
        self.context = context
        self.given = None if secret is None else check_secret(secret, "secret")
        self.running = running
        self.do_tick = tick
        self.busy = Lock()

    def url(self, base: str, expires: datetime | None = None) -> str:
        """The signed address under `base`, which is where `rota.web()` is mounted."""
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
            raise Refused("this is no address of a mounted rota.web()", part="base", text=base,
                          hint="write for example https://example.org/rota")  # fmt: skip
        now = self.context.now()
        end = None if expires is None else from_datetime(expires)
        if end is not None and end <= now:
            raise Refused("an expiry lies in the future", part="expires", text=str(expires),
                          hint="write a later time, or leave it out")  # fmt: skip
        written = NEVER if end is None else str(end // SECOND)
        query = {"expires": written, "signature": self.sign(written, make=True)}
        return f"{base.rstrip('/')}/api/v1/tick?{urlencode(query)}"

    def rotate(self) -> None:
        """Make every address that was given out so far void."""
        self.context.ready()
        known = self.context.store.kept(GENERATION)
        if self.context.store.keep(GENERATION, str(int(known or "0") + 1), known):
            self.context.say("webcron.rotated", "All addresses of the web cron are void now.")

    def valid(self, expires: str, signature: str) -> bool:
        """Whether an address was signed by us, is not over, and was not made void."""
        now = self.context.now()
        expected = self.sign(expires)
        fit = bool(expected) and hmac.compare_digest(expected.encode(), signature.encode())
        if not fit:
            return False
        return expires == NEVER or int(expires) * SECOND > now

    def tick(self, limit: float = LIMIT) -> Done:
        """One tick, unless one is under way here (`busy`) or a node is alive here that does it all
        (`node`). Says how many runs there were, not what they said: strangers may read it.
        """
        nothing: Done = {"launched": 0, "skipped": 0, "recovered": 0, "ran": 0}
        if self.running():
            self.context.poke()
            return {"state": "node", **nothing}
        if not self.busy.acquire(blocking=False):
            return {"state": "busy", **nothing}
        try:
            done = self.do_tick(min(limit, LIMIT))
        finally:
            self.busy.release()
        runs = done.pop("runs")
        return {"state": "done", **done, "ran": len(runs) if isinstance(runs, list) else 0}

    def sign(self, expires: str, *, make: bool = False) -> str:
        """The signature of an address; empty while there is no secret to sign with."""
        secret = self.secret(make=make)
        if not secret:
            return ""
        generation = self.context.store.kept(GENERATION) or "0"
        text = f"rota web cron\n{generation}\n{expires}"
        return hmac.new(secret.encode(), text.encode("utf-8", "replace"), "sha256").hexdigest()

    def secret(self, *, make: bool) -> str:
        """The one given, else that of ROTA_SECRET, else the store's, which is made if asked for."""
        if self.given is not None:
            return self.given
        if found := os.environ.get("ROTA_SECRET"):
            return check_secret(found, "ROTA_SECRET")
        if make:
            self.context.store.keep(SECRET, secrets.token_urlsafe(32), None)
        return self.context.store.kept(SECRET) or ""


def check_secret(secret: object, part: str) -> str:
    """The secret, if it is one; BadSetting, which does not repeat it, else."""
    if isinstance(secret, str) and len(secret) >= SHORTEST:
        return secret
    raise BadSetting(
        f"a secret is text of at least {SHORTEST} characters", part=part,
        hint="make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
    )  # fmt: skip
