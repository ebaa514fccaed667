"""Organisations and networks as two columns with lines between, drawn on the server; the same data, the same picture.

networkx knows the groups that have nobody in common, and the organisations that hold a group together. Where each name
stands is our own: two columns leave room for whole names, which no free layout of a hundred labels does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from networks.enums import MembershipRole
from networks.models import Membership, Network
from partners.models import Partner

ROW = 30  # units of the picture's own measure
LEFT, RIGHT, WIDTH = 385, 615, 1000  # where the lines begin and end
TOP = 24
LONGEST = 52  # letters; the whole name stands in the table
ROUNDS = 8  # of putting each near its neighbours; more change nothing

Key = tuple[str, int]  # "partner" or "network", and its id


@dataclass(frozen=True)
class Node:
    """A name with its link; `y` is where its text stands."""

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
class Bridge:
    """An organisation that alone joins networks, and how many it belongs to."""

    partner: Partner
    networks: int


@dataclass(frozen=True)
class Graph:
    """`groups` have nobody in common; without one of the `bridges` a group would fall apart."""

    partners: Sequence[Node]
    networks: Sequence[Node]
    lines: Sequence[Line]
    groups: int
    bridges: Sequence[Bridge]
    height: int
    width: int = WIDTH
    left: int = LEFT - 8
    right: int = RIGHT + 8


def graph(memberships: Iterable[Membership]) -> Graph:
    """The picture of these memberships: each group on its own, the largest first."""
    import networkx  # here, not above: 28 MB that no other page needs

    links = sorted(memberships, key=lambda link: (link.partner.name, link.network.name, link.pk))
    partners = {_left(link): link.partner for link in links}
    networks = {_right(link): link.network for link in links}
    whole = networkx.Graph([(_left(link), _right(link)) for link in links])
    groups = sorted(networkx.connected_components(whole), key=len, reverse=True)
    y: dict[Key, int] = {}
    rows = 0
    for group in groups:
        sides = _in_order(whole, [key for key in partners if key in group], [key for key in networks if key in group])
        tall = max(map(len, sides))
        for side in sides:
            y |= _spread(side, rows, tall)
        rows += tall
    joints = sorted((key for key in networkx.articulation_points(whole) if key in partners), key=y.__getitem__)
    return Graph(
        partners=_nodes(partners, y),
        networks=_nodes(networks, y),
        lines=[_line(link, y[_left(link)], y[_right(link)]) for link in links],
        groups=len(groups),
        bridges=[Bridge(partners[key], whole.degree(key)) for key in joints],
        height=rows * ROW + 2 * TOP,
    )


def _left(link: Membership) -> Key:
    return "partner", link.partner_id


def _right(link: Membership) -> Key:
    return "network", link.network_id


def _nodes(rows: Mapping[Key, Partner] | Mapping[Key, Network], y: Mapping[Key, int]) -> list[Node]:
    found = [Node(_short(row.name), row.get_absolute_url(), y[key]) for key, row in rows.items()]
    return sorted(found, key=lambda node: node.y)


def _in_order(whole: Any, left: list[Key], right: list[Key]) -> tuple[list[Key], list[Key]]:
    """Each side sorted by the mean place of its neighbours on the other, back and forth; ties keep their order."""
    for _round in range(ROUNDS):
        left = _nearest(whole, left, right)
        right = _nearest(whole, right, left)
    return left, right


def _nearest(whole: Any, side: list[Key], other: Sequence[Key]) -> list[Key]:
    place = {key: number for number, key in enumerate(other)}
    return sorted(side, key=lambda key: sum(place[near] for near in whole[key]) / whole.degree(key))


def _spread(side: Sequence[Key], first: int, rows: int) -> dict[Key, int]:
    """The shorter side takes the whole height of the group, too."""
    step = rows * ROW / len(side)
    return {key: round(TOP + first * ROW + step * (place + 0.5)) for place, key in enumerate(side)}


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
