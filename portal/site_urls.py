"""Site pages and operations."""

from django.conf import settings
from django.urls import URLPattern, path

from portal import views

app_name = "portal"


def _page(route: str, name: str, **context: object) -> URLPattern:
    view = views.SitePageView.as_view(template_name=f"portal/{name}.html", extra_context=context)
    return path(f"{route}/", view, name=name)


urlpatterns: list[URLPattern] = [
    _page("ueber-uns", "about"),
    path("soforthilfe/", views.help_now, name="help"),
    _page("impressum", "imprint"),
    _page("datenschutz", "privacy", tiles_host=settings.TILES_HOST),
    path("barrierefreiheit/", views.accessibility, name="accessibility"),
    _page("leichte-sprache", "easy_language"),
    _page("gebaerdensprache", "sign_language"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots_txt, name="robots"),
]
