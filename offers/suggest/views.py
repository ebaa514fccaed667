"""Suggestions as a fragment that static/suggest.js shows below the field."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from offers.suggest.filters import SuggestFilter
from offers.suggest.matches import suggestions


@require_safe
@cache_control(private=True, max_age=300)
def suggest(request: HttpRequest) -> HttpResponse:
    """At most five of each kind; nothing for a text that is too short or cannot be read."""
    groups = suggestions(SuggestFilter(request.GET).text)
    count = sum(len(group.choices) for group in groups)
    return render(request, "offers/_suggestions.html", {"groups": groups, "count": count})
