import pytest

from offers.models import ParallelPair, Topic
from portal.models import District
from tests.offers.factories import TopicFactory
from tests.offers.parallels.cafes import cafe, settle
from tests.portal.factories import borough, quarter, social_area


@pytest.fixture
def area() -> District:
    quarter("Weit weg")
    north = borough("Norden")
    quarter("Nebenan", social_area("Nordrand", north))
    return quarter("Nordend", social_area("Nord", north))


@pytest.fixture
def topic() -> Topic:
    return TopicFactory.create(label="Elternbildung")


@pytest.fixture
def pair(area: District, topic: Topic) -> ParallelPair:
    cafe(area, topic)
    cafe(area, topic, title="Café für Eltern")
    settle()
    return ParallelPair.objects.get()
