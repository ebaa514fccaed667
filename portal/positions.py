"""Positions on the map and how far they are apart; a family's own position is only ever known roughly."""

import math
from dataclasses import dataclass

METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
GRID_METRES = 500
_FURTHEST_NORTH = 85.0  # beyond it degrees of longitude are too short to count in
_FURTHEST_EAST = 180.05  # the grid may round past 180


@dataclass(frozen=True)
class Position:
    """WGS84 degrees, rounded to four digits (about ten metres) as they stand in an address."""

    latitude: float
    longitude: float

    @classmethod
    def parse(cls, text: str) -> "Position":
        """ "51.4745,6.853"; ValueError for anything else, also near the poles."""
        latitude, longitude = (float(part) for part in text.split(","))
        if not (abs(latitude) <= _FURTHEST_NORTH and abs(longitude) <= _FURTHEST_EAST):  # also refuses NaN
            raise ValueError(text)
        return cls(round(latitude, 4), round(longitude, 4))

    def on_grid(self) -> "Position":
        """The nearest point of a grid of 500 metres; a point of the grid stays where it is.

        Rows are 500 m of latitude apart; within a row the points are 500 m of longitude apart. The script that asks
        the browser for the position (static/near.js) rounds in the same way before anything is sent.
        """
        row = GRID_METRES / METRES_PER_DEGREE
        latitude = round(self.latitude / row) * row
        column = GRID_METRES / (METRES_PER_DEGREE * math.cos(math.radians(latitude)))
        return Position(round(latitude, 4), round(round(self.longitude / column) * column, 4))

    @property
    def value(self) -> str:
        """As it stands in an address."""
        return f"{self.latitude:.4f},{self.longitude:.4f}"

    @property
    def metres_east(self) -> float:
        """Length of a degree of longitude here."""
        return METRES_PER_DEGREE * math.cos(math.radians(self.latitude))

    def square_metres_to(self, latitude: float, longitude: float) -> float:
        """The square of the distance, on a plane that touches the globe here: good for a city.

        `OfferQuerySet.near` computes the same from the same constants, so that all counts agree.
        """
        east = (longitude - self.longitude) * self.metres_east
        north = (latitude - self.latitude) * METRES_PER_DEGREE
        return east * east + north * north
