"""How often one may fail to sign in: counted in memory, by name and by address."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict, deque

__all__ = ("Failures", "network")

SPAN = 900.0  # seconds that a failure counts
BY_BOTH = 5  # of one name from one address
BY_ADDRESS = 20  # from one address, whatever the name
BY_NAME = 50  # of one name, from wherever: more, so that strangers cannot lock somebody out early
KEPT = 10_000  # names and addresses remembered


class Failures:
    """Counts failures; `now` is any clock that only goes forward, in seconds.

    >>> failures = Failures()
    >>> for _ in range(5):
    ...     failures.count("ada", "10.0.0.1", now=0.0)
    >>> failures.wait("ada", "10.0.0.1", now=1.0), failures.wait("ida", "10.0.0.1", now=1.0)
    (899, 0)
    """

    def __init__(self) -> None:
        self._failed: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, address: str, now: float) -> int:
        """Seconds until one may try again; 0 is now."""
        with self._lock:
            longest = 0.0
            for key, most in keys(name, address):
                times = self._failed.get(key, deque())
                while times and times[0] <= now - SPAN:
                    times.popleft()
                if len(times) >= most:
                    longest = max(longest, times[-most] + SPAN - now)
            return 0 if longest <= 0 else max(1, round(longest))

    def count(self, name: str, address: str, now: float) -> None:
        """One more failure. It is counted before the password is looked at, so that many tries at
        the same moment do not slip through; `forget` takes it back.
        """
        with self._lock:
            for key, most in keys(name, address):
                times = self._failed.setdefault(key, deque(maxlen=most))
                self._failed.move_to_end(key)
                times.append(now)
            while len(self._failed) > KEPT:
                self._failed.popitem(last=False)

    def forget(self, name: str, address: str) -> None:
        """It was no failure: the name's count from this address is void, the others one less."""
        with self._lock:
            for key, _ in keys(name, address):
                times = self._failed.get(key)
                if times:
                    times.pop()
            self._failed.pop((name, address), None)


def keys(name: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return ((name, address), BY_BOTH), (("", address), BY_ADDRESS), ((name, ""), BY_NAME)


def network(host: str) -> str:
    """What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one.

    >>> network("10.0.0.1"), network("2001:db8::1:2")
    ('10.0.0.1', '2001:db8::')
    """
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)
