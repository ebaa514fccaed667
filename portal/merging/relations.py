"""Everything that can point to a row, found from the models themselves, so that no table is forgotten."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from pghistory.models import Event


class Fate(Enum):
    """What becomes of the rows that point to one that goes."""

    MOVE = "they point to the one that stays"
    CHOOSE = "somebody chooses whose rows hold, as with a field"
    FORGET = "a program makes them again"
    HISTORY = "they say what was, and stay as they are"


@dataclass(frozen=True)
class Relation:
    """A column of `model`, `field`, that names the row."""

    model: type[models.Model]
    field: Any
    fate: Fate

    @property
    def label(self) -> str:
        """What the rows are, in the plural."""
        link = self._link()
        if link is None:
            return str(self.model._meta.verbose_name_plural)
        return _("%(what)s: %(link)s") % {"what": link.model._meta.verbose_name_plural, "link": link.verbose_name}

    def name_of(self, row: Any) -> str:
        """One of the rows in words; a link is called by what stands at its far end."""
        if self._link() is None:
            return str(row)
        far = next(f for f in self.model._meta.concrete_fields if f.is_relation and f != self.field)
        return str(getattr(row, far.name))

    def of(self, pks: Collection[int]) -> Any:
        """The rows that point to one of these, oldest first."""
        return self.model._base_manager.filter(**{f"{self.field.attname}__in": list(pks)}).order_by("pk")

    def _link(self) -> Any:
        """The many-to-many field behind an automatic table; None for tables that stand for themselves."""
        owner: Any = self.model._meta.auto_created
        if not owner:
            return None
        return next(f for f in owner._meta.local_many_to_many if f.remote_field.through is self.model)


def relations(
    model: type[models.Model],
    chosen: Collection[type[models.Model]] = (),
    forgotten: Collection[type[models.Model]] = (),
) -> Iterator[Relation]:
    """Every column of any table that can name a row of the model, also those without a name for the way back."""
    own: set[Any] = {link.remote_field.through for link in model._meta.local_many_to_many}
    for found in model._meta.get_fields(include_hidden=True):
        if not (found.auto_created and (found.one_to_many or found.one_to_one)) or found.concrete:
            continue
        other: Any = found.related_model
        if other._meta.proxy:
            continue
        yield Relation(other, found.field, _fate(other, found.field, own, chosen, forgotten))  # type: ignore[union-attr]  # a reverse relation


def _fate(
    other: type[models.Model],
    field: Any,
    own: set[Any],
    chosen: Collection[type[models.Model]],
    forgotten: Collection[type[models.Model]],
) -> Fate:
    if issubclass(other, Event):
        return Fate.HISTORY
    if other in forgotten:
        return Fate.FORGET
    if other in chosen or (other in own and field.name == _near_end(other)):
        return Fate.CHOOSE
    return Fate.MOVE


def _near_end(through: Any) -> str:
    """The column of an automatic table that names the row whose field it is."""
    owner = through._meta.auto_created
    link = next(f for f in owner._meta.local_many_to_many if f.remote_field.through is through)
    return str(link.m2m_field_name())
