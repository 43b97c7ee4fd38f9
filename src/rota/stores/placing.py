"""Placing: from a launch that is for several nodes to one launch for each of them.

The stores do it inside the deciding transaction, from the nodes that are alive in their own table,
so that a slot's runs are exactly those of the nodes that were there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rota.ports.records import Decision, NewRun, NodeRow, Skip
from rota.rules.placement import targets

__all__ = ("is_unplaced", "placed")


def is_unplaced(new: NewRun) -> bool:
    """Whether no node was found for a launch that needs certain ones."""
    return new.placement != "one" and not new.target


def placed(decisions: Sequence[Decision], alive: Callable[[], list[NodeRow]]) -> list[Decision]:
    """The decisions with a launch for each target; `alive` is asked only if one needs it.

    A launch that finds no node becomes a skip with reason `no_node`; if it is decided ahead it
    stays as it is, and the answer to it is `early`: a node may come in time. A schedule none of
    whose launches found a node cannot await their end: it goes on at `next_if_unplaced`.
    """
    nodes: list[NodeRow] | None = None
    done = list(decisions)
    for at, decision in enumerate(done):
        if all(not is_unplaced(new) for new in (*decision.launches, *decision.late)):
            continue
        if nodes is None:
            nodes = alive()
        done[at] = place(decision, nodes)
    return done


def place(decision: Decision, nodes: list[NodeRow]) -> Decision:
    launches: list[NewRun] = []
    skips = list(decision.skips)
    for new in decision.launches:
        found = targets(new.placement, new.task, nodes) if is_unplaced(new) else [new.target]
        launches += [replace(new, target=target) for target in found]
        if not found and decision.ahead:
            launches.append(new)
        elif not found:
            skips.append(Skip(new.due, new.due, 1, "no_node"))
    late = [
        replace(new, target=target)
        for new in decision.late
        for target in targets(new.placement, new.task, nodes)
    ]
    if decision.late and not late:
        skips[-1] = replace(skips[-1], reason="no_node")  # in time it had found none either
    done = replace(decision, launches=tuple(launches), skips=tuple(skips), late=tuple(late))
    if decision.awaits_end and not launches:
        return replace(done, awaits_end=False, next_due=decision.next_if_unplaced)
    return done
