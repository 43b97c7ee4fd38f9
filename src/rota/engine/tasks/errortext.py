"""What an operator reads of an exception or a result: bounded text, whatever the task made.

Nothing in here trusts the object it describes. Names and causes are read past hostile metaclasses
and properties, a message is formatted only as far as it is kept, and nothing is ever raised.
"""

from __future__ import annotations

import json
import linecache
import os
import stat
from collections import deque
from types import TracebackType
from typing import Final

from rota.engine.tasks.bounded import NotJson, TooLarge, clip, weigh

__all__ = ("describe", "result_text", "summary", "type_name")

LONGEST: Final = 16_000  # bytes of a whole traceback
MESSAGE: Final = 2_000
RESULT: Final = 64 * 1024
SUMMARY: Final = 500
CAUSES: Final = 5
MEMBERS: Final = 5  # shown of an exception group
GROUPS: Final = 3  # levels of groups within groups
FIRST_FRAMES: Final = 10
LAST_FRAMES: Final = 20
BULKY: Final = 10_000  # characters or items of an argument that is not formatted whole
SOURCE_FILE: Final = 5_000_000  # bytes of a source file that is still read

PACKAGE: Final = __file__.rsplit(os.sep, 3)[0]
OURS: Final = tuple(f"{PACKAGE}{os.sep}{part}{os.sep}" for part in ("engine", "executors"))
CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"


def describe(error: BaseException, limit: int = LONGEST) -> str:
    """The traceback of an error in at most 16,000 bytes, oldest cause first; never raises.

    A message of one line without notes makes the last line `Type: message`.

    >>> try:
    ...     1 / 0
    ... except ZeroDivisionError as error:
    ...     print(describe(error).splitlines()[-1])
    ZeroDivisionError: division by zero
    """
    try:
        return clip("\n".join(chain(error, GROUPS)), limit, keep_end=True)
    except BaseException:  # noqa: BLE001  hostile beyond what was foreseen
        return f"{type_name(error)}: (this exception cannot be described)"


def summary(error: BaseException, limit: int = SUMMARY) -> str:
    r"""`Type: message` on one line of at most 500 bytes; never raises.

    >>> summary(ValueError("two\nlines"))
    'ValueError: two lines'
    """
    message = " ".join(message_of(error).split())
    return clip(f"{type_name(error)}: {message}" if message else type_name(error), limit)


def result_text(value: object) -> str | None:
    """What a run's *Last result* says of a returned value, in at most 64 KiB; never raises.

    >>> result_text(None), result_text("12 items removed"), result_text({"sent": 3})
    (None, '12 items removed', '{"sent": 3}')
    >>> result_text(object())
    '(an object was returned, which is not text or JSON)'
    """
    if value is None:
        return None
    kind = type_name(value)
    returned = f"({'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind} was returned, which is"
    try:
        if isinstance(value, str):
            return clip(value, RESULT)
        weigh(value, RESULT)
        return clip(json.dumps(value, ensure_ascii=False), RESULT)
    except TooLarge:
        return f"{returned} too large to keep)"
    except NotJson:
        return f"{returned} not text or JSON)"
    except BaseException:  # noqa: BLE001  whatever its methods do, SystemExit included
        return f"{returned} not text or JSON)"


def type_name(value: object) -> str:
    """The name of a value's class, with its module unless built in; no code of the value runs.

    >>> type_name(3), type_name(json.JSONDecoder())
    ('int', 'json.decoder.JSONDecoder')
    """
    kind = type(value)  # `__class__` may lie, and a metaclass may define `__name__`
    name: object = type.__dict__["__qualname__"].__get__(kind)
    try:
        module: object = type.__dict__["__module__"].__get__(kind)
    except AttributeError:
        module = None
    name = clip(name, 200) if isinstance(name, str) else "?"
    if not isinstance(module, str) or str.__str__(module) in ("builtins", "__main__", ""):
        return name
    return f"{clip(module, 200)}.{name}"


# ------------------------------------------------------------------------------ one error


def chain(error: BaseException, groups: int) -> list[str]:
    """The lines of an error after those of what led to it."""
    links: list[tuple[BaseException, str]] = [(error, "")]
    seen = {id(error)}
    while len(links) <= CAUSES:
        latest = links[-1][0]
        earlier, words = own(latest, "__cause__"), CAUSE
        if earlier is None and not own(latest, "__suppress_context__"):
            earlier, words = own(latest, "__context__"), CONTEXT
        if not isinstance(earlier, BaseException) or id(earlier) in seen:
            break
        seen.add(id(earlier))
        links.append((earlier, words))
    lines: list[str] = []
    if len(links) > CAUSES:
        links.pop()
        lines += ["(earlier errors led to these; they are left out)", ""]
    for one, words in reversed(links):
        lines += block(one, groups)
        if words:
            lines += ["", words, ""]
    return lines


def block(error: BaseException, groups: int) -> list[str]:
    """The lines of one error: its frames, the members of a group, its message and its notes."""
    traceback = own(error, "__traceback__")
    lines = frames(traceback if isinstance(traceback, TracebackType) else None)
    name, message = type_name(error), message_of(error)
    lines.append(f"{name}: {message}" if message else name)
    notes = own(error, "__dict__")
    notes = dict.get(notes, "__notes__") if isinstance(notes, dict) else None
    if type(notes) is list:
        lines += [clip(note, MESSAGE) for note in notes[:10] if issubclass(type(note), str)]
    if issubclass(type(error), BaseExceptionGroup):  # `isinstance` would ask its `__class__`
        lines += members(error, groups)
    return lines


def members(error: BaseException, groups: int) -> list[str]:
    inner = BaseExceptionGroup.__dict__["exceptions"].__get__(error)
    shown = inner[:MEMBERS] if groups else ()
    lines: list[str] = []
    for number, one in enumerate(shown, 1):
        lines.append(f"  -- {number} of {len(inner)} --")
        lines += [f"  {line}" for part in chain(one, groups - 1) for line in part.split("\n")]
    if len(inner) > len(shown):
        lines.append(f"  -- {len(inner) - len(shown)} more are left out --")
    return lines


def own(error: BaseException, name: str) -> object:
    """An attribute as `BaseException` itself defines it, past any property of a subclass."""
    return BaseException.__dict__[name].__get__(error)


# ------------------------------------------------------------------------------ its frames


def frames(traceback: TracebackType | None) -> list[str]:
    """The frames of a traceback, without the leading ones of the machinery that called the task."""
    start = traceback
    while start is not None and start.tb_frame.f_code.co_filename.startswith(OURS):
        start = start.tb_next
    first: list[tuple[str, int, str]] = []
    last: deque[tuple[str, int, str]] = deque(maxlen=LAST_FRAMES)
    count, step = 0, start or traceback  # if all of it is ours, then the fault is
    while step is not None:
        code = step.tb_frame.f_code
        (first if count < FIRST_FRAMES else last).append(
            (code.co_filename, step.tb_lineno or 0, code.co_name)
        )
        count, step = count + 1, step.tb_next
    if not count:
        return []
    lines = ["Traceback (most recent call last):"]
    lines += [line for frame in first for line in frame_lines(*frame)]
    if count > FIRST_FRAMES + LAST_FRAMES:
        lines.append(f"  … {count - FIRST_FRAMES - LAST_FRAMES:,} frames are left out …")
    return lines + [line for frame in last for line in frame_lines(*frame)]


def frame_lines(filename: str, number: int, name: str) -> list[str]:
    lines = [f'  File "{clip(filename, 300)}", line {number}, in {clip(name, 200)}']
    source = source_line(filename, number).strip()
    return [*lines, f"    {clip(source, 200)}"] if source else lines


def source_line(filename: str, number: int) -> str:
    """The line of source, if it is cheap to read: a file name may be anything, /dev/zero too."""
    if filename not in linecache.cache:
        try:
            status = os.stat(filename)  # noqa: PTH116  a name, not always a path
        except (OSError, ValueError):
            return ""
        if not stat.S_ISREG(status.st_mode) or status.st_size > SOURCE_FILE:
            return ""
    return linecache.getline(filename, number)


# ------------------------------------------------------------------------------ its message


def message_of(error: BaseException) -> str:
    """`str(error)` in at most 2,000 bytes."""
    try:
        arguments = own(error, "args")
        if isinstance(arguments, tuple) and any(map(bulky, arguments)):
            return clip(", ".join(brief(one) for one in arguments[:10]), MESSAGE)
        return clip(str(error), MESSAGE)
    except BaseException:  # noqa: BLE001  a `__str__` may raise anything
        return "(its message cannot be shown)"


def bulky(value: object) -> bool:
    return isinstance(value, str | bytes | list | tuple | dict | set) and len(value) > BULKY


def brief(value: object) -> str:
    """A stretch of an argument that is too large to format whole."""
    if isinstance(value, str):
        return clip(value, MESSAGE)
    if bulky(value):
        return f"(a {type_name(value)} of {len(value):,} items)"  # type: ignore[arg-type]
    return clip(repr(value), MESSAGE)
