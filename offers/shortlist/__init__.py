"""Merkliste: offers of the public register put together in an address, and what can be handed over of it."""
