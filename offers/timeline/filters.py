"""What the timeline accepts: a birth month in one value or as month and year, and a place."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from offers.finder import Area, Catalogue
from offers.models import Offer
from offers.query_fields import KnownField, Parameter, PlainField
from offers.timeline.months import Month
from offers.timeline.timeline import OLDEST, PREGNANT


class BirthField(PlainField):
    """A month as in `geburt=2025-09`: at most 27 years ago, at most nine months ahead."""

    default_error_messages = {
        "invalid": _("„%(value)s“ ist kein Monat, den wir verstehen. Bitte wählen Sie Monat und Jahr aus der Liste."),
        "incomplete": _("Bitte wählen Sie beides: den Monat und das Jahr."),
        "early": _("Das ist zu lange her. Der Zeitstrahl reicht bis zum 27. Geburtstag."),
        "late": _(
            "Das liegt zu weit in der Zukunft. Bitte wählen Sie einen Monat, der höchstens 9 Monate entfernt ist."
        ),
    }

    def __init__(self, *, this_month: Month, **kwargs: Any) -> None:
        self.this_month = this_month
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Month | None:
        text = super().clean(value)
        if not text:
            return None
        if text.startswith("-") or text.endswith("-"):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        try:
            birth = Month.parse(text)
        except ValueError:
            raise self.refuse("invalid", text) from None
        age = self.this_month.since(birth)
        if age > OLDEST:
            raise ValidationError(self.error_messages["early"], code="early")
        if age < PREGNANT:
            raise ValidationError(self.error_messages["late"], code="late")
        return birth


class ChildFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """`geburt` is the address to share; a browser's form sends `monat` and `jahr`, which make one."""

    geburt = Parameter(BirthField, _("Geburtsmonat"))
    ort = Parameter(KnownField, _("Wohnort"))

    def __init__(self, data: QueryDict, *, catalogue: Catalogue, this_month: Month) -> None:
        asked = data.copy()
        month, year = asked.pop("monat", [""])[-1].strip(), asked.pop("jahr", [""])[-1].strip()
        self.was_picked = bool(month or year) and not asked.get("geburt")
        if self.was_picked:
            asked["geburt"] = f"{year}-{month.zfill(2) if month else ''}"
        super().__init__(asked, queryset=Offer.objects.public())
        self.filters["geburt"].extra["this_month"] = this_month
        self.filters["ort"].extra["known"] = catalogue.areas
        self.form.is_valid()

    @property
    def birth(self) -> Month | None:
        birth: Month | None = self.form.cleaned_data.get("geburt")
        return birth

    @property
    def area(self) -> Area | None:
        area: Area | None = self.form.cleaned_data.get("ort")
        return area
