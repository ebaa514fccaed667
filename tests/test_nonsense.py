"""Nonsense in an address, asked by whoever is let in there: a page says so, and nothing breaks.

Public parameters are fuzzed more thoroughly (tests/offers/test_fuzz.py); here it is every address, behind doors, too.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.access import ROLES, Address, World, addresses, read_table

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NONSENSE = {"nul": "\0", "number": "1" * 40, "day": "0001-01-01", "signs": "'\"><\ufffe"}
NAMES = [
    "alter", "am", "bis", "bleibt", "e", "ebene", "eingang", "form", "geburt", "gesendet", "halt", "jahr", "kostenlos",
    "merk", "nach", "next", "nr", "o", "ohne", "ort", "p", "phase", "q", "raster", "seit", "seite", "sicht", "spalte",
    "sprache", "stand", "suche", "tag", "thema", "v", "von", "zeit",
]  # fmt: skip


def shown() -> Iterator[tuple[Address, str]]:
    """Every address with the first role that gets a page there."""
    table = read_table()
    for address in addresses():
        cells = table.get((address.name, "GET"), ())
        if "200" in cells:
            yield address, ROLES[cells.index("200")]


@pytest.mark.parametrize("value", NONSENSE.values(), ids=NONSENSE)
def test_no_parameter_breaks_a_page(value: str) -> None:
    world = World.made()
    wrong = []
    for address, role in shown():
        asked = [dict.fromkeys(NAMES, value)]
        if address.route.startswith("steuerung/"):
            asked += [{"bis": value}, {"von": value}]  # each end of a time without the other
        for parameters in asked:
            status = world.ask_at(f"{world.path(address)}?{urlencode(parameters)}", role)
            if status.startswith("5"):
                wrong.append(f"{address.name} ({', '.join(parameters)}): {status}")
    assert wrong == []


@pytest.mark.parametrize("value", ["\0", "x" * 1_000], ids=["nul", "long"])
def test_no_word_in_a_path_breaks_a_page(value: str) -> None:
    world = World.made()
    wrong, asked = [], 0
    for address in addresses():
        words = {name for name, kind in address.parameters if kind in {"StringConverter", "PathConverter"}}
        if not words or address.name.startswith("admin:/"):
            continue
        known = {name: world.value(address, name, kind) for name, kind in address.parameters}
        known |= world.known.get(address.name, {})
        path = reverse(address.name, kwargs=known | dict.fromkeys(words, value))
        asked += 1
        wrong += [
            f"{role}: {address.name}: {status}"
            for role in ("Besuch", "Verwaltung", "Superuser")
            if (status := world.ask_at(path, role)).startswith("5")
        ]
    assert wrong == []
    assert asked > 10


def test_no_filter_breaks_a_list_of_the_admin() -> None:
    world = World.made()
    status = {
        (path, name): world.ask_at(f"{path}?{urlencode({name: NONSENSE['nul']})}", "Superuser")
        for model, page in admin.site._registry.items()
        for path in [reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")]
        for name in ["q", *(f"{part}__exact" for part in page.list_filter if isinstance(part, str))]
    }
    assert len(status) > 60
    assert set(status.values()) == {"400"}
