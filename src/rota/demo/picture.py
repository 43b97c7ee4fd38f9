"""Small pictures of the river at several hours, drawn with nothing but zlib."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

__all__ = ("river",)

Colour = tuple[int, int, int]
WIDTH, HEIGHT, HORIZON = 480, 300, 170


def river(sky: Colour, glow: Colour, water: Colour, sun: tuple[int, int, int]) -> bytes:
    r"""A PNG: sky fading into a glow, a sun (x, y, radius), and the river that mirrors both.

    >>> river((0, 0, 0), (9, 9, 9), (5, 5, 5), (240, 100, 20))[:4]
    b'\x89PNG'
    """
    rows = b"".join(b"\x00" + row for row in _rows(sky, glow, water, sun))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 6))
        + _chunk(b"IEND", b"")
    )


def _rows(sky: Colour, glow: Colour, water: Colour, sun: tuple[int, int, int]) -> Iterator[bytes]:
    x, y, radius = sun
    light = _mix(glow, (255, 255, 255), 0.6)
    for line in range(HEIGHT):
        if line < HORIZON:
            colour = _mix(sky, glow, (line / HORIZON) ** 1.6)
            half = _half(radius, line - y)
        elif line < HORIZON + 7:  # the far bank
            colour, half = _mix(water, (20, 26, 22), 0.75), 0
        else:
            depth = (line - HORIZON) / (HEIGHT - HORIZON)
            colour = _mix(_mix(glow, water, 0.45), water, depth)
            # the sun's mirror image, broken by waves that grow towards us
            half = _half(radius, 2 * HORIZON - line - y) + (line * 7919) % 9 if line % 3 else 0
        row = bytearray(bytes(colour) * WIDTH)
        first, last = max(0, x - half), min(WIDTH, x + half)
        if half:
            row[3 * first : 3 * last] = bytes(light) * (last - first)
        yield bytes(row)


def _half(radius: int, away: int) -> int:
    """Half the width of a disc at a distance from its middle."""
    return int((radius * radius - away * away) ** 0.5) if abs(away) < radius else 0


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
