"""The search rows are what a full rebuild would make, whoever wrote to the database and how."""

import random
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import connection

from offers.enums import Format
from offers.models import FormatWords, Offer, SearchRow, Topic
from offers.search.splitting import split_new_words
from partners.models import Partner
from tests.offers.factories import OfferFactory, TopicFactory
from tests.partners.factories import PartnerFactory

WORDS = [
    "Familienhebammen",
    "Schuldnerberatung",
    "Krabbelgruppe",
    "Elterncafé",
    "Kita-Platz",
    "Sport",
    "Deutsch",
    "Übung",
]


def rows() -> dict[int, tuple[Any, ...]]:
    """Every row by its offer, without the stamp: the one thing that a rebuild changes."""
    columns = [field.attname for field in SearchRow._meta.concrete_fields if field.attname != "stamp"]
    return {row[0]: row[1:] for row in SearchRow.objects.values_list(*columns)}


def sql(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


class Editor:
    """Makes random edits by every road there is."""

    def __init__(self, seed: int) -> None:
        self.random, self.numbers = random.Random(seed), count()
        self.topics = TopicFactory.create_batch(3)
        self.partners = PartnerFactory.create_batch(3)
        for _number in range(5):
            self.create()

    def words(self) -> str:
        return " ".join(self.random.sample(WORDS, 2))

    def any_offer(self) -> Offer:
        return self.random.choice(Offer.objects.order_by("pk"))

    def create(self) -> None:
        chosen = self.random.sample(self.topics, 2)
        OfferFactory.create(
            title=self.words(), summary=self.words(), provider=self.random.choice(self.partners), topics=chosen
        )

    def save(self) -> None:
        offer = self.any_offer()
        offer.title, offer.description, offer.format = self.words(), self.words(), self.random.choice(Format.values)
        offer.save()

    def update_in_bulk(self) -> None:
        Offer.objects.filter(pk__gte=self.any_offer().pk).update(summary=self.words())

    def update_by_sql(self) -> None:
        sql("UPDATE offers_offer SET title = %s, format = %s WHERE id %% 2 = 0", [self.words(), Format.GROUP])

    def delete(self) -> None:
        if Offer.objects.count() > 3:
            self.any_offer().delete()

    def delete_by_sql(self) -> None:
        sql("DELETE FROM offers_offer_topics WHERE offer_id = %s", [self.any_offer().pk])

    def change_topics(self) -> None:
        self.any_offer().topics.set(self.random.sample(self.topics, self.random.randrange(3)))

    def change_words_of_a_topic(self) -> None:
        Topic.objects.filter(pk=self.random.choice(self.topics).pk).update(synonyms=[self.words()])

    def rename_a_provider(self) -> None:
        Partner.objects.filter(pk=self.random.choice(self.partners).pk).update(
            name=f"{self.words()} {next(self.numbers)}"
        )

    def change_words_of_a_format(self) -> None:
        FormatWords.objects.update_or_create(
            format=self.random.choice(Format.values), defaults={"synonyms": [self.words()]}
        )

    def drop_words_of_a_format(self) -> None:
        FormatWords.objects.all()[:1].get().delete() if FormatWords.objects.exists() else None

    def edit(self, times: int) -> None:
        ways: list[Callable[[], None]] = [
            self.create, self.save, self.update_in_bulk, self.update_by_sql, self.delete, self.delete_by_sql,
            self.change_topics, self.change_words_of_a_topic, self.rename_a_provider, self.change_words_of_a_format,
            self.drop_words_of_a_format,
        ]  # fmt: skip
        for _number in range(times):
            self.random.choice(ways)()


@pytest.mark.django_db
@pytest.mark.parametrize("times", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_rows_equal_a_full_rebuild_after_random_edits(times: int) -> None:
    editor = Editor(seed=times)
    editor.edit(times // 2)
    split_new_words()
    editor.edit(times // 2)
    kept = rows()

    SearchRow.objects.all().delete()
    sql("SELECT offers_index(ARRAY(SELECT id FROM offers_offer))", [])

    assert kept == rows()
    assert set(kept) == set(Offer.objects.values_list("pk", flat=True))
