"""Admin pages of the offers' floor."""

from offers.admin import catalogue, error_report, offer, proposal, search

__all__ = ["catalogue", "error_report", "offer", "proposal", "search"]
