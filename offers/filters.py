"""The one door for the finder's GET parameters: what is clean filters, what is not gets a message beside its field."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offers.enums import Access, Audience, Day, Daytime, Format, Sorting
from offers.finder import Catalogue, Search
from offers.finder.ages import in_order
from offers.finder.panel import FLAGS, Facet
from offers.finder.search import RADII, WHEELCHAIR
from offers.models import Offer
from offers.query_fields import (
    LONGEST_TEXT,
    AgesField,
    ChildrenField,
    KnownField,
    KnownValuesField,
    MonthsField,
    PageField,
    Parameter,
    PlainField,
    PositionField,
)
from partners.enums import AccessFeature
from portal.enums import Language

PASSED_ON = ("merk",)  # no part of the search: the shortlist of visitors without script
# Fields that have no place of their own on the page.
SHOWN_AT = {"monate": "kinder", "naehe": "ort", "kosten_unklar": "kostenlos", "seite": ""}
SHOWN_AT |= dict.fromkeys(FLAGS, "hinweise")
YES_OR_NO = {"1": True, "0": False}
_NO_PLACE = _(
    "Dafür müssen wir wissen, wo Sie sind. Bitte wählen Sie Ihren Wohnort oder drücken Sie auf „In meiner Nähe“."
)


class SearchForm(forms.Form):
    """What only makes sense together."""

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        area = values.get("ort")
        if not values.get("naehe") and not (area and area.centre):
            if values.get("umkreis"):
                self.add_error("umkreis", _NO_PLACE)
            if values.get("sortierung") == Sorting.NEAREST:
                self.add_error("sortierung", _NO_PLACE)
        return values


class OfferFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """All filters of `/angebote/`; `search` holds the clean ones, `errors` the rest."""

    alter = Parameter(AgesField, _("Alter"))
    kinder = Parameter(ChildrenField, _("Alter der Kinder"))
    monate = Parameter(MonthsField, _("Alter in Monaten"))
    phase = Parameter(KnownField, _("Lebensphase"))
    ort = Parameter(KnownField, _("Wohnort"))
    naehe = Parameter(PositionField, _("In meiner Nähe"))
    umkreis = Parameter(KnownField, _("Umkreis"), known={str(kilometres): kilometres for kilometres in RADII})
    thema = Parameter(KnownValuesField, _("Thema"))
    form = Parameter(KnownValuesField, _("Form"), known=dict(Format.choices))
    zugang = Parameter(KnownValuesField, _("Zugang"), known=dict(Access.choices))
    tag = Parameter(KnownValuesField, _("Wochentag"), known=dict(Day.choices))
    zeit = Parameter(KnownValuesField, _("Uhrzeit"), known=dict(Daytime.choices))
    wann = Parameter(KnownField, _("Wann"))
    kostenlos = Parameter(KnownField, _("Kosten"), known=YES_OR_NO)
    kosten_unklar = Parameter(KnownField, _("Kosten"), known=YES_OR_NO)
    ohne_anmeldung = Parameter(KnownField, _("Anmeldung"), known=YES_OR_NO)
    sprache = Parameter(KnownValuesField, _("Sprache"), known=dict(Language.choices))
    dolmetschen = Parameter(KnownField, _("Dolmetschen"), known=YES_OR_NO)
    barrierefrei = Parameter(
        KnownValuesField, _("Barrierefreiheit"), known={WHEELCHAIR: "", **dict(AccessFeature.choices)}
    )
    fuer = Parameter(KnownValuesField, _("Für wen"), known=dict(Audience.choices))
    regelangebot = Parameter(KnownField, _("Dauer"), known=YES_OR_NO)
    q = Parameter(PlainField, _("Suchwörter"))
    sortierung = Parameter(KnownField, _("Reihenfolge"), known={value: value for value in Sorting.values if value})
    seite = Parameter(PageField, _("Seite"))

    class Meta:
        form = SearchForm

    def __init__(self, data: Any, *, catalogue: Catalogue) -> None:
        super().__init__(data, queryset=Offer.objects.public())
        known: Mapping[str, Mapping[str, Any]] = {
            "phase": catalogue.phases,
            "ort": catalogue.areas,
            "thema": catalogue.topics,
            "wann": catalogue.periods,
        }
        for name, values in known.items():
            self.filters[name].extra["known"] = values

    @property
    def search(self) -> Search:
        """What the clean values ask for; months win over the other ages."""
        values = {name: value for name, value in self._clean().items() if value}
        if values.get("kostenlos"):
            values.pop("kosten_unklar", None)
        months, typed = values.pop("monate", None), values.pop("kinder", ())
        values.pop("seite", None)
        values["alter"] = (months,) if months else in_order([*values.get("alter", ()), *typed])
        return Search(**values)

    @property
    def page(self) -> int:
        return int(self._clean().get("seite", 1))

    @property
    def typed(self) -> dict[str, str]:
        """The text fields as they were filled in, so that nothing is lost when something is wrong with it."""
        kept = {name: str(self.data.get(name, "")) for name in ("q", "kinder") if name in self.errors}
        readable = {name: "".join(filter(str.isprintable, value))[:LONGEST_TEXT] for name, value in kept.items()}
        return {"q": self.search.q, **readable}

    @property
    def wrong(self) -> list[tuple[str, str, str]]:
        """What is wrong, as name of the place on the page that shows it, label and message."""
        return [
            (SHOWN_AT.get(name, name), str(self.filters[name].label), messages[0])
            for name, messages in self.errors.items()
        ]

    def problems(self, facet: Facet) -> list[str]:
        """What is wrong with the values of a group, whose choices may have different names."""
        names = dict.fromkeys([facet.name, *(choice.name for choice in facet.choices)])
        return [message for name in names for message in self.errors.get(name, [])]

    @property
    def instead(self) -> str:
        """The one address of this search when it was asked for by another, else "".

        While something is wrong with the parameters they stay as they are; only a position is always rounded.
        """
        asked = [(name, value) for name, values in self.data.lists() if name not in PASSED_ON for value in values]
        search, page = self.search, self.page
        wanted = [*search.parameters(), *([("seite", str(page))] if page > 1 else [])]
        if self.errors:
            wanted = [(name, search.naehe.value if name == "naehe" and search.naehe else text) for name, text in asked]
        query = urlencode(wanted, safe=",", errors="replace")
        return "" if asked == wanted else reverse("offers:list") + (f"?{query}" if query else "")

    def _clean(self) -> dict[str, Any]:
        self.form.is_valid()
        return dict(self.form.cleaned_data)

    def filter_queryset(self, queryset: QuerySet[Offer]) -> QuerySet[Offer]:
        return self.search.offers(queryset)  # type: ignore[arg-type]  # always the OfferQuerySet given above
