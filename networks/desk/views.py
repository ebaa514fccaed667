"""Pages of a network's coordination. A network another organisation coordinates answers 404."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from networks.actions import cancel, tell_of_change
from networks.desk.forms import AttendanceForm, DecisionForm, DetailsForm, MeetingForm, PaperForm, ReviewForm
from networks.models import Decision, Meeting, Network, NetworkDocument, SelfReview
from partners.accounts.rights import for_members
from partners.models import Affiliation

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
HELD_SHOWN = 12


@require_safe
@for_members
def networks(request: HttpRequest, own: Affiliation) -> HttpResponse:
    """The networks the organisation coordinates, and those it belongs to."""
    member = Network.objects.active().public().filter(memberships__partner=own.partner, memberships__until_year=None)
    context = {
        "own": own,
        "networks": _coordinated(own),
        "others": member.exclude(coordinator=own.partner).distinct().in_listing_order(),
    }
    return render(request, "networks/desk/networks.html", context)


@require_safe
@for_members
def network(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    """Coming and past meetings, open decisions, and whether this year's review is done."""
    found = _network_or_404(own, slug)
    year = timezone.localdate().year
    context = {
        "own": own,
        "network": found,
        "coming": found.meetings.coming(),
        "held": found.meetings.held()[:HELD_SHOWN],
        "decisions": Decision.objects.filter(meeting__network=found).open().select_related("owner", "meeting"),
        "year": year,
        "reviewed": found.reviews.filter(year=year).exists(),
    }
    return render(request, "networks/desk/network.html", context)


@get_and_post
@for_members
def details(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    """Change what the network says about itself, hand in documents and show or hide them: each with its own button."""
    found = _network_or_404(own, slug)
    pressed = request.POST.get("was", "") if request.method == "POST" else ""
    if pressed in ("zeigen", "verbergen"):
        shown = get_object_or_404(found.documents.without_content(), pk=_number(request.POST.get("dokument", "")))
        shown.is_public = pressed == "zeigen"
        shown.save(update_fields=["is_public"])
        messages.success(request, _("Gespeichert."))
        return redirect("desk:details", own.partner.slug, slug)
    forms: dict[str, Any] = {
        "angaben": DetailsForm(request.POST if pressed == "angaben" else None, instance=found),
        "dokument": PaperForm(
            request.POST if pressed == "dokument" else None,
            request.FILES if pressed == "dokument" else None,
            instance=NetworkDocument(network=found),
        ),
    }
    if pressed in forms and forms[pressed].is_valid():
        forms[pressed].save()
        messages.success(request, _("Gespeichert."))
        return redirect("desk:details", own.partner.slug, slug)
    context = {
        "own": own,
        "network": found,
        "form": forms["angaben"],
        "paper": forms["dokument"],
        "documents": found.documents.without_content(),
    }
    return render(request, "networks/desk/details.html", context)


@get_and_post
@for_members
def new_meeting(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    found = _network_or_404(own, slug)
    form = MeetingForm(request.POST or None, instance=Meeting(network=found))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Die Sitzung ist eingetragen. Drei Wochen vorher gehen die Einladungen hinaus."))
        return redirect("desk:network", own.partner.slug, found.slug)
    return render(request, "networks/desk/meeting.html", {"own": own, "network": found, "form": form})


@get_and_post
@for_members
def meeting(request: HttpRequest, own: Affiliation, slug: str, pk: int) -> HttpResponse:
    """Change or cancel a meeting, count who came, write down what was decided: each with its own button."""
    found = _network_or_404(own, slug)
    held = get_object_or_404(found.meetings.select_related("network"), pk=pk)
    pressed = request.POST.get("was", "") if request.method == "POST" else ""
    can_cancel = found.meetings.to_cancel().filter(pk=pk).exists()
    if pressed == "absagen" and can_cancel:
        messages.success(request, _("Die Sitzung ist abgesagt.") + _told(cancel(meeting=held)))
        return redirect("desk:network", own.partner.slug, found.slug)
    forms: dict[str, Any] = {
        "sitzung": MeetingForm(request.POST if pressed == "sitzung" else None, instance=held),
        "teilnahme": AttendanceForm(request.POST if pressed == "teilnahme" else None, meeting=held),
        "beschluss": DecisionForm(
            request.POST if pressed == "beschluss" else None, instance=Decision(meeting=held), network=found
        ),
    }
    if pressed in forms and forms[pressed].is_valid():
        with transaction.atomic():
            forms[pressed].save()
            moves = pressed == "sitzung" and forms[pressed].moves
            letters = tell_of_change(meeting=held) if moves else 0
        messages.success(request, _("Gespeichert.") + _told(letters))
        return redirect("desk:meeting", own.partner.slug, found.slug, held.pk)
    context = {
        "own": own,
        "network": found,
        "meeting": held,
        "form": forms["sitzung"],
        "attendance": forms["teilnahme"] if held.held_on <= timezone.localdate() else None,
        "decision": forms["beschluss"],
        "decisions": held.decisions.select_related("owner"),
        "can_cancel": can_cancel,
    }
    return render(request, "networks/desk/meeting.html", context)


@require_POST
@for_members
def decision_done(request: HttpRequest, own: Affiliation, slug: str, pk: int) -> HttpResponse:
    """Somebody has done it; `offen` takes that back."""
    found = _network_or_404(own, slug)
    again = "offen" in request.POST
    asked = Decision.objects.done() if again else Decision.objects.open()
    decision = get_object_or_404(asked, meeting__network=found, pk=pk)
    Decision.objects.filter(pk=decision.pk).update(done_on=None if again else timezone.localdate())
    messages.success(request, _("Der Beschluss ist wieder offen.") if again else _("Als erledigt eingetragen."))
    return redirect("desk:network", own.partner.slug, found.slug)


@get_and_post
@for_members
def review(request: HttpRequest, own: Affiliation, slug: str) -> HttpResponse:
    """This year's Selbstüberprüfung; the answers of other years stay."""
    found = _network_or_404(own, slug)
    year = timezone.localdate().year
    kept = found.reviews.filter(year=year).first() or SelfReview(network=found, year=year)
    form = ReviewForm(request.POST or None, instance=kept, network=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Danke. Die Antworten sind gespeichert."))
        return redirect("desk:network", own.partner.slug, found.slug)
    context = {
        "own": own,
        "network": found,
        "form": form,
        "year": year,
        "earlier": found.reviews.exclude(year=year).select_related("merge_with"),
    }
    return render(request, "networks/desk/review.html", context)


def _told(letters: int) -> str:
    """How many heard of it, as a sentence to follow another; "" for nobody."""
    said = ngettext(
        " %(count)d Mitglied bekommt eine E-Mail.", " %(count)d Mitglieder bekommen eine E-Mail.", letters
    ) % {"count": letters}  # fmt: skip
    return said if letters else ""


def _number(text: str) -> int:
    """An id from a form; 0, which nothing has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _coordinated(own: Affiliation) -> Any:
    return Network.objects.active().filter(coordinator=own.partner).in_listing_order()


def _network_or_404(own: Affiliation, slug: str) -> Network:
    found: Network = get_object_or_404(_coordinated(own), slug=slug)
    return found
