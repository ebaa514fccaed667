"""A planted city: 300 offers and four networks with known gaps, single providers, endings and overlaps.

All of them are found and none is invented, whatever families cannot see.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone

from networks.models import Network
from offers.enums import Lifecycle, Status
from offers.models import LifePhase, Offer
from offers.steering import network_figures
from offers.steering.ends import endings
from offers.steering.enums import State
from offers.steering.matrix import Matrix
from offers.steering.stock import Question
from partners.models import Partner
from portal.models import District
from tests.networks.factories import MembershipFactory, NetworkFactory
from tests.offers.factories import LifePhaseFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import borough, city, social_area

pytestmark = pytest.mark.django_db

Place = tuple[int, int]  # numbers of the Sozialraum and the phase
PLANTED = {
    (0, 1): State.GAP,
    (3, 4): State.GAP,
    (1, 2): State.ONE_PROVIDER,
    (5, 0): State.ONE_PROVIDER,
    (2, 2): State.PROJECT_ONLY,
    (4, 3): State.THIN,
}
FRAGILE = (1, 0)  # covered by projects and one regular offer
ENDS_IN = {  # days, and what the cell is afterwards when it tears
    (FRAGILE, 0): (20, State.PROJECT_ONLY),
    ((4, 3), 0): (300, State.ONE_PROVIDER),
    ((2, 2), 4): (60, None),
    ((0, 0), 3): (200, None),
    ((0, 2), 3): (400, None),  # more than a year away
}
HIDDEN: list[dict[str, Any]] = [
    {"status": Status.DRAFT},
    {"lifecycle": Lifecycle.ENDED},
    {"review_due": date(2020, 1, 1)},
    {"ends_on": date(2020, 1, 1)},
]


@dataclass(frozen=True)
class City:
    areas: list[District]
    phases: list[LifePhase]
    providers: list[Partner]

    def offers(self) -> Iterator[tuple[District, Offer]]:
        for place in [(area, phase) for area in range(6) for phase in range(5)]:
            state = PLANTED.get(place, State.COVERED)
            for number in range({State.GAP: 0, State.THIN: 2}.get(state, 10)):
                days, _after = ENDS_IN.get((place, number), (None, None))
                yield self.offer(
                    place,
                    provider=self.providers[0 if state == State.ONE_PROVIDER else number % 4],
                    lifecycle=Lifecycle.PROJECT if _is_project(place, state, number) else Lifecycle.REGULAR,
                    ends_on=days and timezone.localdate() + timedelta(days=days),
                )
        for change in HIDDEN * 7:  # would fill the first gap
            yield self.offer((0, 1), provider=self.providers[1], **change)

    def offer(self, place: Place, **values: Any) -> tuple[District, Offer]:
        common = {"status": Status.PUBLISHED, "review_months": 12, "review_due": timezone.localdate(), **values}
        return self.areas[place[0]], Offer(title="Angebot", ages=self.phases[place[1]].ages, **common)


def _is_project(place: Place, state: State, number: int) -> bool:
    return state == State.PROJECT_ONLY or (number > 0 if place == FRAGILE else number == 0 and state == State.COVERED)


@pytest.fixture
def planted() -> City:
    phases = [
        LifePhaseFactory.create(label=f"Alter {number}", ages=NumericRange(300 + 12 * number, 312 + 12 * number))
        for number in range(5)
    ]
    areas = [social_area(f"Raum {number}", borough(f"Bezirk {number}")) for number in range(6)]
    found = City(areas, phases, PartnerFactory.create_batch(4))
    rows = list(found.offers())
    for number, (_area, offer) in enumerate(rows):
        offer.slug = f"angebot-{number}"
    offers = Offer.objects.bulk_create(offer for _area, offer in rows)
    Offer.catchment.through.objects.bulk_create(
        Offer.catchment.through(offer=offer, district=area) for offer, (area, _offer) in zip(offers, rows, strict=True)
    )
    assert len(offers) == 300
    return found


def test_its_gaps_single_providers_and_projects_are_found_and_no_other(planted: City) -> None:
    found = {
        (planted.areas.index(cell.district), planted.phases.index(phase)): cell.state
        for cell in Matrix(Question()).cells()
        for phase in planted.phases
        if phase.pk == cell.column.phase_id
    }
    assert found == {
        (area, phase): PLANTED.get((area, phase), State.COVERED) for area in range(6) for phase in range(5)
    }


def test_its_endings_are_found_with_what_tears(planted: City) -> None:
    today = timezone.localdate()
    found = {
        (ending.day - today).days: [
            (planted.areas.index(tear.cell.district), tear.cell.column.label, tear.after) for tear in ending.tears
        ]
        for ending in endings(Matrix(Question()))
    }
    assert found == {
        days: [(place[0], f"Alter {place[1]}", after)] if after else []
        for (place, _number), (days, after) in ENDS_IN.items()
        if days <= 365
    }


def test_its_parallel_networks_are_found_and_no_other(planted: City) -> None:
    topic, other = TopicFactory.create_batch(2)
    ages = [phase.ages for phase in planted.phases]
    others = PartnerFactory.create_batch(4)

    def network(people: list[Partner], about: Any, band: Any) -> Network:
        made = NetworkFactory.create(ages=band)
        made.districts.add(city())
        about.networks.add(made)
        for partner in people:
            MembershipFactory.create(network=made, partner=partner)
        return made

    one, twin = network(planted.providers, topic, ages[0]), network([*planted.providers, others[0]], topic, ages[0])
    network(planted.providers, other, ages[0])
    network(planted.providers, topic, ages[1])
    network(others, topic, ages[0])
    found = [{pair.one, pair.other} for pair in network_figures.pairs() if pair.is_same]
    assert found == [{one, twin}]
