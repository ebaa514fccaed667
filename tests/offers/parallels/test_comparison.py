"""Parallels (design rule 8): what is found, and why."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone

from offers.models import Offer, OfferMeaning, Topic
from offers.parallels.asked import asked_by, asked_of
from offers.parallels.compare import parallels_of, parallels_of_all
from offers.parallels.meaning import learn_meanings, meanings
from offers.parallels.similar import similar_to
from offers.parallels.sources import prepared_stock
from offers.proposals import snapshot
from portal.models import District
from tests.offers.factories import TopicFactory
from tests.offers.parallels.cafes import cafe
from tests.portal.factories import city, quarter

pytestmark = pytest.mark.django_db


def found(offer: Offer) -> list[int]:
    [asked] = asked_of([offer])
    return [hit.offer_id for hit in parallels_of(asked)]


def test_the_reasons_are_said_in_german(area: District, topic: Topic) -> None:
    other = cafe(area, topic, title="Elterncafé Sonne")
    [asked] = asked_of([cafe(area, topic)])
    [similar] = similar_to(asked, most=3)
    assert similar.offer == other
    assert list(similar.reasons) == [
        "gleiche Altersgruppe: bis 3 Jahre",
        "beide in Nord",
        "gleiches Thema: Elternbildung",
        "beide: offener Treff",
        "beide mittwochs",
        "ähnliche Worte in Titel und Kurztext",
    ]


def test_what_is_shared_is_said_not_what_one_of_them_has(area: District, topic: Topic) -> None:
    sport = TopicFactory.create(label="Sport")
    beside = quarter("Südend", area.parent)
    cafe(area, topic, ages=NumericRange(12, 72), topics=[topic, sport], catchment=[area, beside], days=[2, 4])
    [asked] = asked_of([cafe(area, topic)])
    [similar] = similar_to(asked, most=3)
    assert "gemeinsames Alter: 1 bis 3 Jahre" in similar.reasons
    assert "beide in Nordend" in similar.reasons
    assert "gleiches Thema: Elternbildung" in similar.reasons
    assert "beide mittwochs" in similar.reasons


def test_the_whole_city_and_a_part_of_it_share_the_part(area: District, topic: Topic) -> None:
    cafe(area, topic, catchment=[city()])
    [asked] = asked_of([cafe(area, topic)])
    [similar] = similar_to(asked, most=3)
    assert "beide in Nord" in similar.reasons
    [asked] = asked_of([cafe(area, topic, catchment=[city()])])
    assert "beide für die ganze Stadt" in [reason for entry in similar_to(asked, most=1) for reason in entry.reasons]


@pytest.mark.parametrize(
    "other",
    [
        {"ages": NumericRange(36, 72)},
        {"ages": None},
        {"catchment": "elsewhere"},
        {"topics": "other", "title": "Frühstück für Eltern"},
        {"audiences": ["fachkraefte"]},
        {"status": "draft"},
        {"lifecycle": "beendet"},
        {"ends_on": timezone.localdate() - timedelta(days=1)},
    ],
    ids=["older", "ageless", "elsewhere", "other-topic", "professionals", "draft", "ended", "over"],
)
def test_what_is_for_others_or_not_public_is_no_parallel(area: District, topic: Topic, other: dict[str, Any]) -> None:
    values = dict(other)
    if values.get("catchment"):
        values["catchment"] = [quarter("Woanders")]
    if values.get("topics"):
        values["topics"] = [TopicFactory.create(label="Schulden")]
    cafe(area, topic, **values)
    mine = cafe(area, topic)
    assert found(mine) == []
    twin = cafe(area, topic)
    assert found(mine) == [twin.pk]


def test_offers_without_an_age_are_compared_with_each_other(area: District, topic: Topic) -> None:
    first, second = cafe(area, topic, ages=None), cafe(area, topic, ages=None)
    assert found(first) == [second.pk]
    [asked] = asked_of([first])
    assert not any("Alter" in reason for entry in similar_to(asked, most=3) for reason in entry.reasons)


def test_open_ended_ages_are_compared(area: District, topic: Topic) -> None:
    first = cafe(area, topic, ages=NumericRange(None, None))
    second = cafe(area, topic, ages=NumericRange(0, None))
    assert found(first) == [second.pk]


def test_the_same_weekday_makes_it_more_alike(area: District, topic: Topic) -> None:
    mine = cafe(area, topic)
    thursday, wednesday = cafe(area, topic, days=[3]), cafe(area, topic, days=[2])
    assert found(mine) == [wednesday.pk, thursday.pk]


def test_the_same_name_under_another_topic_is_asked_about_when_all_else_is_the_same(
    area: District, topic: Topic
) -> None:
    mine = cafe(area, topic, title="Café Krümelkiste", summary="Krümelkiste zum Klönen und Brunchen.")
    ticked = TopicFactory.create(label="Ernährung")
    other = cafe(area, topic, title="Café Krümelkiste", summary="Krümelkiste zum Klönen und Brunchen.", topics=[ticked])
    assert found(mine) == [other.pk]


def test_a_house_is_asked_about_its_own_only_when_entered_twice(area: District, topic: Topic) -> None:
    mine = cafe(area, topic)
    values = {"title": "Treff für Eltern", "summary": "Spielen, singen und reden."}
    cafe(area, topic, provider=mine.provider, **values)
    there, again = cafe(area, topic, **values), cafe(area, topic, provider=mine.provider)
    assert found(mine) == [again.pk, there.pk]
    payload = snapshot(mine)
    mine.delete()
    [asked_about] = similar_to(asked_by(payload, provider=again.provider), most=1)
    assert asked_about.offer == again
    assert len(similar_to(asked_by(payload), most=9)) == 3, "who it is was not told"


def test_meanings_found_in_another_way_are_not_compared(area: District, topic: Topic) -> None:
    mine, other = cafe(area, topic), cafe(area, topic, title="Café für Eltern")
    only_words = parallels_of(asked_of([mine])[0])
    OfferMeaning.objects.create(offer=mine, said="", bits="01")
    OfferMeaning.objects.create(offer=other, said="", bits="0110")
    assert parallels_of(asked_of([mine])[0]) == only_words


@pytest.mark.slow
def test_other_words_for_the_same_are_found_by_what_they_mean(area: District, topic: Topic, settings: Any) -> None:
    """With the reason; where the meaning cannot be found out, nothing breaks and words have to do."""
    mine = {"title": "Schachclub", "summary": "Springer, Turm und Dame ziehen lernen.", "format": "gruppe"}
    other = cafe(area, topic, title="Matt in drei Zügen", summary="Das Spiel auf 64 Feldern, mit Trainer.", days=[])
    cafe(area, topic, title="Nähen", summary="Taschen und Kleider.", format="kurs", days=[])
    learn_meanings(seconds=60)
    payload = snapshot(cafe(area, topic, days=[], status="draft", **mine))
    [similar] = similar_to(asked_by(payload), most=1)
    assert similar.offer == other
    assert "Titel und Kurztext meinen Ähnliches" in similar.reasons
    base = settings.BASE_DIR
    for folder in ("gibt-es-nicht", "offers"):  # where the process does not even start, or fails
        settings.BASE_DIR = base / folder
        assert meanings(["Noch nie gefragt"]) == {}
    assert asked_by({**payload, "title": "Noch nie gefragt"}).meaning == ""


@pytest.mark.slow
def test_the_prepared_stock_gives_the_same_hits_as_the_rows_of_the_search(area: District, topic: Topic) -> None:
    ticked = TopicFactory.create(label="Ernährung")
    beside = quarter("Südend", area.parent)
    offers = [
        cafe(area, topic, **values)
        for values in (
            {}, {"title": "Café für Eltern", "days": [2, 4]}, {"ages": None}, {"ages": None, "format": ""},
            {"ages": NumericRange(None, None)}, {"ages": NumericRange(12, None)}, {"catchment": [city()]},
            {"catchment": [beside, area], "topics": [topic, ticked]}, {"topics": [ticked]}, {"format": "gruppe"},
            {"audiences": ["fachkraefte"]}, {"audiences": ["fachkraefte"], "days": []}, {"status": "withdrawn"},
            {"lifecycle": "beendet"}, {"format": "kurs", "title": "Nähen", "summary": "Taschen und Kleider."},
        )
    ]  # fmt: skip
    learn_meanings(seconds=60)
    all_asked = asked_of(offers)
    with prepared_stock() as stock:
        assert parallels_of_all(all_asked, source=stock) == [parallels_of(asked) for asked in all_asked]
    assert [len(parallels_of(asked)) > 0 for asked in all_asked].count(True) > 8
