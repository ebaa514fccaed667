"""Gaps that are meant to be: for a cell, a time of life everywhere, a whole area; and the rule of a past day."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone

from offers.models import CoverageDecision, CoverageRule, LifePhase, Population, SocialIndex, Topic
from offers.steering.coverage_map import Tile
from offers.steering.ends import endings
from offers.steering.enums import State
from offers.steering.matrix import Matrix
from offers.steering.past import events_of
from offers.steering.picture import Picture
from offers.steering.report import Report
from offers.steering.stock import Question
from offers.steering.topic_gaps import TopicGaps
from portal.enums import DistrictKind
from portal.models import District
from tests.offers.factories import LifePhaseFactory, OfferFactory, TopicFactory
from tests.offers.test_steering_lifecycle import in_days, move_history
from tests.portal.factories import borough, city, quarter, social_area
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db

CELL = "/steuerung/abdeckung/zelle/mitte/kita/"
WHY = {"reason": "Das macht der Nachbar mit.", "decided_on": "2026-03-01"}


@pytest.fixture
def lead() -> Client:
    return signed_in(staff("Leitung"))


@pytest.fixture
def areas() -> list[District]:
    """Mitte with one Stadtteil on the map, and Rand with another."""
    found = [social_area(name, borough(f"Bezirk {name}")) for name in ("Mitte", "Rand")]
    for number, area in enumerate(found):
        District.objects.filter(pk=quarter(f"Viertel {area.name}", area).pk).update(hex_q=0, hex_r=number)
    return found


@pytest.fixture
def phases() -> list[LifePhase]:
    return [
        LifePhaseFactory.create(label=label, slug=slug, ages=NumericRange(low, high), position=low)
        for label, slug, low, high in (("Kita-Zeit", "kita", 37, 71), ("Schule", "schule", 73, 119))
    ]


def meant(**question: object) -> set[tuple[str, str]]:
    """Districts and columns that are empty on purpose."""
    cells = Matrix(Question(**question)).cells()  # type: ignore[arg-type]  # as the test says
    return {(cell.district.name, cell.column.key) for cell in cells if cell.state == State.INTENDED}


COLUMNS = {"kita", "schule", "uebergang-familie-kita", "uebergang-kita-grundschule"}


@pytest.mark.parametrize(
    ("scope", "expected", "words"),
    [
        ("feld", {("Mitte", "kita")}, ["Mitte", "Kita-Zeit", "alle"]),
        ("stadt", {("Mitte", "kita"), ("Rand", "kita")}, ["ganze Stadt", "Kita-Zeit", "alle"]),
        ("gebiet", {("Mitte", key) for key in COLUMNS}, ["Mitte", "alle Lebensphasen und Übergänge", "alle"]),
    ],
)
@pytest.mark.slow
def test_one_reason_empties_a_cell_a_row_or_an_area_and_is_taken_back(
    lead: Client, areas: list[District], phases: list[LifePhase], scope: str, expected: set[tuple[str, str]],
    words: list[str],
) -> None:  # fmt: skip
    lead.post(CELL, {**WHY, "scope": scope})
    found = {(name, key) for name, key in meant() if key in COLUMNS}
    assert found == expected
    quarters = {(name.removeprefix("Viertel "), key) for name, key in meant(kind=DistrictKind.QUARTER.value)}
    assert {one for one in quarters if one[1] in COLUMNS} == expected, "what holds for an area holds inside it"

    for path in ("/steuerung/abdeckung/", "/steuerung/karte/?spalte=kita", CELL):
        page = lead.get(path).content.decode()
        assert WHY["reason"] in page, path
        assert "1. März 2026" in page, path
    tiles = {one.link.cell.district.name: one.link.cell.state for one in map_of(lead)}
    assert {name.removeprefix("Viertel ") for name, state in tiles.items() if state == State.INTENDED} == {
        name for name, key in expected if key == "kita"
    }
    today = timezone.localdate()
    table = Report(today, today).table("bewusst-nicht")
    assert table
    assert table.rows == [[*words, WHY["reason"], "1. März 2026"]]
    states = Report(today, today).table("ueberblick")
    assert states
    assert ["bewusst nicht", *[str(len(meant()))] * 2] in states.rows

    lead.post(CELL, {"entfernen": str(CoverageDecision.objects.get().pk)})
    assert meant() == set()
    recorded = events_of(CoverageDecision).objects.order_by("pgh_id").values_list("pgh_label", "reason")
    assert list(recorded) == [("insert", WHY["reason"]), ("delete", WHY["reason"])]


def map_of(lead: Client) -> list[Tile]:
    tiles: list[Tile] = lead.get("/steuerung/karte/?spalte=kita").context["map"].tiles
    return tiles


def test_the_narrowest_decision_is_shown_first_and_changed_where_it_was_made(
    lead: Client, areas: list[District], phases: list[LifePhase]
) -> None:
    for scope in ("gebiet", "stadt", "feld"):
        lead.post(CELL, {**WHY, "scope": scope, "reason": f"Grund {scope}"})
    matrix = Matrix(Question())
    cell = matrix.cell(areas[0], "kita")
    assert cell
    holding = matrix.decisions.holding(cell.district, cell.column)
    assert [one.reason for one in holding] == ["Grund feld", "Grund gebiet", "Grund stadt"]
    lead.post(CELL, {**WHY, "scope": "stadt", "reason": "Neuer Grund"})
    assert sorted(CoverageDecision.objects.values_list("reason", flat=True)) == [
        "Grund feld", "Grund gebiet", "Neuer Grund",
    ]  # fmt: skip
    answer = lead.get(CELL)
    assert answer.context["form"].initial["reason"] == "Grund feld"
    assert answer.content.decode().count('name="entfernen"') == 3


def test_a_topic_is_left_out_everywhere_and_the_first_page_knows_it(
    lead: Client, areas: list[District], phases: list[LifePhase]
) -> None:
    """For a topic in one go; a decision on all offers holds for each topic, too."""
    sport, food = TopicFactory.create(slug="sport", label="Sport"), TopicFactory.create(slug="essen", label="Essen")
    lead.post(f"{CELL}?thema=sport", {**WHY, "scope": "stadt"})
    assert meant(thema=("sport",)) >= {("Mitte", "kita"), ("Rand", "kita")}
    assert meant(thema=("essen",)) == meant() == meant(thema=("sport",), kostenlos=True) == set()
    gaps = {line.topic: line.gaps for line in TopicGaps(Matrix(Question())).lines}
    assert gaps[food] - gaps[sport] == len(areas)

    lead.post(CELL, {**WHY, "scope": "gebiet"})
    assert ("Mitte", "schule") in meant(thema=("essen",))
    gaps = {line.topic: line.gaps for line in TopicGaps(Matrix(Question())).lines}
    assert gaps == {sport: 1, food: 2}, "only Rand is left"


def test_only_what_holds_for_the_cell_is_taken_back_on_its_page(
    lead: Client, areas: list[District], phases: list[LifePhase]
) -> None:
    other = CoverageDecision.objects.create(district=areas[1], phase=phases[0], reason="Anderswo.")
    for value in (str(other.pk), "quatsch", ""):
        lead.post(CELL, {"entfernen": value})
    assert CoverageDecision.objects.get() == other
    answer = lead.post(CELL, {**WHY, "scope": "alles"})
    assert "scope" in answer.context["form"].errors
    assert CoverageDecision.objects.count() == 1


def test_the_whole_city_and_everything_is_never_offered(
    lead: Client, areas: list[District], phases: list[LifePhase]
) -> None:
    path = f"/steuerung/abdeckung/zelle/{city().slug}/kita/"
    TopicFactory.create(slug="sport")
    offered = {
        query: [value for value, _label in lead.get(path + query).context["form"].fields["scope"].choices]
        for query in ("", "?thema=sport")
    }
    assert offered == {"": ["feld"], "?thema=sport": ["feld", "gebiet"]}


def test_the_end_of_what_is_not_meant_to_be_there_tears_nothing(areas: list[District], phases: list[LifePhase]) -> None:
    OfferFactory.create(ages=phases[0].ages, catchment=[areas[0]], ends_on=in_days(40))
    assert [len(ending.tears) for ending in endings(Matrix(Question()))] == [1]
    CoverageDecision.objects.create(district=areas[0], reason="Soll auslaufen.")
    assert [len(ending.tears) for ending in endings(Matrix(Question()))] == [0]


@pytest.mark.slow
def test_a_past_report_names_topics_as_they_were(areas: list[District], phases: list[LifePhase]) -> None:
    renamed, gone = TopicFactory.create(label="Turnen"), TopicFactory.create(label="Töpfern")
    for topic in (renamed, gone):
        CoverageDecision.objects.create(district=areas[0], topic=topic, reason="Anderswo.", decided_on=in_days(-20))
    OfferFactory.create()
    move_history(10)
    Topic.objects.filter(pk=renamed.pk).update(label="Bewegung")
    gone.delete()
    then, now = (Report(in_days(days), in_days(days)).table("bewusst-nicht") for days in (-5, 0))
    assert then
    assert now
    assert [row[2] for row in then.rows] == ["Turnen", "Töpfern"]
    assert [row[2] for row in now.rows] == ["Bewegung"]


# The rule and the figures of a past day ------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_day_without_a_stored_rule_says_so(lead: Client, areas: list[District], phases: list[LifePhase]) -> None:
    OfferFactory.create(ages=phases[0].ages, catchment=[areas[0]])
    CoverageRule.objects.update_or_create(defaults={"enough": 7})
    move_history(10)
    events_of(CoverageRule).objects.update(pgh_created_at=timezone.now() - timedelta(days=3))
    said = "Für diesen Tag ist keine Regel gespeichert."
    for path in ("/steuerung/abdeckung/", "/steuerung/karte/", CELL):
        assert said in lead.get(f"{path}?am={in_days(-5)}").content.decode(), path
        assert said not in lead.get(f"{path}?am={in_days(-2)}").content.decode(), path
        assert said not in lead.get(path).content.decode(), path
    assert Matrix(Question(day=in_days(-2))).rule.enough == 7
    assert Matrix(Question(day=in_days(-5))).rule.enough == CoverageRule().enough
    before, after = Report(in_days(-5), in_days(-1)), Report(in_days(-2), in_days(-1))
    assert "gilt die Grundeinstellung" in before.sections[0].text
    assert "Grundeinstellung" not in after.sections[0].text


def test_the_social_index_of_a_past_day_is_the_one_known_then(areas: list[District], phases: list[LifePhase]) -> None:
    """What weighs a gap today did not weigh it before it was loaded."""
    part = quarter("Neuer Brennpunkt", areas[-1])
    move_history(10)
    SocialIndex.objects.create(district=part, risk="hoch", year=2023, source="Zeitung")
    then, today = (Picture(Matrix(Question(day=day))).gaps for day in (in_days(-5), in_days(0)))
    assert {gap.risk.at_risk for gap in then} == {0}
    assert today[0].link.cell.district == areas[-1]
    assert today[0].risk.at_risk == 1


def test_figures_loaded_later_do_not_change_the_past(areas: list[District], phases: list[LifePhase]) -> None:
    OfferFactory.create_batch(3, ages=phases[0].ages, catchment=[areas[0]])
    CoverageRule.objects.update_or_create(defaults={"enough": 1, "local_enough": 0, "per_thousand": 10})
    move_history(10)
    last_year = timezone.localdate().year - 1
    Population.objects.create(district=areas[0], year=last_year, ages=phases[0].ages, people=5_000, source="Amt")
    cells = [Matrix(Question(day=day)).cell(areas[0], "kita") for day in (in_days(-5), in_days(0))]
    assert [(cell.state, cell.children and cell.children.people) for cell in cells if cell] == [
        (State.COVERED, None), (State.THIN, 5_000),
    ]  # fmt: skip
