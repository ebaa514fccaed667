"""The offer: one page for everything the portal says about it."""

from typing import Any

from django.contrib import admin
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offers.admin.bulk import CHANGES
from offers.admin.filters import DistrictFilter, FreshnessFilter, ProviderFilter
from offers.models import CardWords, ComparedOffer, Funding, Offer, OfferMeaning, ParallelPair, Schedule, SearchRow
from offers.shortlist.references import reference
from portal.admin_bases import RecordedAdmin, RecordedInline, RecordedTable
from portal.bulk import BulkMixin
from portal.merging.admin import MergeMixin

SCHEDULE_HELP = _("Jede Woche: Wochentage. Alle paar Wochen: Wochentage, Abstand und „gilt ab“. Jeden Monat: Woche und "
                  "Wochentag. Einzelne Termine: nur die Tage.")  # fmt: skip


class ScheduleInline(RecordedInline):
    model = Schedule
    autocomplete_fields = ["place"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "kind", "weekdays", ("interval_weeks", "week_of_month"), "dates", ("start_time", "end_time"),
                    ("valid_from", "valid_until"), "pauses_in_school_holidays", "pauses_on_public_holidays", "place",
                    "note",
                ],
                "description": SCHEDULE_HELP,
            },
        )
    ]  # fmt: skip


class FundingInline(RecordedTable):
    model = Funding


@admin.register(Offer)
class OfferAdmin(MergeMixin, BulkMixin, RecordedAdmin):
    list_display = ["title", "provider", "status", "freshness", "review_due", "lifecycle", "updated_at"]
    list_filter = [
        FreshnessFilter, "status", "lifecycle", "topics", DistrictFilter,
        ("provider", ProviderFilter),
    ]  # fmt: skip
    change_form_template = "admin/offers/offer/change_form.html"
    list_select_related = ["provider"]
    search_fields = ["title", "summary", "provider__name"]
    date_hierarchy = "review_due"
    autocomplete_fields = ["provider", "cooperation", "catchment", "places", "contact"]
    readonly_fields = ["verified_at", "review_due", "version"]
    inlines = [ScheduleInline, FundingInline]
    actions = ["merge_selected"]
    bulk_changes = CHANGES
    merge_parts = (Schedule, Funding)
    merge_forgets = (SearchRow, CardWords, ParallelPair, ComparedOffer, OfferMeaning)
    fieldsets = [
        (None, {"fields": ["status", "title", "summary", "description"]}),
        (_("Anbieter"), {"fields": ["provider", "cooperation"]}),
        (_("Für wen"), {"fields": ["ages", "audiences", "languages", "interpreting"]}),
        (_("Was"), {"fields": ["topics", "format", "access", "level"]}),
        (
            _("Wo und wann"),
            {
                "fields": ["catchment", "places", "accessibility_note", "when_note"],
                "description": _("Das Einzugsgebiet sagt, für wen das Angebot da ist; der Ort, wo es stattfindet."),
            },
        ),
        (_("Kosten und Anmeldung"), {"fields": ["cost", "cost_note", "registration", "registration_note"]}),
        (_("Kontakt"), {"fields": ["contact", "phone", "email", "website"]}),
        (_("Laufzeit"), {"fields": ["lifecycle", ("starts_on", "ends_on"), ("pause_from", "pause_until")]}),
        (
            _("Stand und Herkunft"),
            {"fields": ["verified_at", "review_due", "review_months", "source", "source_year", "confirmed_on"]},
        ),
        (_("Intern"), {"fields": ["slug", "note", "version"], "classes": ["collapse"]}),
    ]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "review_months":
            kwargs["empty_value"] = None  # the database then fills in the rhythm
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "topics":
            kwargs["widget"] = CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Offer, form: Any, change: bool) -> None:
        if "_verify" in request.POST:
            obj.verified_at = timezone.now()
        super().save_model(request, obj, form, change)

    def merge_names(self, row: Offer) -> list[str]:
        """The short name in shortlists on paper and phones."""
        return [reference(row)]

    def surroundings_changed(self, obj: Offer) -> None:
        Offer.objects.filter(pk=obj.pk).mark_changed()

    @admin.display(description=_("Aktualität"))
    def freshness(self, offer: Offer) -> str:
        if offer.is_ended:
            return str(_("beendet"))
        if offer.is_dormant:
            return str(_("ruhend"))
        if offer.review_due < timezone.localdate():
            return str(_("überfällig"))
        return str(_("geprüft") if offer.verified_at else _("noch nicht geprüft"))


@admin.register(Schedule)
class ScheduleAdmin(RecordedAdmin):
    list_display = ["offer", "kind", "start_time", "end_time", "valid_from", "valid_until"]
    list_filter = ["kind"]
    list_select_related = ["offer"]
    search_fields = ["offer__title"]
    autocomplete_fields = ["offer", "place"]


@admin.register(Funding)
class FundingAdmin(RecordedAdmin):
    list_display = ["offer", "source", "label", "starts_on", "ends_on"]
    list_filter = ["source"]
    list_select_related = ["offer"]
    date_hierarchy = "ends_on"
    search_fields = ["offer__title", "label"]
    autocomplete_fields = ["offer"]
