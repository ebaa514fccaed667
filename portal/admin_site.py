"""The admin: no door of its own, and closed to everybody who has not passed a second factor in this session."""

from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache


def passed_second_factor(request: HttpRequest) -> bool:
    """Whether the signed-in person has shown a second factor (app, passkey or recovery code) in this session."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


class PortalAdminSite(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and passed_second_factor(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's; but what no text of the database can hold is refused before a filter asks for it."""

        @wraps(view)
        def legible(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if "%00" in request.META.get("QUERY_STRING", ""):
                raise BadRequest
            return view(request, *args, **kwargs)

        return super().admin_view(legible, cacheable)

    def get_urls(self) -> list[Any]:
        from portal.saved_filters import urls  # models are not loaded yet when the site is made

        return [*urls(self), *super().get_urls()]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send people to the one door, and staff who are inside without a second factor to setting one up."""
        wanted = request.GET.get("next") or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(wanted, reverse("account_login"))
        if not super().has_permission(request):
            raise PermissionDenied
        if is_mfa_enabled(request.user) and not passed_second_factor(request):
            return redirect_to_login(wanted, reverse("mfa_reauthenticate"))
        if not passed_second_factor(request):
            messages.info(request, _("Für die Redaktion brauchen Sie einen zweiten Faktor. Das dauert eine Minute."))
            return redirect("mfa_index")
        return redirect("admin:index")

    def password_change(  # type: ignore[override]  # a redirect instead of a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")
