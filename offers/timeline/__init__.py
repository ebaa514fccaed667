"""The timeline for one child: what fits now, soon and later, from a birth month that only the address knows."""
