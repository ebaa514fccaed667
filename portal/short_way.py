"""The short way to pages that are the same for everybody."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_MARK = "is_the_same_for_everybody"
_resolve = lru_cache(maxsize=1_000)(resolve)  # walking through all patterns takes as long as reading the address


def same_for_everybody(view: View) -> View:
    """For views that know no session, no signed-in person and no posted form."""
    setattr(view, _MARK, True)
    return view


class ShortWayMiddleware:
    """Leads readers without a cookie past sessions and sign-in, which have nothing to do for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in ("GET", "HEAD") and not request.META.get("HTTP_COOKIE"):
            try:
                match = _resolve(request.path_info, settings.ROOT_URLCONF)
            except Resolver404:
                return self._get_response(request)
            if hasattr(match.func, _MARK):
                request.resolver_match = match
                answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
                return answer
        return self._get_response(request)
