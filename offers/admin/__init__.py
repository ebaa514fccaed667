"""Admin pages of the offers' floor."""

from offers.admin import catalogue, offer

__all__ = ["catalogue", "offer"]
