"""Admin pages of the offers' floor."""

from offers.admin import catalogue, error_report, offer, proposal

__all__ = ["catalogue", "error_report", "offer", "proposal"]
