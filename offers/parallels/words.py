"""What two offers have in common, as a person would say it."""

from collections.abc import Collection, Iterator
from functools import cached_property

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.enums import Format
from offers.models import Topic
from offers.parallels.compare import Shared
from offers.schedule_words import days_in_words
from portal.ages import age_label
from portal.models import District

MANY_WORDS = 0.3  # share of common words from which the texts are called alike
SAME_MEANING = 0.4  # the same for what they mean
MOST_NAMES = 3


class Reasons:
    """Puts what is shared into words; looks names up once for any number of pairs."""

    def of(self, shared: Shared) -> list[str]:
        """ "gleiche Altersgruppe: bis 3 Jahre", "beide in Osterfeld", "beide: offener Treff", "beide mittwochs"."""
        return list(self._all(shared))

    def _all(self, shared: Shared) -> Iterator[str]:
        if not shared.ageless:
            ages = age_label(NumericRange(shared.age_from, shared.age_until))
            same = _("gleiche Altersgruppe: %(ages)s") if shared.same_age else _("gemeinsames Alter: %(ages)s")
            yield same % {"ages": ages}
        yield self._area(set(shared.districts))
        topics = [self._topics[pk] for pk in shared.topics if pk in self._topics]
        if topics:
            said = ngettext("gleiches Thema: %(names)s", "gleiche Themen: %(names)s", len(topics))
            yield said % {"names": ", ".join(topics)}
        if shared.format:
            yield _("beide: %(form)s") % {"form": Format(shared.format).label}
        if shared.weekdays:
            yield _("beide %(days)s") % {"days": days_in_words(shared.weekdays)}
        if shared.words >= MANY_WORDS:
            yield _("ähnliche Worte in Titel und Kurztext")
        elif shared.meaning >= SAME_MEANING:
            yield _("Titel und Kurztext meinen Ähnliches")

    def _area(self, quarters: Collection[int]) -> str:
        """The largest districts that lie wholly in what is shared."""
        whole = [pk for pk, inside in self._inside.items() if inside <= set(quarters)]
        top = [pk for pk in whole if not any(parent in whole for parent in self._lineages[pk] if parent != pk)]
        if any(len(self._lineages[pk]) == 1 for pk in top):
            return _("beide für die ganze Stadt")
        names = sorted(self._names[pk] for pk in top)
        if len(names) > MOST_NAMES:
            shown = ", ".join(names[:MOST_NAMES])
            return _("beide in %(names)s und anderswo") % {"names": shown}
        return _("beide in %(names)s") % {"names": ", ".join(names)}

    @cached_property
    def _topics(self) -> dict[int, str]:
        return dict(Topic.objects.values_list("pk", "label"))

    @cached_property
    def _districts(self) -> list[tuple[int, str, list[int]]]:
        return list(District.objects.values_list("pk", "name", "lineage"))

    @cached_property
    def _names(self) -> dict[int, str]:
        return {pk: name for pk, name, _lineage in self._districts}

    @cached_property
    def _lineages(self) -> dict[int, list[int]]:
        return {pk: lineage for pk, _name, lineage in self._districts}

    @cached_property
    def _inside(self) -> dict[int, set[int]]:
        """The quarters of each district."""
        inner = {parent for pk, lineage in self._lineages.items() for parent in lineage if parent != pk}
        leaves = [pk for pk in self._lineages if pk not in inner]
        return {pk: {leaf for leaf in leaves if pk in self._lineages[leaf]} for pk in self._lineages}


def in_one_sentence(reasons: Collection[str]) -> str:
    """ "Gleiche Altersgruppe: bis 3 Jahre, beide in Osterfeld, beide mittwochs." """
    text = ", ".join(reasons)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
