"""The pages search engines may know: offers, partners, networks and the site's own pages."""

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from networks.models import Network
from offers.models import Offer
from partners.models import Partner


class OfferSitemap(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    """Only what is public (design rule 3)."""

    def items(self) -> QuerySet[Offer]:
        return Offer.objects.public().order_by("pk")

    def lastmod(self, item: Offer) -> datetime:
        return item.updated_at


class PartnerSitemap(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    def items(self) -> QuerySet[Partner]:
        return Partner.objects.order_by("pk")

    def lastmod(self, item: Partner) -> datetime:
        return item.updated_at


class NetworkSitemap(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    def items(self) -> QuerySet[Network]:
        return Network.objects.public().order_by("pk")

    def lastmod(self, item: Network) -> datetime:
        return item.updated_at


class PageSitemap(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    """Pages without a row of their own."""

    def items(self) -> list[str]:
        own = ["start", "list", "topics", "wegweiser", "chain", "child_timeline", "hexmap"]
        site = ["about", "help", "imprint", "privacy", "accessibility", "easy_language", "sign_language"]
        registers = ["partners:list", "networks:list"]
        return [*(f"offers:{name}" for name in own), *registers, *(f"portal:{name}" for name in site)]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS: dict[str, Any] = {
    "angebote": OfferSitemap,
    "partner": PartnerSitemap,
    "netzwerke": NetworkSitemap,
    "seiten": PageSitemap,
}
