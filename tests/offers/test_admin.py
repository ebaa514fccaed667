"""The offer in the admin: lists, the lock against silent overwriting, friendly fields, actions."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from offers.models import Offer, Schedule
from tests.offers.factories import ErrorReportFactory, OfferFactory, ScheduleFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import city, quarter
from tests.portal.staff import filled_form, open_form, signed_in, staff

pytestmark = pytest.mark.django_db
LIST = "admin:offers_offer_changelist"


@pytest.fixture
def anna() -> User:
    return staff("Redaktion", "anna")


@pytest.fixture
def client(anna: User) -> Client:
    return signed_in(anna)


def form_url(offer: Offer) -> str:
    return reverse("admin:offers_offer_change", args=[offer.pk])


def offer_with_topic(**given: Any) -> Offer:
    return OfferFactory.create(topics=[TopicFactory.create(label="Sprache")], **given)


def test_a_saved_form_changes_the_offer(client: Client) -> None:
    offer = offer_with_topic()
    answer = client.post(form_url(offer), {**open_form(client, form_url(offer)), "title": "Elterncafé"})
    assert answer.status_code == 302
    offer.refresh_from_db()
    assert (offer.title, offer.version, offer.ages) == ("Elterncafé", 2, NumericRange(0, 36))


@pytest.mark.slow
def test_a_stale_form_is_stopped_and_names_the_change_and_who_made_it(client: Client) -> None:
    offer = offer_with_topic(title="Krabbelgruppe")
    mine = open_form(client, form_url(offer))
    berta = signed_in(staff("Redaktion", "berta"))
    theirs = open_form(berta, form_url(offer))
    assert berta.post(form_url(offer), {**theirs, "title": "Spielgruppe am Park"}).status_code == 302

    answer = client.post(form_url(offer), {**mine, "summary": "Was ich gerade getippt habe."})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Inzwischen hat jemand anderes diesen Eintrag geändert" in page
    assert "berta" in page
    assert "Titel" in page
    assert "Spielgruppe am Park" in page
    assert "Was ich gerade getippt habe." in page
    offer.refresh_from_db()
    assert offer.title == "Spielgruppe am Park"
    assert offer.summary != "Was ich gerade getippt habe."


@pytest.mark.slow
def test_after_the_warning_a_second_save_counts(client: Client) -> None:
    offer = offer_with_topic(title="Krabbelgruppe")
    mine = open_form(client, form_url(offer))
    Offer.objects.update(summary="Von jemand anderem.")
    warned = client.post(form_url(offer), {**mine, "summary": "Meine Fassung."})
    again = filled_form(warned.content.decode())
    assert client.post(form_url(offer), again).status_code == 302
    offer.refresh_from_db()
    assert offer.summary == "Meine Fassung."


@pytest.mark.slow
def test_a_change_of_links_only_also_makes_a_form_stale(client: Client) -> None:
    offer = offer_with_topic()
    mine = open_form(client, form_url(offer))
    sleep = TopicFactory.create(label="Schlafen")
    berta = signed_in(staff("Redaktion", "berta"))
    theirs = open_form(berta, form_url(offer))
    berta.post(form_url(offer), {**theirs, "topics": [*theirs["topics"], str(sleep.pk)]})

    page = client.post(form_url(offer), {**mine, "title": "Anders"}).content.decode()

    assert "Schlafen" in page
    assert "Inzwischen hat jemand anderes" in page
    offer.refresh_from_db()
    assert offer.title != "Anders"
    assert offer.version == 2, "links count as a change of the offer"


@pytest.mark.slow
def test_a_change_of_times_only_also_makes_a_form_stale(client: Client) -> None:
    offer = offer_with_topic()
    ScheduleFactory.create(offer=offer, note="vorher")
    mine = open_form(client, form_url(offer))
    berta = signed_in(staff("Redaktion", "berta"))
    theirs = open_form(berta, form_url(offer))
    berta.post(form_url(offer), {**theirs, "schedules-0-note": "jetzt im Garten"})

    page = client.post(form_url(offer), {**mine, "title": "Anders"}).content.decode()

    assert "jetzt im Garten" in page
    offer.refresh_from_db()
    assert (offer.title != "Anders", offer.version) == (True, 2)


@pytest.mark.slow
def test_a_change_by_a_program_also_makes_a_form_stale(client: Client) -> None:
    offer = offer_with_topic()
    mine = open_form(client, form_url(offer))
    Offer.topics.through.objects.all().delete()
    page = client.post(form_url(offer), mine).content.decode()
    assert "ein Programm oder die Datenbank" in page
    assert not offer.topics.exists()


@pytest.mark.parametrize("stand", ["", "quatsch", "1-2"])
def test_a_form_without_its_state_is_not_saved(client: Client, stand: str) -> None:
    offer = offer_with_topic(title="Krabbelgruppe")
    sent = {**open_form(client, form_url(offer)), "title": "Anders", "_stand": stand}
    assert "Bitte prüfen Sie Ihre Eingaben" in client.post(form_url(offer), sent).content.decode()
    offer.refresh_from_db()
    assert offer.title == "Krabbelgruppe"


def test_a_new_offer_can_be_entered_with_time_and_funding(client: Client) -> None:
    url = reverse("admin:offers_offer_add")
    sent = {
        **open_form(client, url),
        "title": "Elterncafé", "summary": "Kaffee und Gespräch.", "provider": PartnerFactory.create().pk,
        "ages_0": "-9", "ages_1": "m", "ages_2": "3", "ages_3": "j", "audiences": ["eltern", "kinder"],
        "topics": [TopicFactory.create().pk], "catchment": [city().pk],
        "schedules-TOTAL_FORMS": "1", "schedules-0-kind": "dates", "schedules-0-dates": "01.12.2026, 15.12.2026",
        "fundings-TOTAL_FORMS": "1", "fundings-0-source": "kommune",
    }  # fmt: skip
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.content.decode()
    offer = Offer.objects.get()
    assert (offer.ages, offer.audiences) == (NumericRange(-9, 36), ["eltern", "kinder"])
    assert offer.review_months == 12
    assert [day.isoformat() for day in offer.schedules.get().dates] == ["2026-12-01", "2026-12-15"]
    assert offer.fundings.get().source == "kommune"


@pytest.mark.slow
def test_what_was_typed_stays_when_something_is_wrong(client: Client) -> None:
    offer = offer_with_topic()
    sent = {**open_form(client, form_url(offer)), "title": "Neu", "ages_0": "5", "ages_1": "j", "ages_2": "2"}
    page = client.post(form_url(offer), sent).content.decode()
    assert "muss höher sein" in page
    assert 'value="Neu"' in page


def test_an_incomplete_time_is_explained(client: Client) -> None:
    offer = offer_with_topic()
    ScheduleFactory.create(offer=offer)
    sent = {**open_form(client, form_url(offer)), "schedules-0-weekdays": []}
    assert "Zu diesem Rhythmus fehlt etwas" in client.post(form_url(offer), sent).content.decode()
    assert Schedule.objects.get().weekdays == [2]


def test_saving_can_confirm_at_once(client: Client) -> None:
    offer = offer_with_topic()
    assert client.post(form_url(offer), {**open_form(client, form_url(offer)), "_verify": "1"}).status_code == 302
    offer.refresh_from_db()
    assert offer.verified_at is not None


def titles(client: Client, query: str) -> set[str]:
    response = client.get(reverse(LIST) + query)
    assert response.status_code == 200
    return {offer.title for offer in response.context["cl"].result_list}


def test_filters_of_the_list(client: Client) -> None:
    osterfeld, sterkrade = quarter("Osterfeld"), quarter("Sterkrade")
    fresh = OfferFactory.create(title="frisch", catchment=[osterfeld], confirmed_on=timezone.localdate())
    OfferFactory.create(title="überfällig", catchment=[sterkrade])
    OfferFactory.create(title="ruhend", catchment=[sterkrade])
    day = timezone.localdate()
    Offer.objects.filter(title="überfällig").update(review_due=day - timedelta(days=5))
    Offer.objects.filter(title="ruhend").update(review_due=day - timedelta(days=90))
    assert titles(client, "") == {"frisch", "überfällig", "ruhend"}
    assert titles(client, "?aktualitaet=ueberfaellig") == {"überfällig", "ruhend"}
    assert titles(client, "?aktualitaet=ruhend") == {"ruhend"}
    assert titles(client, "?aktualitaet=oeffentlich") == {"frisch", "überfällig"}
    assert titles(client, "?aktualitaet=unbestaetigt") == {"überfällig", "ruhend"}
    assert titles(client, f"?gebiet={osterfeld.slug}") == {"frisch"}
    assert titles(client, f"?provider__id__exact={fresh.provider_id}") == {"frisch"}
    assert titles(client, "?q=fris") == {"frisch"}


def test_the_list_asks_as_often_for_three_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    OfferFactory.create()
    for _round in range(2):
        with django_assert_num_queries(12):
            client.get(reverse(LIST))
        OfferFactory.create_batch(2, topics=[TopicFactory.create()])


def test_the_first_page_says_what_is_to_do(client: Client) -> None:
    ErrorReportFactory.create(offer=OfferFactory.create(title="alt"))
    Offer.objects.update(review_due=timezone.localdate() - timedelta(days=1))
    page = " ".join(client.get(reverse("admin:index")).content.decode().split())
    assert "<strong>1</strong> offene Fehlermeldung" in page
    assert "<strong>1</strong> Angebot ist überfällig" in page
    assert "<strong>0</strong> Vorschläge warten" in page


def test_the_page_of_the_offer_is_one_click_away(client: Client) -> None:
    offer = OfferFactory.create()
    page = client.get(form_url(offer)).content.decode()
    link = page.split('class="viewsitelink"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert client.get(link)["Location"].endswith(offer.get_absolute_url())


def test_no_heading_of_the_overview_is_the_name_of_a_library() -> None:
    page = signed_in(staff(name="chefin", superuser=True)).get(reverse("admin:index")).content.decode()
    for heading in ("Anmeldeversuche", "Aufträge im Hintergrund"):
        assert heading in page
    assert ">Axes<" not in "".join(page.split())
    assert ">Procrastinate<" not in "".join(page.split())
