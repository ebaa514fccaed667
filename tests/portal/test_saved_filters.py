"""Filters that people of the Büro keep: under a name, for themselves or for all, and only of lists."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.models import SavedFilter
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db
LIST = "/admin/offers/offer/"
KEEP = "/admin/filter/merken/"


@pytest.fixture
def anna() -> Client:
    return signed_in(staff("Redaktion", "anna"))


def kept(**values: str) -> dict[str, str]:
    return {"name": "Überfällige", "path": LIST, "query": "aktualitaet=ueberfaellig&p=3", **values}


@pytest.mark.slow
def test_a_filter_is_kept_found_renewed_and_forgotten(anna: Client) -> None:
    page = anna.get(f"{LIST}?aktualitaet=ueberfaellig&p=0").content.decode()
    assert "Filter merken" in page
    assert 'value="aktualitaet=ueberfaellig"' in page, "the page of the list is not part of the filter"
    assert "Filter merken" not in anna.get(LIST).content.decode(), "nothing is looked for"
    answer = anna.post(KEEP, kept())
    assert answer["Location"] == f"{LIST}?aktualitaet=ueberfaellig"
    assert f'<a href="{LIST}?aktualitaet=ueberfaellig">Überfällige' in anna.get(LIST).content.decode()
    assert "Überfällige" not in anna.get("/admin/offers/proposal/").content.decode(), "of another list"
    anna.post(KEEP, kept(query="aktualitaet=ruhend"))
    [one] = SavedFilter.objects.all()
    assert one.query == "aktualitaet=ruhend"
    assert anna.get(reverse("admin:drop_filter", args=[one.pk])).status_code == 405
    anna.post(reverse("admin:drop_filter", args=[one.pk]))
    assert not SavedFilter.objects.exists()


@pytest.mark.slow
def test_others_see_what_is_shared_and_cannot_forget_it(anna: Client) -> None:
    anna.post(KEEP, kept(path="/admin/offers/proposal/eingang/", query="sicht=meldungen", name="Meldungen zuerst"))
    anna.post(KEEP, kept(path="/admin/offers/proposal/eingang/", query="sicht=neu", name="Neues", is_shared="on"))
    berta = signed_in(staff("Redaktion", "berta"))
    page = berta.get("/admin/offers/proposal/eingang/").content.decode()
    assert "Neues" in page
    assert "(anna)" in page
    assert "Meldungen zuerst" not in page
    for one in SavedFilter.objects.all():
        assert berta.post(reverse("admin:drop_filter", args=[one.pk])).status_code == 404
    assert SavedFilter.objects.count() == 2


@pytest.mark.parametrize(
    "path",
    [
        "https://boese.example/",
        "//boese.example/",
        "/angebote/",
        "/admin/",
        "/admin/logout/",
        "/admin/offers/offer/add/",
        "",
    ],
)
def test_only_lists_are_kept(anna: Client, path: str) -> None:
    answer = anna.post(KEEP, kept(path=path))
    assert answer["Location"] == "/admin/"
    assert not SavedFilter.objects.exists()
