"""Who works together: networks, their members, meetings, papers and successors."""

from networks.models.document import NetworkDocument, SelfReview, check_pdf
from networks.models.meeting import Attendance, Decision, Meeting
from networks.models.network import Membership, Network, NetworkQuerySet

__all__ = [
    "Attendance",
    "Decision",
    "Meeting",
    "Membership",
    "Network",
    "NetworkDocument",
    "NetworkQuerySet",
    "SelfReview",
    "check_pdf",
]
