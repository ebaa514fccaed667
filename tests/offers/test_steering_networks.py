"""Networks under /steuerung/: overlaps of people and mandate, what is missing, the picture, and who may look."""

import random
import re
from datetime import timedelta
from typing import Any

import networkx
import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone

from networks.models import Membership, Network
from offers.models import Topic
from offers.steering import network_figures as figures
from offers.steering.network_picture import graph
from partners.models import Partner
from tests.networks.factories import DecisionFactory, MeetingFactory, MembershipFactory, NetworkFactory
from tests.offers.factories import LifePhaseFactory, TopicFactory
from tests.partners.factories import PartnerFactory
from tests.portal.factories import borough, city, quarter, social_area
from tests.portal.staff import signed_in, staff

pytestmark = pytest.mark.django_db
PAGE = "/steuerung/netzwerke/"


def network(name: str, people: list[Partner], topics: list[Topic] = (), **values: Any) -> Network:  # type: ignore[assignment]  # read only
    found = NetworkFactory.create(name=name, **values)
    found.districts.add(city())
    for partner in people:
        MembershipFactory.create(network=found, partner=partner)
    for topic in topics:
        topic.networks.add(found)
    return found


def people(count: int) -> list[Partner]:
    return [PartnerFactory.create() for _number in range(count)]


def test_same_people_and_same_subject_are_found_and_nothing_else_is_called_so() -> None:
    for number in range(4):
        LifePhaseFactory.create(ages=NumericRange(number * 36, number * 36 + 36))
    quarter("Holten")
    topic, other = TopicFactory.create(), TopicFactory.create()
    both, rest = people(4), people(4)
    one = network("Runde A", both, [topic], ages=NumericRange(0, 36))
    two = network("Runde B", [*both, rest[0]], [topic], ages=NumericRange(0, 36))
    network("anderes Thema", both, [other], ages=NumericRange(0, 36))
    network("anderes Alter", both, [topic], ages=NumericRange(36, 72))
    network("andere Leute", rest, [topic], ages=NumericRange(0, 36))
    network("gewesen", both, [topic], ages=NumericRange(0, 36), ended_year=2014)
    [same] = [pair for pair in figures.pairs() if pair.is_same]
    assert (same.one, same.other) == (one, two)
    assert same.people == pytest.approx(4 / 5)
    assert same.mandate == pytest.approx(1.0)


def test_the_shares_are_what_both_have_of_what_either_has() -> None:
    for number in range(3):
        LifePhaseFactory.create(ages=NumericRange(number * 12, number * 12 + 12))
    area = social_area("Nord", borough("Norden"))
    first, second = quarter("Eins", area), quarter("Zwei", area)
    topics = [TopicFactory.create() for _number in range(3)]
    shared = people(1)
    one = network("A", [*shared, *people(1)], topics[:2], ages=NumericRange(0, 24))
    two = network("B", [*shared, *people(2)], topics[1:], ages=NumericRange(12, 36))
    one.districts.set([first])
    two.districts.set([first, second])
    [pair] = figures.pairs(least=0)
    assert pair.people == pytest.approx(1 / 4)
    assert pair.mandate == pytest.approx(1 / 3 * 1 / 3 * 1 / 2)  # phases x topics x area


def test_a_mandate_without_a_topic_is_unknown_not_zero() -> None:
    LifePhaseFactory.create()
    both = people(2)
    network("A", both)
    network("B", both)
    [pair] = figures.pairs()
    assert pair.mandate is None
    assert not pair.is_same


def test_what_is_missing_is_named() -> None:
    north = borough("Norden")
    served, bare = social_area("Nord", north), social_area("Nordrand", north)
    local = quarter("Nordend", served)
    baby, youth = (
        LifePhaseFactory.create(ages=NumericRange(0, 36)),
        LifePhaseFactory.create(ages=NumericRange(144, 216)),
    )
    wide = network("Stadtweit", people(1), ages=NumericRange(0, 12))
    network("Vor Ort", people(1)).districts.set([local])
    outside = PartnerFactory.create(name="Allein")
    former = MembershipFactory.create(network=wide, partner__name="Früher dabei", until_year=2020).partner
    ended = MembershipFactory.create(network__ended_year=2014, partner__name="Im alten Bündnis").partner
    assert figures.phases_without_network() == [youth]
    assert baby not in figures.phases_without_network()
    assert figures.social_areas_without_network() == [bare]
    assert set(figures.partners_without_network()) == {outside, former, ended}


def test_each_network_is_counted_once_however_much_it_does() -> None:
    found = network("Runde", people(3), meetings_per_year=4, meeting_minutes=120)
    for days in (10, 20):
        meeting = MeetingFactory.create(network=found, held_on=timezone.localdate() - timedelta(days=days))
        DecisionFactory.create(meeting=meeting)
        DecisionFactory.create(meeting=meeting, done_on=timezone.localdate())
    [row] = figures.each_network()
    assert (row.members, row.open_decisions, row.hours) == (3, 2, 4 * 2 * 3)
    assert row.last_met == timezone.localdate() - timedelta(days=10)


def test_the_picture_is_the_same_from_the_same_facts_and_shows_every_membership() -> None:
    for name in ("Netz B", "Netz A"):
        network(name, people(3))
    NetworkFactory.create(name="leer")
    links = figures.memberships()
    drawn, again = graph(links), graph(reversed(links))
    assert drawn == again
    assert (len(drawn.partners), len(drawn.networks), len(drawn.lines)) == (6, 2, 6)
    assert len({node.y for node in drawn.partners}) == 6, "no name lies on another"
    assert drawn.partners[0].url.startswith("/partner/")


def test_neighbours_stand_side_by_side() -> None:
    """Two groups that share nobody do not cross."""
    names = {"Z": network("Z", people(3)), "A": network("A", people(3))}
    drawn = graph(figures.memberships())
    order = [re.search(r"/partner/(.+)/", node.url)[1] for node in drawn.partners]  # type: ignore[index]  # always there
    of = {slug: Membership.objects.get(partner__slug=slug).network_id for slug in order}
    sides = [of[slug] for slug in order]
    assert sides in ([names["A"].pk] * 3 + [names["Z"].pk] * 3, [names["Z"].pk] * 3 + [names["A"].pk] * 3)


def test_groups_stand_apart_and_who_alone_joins_networks_is_named() -> None:
    """A and B share one organisation, C and D two: only without the one would a group fall apart."""
    joint, pair = PartnerFactory.create(name="Brücke"), people(2)
    network("A", [joint, *people(2)])
    network("B", [joint])
    for name in "CD":
        network(name, pair)
    drawn = graph(figures.memberships())
    assert drawn.groups == 2
    assert [(bridge.partner, bridge.networks) for bridge in drawn.bridges] == [(joint, 2)]
    tops = {node.name: node.y for node in drawn.networks}
    assert max(tops["A"], tops["B"]) < min(tops["C"], tops["D"]), "the larger group first, none among the other"
    page = " ".join(signed_in(staff("Leitung")).get(PAGE).content.decode().split())
    assert "Es gibt 2 Gruppen" in page
    assert ">Brücke</a> (in 2 Netzwerken)." in page


def test_the_overlap_of_members_is_what_networkx_counts() -> None:
    """Two ways to the same Jaccard share, over networks put together at random."""
    dice = random.Random(3)
    everybody = people(9)
    names = {network(f"N{number}", dice.sample(everybody, dice.randint(1, 6))).pk for number in range(12)}
    whole = networkx.Graph([(("n", one.network_id), ("p", one.partner_id)) for one in figures.memberships()])
    counted = networkx.bipartite.overlap_weighted_projected_graph(whole, [("n", pk) for pk in names])
    ours = {(one, other): share for one, other, share, _mandate in figures.overlaps(least=0) if share}
    theirs = {tuple(sorted((one[1], other[1]))): share for one, other, share in counted.edges(data="weight")}
    assert len(ours) > 30
    assert ours == pytest.approx(theirs)


def test_the_page_says_it_all_to_the_lead_and_nothing_to_others(client: Client) -> None:
    quarter("Holten")
    both = people(2)
    network("Runde A", both)
    network("Runde B", both)
    PartnerFactory.create(name="Allein auf weiter Flur")
    assert client.get(PAGE).status_code == 302
    assert signed_in(staff("Redaktion")).get(PAGE).status_code == 403
    page = " ".join(signed_in(staff("Leitung")).get(PAGE).content.decode().split())
    for words in ("Runde A", "100 %", "keine Angabe (Thema oder Gebiet fehlt)", "Allein auf weiter Flur", "<svg"):
        assert words in page


def test_the_page_asks_as_often_for_many_as_for_few(django_assert_num_queries: Any) -> None:
    lead = signed_in(staff("Leitung"))
    shared = people(2)
    network("A", shared)
    network("B", shared)
    with django_assert_num_queries(15) as few:
        lead.get(PAGE)
    for name in "CDE":
        network(name, shared)
    with django_assert_num_queries(len(few.captured_queries)):
        lead.get(PAGE)
