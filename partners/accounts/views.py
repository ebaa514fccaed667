"""„Mein Bereich“: my organisations, their people, and the page an invitation leads to."""

import uuid

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners.accounts import actions
from partners.accounts.forms import AcceptForm, InviteForm, MailsForm, RoleForm
from partners.accounts.rights import for_managers, for_members, for_signed_in, person_of
from partners.models import Affiliation, Claim, Invitation, Partner
from portal.enums import Rhythm
from portal.notices import rhythm_of, set_rhythm

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@for_signed_in
def home(request: HttpRequest) -> HttpResponse:
    """My organisations, and what I have asked for."""
    own = Affiliation.objects.current().of(request.user).select_related("partner").order_by("partner__name")
    person = person_of(request)
    context = {
        "affiliations": own,
        "claims": Claim.objects.waiting().filter(person=person),
        "rhythm": rhythm_of(person.email).label,
    }
    return render(request, "partners/accounts/home.html", context)


@get_and_post
@for_signed_in
def mails(request: HttpRequest) -> HttpResponse:
    """How often the portal may write to me about what can wait, for all my organisations together."""
    address = person_of(request).email
    if not address:  # only staff can be without one
        raise Http404(_("Zu Ihrem Konto gibt es keine E-Mail-Adresse."))
    form = MailsForm(request.POST or None, initial={"rhythm": rhythm_of(address)})
    if request.method == "POST" and form.is_valid():
        set_rhythm(address=address, rhythm=Rhythm(form.cleaned_data["rhythm"]))
        messages.success(request, _("Gespeichert. Das gilt ab jetzt."))
        return redirect("accounts:home")
    return render(request, "partners/accounts/mails.html", {"form": form, "address": address})


@require_safe
@for_members
def team(request: HttpRequest, own: Affiliation) -> HttpResponse:
    context = {
        "own": own,
        "people": own.partner.affiliations.current().select_related("person").in_listing_order(),
        "invitations": own.partner.invitations.open() if own.may_manage else Invitation.objects.none(),
    }
    return render(request, "partners/accounts/team.html", context)


@get_and_post
@for_managers
def invite_colleague(request: HttpRequest, own: Affiliation) -> HttpResponse:
    form = InviteForm(request.POST or None, partner=own.partner)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        try:
            actions.invite(partner=own.partner, email=words["email"], role=words["role"], by=person_of(request))
        except actions.TooManyInvitationsError:
            form.add_error(None, _("Es sind schon viele Einladungen offen. Bitte nehmen Sie zuerst eine zurück."))
        else:
            messages.success(request, _("Die Einladung an %(email)s ist unterwegs.") % {"email": words["email"]})
            return redirect("accounts:team", own.partner.slug)
    return render(request, "partners/accounts/invite.html", {"own": own, "form": form})


@require_POST
@for_managers
def withdraw(request: HttpRequest, own: Affiliation, key: uuid.UUID) -> HttpResponse:
    actions.withdraw_invitation(invitation=get_object_or_404(own.partner.invitations.all(), public_id=key))
    messages.success(request, _("Die Einladung ist zurückgenommen."))
    return redirect("accounts:team", own.partner.slug)


@get_and_post
@for_managers
def colleague(request: HttpRequest, own: Affiliation, key: uuid.UUID) -> HttpResponse:
    """Change what a colleague may do."""
    other = _colleague_or_404(own.partner, key)
    form = RoleForm(request.POST or None, initial={"role": other.role})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_role(affiliation=other, role=form.cleaned_data["role"])
        except actions.LastManagerError:
            form.add_error(None, _one_must_stay())
        else:
            messages.success(request, _("Die Rolle ist geändert."))
            return redirect("accounts:team", own.partner.slug)
    return render(request, "partners/accounts/colleague.html", {"own": own, "other": other, "form": form})


@get_and_post
@for_managers
def end(request: HttpRequest, own: Affiliation, key: uuid.UUID) -> HttpResponse:
    """Ask, then end the colleague's rights at once."""
    other = _colleague_or_404(own.partner, key)
    refused = ""
    if request.method == "POST":
        try:
            actions.end_affiliation(affiliation=other)
        except actions.LastManagerError:
            refused = _one_must_stay()
        else:
            messages.success(request, _("Die Zugehörigkeit ist beendet."))
            return redirect("accounts:home" if other.pk == own.pk else team_url(own))
    return render(request, "partners/accounts/end.html", {"own": own, "other": other, "refused": refused})


def team_url(own: Affiliation) -> str:
    return reverse("accounts:team", args=[own.partner.slug])


def _colleague_or_404(partner: Partner, key: uuid.UUID) -> Affiliation:
    return get_object_or_404(partner.affiliations.current().select_related("person"), public_id=key)


def _one_must_stay() -> str:
    return _("Das geht nicht: Mindestens eine Person muss die Verwaltung haben. Geben Sie sie zuerst jemand anderem.")


@never_cache
@get_and_post
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Opening shows a button only, as mail scanners open links, too; pressing it makes the account and signs in."""
    try:
        found = actions.invitation_for(token)
    except Invitation.DoesNotExist:
        raise Http404(_("Diese Einladung gibt es nicht.")) from None
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            own = actions.accept_invitation(invitation=found, **form.cleaned_data)
        except actions.UsedUpError:
            found.refresh_from_db()
        else:
            return _sign_in(request, own, found.email)
    usable = Invitation.objects.open().filter(pk=found.pk).exists()
    context = {"invitation": found, "form": form, "usable": usable}
    return render(request, "partners/accounts/invitation.html", context, status=200 if usable else 410)


def _sign_in(request: HttpRequest, own: Affiliation, email: str) -> HttpResponse:
    """The link in the mail is as good as a code; staff and people who are signed in go through their own door."""
    if request.user.is_authenticated or own.person.is_staff or not own.person.is_active:
        return redirect("accounts:home")
    record_authentication(request, own.person, method="code", email=email)
    messages.success(request, _("Willkommen! Ihr Konto ist eingerichtet."))
    response: HttpResponse = perform_login(
        request, Login(user=own.person, email=email, redirect_url=reverse("accounts:home"))
    )
    return response
