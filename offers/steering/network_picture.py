"""Organisations and networks as two columns with lines between, drawn on the server; the same data, the same picture.

No library lays it out: two columns in which each stands near those it belongs to cross little, stay where they are
from day to day, and leave room for whole names, which no free layout of a hundred labels does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from networks.enums import MembershipRole
from networks.models import Membership

ROW = 30  # units of the picture's own measure
LEFT, RIGHT, WIDTH = 330, 570, 900  # where the lines begin and end
TOP = 24
LONGEST = 44  # letters; the whole name stands in the table
ROUNDS = 8  # of putting each near its neighbours; more change nothing


@dataclass(frozen=True)
class Node:
    """A name with its link; `x` and `y` are where its text begins or ends."""

    name: str
    url: str
    y: int


@dataclass(frozen=True)
class Line:
    """`kind` is the role: it sets the kind of line, so that no colour is needed."""

    path: str
    kind: str
    label: str


@dataclass(frozen=True)
class Graph:
    partners: Sequence[Node]
    networks: Sequence[Node]
    lines: Sequence[Line]
    height: int
    width: int = WIDTH
    left: int = LEFT - 8
    right: int = RIGHT + 8


def graph(memberships: Iterable[Membership]) -> Graph:
    """The picture of these memberships."""
    links = sorted(memberships, key=lambda link: (link.partner.name, link.network.name, link.pk))
    partners = {link.partner_id: link.partner for link in links}
    networks = {link.network_id: link.network for link in links}
    left, right = _in_order(partners, networks, [(link.partner_id, link.network_id) for link in links])
    rows = max(len(left), len(right))
    left_y, right_y = _spread(left, rows), _spread(right, rows)
    return Graph(
        partners=[Node(_short(partners[pk].name), partners[pk].get_absolute_url(), left_y[pk]) for pk in left],
        networks=[Node(_short(networks[pk].name), networks[pk].get_absolute_url(), right_y[pk]) for pk in right],
        lines=[_line(link, left_y[link.partner_id], right_y[link.network_id]) for link in links],
        height=rows * ROW + 2 * TOP,
    )


def _in_order(
    partners: Iterable[int], networks: Iterable[int], links: Sequence[tuple[int, int]]
) -> tuple[list[int], list[int]]:
    """Each side sorted by the mean place of its neighbours on the other, back and forth; ties keep their order."""
    left, right = list(partners), list(networks)
    of_left = {pk: [other for one, other in links if one == pk] for pk in left}
    of_right = {pk: [one for one, other in links if other == pk] for pk in right}
    for _round in range(ROUNDS):
        left = _nearest(left, of_left, right)
        right = _nearest(right, of_right, left)
    return left, right


def _nearest(side: Sequence[int], neighbours: Mapping[int, Sequence[int]], other: Sequence[int]) -> list[int]:
    place = {pk: number for number, pk in enumerate(other)}
    mean = {pk: sum(place[near] for near in neighbours[pk]) / len(neighbours[pk]) for pk in side}
    return sorted(side, key=mean.__getitem__)


def _spread(side: Sequence[int], rows: int) -> dict[int, int]:
    """The shorter side takes the whole height, too."""
    step = rows * ROW / max(len(side), 1)
    return {pk: round(TOP + step * (place + 0.5)) for place, pk in enumerate(side)}


def _line(link: Membership, start: int, end: int) -> Line:
    middle = (LEFT + RIGHT) // 2
    role = MembershipRole(link.role)
    return Line(
        path=f"M{LEFT} {start}C{middle} {start} {middle} {end} {RIGHT} {end}",
        kind=role.value,
        label=f"{link.partner} – {link.network}: {role.label}",
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
