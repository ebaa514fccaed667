"""The coverage of one life phase or transition as a map of the Stadtteile."""

from dataclasses import dataclass

from offers.hexmap.grid import Hexagon, drawn, frame, outline
from offers.steering.columns import Column
from offers.steering.outlines import Shape, shapes
from offers.steering.picture import CellLink, Picture


@dataclass(frozen=True)
class Tile:
    """A Stadtteil on the map: its cell, and its hexagon or its true shape."""

    link: CellLink
    hexagon: Hexagon
    shape: Shape | None

    @property
    def x(self) -> str:
        return self.shape.x if self.shape else self.hexagon.x

    @property
    def y(self) -> str:
        return self.shape.y if self.shape else self.hexagon.y


class CoverageMap:
    """Tiles in reading order; `picture` must have Stadtteile as rows."""

    def __init__(self, picture: Picture, column: Column) -> None:
        self.column = column
        self.quarters = drawn(picture.matrix.tree)
        at = picture.matrix.columns.index(column)
        links = {line.district.pk: line.cells[at] for line in picture.lines}
        paths, box = shapes(self.quarters)
        self.is_true_to_shape = bool(paths)
        self.view_box = box or frame(self.quarters).view_box
        self.tiles = [
            Tile(links[quarter.pk], hexagon, paths.get(quarter.pk))
            for quarter, hexagon in zip(self.quarters, outline(self.quarters), strict=True)
        ]
