"""Site pages and operations."""

from django.urls import URLPattern, path

from portal import views

app_name = "portal"


def _page(route: str, name: str) -> URLPattern:
    return path(f"{route}/", views.SitePageView.as_view(template_name=f"portal/{name}.html"), name=name)


urlpatterns: list[URLPattern] = [
    _page("ueber-uns", "about"),
    _page("soforthilfe", "help"),
    _page("impressum", "imprint"),
    _page("datenschutz", "privacy"),
    path("barrierefreiheit/", views.accessibility, name="accessibility"),
    _page("leichte-sprache", "easy_language"),
    _page("gebaerdensprache", "sign_language"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots_txt, name="robots"),
]
