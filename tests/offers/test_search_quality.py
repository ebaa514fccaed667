"""How good the search is on the Oberhausen pack: the sample of questions with the rank each answer has to have."""

import csv
import re
import time
from collections import defaultdict
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from offers.finder import Catalogue, Search, find
from offers.search.splitting import split_new_words

QUERIES = Path(__file__).with_name("search_queries.csv")
SHARE = 0.95


def asked() -> list[dict[str, str]]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_there_are_enough_questions_of_every_kind() -> None:
    kinds = [row["kind"] for row in asked()]
    assert len(kinds) >= 120
    assert {"compound", "exact", "synonym", "typo", "question", "umlaut", "foreign"} <= set(kinds)


@pytest.mark.slow
@pytest.mark.django_db
def test_nearly_every_question_finds_its_offer_within_its_rank(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_pack", "portal/data/oberhausen", stdout=StringIO())
    split_new_words()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE offers_searchrow, offers_searchword, offers_searchsynonym, offers_offer")
    catalogue = Catalogue()
    wrong: list[str] = []
    took: dict[str, list[float]] = defaultdict(list)
    for row in asked():
        started = time.perf_counter()
        results = find(Search(q=row["query"]), catalogue)
        seconds = time.perf_counter() - started
        reading = results.search.reading
        took[reading.layer.value if reading else "ignored"].append(seconds)
        best = [f"{offer.title} {offer.provider.name}" for offer in results.offers[: int(row["rank"])]]
        if not any(re.search(row["expected"], hit) for hit in best):
            wrong.append(f"{row['query']} ({row['kind']}): {best}")
    count = sum(map(len, took.values()))
    with capsys.disabled():
        print(f"\n{count - len(wrong)} of {count} within their rank")
        for layer, times in sorted(took.items()):
            middle = sorted(times)[len(times) // 2] * 1000
            print(f"  {layer}: {len(times) / count:.0%}, median {middle:.0f} ms, slowest {max(times) * 1000:.0f} ms")
    assert len(wrong) <= (1 - SHARE) * count, wrong
