"""What somebody typed into a form: names with one or more texts each, as they were sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ("Typed",)


class Typed:
    """The fields of a posted form. A field that is missing reads as "".

    >>> typed = Typed({"weekly.days": ["mon", "thu"], "title": [" Report "]})
    >>> typed.one("title"), typed.joined("weekly.days"), typed.one("nothing")
    ('Report', 'mon,thu', '')
    """

    __slots__ = ("fields",)

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self.fields = fields

    def __contains__(self, name: object) -> bool:
        return name in self.fields

    def one(self, name: str) -> str:
        """The field's last text, without blanks around it."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """The field's last text as it is, with plain line ends."""
        given = self.fields.get(name)
        return given[-1].replace("\r\n", "\n") if given else ""

    def joined(self, name: str) -> str:
        """All texts of a field, such as ticked boxes, with commas between."""
        return ",".join(one.strip() for one in self.fields.get(name, ()) if one.strip())

    def under(self, prefix: str) -> Iterable[str]:
        """What stands behind a prefix in the names that begin with it."""
        return [name[len(prefix) :] for name in self.fields if name.startswith(prefix)]
