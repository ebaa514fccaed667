"""Lean networks: what they cost in hours, which are silent, and where they came from."""

from datetime import timedelta

import pytest
from django.utils import timezone

from networks.descent import line_of_descent
from networks.models import Network
from tests.networks.factories import (
    AttendanceFactory,
    MeetingFactory,
    MembershipFactory,
    NetworkFactory,
    SelfReviewFactory,
)
from tests.portal.factories import city, quarter

pytestmark = pytest.mark.django_db


def ago(days: int) -> object:
    return timezone.localdate() - timedelta(days=days)


def test_hours_are_rhythm_by_length_by_those_who_came() -> None:
    network = NetworkFactory.create(meetings_per_year=4, meeting_minutes=90)
    for people in ([3, 2], [7]):
        meeting = MeetingFactory.create(network=network, held_on=ago(30 + people[0]))
        for count in people:
            AttendanceFactory.create(meeting=meeting, people=count)
    old = MeetingFactory.create(network=network, held_on=ago(400))
    AttendanceFactory.create(meeting=old, people=100)
    found = Network.objects.with_hours().get()
    assert (found.people, found.hours) == (6.0, 4 * 1.5 * 6)


def test_without_a_count_every_member_sends_one() -> None:
    network = NetworkFactory.create(meetings_per_year=2, meeting_minutes=60)
    for _number in range(3):
        MembershipFactory.create(network=network)
    MembershipFactory.create(network=network, until_year=2020)
    assert Network.objects.with_hours().get().hours == 6.0


def test_unknown_stays_unknown() -> None:
    NetworkFactory.create(meetings_per_year=2)
    assert Network.objects.with_hours().get().hours is None


def test_silent_are_those_without_a_meeting_in_a_year() -> None:
    silent = NetworkFactory.create(name="still")
    MeetingFactory.create(network=silent, held_on=ago(366))
    MeetingFactory.create(network=silent, held_on=ago(-10))  # planned, not held
    MeetingFactory.create(network__name="tagt", held_on=ago(364))
    NetworkFactory.create(name="beendet", ended_year=2020)
    NetworkFactory.create(name="neu", founded_year=timezone.localdate().year)
    assert list(Network.objects.silent()) == [silent]


def test_local_are_those_for_a_part_of_the_city() -> None:
    local, wide = NetworkFactory.create(name="Osterfeld"), NetworkFactory.create(name="Stadt")
    local.districts.add(quarter("Osterfeld-Mitte"), quarter("Vondern"))
    wide.districts.add(city(), quarter("Holten"))
    NetworkFactory.create(name="nirgends")
    assert list(Network.objects.local()) == [local]


def test_who_has_not_looked_at_itself_this_year_is_named() -> None:
    done = SelfReviewFactory.create(year=2026).network
    late = SelfReviewFactory.create(year=2025).network
    NetworkFactory.create(ended_year=2020)
    assert list(Network.objects.without_review(2026)) == [late]
    assert list(Network.objects.without_review(2025)) == [done]


def test_the_line_of_descent_goes_through_all_generations() -> None:
    names = ("Bündnis", "Projektgruppe", "Arbeitsgruppe", "Konferenz")
    alliance, project, group, conference = (NetworkFactory.create(name=name) for name in names)
    group.predecessors.add(alliance, project)
    conference.predecessors.add(group)
    hidden = NetworkFactory.create(name="Geheim", is_public=False)
    alliance.predecessors.add(hidden)
    line = [([str(network) for network in step.networks], step.here) for step in line_of_descent(alliance)]
    assert line == [(["Bündnis"], True), (["Arbeitsgruppe"], False), (["Konferenz"], False)]
    line = [([str(network) for network in step.networks], step.here) for step in line_of_descent(group)]
    assert line == [(["Bündnis", "Projektgruppe"], False), (["Arbeitsgruppe"], True), (["Konferenz"], False)]
    assert line_of_descent(NetworkFactory.create()) == []


def test_a_circle_entered_by_mistake_ends() -> None:
    one, other = NetworkFactory.create(name="A"), NetworkFactory.create(name="B")
    one.predecessors.add(other)
    other.predecessors.add(one)
    assert [len(step.networks) for step in line_of_descent(one)] == [1, 1]
