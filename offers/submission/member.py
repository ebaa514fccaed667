"""A note in the form that its sender is signed in: the address is proven already and needs no second mail.

The form itself stays without session and cookie, so the right travels in it, signed, for a day.
"""

from datetime import timedelta

from django.core import signing

SALT = "offers.submission.member"
HOLDS = timedelta(days=1)


def member_note(email: str) -> str:
    return signing.dumps(email, salt=SALT)


def is_proven(note: str, email: str) -> bool:
    """Whether the note is ours, of today, and about this very address."""
    try:
        proven = signing.loads(note, salt=SALT, max_age=HOLDS)
    except signing.BadSignature:
        return False
    return isinstance(proven, str) and proven.lower() == email.lower()
