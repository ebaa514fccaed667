from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from offers import views
from offers.chain import urls as chain
from offers.desk import urls as desk
from offers.freshness import urls as freshness
from offers.hexmap import urls as hexmap
from offers.parallels import urls as parallels
from offers.shortlist import urls as shortlist
from offers.shortlist.carry import carrying
from offers.sitemaps import SITEMAPS
from offers.steering import urls as steering
from offers.submission import urls as submission
from offers.suggest import urls as suggest
from offers.timeline import urls as timeline
from offers.wegweiser import urls as wegweiser

app_name = "offers"
urlpatterns: list[URLPattern] = [
    path("", views.start, name="start"),
    path("angebote/", carrying(views.offer_list), name="list"),
    # Addresses with a fixed word stand above the slug, so that no offer can take them.
    *submission.urlpatterns,
    *suggest.urlpatterns,
    *desk.urlpatterns,
    *freshness.urlpatterns,
    path("angebote/<slug:slug>/", carrying(views.offer_detail), name="detail"),
    *shortlist.urlpatterns,
    *timeline.urlpatterns,
    *wegweiser.urlpatterns,
    *hexmap.urlpatterns,
    *chain.urlpatterns,
    *parallels.urlpatterns,
    *steering.urlpatterns,
    path("themen/", views.topic_list, name="topics"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
]
