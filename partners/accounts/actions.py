"""Who gets in: invitations, claims, roles and their end. Each is stored whole, with its mail, or not at all."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.accounts.guard import plain_name
from partners.enums import Role
from partners.models import Affiliation, Claim, Invitation, Partner
from portal.city import city
from portal.mail import queue_mail
from portal.notices import notify

INVITATION_DAYS = 14
OPEN_INVITATIONS = 30  # per organisation, so that nobody sends mails to half the city from here
_signer = Signer(salt="partners.accounts.invitation")


class TooManyInvitationsError(Exception):
    """The organisation has more open invitations than it has need of."""


class UsedUpError(Exception):
    """The invitation was accepted, taken back or has expired."""


class LastManagerError(Exception):
    """Nobody would be left who may look after the organisation's people."""


def invitation_token(invitation: Invitation) -> str:
    return _signer.sign(invitation.public_id.hex)


def invitation_for(token: str) -> Invitation:
    """Raises Invitation.DoesNotExist for a token that is not ours."""
    try:
        return Invitation.objects.select_related("partner", "invited_by").get(public_id=_signer.unsign(token))
    except (BadSignature, ValueError) as error:
        raise Invitation.DoesNotExist from error


@transaction.atomic
def invite(*, partner: Partner, email: str, role: str, by: User) -> Invitation:
    """Invite a mail address; an open invitation of the same organisation to it is replaced.

    Raises TooManyInvitationsError.
    """
    email = plain_name(email)
    Partner.objects.select_for_update().get(pk=partner.pk)
    open_ones = partner.invitations.open()
    open_ones.filter(email=email).update(withdrawn_at=timezone.now())
    if open_ones.count() >= OPEN_INVITATIONS:
        raise TooManyInvitationsError
    until = timezone.now() + timedelta(days=INVITATION_DAYS)
    invitation = Invitation.objects.create(partner=partner, email=email, role=role, invited_by=by, expires_at=until)
    queue_mail(
        to=email,
        subject=_("Einladung: Angebote von %(partner)s pflegen") % {"partner": partner.name},
        template="mail/partners/invitation.txt",
        context={
            "invitation": invitation,
            "role": Role(role).short,
            "path": reverse("accounts:invitation", args=[invitation_token(invitation)]),
        },
    )
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation) -> None:
    Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now())


@transaction.atomic
def accept_invitation(*, invitation: Invitation, first_name: str, last_name: str) -> Affiliation:
    """Make the person part of the organisation, with a new account when the address has none.

    Whoever holds the link has read the mail, so there is no `by`. Raises UsedUpError.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("partner").get(pk=invitation.pk)
    if not Invitation.objects.open().filter(pk=invitation.pk).exists():
        raise UsedUpError
    person = account_for(invitation.email, first_name=first_name, last_name=last_name)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return affiliate(person=person, partner=invitation.partner, role=invitation.role)


def account_for(email: str, *, first_name: str = "", last_name: str = "") -> User:
    """The account with this confirmed address, made when there is none. It has no password; it gets codes by mail.

    Call it only for an address whose owner has just shown that they read its mail.
    """
    email = plain_name(email)
    known = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
    if known:
        return known.user  # type: ignore[no-any-return]  # allauth has no types
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        person = User(username=_free_username(email), email=email, first_name=first_name, last_name=last_name)
        person.set_unusable_password()
        person.save()
    primary = not EmailAddress.objects.filter(user=person, primary=True).exists()
    EmailAddress.objects.update_or_create(user=person, email=email, defaults={"verified": True, "primary": primary})
    return person


def _free_username(email: str) -> str:
    """The address itself, or with a number when somebody of the staff is called like it."""
    base, number, name = email[:140], 1, email[:140]
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"{base}-{number}"
    return name


def affiliate(*, person: User, partner: Partner, role: str) -> Affiliation:
    """Give the role; who already has one gets the more powerful of the two."""
    own, created = Affiliation.objects.get_or_create(
        person=person, partner=partner, ended_at=None, defaults={"role": role}
    )
    if not created and role == Role.MANAGE and not own.may_manage:
        own.role = role
        own.save(update_fields=["role"])
    return own


@transaction.atomic
def change_role(*, affiliation: Affiliation, role: str) -> None:
    """Raises LastManagerError."""
    if role != Role.MANAGE:
        _keep_a_manager(affiliation)
    Affiliation.objects.filter(pk=affiliation.pk).update(role=role)


@transaction.atomic
def end_affiliation(*, affiliation: Affiliation) -> None:
    """Take all rights for the organisation at once. Raises LastManagerError."""
    _keep_a_manager(affiliation)
    Affiliation.objects.current().filter(pk=affiliation.pk).update(ended_at=timezone.now())


def _keep_a_manager(affiliation: Affiliation) -> None:
    """Two managers who end each other at the same time wait here for one another."""
    Partner.objects.select_for_update().get(pk=affiliation.partner_id)
    managers = Affiliation.objects.current().managing().filter(partner=affiliation.partner_id)
    if not managers.exclude(pk=affiliation.pk).exists():
        raise LastManagerError


@transaction.atomic
def claim(*, email: str, name: str, organisation: str, partner: Partner | None, reference: str) -> Claim:
    """Ask the Büro for an account to look after an organisation; a second time changes nothing.

    Call it only for an address that confirmed the submission `reference`.
    """
    first, _space, last = name.strip().rpartition(" ")
    person = account_for(email, first_name=first[:150], last_name=last[:150])
    made, created = Claim.objects.get_or_create(
        person=person, reference=reference, defaults={"organisation": organisation, "partner": partner}
    )
    if created:
        path = reverse("admin:partners_claim_change", args=[made.pk])
        notify(
            to=city()["office_email"],
            subject=_("Antrag auf ein Konto: %(organisation)s") % {"organisation": organisation},
            template="mail/partners/claim.txt",
            context={"claim": made, "path": path},
            path=path,
        )
    return made


@transaction.atomic
def decide_claim(*, claim: Claim, by: User, partner: Partner | None, accept: bool, words: str = "") -> Claim:
    """Accept (for `partner`) or refuse; `words` stand in the mail about it.

    The first person of an organisation gets Verwaltung, others Bearbeitung.

    Raises PermissionDenied, UsedUpError when decided before, or ValueError without a partner to accept for.
    """
    if not by.has_perm("partners.decide_claim"):
        raise PermissionDenied
    claim = Claim.objects.select_for_update(of=("self",)).select_related("person").get(pk=claim.pk)
    if claim.decided_at is not None:
        raise UsedUpError
    if accept and partner is None:
        raise ValueError("accepting needs an organisation")
    claim.partner, claim.accepted = partner or claim.partner, accept
    claim.decided_at, claim.decided_by = timezone.now(), by
    claim.save()
    if accept and partner is not None:
        first = not partner.affiliations.current().managing().exists()
        affiliate(person=claim.person, partner=partner, role=Role.MANAGE if first else Role.EDIT)
    queue_mail(
        to=claim.person.email,
        subject=_("Ihr Konto für %(organisation)s") % {"organisation": claim.organisation},
        template="mail/partners/claim_decided.txt",
        context={"claim": claim, "path": reverse("accounts:home"), "message": words},
    )
    return claim
