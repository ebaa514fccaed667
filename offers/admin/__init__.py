"""Admin pages of the offers' floor."""

from offers.admin import catalogue, claim, error_report, network, offer, proposal, search
from offers.desk import admin as desk
from offers.freshness import admin as freshness
from offers.parallels import admin as parallels

__all__ = [
    "catalogue", "claim", "desk", "error_report", "freshness", "network", "offer", "parallels", "proposal", "search",
]  # fmt: skip
