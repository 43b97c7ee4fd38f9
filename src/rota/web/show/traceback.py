"""A traceback as frames: the task's own lines open, those of libraries folded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ("Frame", "Traceback", "read")

HEAD = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+)(?:, in (?P<name>.*))?$')
LIBRARY = re.compile(
    r"[/\\](?:site-packages|dist-packages|lib[/\\]python\d|rota[/\\](?:engine|executors)[/\\])"
    r"|^<frozen "
)
MOST = 400  # lines that are taken apart


@dataclass(slots=True)
class Frame:
    """One level of the call stack."""

    file: str
    line: str
    name: str
    source: list[str] = field(default_factory=list)
    library: bool = False


@dataclass(frozen=True, slots=True)
class Traceback:
    """What a failed run left behind."""

    frames: list[Frame]
    ending: str  # the exception's own line
    whole: str
    own: int  # the index of the task's own innermost frame, or -1

    def groups(self) -> list[tuple[bool, list[tuple[int, Frame]]]]:
        """Frames in runs of library and own, with their index."""
        groups: list[tuple[bool, list[tuple[int, Frame]]]] = []
        for index, frame in enumerate(self.frames):
            if not groups or groups[-1][0] != frame.library:
                groups.append((frame.library, []))
            groups[-1][1].append((index, frame))
        return groups


def read(text: str) -> Traceback:
    r"""The frames of a traceback's text; text of another shape has none and is shown whole.

    >>> read('Traceback …:\n  File "a.py", line 3, in go\n    boom()\nValueError: x').ending
    'ValueError: x'
    """
    frames: list[Frame] = []
    ending: list[str] = []
    for line in text.splitlines()[:MOST]:
        head = HEAD.match(line)
        if head:
            file = head["file"]
            library = bool(LIBRARY.search(file))
            frames.append(Frame(file, head["line"], head["name"] or "", [], library))
            ending = []
        elif frames and line.startswith("    "):
            frames[-1].source.append(line[4:])
        elif line and not line.startswith("Traceback "):
            ending.append(line)
    if frames and all(frame.library for frame in frames):
        for frame in frames:
            frame.library = False  # nothing of the task's own: then nothing is folded away
    own = max((i for i, frame in enumerate(frames) if not frame.library), default=-1)
    return Traceback(frames, "\n".join(ending), text, own)
