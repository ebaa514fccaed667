"""Where a network came from and what became of it, over as many steps as are known."""

from dataclasses import dataclass

from django.db import connection

from networks.models import Network

MOST_STEPS = 12  # ends a circle that somebody entered by mistake

_LINE = """
    WITH RECURSIVE before (id, step) AS (
        SELECT %(network)s::bigint, 0
        UNION
        SELECT link.to_network_id, before.step - 1
        FROM before JOIN networks_network_predecessors AS link ON link.from_network_id = before.id
        WHERE before.step > -%(most)s
    ), after (id, step) AS (
        SELECT %(network)s::bigint, 0
        UNION
        SELECT link.from_network_id, after.step + 1
        FROM after JOIN networks_network_predecessors AS link ON link.to_network_id = after.id
        WHERE after.step < %(most)s
    )
    SELECT id, min(step) FROM (SELECT * FROM before UNION SELECT * FROM after) AS line
    WHERE id <> %(network)s GROUP BY id
"""


@dataclass(frozen=True)
class Step:
    """Networks of one generation; `here` is the one the line is drawn for."""

    networks: tuple[Network, ...]
    here: bool = False


def line_of_descent(network: Network) -> list[Step]:
    """From the first known public predecessors to the last successors; [] when there is only the network itself."""
    with connection.cursor() as cursor:
        cursor.execute(_LINE, {"network": network.pk, "most": MOST_STEPS})
        steps = dict(cursor.fetchall())
    found = Network.objects.public().filter(pk__in=steps).in_listing_order()
    line: dict[int, list[Network]] = {}
    for relative in found:
        line.setdefault(steps[relative.pk], []).append(relative)
    if not line:
        return []
    line[0] = [network]
    return [Step(tuple(line[number]), here=number == 0) for number in sorted(line)]
