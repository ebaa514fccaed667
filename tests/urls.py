"""The portal's addresses and four that fail, so that error pages can be looked at."""

from typing import NoReturn

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest
from django.urls import include, path

from portal.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def refuse(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def misunderstand(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation


def break_down(request: HttpRequest) -> NoReturn:
    raise RuntimeError("an error that nobody expected")


def lose_database(request: HttpRequest) -> NoReturn:
    raise OperationalError("the connection is gone")


urlpatterns = [
    path("test/403/", refuse),
    path("test/400/", misunderstand),
    path("test/500/", break_down),
    path("test/503/", lose_database),
    path("", include("portal.urls")),
]
