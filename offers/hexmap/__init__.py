"""The city as hexagons: an overview, a filter and the mark of a place, without map tiles."""
