"""The filters beyond age, place and topic: unfiltered, valid, invalid, choices; several children; the one address."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from offers.enums import Access, Audience, Cost, Daytime, Lifecycle, Registration, Sorting
from offers.filters import OfferFilter
from offers.finder import Catalogue, Search, find
from offers.finder.ages import parse_children
from offers.finder.panel import Panel
from offers.finder.wording import chips, heading
from offers.models import Offer
from partners.enums import AccessFeature
from portal.positions import Position
from tests.offers.factories import OfferFactory, ScheduleFactory
from tests.partners.factories import PlaceFactory
from tests.portal.factories import SchoolHolidayFactory, quarter

pytestmark = pytest.mark.django_db

HERE = "51.4996,6.8837"


def bound(query: str) -> OfferFilter:
    return OfferFilter(QueryDict(query), catalogue=Catalogue())


def found(query: str) -> list[str]:
    filterset = bound(query)
    assert not filterset.errors
    titles = [offer.title for offer in find(filterset.search, Catalogue()).offers]
    assert sorted(titles) == sorted(offer.title for offer in filterset.qs)
    return titles


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3 und 7", ["3j", "7j"]),
        ("7 und 3", ["7j", "3j"]),
        ("3, 7 Jahre", ["3j", "7j"]),
        ("3 + 7", ["3j", "7j"]),
        ("3 7", ["3j", "7j"]),
        ("14 Monate und 5 Jahre", ["14", "5j"]),
        ("2, 3 Monate", ["2", "3"]),
        ("schwanger und 2", ["schwanger", "2j"]),
        ("14 Monaten", ["14"]),
        ("3 Jahre", ["3j"]),
        ("17", ["17j"]),
        ("18", ["18"]),
        ("drei und sieben", ["3j", "7j"]),
        ("zwei Kinder, 3 und 7 Jahre", ["3j", "7j"]),
        ("Mein Sohn ist 4, meine Tochter 7 Jahre alt", ["4j", "7j"]),
        ("dreijährig und 5-jährig", ["3j", "5j"]),
        ("1,5 Jahre", ["18"]),
        ("2 1/2 Jahre und anderthalb", ["30", "18"]),
        ("2 Jahre 3 Monate", ["27"]),
        ("2 Jahre und 3 Monate", ["2j", "3"]),
        ("6 Wochen, neugeboren", ["1", "0"]),
    ],
)
def test_children_are_understood_as_people_write_them(text: str, values: list[str]) -> None:
    assert sorted(age.value for age in parse_children(text)) == sorted(values)


@pytest.mark.parametrize("text", ["", "und", "Kinder", "groß", "3 und x", "-3", "999 Jahre", ",".join("123456789")])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_children(text)


@pytest.mark.parametrize("query", ["alter=3j&alter=7j", "kinder=3+und+7", "alter=3j&kinder=7", "alter=3+und+7"])
def test_several_children_find_what_fits_any_and_show_first_what_fits_all(query: str) -> None:
    OfferFactory.create(title="Nur klein", ages=NumericRange(36, 48))
    OfferFactory.create(title="Beide", ages=NumericRange(0, 200))
    OfferFactory.create(title="Nur groß", ages=NumericRange(84, 90))
    OfferFactory.create(title="Baby", ages=NumericRange(0, 12))

    assert found(query) == ["Beide", "Nur groß", "Nur klein"]
    assert bound(query).search.url() == "/angebote/?alter=3j&alter=7j"
    assert heading(bound(query).search, Catalogue()) == "Angebote für Kinder mit 3 und 7 Jahren"
    assert [chip.label for chip in chips(bound(query).search, Catalogue())] == ["3 Jahre", "7 Jahre"]


def test_children_of_different_kinds_are_listed_in_the_heading() -> None:
    search = bound("kinder=schwanger+und+14+Monate+und+15").search

    assert heading(search, Catalogue()) == "Angebote für mehrere Kinder: schwanger, 14 Monate und 15 Jahre"


def test_too_many_children_and_no_age_say_so_and_keep_what_was_typed() -> None:
    filterset = bound("kinder=klein+und+sieben&q=Sport")

    assert "„klein und sieben“ verstehen wir nicht als Alter" in filterset.errors["kinder"][0]
    assert filterset.typed == {"q": "Sport", "kinder": "klein und sieben"}
    assert "zu viele Kinder" in bound("&".join(f"alter={year}j" for year in range(9))).errors["alter"][0]


@pytest.mark.parametrize(
    ("query", "facts"),
    [
        *((f"zugang={value}", {"access": [value]}) for value in Access.values),
        *((f"fuer={value}", {"audiences": [value]}) for value in Audience.values),
        ("kostenlos=1", {"cost": Cost.FREE}),
        ("kosten_unklar=1", {"cost": ""}),
        ("ohne_anmeldung=1", {"registration": Registration.NONE}),
        ("dolmetschen=1", {"interpreting": True}),
        ("regelangebot=1", {"lifecycle": Lifecycle.REGULAR}),
    ],
)
def test_each_choice_finds_only_what_is_known_to_fit(query: str, facts: dict[str, Any]) -> None:
    others: dict[str, Any] = {
        "access": [],
        "audiences": [],
        "cost": Cost.FEE,
        "registration": "",
        "lifecycle": "",
        "interpreting": None,
    }
    OfferFactory.create(title="Passt", **{**others, **facts})
    OfferFactory.create(title="Unbekannt", **others)

    assert found(query) == ["Passt"]
    assert found("") == ["Passt", "Unbekannt"]
    assert [chip.url for chip in chips(bound(query).search, Catalogue())] == ["/angebote/"]


@pytest.mark.parametrize(
    "name",
    ["zugang", "tag", "zeit", "wann", "fuer", "barrierefrei", "umkreis", "sortierung", "ohne_anmeldung", "dolmetschen"],
)
def test_an_unknown_value_is_said_and_does_not_filter(name: str) -> None:
    OfferFactory.create(title="Da")
    filterset = bound(f"{name}=quatsch")

    assert list(filterset.errors) == [name]
    assert "„quatsch“ kennen wir nicht" in filterset.errors[name][0]
    assert [offer.title for offer in filterset.qs] == ["Da"]


def test_access_features_hold_at_one_open_place() -> None:
    lift, step = AccessFeature.LIFT, AccessFeature.STEP_FREE
    both = PlaceFactory.create(access_features=[lift, step], wheelchair="ja")
    halves = [PlaceFactory.create(access_features=[lift]), PlaceFactory.create(access_features=[step], wheelchair="ja")]
    secret = PlaceFactory.create(
        is_confidential=True, street="", postcode="", city="", access_features=[lift, step], wheelchair="ja"
    )
    for title, places in (("Beides", [both]), ("Verteilt", halves), ("Geheim", [secret])):
        OfferFactory.create(title=title, places=places)

    assert found(f"barrierefrei={lift}&barrierefrei={step}") == ["Beides"]
    assert found(f"barrierefrei={lift}") == ["Beides", "Verteilt"]
    assert found(f"barrierefrei=rollstuhl&barrierefrei={lift}") == ["Beides"]


def test_day_and_time_belong_to_one_schedule() -> None:
    mixed, fitting = OfferFactory.create(title="Gemischt"), OfferFactory.create(title="Passt")
    ScheduleFactory.create(offer=mixed, weekdays=[0], start_time="09:00", end_time=None)
    ScheduleFactory.create(offer=mixed, weekdays=[1], start_time="18:00", end_time=None)
    ScheduleFactory.create(offer=fitting, weekdays=[0, 3], start_time="17:00", end_time=None)
    OfferFactory.create(title="Ohne Zeiten")

    assert found("tag=mo") == ["Gemischt", "Passt"]
    assert found("zeit=abend") == ["Gemischt", "Passt"]
    assert found("tag=mo&zeit=abend") == ["Passt"]
    assert found("tag=mo&tag=di&zeit=vormittag") == ["Gemischt"]
    assert found("zeit=" + "&zeit=".join(Daytime.values)) == ["Gemischt", "Passt"]
    assert found("tag=so") == []


def test_when_it_takes_place_heeds_pauses() -> None:
    today = timezone.localdate()
    SchoolHolidayFactory.create(name="Ferien", first_day=today + timedelta(days=8), last_day=today + timedelta(days=20))
    now, soon, later = (OfferFactory.create(title=title) for title in ("Heute", "Bald", "In den Ferien"))
    for offer, days in ((now, 0), (soon, 6), (later, 10)):
        ScheduleFactory.create(offer=offer, kind="dates", weekdays=[], dates=[today + timedelta(days=days)])
    pausing = OfferFactory.create(title="Macht Pause")
    ScheduleFactory.create(
        offer=pausing, weekdays=[(today + timedelta(days=9)).weekday()], pauses_in_school_holidays=True
    )

    assert found("wann=heute") == ["Heute"]
    assert set(found("wann=woche")) - {"Macht Pause"} == {"Heute", "Bald"}
    assert found("wann=ferien") == ["In den Ferien"]
    assert found("sortierung=termin")[:1] == ["Heute"]


def test_no_known_holidays_find_nothing() -> None:
    OfferFactory.create()

    assert found("wann=ferien") == []


def test_radius_and_nearest_first() -> None:
    near = PlaceFactory.create(latitude=51.50, longitude=6.885)
    far = PlaceFactory.create(latitude=51.53, longitude=6.885)
    secret = PlaceFactory.create(is_confidential=True, street="", postcode="", city="")
    for title, places in (("Fern", [far]), ("Nah", [near, far]), ("Geheim", [secret]), ("Aaa ohne Ort", [])):
        OfferFactory.create(title=title, places=places)

    assert found(f"naehe={HERE}&umkreis=1") == ["Nah"]
    assert found(f"naehe={HERE}&umkreis=5") == ["Fern", "Nah"]
    assert found(f"naehe={HERE}&sortierung=nah") == ["Nah", "Fern", "Aaa ohne Ort", "Geheim"]


def test_cards_say_how_far_where_that_decides(client: Client) -> None:
    here = quarter("Hier")
    here.latitude, here.longitude = 51.4996, 6.8837
    here.save()
    for title, north in (("Nah", 51.5), ("Mittel", 51.5075), ("Fern", 51.53)):
        OfferFactory.create(title=title, places=[PlaceFactory.create(latitude=north, longitude=6.8837)])
    OfferFactory.create(title="Ohne Ort")

    def said(query: str) -> list[str]:
        return re.findall(r" · ((?:etwa|weniger)[^<]*)</dd>", client.get(f"/angebote/?{query}").content.decode())

    centre, gap = "von der Ortsmitte", "\u00a0"
    for _twice in range(2):  # drawn, then out of the shelf
        assert said("ort=hier&sortierung=nah") == [
            f"weniger als 500{gap}m {centre}",
            f"etwa 900{gap}m {centre}",
            f"etwa 3,4{gap}km {centre}",
        ]
        assert said(f"naehe={HERE}&sortierung=nah")[2].endswith("km entfernt")
        assert said("ort=hier") == []


def test_radius_around_the_middle_of_the_place_of_living() -> None:
    here = quarter("Hier")
    here.latitude, here.longitude = 51.4996, 6.8837
    here.save()
    OfferFactory.create(title="Nah", places=[PlaceFactory.create(latitude=51.50, longitude=6.885)])
    OfferFactory.create(title="Fern", places=[PlaceFactory.create(latitude=51.6, longitude=6.885)])
    OfferFactory.create(title="Im Stadtteil", places=[PlaceFactory.create(district=here)])

    assert found("ort=hier&umkreis=2") == ["Im Stadtteil", "Nah"]
    assert [choice.count for choice in Panel(*_panel("ort=hier")).radii] == [2, 2, 2, 2]


def _panel(query: str) -> tuple[Search, Any, Catalogue]:
    search = bound(query).search
    return search, find(search, Catalogue()).tally, Catalogue()


@pytest.mark.parametrize("query", ["umkreis=2", "sortierung=nah"])
def test_near_needs_a_place(query: str) -> None:
    filterset = bound(query)

    assert "wo Sie sind" in next(iter(filterset.errors.values()))[0]
    assert not filterset.search.umkreis
    assert filterset.search.sortierung == Sorting.BEST


def test_newest_first() -> None:
    now = timezone.now()
    for title, days in (("Alt", 30), ("Neu", 0)):
        Offer.objects.filter(pk=OfferFactory.create(title=title).pk).update(created_at=now - timedelta(days=days))

    assert found("sortierung=neu") == ["Neu", "Alt"]


def test_taking_the_place_away_takes_what_hangs_on_it() -> None:
    search = bound(f"naehe={HERE}&umkreis=2&sortierung=nah").search

    assert search.without("naehe").url() == "/angebote/"


@given(latitude=st.floats(-85, 85), longitude=st.floats(-180, 180))
def test_a_position_stays_where_it_is_once_it_is_on_the_grid(latitude: float, longitude: float) -> None:
    position = Position(latitude, longitude)
    rounded = position.on_grid()

    assert rounded.on_grid() == rounded
    assert Position.parse(rounded.value).on_grid() == rounded
    assert position.square_metres_to(rounded.latitude, rounded.longitude) < 380**2


@pytest.mark.parametrize("value", ["", "51.5", "51.5;6.8", "91,6", "nan,6", "inf,6", "51.5,6.8,1", "x,y", "51.5,181"])
def test_what_is_no_position(value: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Position.parse(value)


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("naehe=51.49853,6.88311", "/angebote/?naehe=51.4996,6.8837"),
        ("naehe=51.49853,6.88311&alter=quatsch", "/angebote/?naehe=51.4996,6.8837&alter=quatsch"),
        ("ort=Osterfeld", "/angebote/?ort=osterfeld"),
        ("ort=OSTERFELD&alter=2j&q=", "/angebote/?alter=2j&ort=osterfeld"),
        ("kinder=3+und+7", "/angebote/?alter=3j&alter=7j"),
        ("q=x&merk=aaaaaaaa&alter=14m", "/angebote/?alter=14&q=x&merk=aaaaaaaa"),
        ("q=+&utm_source=mail&seite=1", "/angebote/"),
        ("kostenlos=1&kosten_unklar=1", "/angebote/?kostenlos=1"),
    ],
)
def test_a_search_has_one_address(client: Client, query: str, address: str) -> None:
    quarter("Osterfeld")
    response = client.get(f"/angebote/?{query}")

    assert (response.status_code, response.headers["Location"]) == (302, address)
    assert client.get(address).status_code == 200


def test_unknown_cost_is_not_free_but_said(client: Client) -> None:
    OfferFactory.create(title="Frei", cost=Cost.FREE)
    OfferFactory.create_batch(2, cost="")
    page = client.get("/angebote/?kostenlos=1").content.decode()

    assert "Bei 2 weiteren Angeboten sind die Kosten unbekannt." in page
    assert 'href="/angebote/?kosten_unklar=1"' in page
    assert find(bound("kosten_unklar=1").search, Catalogue()).count == 2


def test_one_to_three_hits_offer_wider_searches_that_find_more(client: Client) -> None:
    OfferFactory.create(title="Passt", ages=NumericRange(12, 24))
    OfferFactory.create_batch(4, ages=NumericRange(60, 72))
    page = client.get("/angebote/?alter=14").content.decode()

    assert "Mehr finden" in page
    assert "für alle Altersgruppen" in page
    assert [one.count for one in find(bound("alter=14").search, Catalogue()).wider][:1] == [5]
    assert find(bound("alter=5j").search, Catalogue()).wider == []


def test_choices_that_find_nothing_stay_and_say_so(client: Client) -> None:
    OfferFactory.create(format="kurs", languages=["de"])
    page = client.get("/angebote/").content.decode()

    assert '<span class="number" id="n-sprache-tr">(0)</span>' in page
    assert '<span class="number" id="n-form-kurs">(1)</span>' in page
    assert '<span class="number" id="n-tag-so">(0)</span>' in page


def test_each_age_says_how_many_offers_it_has(client: Client) -> None:
    OfferFactory.create(ages=NumericRange(36, 72), cost="free")
    OfferFactory.create(ages=NumericRange(36, 48))
    OfferFactory.create(ages=None)

    page = client.get("/angebote/?alter=3j&alter=50&kostenlos=1").content.decode()
    first, second, third = re.findall('<select[^>]*name="alter"[^>]*>(.*?)</select>', page, re.DOTALL)

    assert '<option value="3j" selected>3 Jahre (1)</option>' in first
    assert '<option value="50" selected>50 Monate (1)</option>' in second
    assert '<option value="6j">6 Jahre (0)</option>' in third
    assert '<option value="50"' not in third
