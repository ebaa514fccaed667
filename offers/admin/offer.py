"""The offer: one page for everything the portal says about it."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from offers.admin.filters import DistrictFilter, FreshnessFilter, ProviderFilter
from offers.enums import Status
from offers.models import Funding, Offer, Schedule
from portal.admin_bases import RecordedAdmin, RecordedInline, RecordedTable

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
class OfferAdmin(RecordedAdmin):
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
    actions = ["verify", "publish", "withdraw"]
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
        (_("Laufzeit"), {"fields": ["lifecycle", ("starts_on", "ends_on")]}),
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

    @admin.action(description=_("Als geprüft bestätigen"), permissions=["change"])
    def verify(self, request: HttpRequest, queryset: models.QuerySet[Offer]) -> None:
        self._report(request, queryset.update(verified_at=timezone.now()))

    @admin.action(description=_("Veröffentlichen"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: models.QuerySet[Offer]) -> None:
        self._report(request, queryset.update(status=Status.PUBLISHED))

    @admin.action(description=_("Zurückziehen"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: models.QuerySet[Offer]) -> None:
        self._report(request, queryset.update(status=Status.WITHDRAWN))

    def _report(self, request: HttpRequest, count: int) -> None:
        text = ngettext("%(count)d Angebot ist geändert.", "%(count)d Angebote sind geändert.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)


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
