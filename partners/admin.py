"""Partners with their places and contacts."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partners.accounts import admin as _people  # noqa: F401  # registers its pages
from partners.models import Contact, Partner, Place
from portal.admin_bases import RecordedAdmin, RecordedInline
from portal.bulk import BulkMixin, ConfirmFacts
from portal.merging.admin import MergeMixin

SOURCE: Any = (
    _("Herkunft der Angaben"),
    {
        "fields": ["source", "source_year", "confirmed_on"],
        "description": _("Solange „bestätigt am“ leer ist, steht auf der Seite: noch nicht vom Träger bestätigt."),
    },
)
ADDRESS_HELP = _("Eine geheime Adresse wird nicht gespeichert: Lassen Sie dann Straße bis Weg leer.")
CONSENT_HELP = _("Ein Name darf nur mit Einwilligung stehen. Nach einem Widerruf ist er sofort von allen Seiten weg.")


class PlaceInline(RecordedInline):
    model = Place
    autocomplete_fields = ["district"]
    fieldsets = [
        (None, {"fields": ["name", "is_confidential", "street", ("postcode", "city"), "district", "directions"]}),
        (_("Barrierefreiheit"), {"fields": ["wheelchair", "access_features"], "classes": ["collapse"]}),
        (
            _("Herkunft, Koordinaten, Notiz"),
            {
                "fields": ["source", "source_year", "confirmed_on", ("latitude", "longitude"), "note"],
                "classes": ["collapse"],
            },
        ),
    ]


class ContactInline(RecordedInline):
    model = Contact
    fieldsets = [
        (None, {"fields": ["label", "phone", "email"]}),
        (
            _("Name einer Person"),
            {
                "fields": ["person_name", "consent_by", "consent_on", "consent_text", "consent_withdrawn_on"],
                "description": CONSENT_HELP,
                "classes": ["collapse"],
            },
        ),
        (_("Herkunft"), {"fields": ["source", "source_year", "confirmed_on"], "classes": ["collapse"]}),
    ]


class ConfirmedFilter(admin.SimpleListFilter):
    title = _("vom Träger bestätigt")
    parameter_name = "bestaetigt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", _("ja")), ("nein", _("nein"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() is None else queryset.filter(confirmed_on__isnull=self.value() == "nein")


@admin.register(Partner)
class PartnerAdmin(MergeMixin, BulkMixin, RecordedAdmin):
    bulk_changes = (ConfirmFacts(),)
    actions = ["merge_selected"]
    list_display = ["name", "kind", "phone", "email", "confirmed_on", "updated_at"]
    list_filter = ["kind", ConfirmedFilter]
    search_fields = ["name", "short_name", "email"]
    autocomplete_fields = ["parent"]
    inlines = [PlaceInline, ContactInline]
    fieldsets = [
        (None, {"fields": ["name", "short_name", "kind", "parent", "description"]}),
        (_("So erreicht man den Partner"), {"fields": ["phone", "email", "website"]}),
        SOURCE,
        (_("Intern"), {"fields": ["slug", "note"], "classes": ["collapse"]}),
    ]


@admin.register(Place)
class PlaceAdmin(MergeMixin, BulkMixin, RecordedAdmin):
    bulk_changes = (ConfirmFacts(),)
    actions = ["merge_selected"]
    list_display = ["name", "partner", "address", "district", "is_confidential", "wheelchair"]
    list_filter = ["is_confidential", "wheelchair", ConfirmedFilter, "district"]
    list_select_related = ["partner", "district"]
    search_fields = ["name", "street", "postcode", "partner__name"]
    autocomplete_fields = ["partner", "district"]
    fieldsets = [
        (None, {"fields": ["partner", "name"]}),
        (
            _("Adresse"),
            {
                "fields": [
                    "is_confidential", "street", ("postcode", "city"), "district", "directions",
                    ("latitude", "longitude"),
                ],
                "description": ADDRESS_HELP,
            },
        ),
        (_("Barrierefreiheit"), {"fields": ["wheelchair", "access_features"]}),
        SOURCE,
        (_("Intern"), {"fields": ["note"], "classes": ["collapse"]}),
    ]  # fmt: skip

    @admin.display(description=_("Adresse"))
    def address(self, place: Place) -> str:
        return place.address


@admin.register(Contact)
class ContactAdmin(BulkMixin, RecordedAdmin):
    bulk_changes = (ConfirmFacts(),)
    list_display = ["label", "partner", "phone", "email", "has_name"]
    list_filter = [("consent_on", admin.EmptyFieldListFilter), ConfirmedFilter]
    list_select_related = ["partner"]
    search_fields = ["label", "partner__name", "email", "phone"]
    autocomplete_fields = ["partner"]
    fieldsets = [
        (None, {"fields": ["partner", "label", "phone", "email"]}),
        (
            _("Name einer Person"),
            {
                "fields": ["person_name", "consent_by", "consent_on", "consent_text", "consent_withdrawn_on"],
                "description": CONSENT_HELP,
            },
        ),
        SOURCE,
    ]

    @admin.display(description=_("Name öffentlich"), boolean=True)
    def has_name(self, contact: Contact) -> bool:
        return bool(contact.public_name)
