"""The city's map and calendar, accounts and roles, and the admin site itself."""

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal import job_admin  # noqa: F401  # its page is registered by importing it
from portal.admin_bases import ReadOnlyAdmin, RecordedAdmin
from portal.city import city
from portal.history_people import requests_of, works
from portal.merging import undo_admin  # noqa: F401  # its page is registered by importing it
from portal.models import District, FormerSlug, PackEntry, Postcode, SchoolHoliday

WORKS_PER_PAGE = 20

admin.site.site_header = _("Präventionsportal %(city)s: Redaktion") % {"city": city()["name"]}
admin.site.site_title = _("Redaktion Präventionsportal")
admin.site.index_title = _("Übersicht")
admin.site.empty_value_display = "–"


@admin.register(District)
class DistrictAdmin(RecordedAdmin):
    list_display = ["name", "kind", "parent", "slug"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["parent"]
    fieldsets = [
        (None, {"fields": ["kind", "name", "parent", "slug", "note"]}),
        (
            _("Karte"),
            {
                "fields": ["latitude", "longitude", "hex_q", "hex_r"],
                "description": _("Mittelpunkt in Grad (WGS84) und Platz auf der Sechseck-Karte."),
            },
        ),
    ]


@admin.register(Postcode)
class PostcodeAdmin(RecordedAdmin):
    list_display = ["code", "district_names"]
    search_fields = ["code"]
    filter_horizontal = ["districts"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("districts")

    @admin.display(description=_("Stadtteile"))
    def district_names(self, postcode: Postcode) -> str:
        return ", ".join(district.name for district in postcode.districts.all())


@admin.register(SchoolHoliday)
class SchoolHolidayAdmin(RecordedAdmin):
    list_display = ["name", "first_day", "last_day", "source"]
    date_hierarchy = "first_day"
    search_fields = ["name"]


@admin.register(FormerSlug)
class FormerSlugAdmin(ReadOnlyAdmin):
    list_display = ["slug", "kind", "created_at"]
    list_filter = ["kind"]
    search_fields = ["slug"]


@admin.register(PackEntry)
class PackEntryAdmin(ReadOnlyAdmin):
    list_display = ["model", "key", "loaded_at"]
    list_filter = ["model"]
    search_fields = ["key"]


admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class StaffAdmin(UserAdmin):  # type: ignore[type-arg]  # takes no type argument when running
    """Accounts: who is not an administrator gives roles, never single rights, and leaves administrators alone."""

    list_display = ["username", "first_name", "last_name", "email", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    actions = ["reset_second_factor"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ["groups", "user_permissions"]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or request.user.is_superuser:
            return fieldsets
        return [
            (None, {"fields": ["username", "password"]}),
            (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
            (_("Zugang"), {"fields": ["is_active", "is_staff", "groups"]}),
            (_("Zeiten"), {"fields": ["last_login", "date_joined"]}),
        ]

    change_form_template = "admin/person_change_form.html"

    def get_urls(self) -> list[Any]:
        log = path("<int:pk>/geaendert/", self.admin_site.admin_view(self.log_view), name="auth_user_log")
        return [log, *super().get_urls()]

    def log_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everything the person changed; for the Leitung, and for everybody about themselves."""
        person = self.get_object(request, str(pk))
        if person is None:
            raise Http404(pk)
        if person != request.user and not self.has_view_permission(request, person):
            raise PermissionDenied
        day, wrong_day = None, False
        try:
            day = date.fromisoformat(request.GET["tag"]) if request.GET.get("tag") else None
        except ValueError:
            wrong_day = True
        page = Paginator(requests_of(person.pk, day), WORKS_PER_PAGE).get_page(request.GET.get("seite"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Geändert von %(name)s") % {"name": person.get_full_name() or person.get_username()},
            "opts": self.opts,
            "object": person if self.has_view_permission(request, person) else None,
            "day": day,
            "wrong_day": wrong_day,
            "page": page,
            "works": works(page.object_list),
        }
        return TemplateResponse(request, "admin/person_log.html", context)

    @admin.action(description=_("Zweiten Faktor zurücksetzen"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For who has lost phone and recovery codes: the next sign-in leads through setting up a new one."""
        people = [person for person in queryset if _may_touch(request, person)]
        Authenticator.objects.filter(user__in=people).delete()
        names = ", ".join(person.get_username() for person in people)
        messages.success(request, _("Zurückgesetzt: %(names)s") % {"names": names or "–"})

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _may_touch(request, obj) and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """No deleting of whole lists: an administrator could be among them."""
        actions = super().get_actions(request)
        if not request.user.is_superuser:
            actions.pop("delete_selected", None)
        return actions


def _may_touch(request: HttpRequest, account: User | None) -> bool:
    return account is None or not account.is_superuser or bool(request.user.is_superuser)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        """Only rights on our own models and accounts; the rest belongs to programs."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "permissions" and field is not None and field.queryset is not None:
            ours = ["portal", "partners", "networks", "offers", "auth"]
            field.queryset = field.queryset.filter(content_type__app_label__in=ours)
        return field
