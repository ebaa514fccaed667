"""The yardstick: a Django project as `startproject` makes it, with one view that returns a page of the asked size."""

from functools import lru_cache

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="constant-page",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
)


@lru_cache
def _body(size: int) -> bytes:
    return b"x" * size


def constant(request: HttpRequest, size: int) -> HttpResponse:
    return HttpResponse(_body(size))


urlpatterns = [path("<int:size>/", constant)]
application = get_wsgi_application()
