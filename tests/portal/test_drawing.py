"""Templates drawn once: the same text as Django's, for every shape of their values."""

import itertools

import pytest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from portal.city import city
from portal.drawing import Value, around, draw, draw_each, once

TEXTS = ["", "Frühe Hilfen", "<b>\"&'", mark_safe("<b>gut</b>")]


@pytest.mark.parametrize(("title", "text"), list(itertools.product(TEXTS, TEXTS)))
def test_draws_what_django_draws(title: str, text: str) -> None:
    values = {"kind": "info", "title": title, "text": text}

    assert draw("_alert.html", **values) == render_to_string("_alert.html", values)


@pytest.mark.parametrize("count", [0, 1, 12])
@pytest.mark.parametrize("selected", [True, False])
def test_numbers_and_truths_are_drawn_as_django_does(count: int, selected: bool) -> None:
    values: dict[str, Value] = {
        "name": "thema",
        "value": "a",
        "label": "Bewegung & Sport",
        "count": count,
        "selected": selected,
    }

    assert draw("offers/_choice.html", **values) == render_to_string("offers/_choice.html", values)


def test_a_page_knows_the_city_and_where_it_stands() -> None:
    drawn = draw("offers/offer_list.html", "/angebote/", heading="Angebote", filter_words="Filter")

    assert city()["name"] in drawn
    assert '<a href="/angebote/" aria-current="page">' in drawn
    assert "\ue000" not in drawn


def test_around_gives_both_sides_of_a_number() -> None:
    before, after = around("offers/_option.html", "count", value="a", label="A", selected=True)

    assert f"{before}7{after}" == render_to_string(
        "offers/_option.html", {"value": "a", "label": "A", "selected": True, "count": 7}
    )


def test_rows_follow_each_other() -> None:
    rows = [{"label": "A", "url": "/a"}, {"label": "B", "url": "/b"}]

    assert draw_each("offers/_chip.html", rows) == "".join(render_to_string("offers/_chip.html", row) for row in rows)


def test_words_are_asked_for_once() -> None:
    asked = []

    @once
    def words(count: int) -> str:
        asked.append(count)
        return f"{count} Angebote"

    assert [words(1), words(2), words(1)] == ["1 Angebote", "2 Angebote", "1 Angebote"]
    assert asked == [1, 2]
