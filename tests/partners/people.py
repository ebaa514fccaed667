"""People of organisations who act in tests."""

import re

from django.contrib.auth.models import User
from django.test import Client

from partners.accounts.actions import account_for, affiliate
from partners.enums import Role
from partners.models import Affiliation, Partner

CODE = re.compile(r"^\d{6}$", re.MULTILINE)


def member(partner: Partner, role: Role = Role.MANAGE, email: str = "") -> Affiliation:
    """Somebody who works for the organisation."""
    person = account_for(
        email or f"{role}.{partner.pk}@example.org", first_name="Käthe", last_name=f"Ümit {partner.pk}"
    )
    return affiliate(person=person, partner=partner, role=role)


def inside(person: User) -> Client:
    """Signed in as after a code by mail, without walking through the door each time (test_accounts_door does)."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
