"""The kept filters of a list in the admin."""

from typing import Any

from django import template
from django.http import HttpRequest

from portal.models import SavedFilter
from portal.saved_filters import KeepForm, wanted

register = template.Library()


@register.inclusion_tag("admin/_saved_filters.html", takes_context=True)
def saved_filters(context: Any) -> dict[str, Any]:
    request: HttpRequest = context["request"]
    query = wanted(request.GET.urlencode())
    kept = list(SavedFilter.objects.visible_to(request.user).filter(path=request.path).in_listing_order())
    return {
        "kept": kept,
        "query": query,
        "form": KeepForm(initial={"path": request.path, "query": query}, auto_id="filter_%s"),
        "user": request.user,
        "csrf_token": context.get("csrf_token"),
    }
