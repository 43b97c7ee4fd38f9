"""What the two SQL stores have in common: statements by name, and a verb as one transaction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

__all__ = ("NEWEST", "Relational", "Row", "Values", "writing")

Values = Sequence[str | int | float | None]
Row = tuple[Any, ...]
NEWEST = 2**63 - 1  # later than every number that a store draws

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound="Relational")


class Relational(ABC):
    """A store whose verbs are statements in files named like them."""

    @abstractmethod
    def carry_out(self, verb: Callable[[], T]) -> T:
        """Do it as one transaction; within another, as a part of that."""

    @abstractmethod
    def all(self, name: str, values: Values = ()) -> list[Row]:
        """Every row that a statement answers with."""

    @abstractmethod
    def do(self, name: str, values: Values = ()) -> int:
        """Carry out a writing statement inside a transaction; how many rows it changed."""

    def first(self, name: str, values: Values = ()) -> Row | None:
        """The first row, if any."""
        rows = self.all(name, values)
        return rows[0] if rows else None


def writing(verb: Callable[Concatenate[R, P], T]) -> Callable[Concatenate[R, P], T]:
    """Make a method one transaction."""

    @wraps(verb)
    def carried(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.carry_out(partial(verb, self, *args, **kwargs))

    return carried
