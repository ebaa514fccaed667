"""The short way to pages that are the same for everybody."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_MARK = "is_the_same_for_everybody"


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
                match = resolve(request.path_info)
            except Resolver404:
                return self._get_response(request)
            if hasattr(match.func, _MARK):
                request.resolver_match = match
                answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
                return answer
        return self._get_response(request)
