"""The answer to a form that came without its protection."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Only signed-in staff meet the page: public forms carry a signed time stamp instead of a cookie.

    The protection stands before the view, so a page that only shows something says here which methods it knows.
    """
    match = request.resolver_match
    methods = allowed_methods(match.func) if match else None
    if methods is not None and request.method not in methods:
        return HttpResponseNotAllowed(methods)
    message = _("Die Seite war zu lange offen oder Ihr Browser lehnt Cookies ab. Bitte laden Sie die Seite neu.")
    return render(request, "403.html", {"message": message}, status=403)


def allowed_methods(view: Callable[..., Any]) -> list[str] | None:
    """What `require_http_methods` or a class-based view lets in; None when a view does not say."""
    while True:
        view_class = getattr(view, "view_class", None)
        if view_class is not None:
            known = [name.upper() for name in view_class.http_method_names if hasattr(view_class, name)]
            return [*known, "HEAD"] if "GET" in known else known
        code, cells = getattr(view, "__code__", None), getattr(view, "__closure__", None)
        if code is not None and cells and "request_method_list" in code.co_freevars:
            return list(cells[code.co_freevars.index("request_method_list")].cell_contents)
        inner = getattr(view, "__wrapped__", None)
        if inner is None:
            return None
        view = inner
