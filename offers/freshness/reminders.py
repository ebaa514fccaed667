"""Who is reminded of what today: one mail an organisation, with everything of it that is due (design rule 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.freshness.enums import Answer, Stage, TaskKind
from offers.freshness.links import link
from offers.freshness.tasklist import close_tasks, open_task
from offers.models import Offer, Reminder, ReviewAnswer
from partners.models import Affiliation, Partner
from portal.mail import queue_mail

# A mail that goes out anyway takes along what would be next within a week: at most one mail a week, nothing late.
AHEAD_DAYS = 6
TEMPLATE = "mail/offers/review_reminder.txt"  # and mail/offers/review_reminder.html, which names its links


@dataclass(frozen=True)
class Line:
    """One offer in the mail; `stage` is what this mail does for it, None when it only stands there as still open."""

    offer: Offer
    stage: Stage | None

    @property
    def confirm_path(self) -> str:
        return link(self.offer, Answer.CONFIRMED)

    @property
    def change_path(self) -> str:
        return link(self.offer, Answer.CHANGED)

    @property
    def end_path(self) -> str:
        return link(self.offer, Answer.ENDED)

    @property
    def is_overdue(self) -> bool:
        return self.offer.review_due < timezone.localdate()


def stage_on(due: date, day: date) -> Stage | None:
    """The latest stage that a due date has reached on a day."""
    reached = [stage for stage in Stage if due + timedelta(days=stage) <= day]
    return max(reached, default=None)


def send_reminders(today: date | None = None) -> int:
    """Queue today's mails and return how many; after days of standstill only the latest stage goes out.

    Each organisation is a transaction of its own: its mail and the memory of it are stored together, so breaking off
    or running twice sends nothing twice and forgets nothing.
    """
    day = today or timezone.localdate()
    partners = sorted({offer.provider_id for offer in open_offers(day)})
    return sum(remind(pk, day) for pk in partners)


def open_offers(day: date, partner: int | None = None) -> list[Offer]:
    """Offers whose provider should say something by now or within the days a mail looks ahead, soonest due first."""
    last = day + timedelta(days=AHEAD_DAYS - Stage.BEFORE)
    offers = Offer.objects.published().not_ended().filter(review_due__lte=last)
    if partner is not None:
        offers = offers.filter(provider=partner)
    answered = set(ReviewAnswer.objects.standing().filter(offer__in=offers).values_list("offer", "due"))
    found = offers.select_related("provider__parent", "contact").order_by("review_due", "title", "pk")
    return [offer for offer in found if (offer.pk, offer.review_due) not in answered]


@transaction.atomic
def remind(partner_pk: int, day: date) -> bool:
    """Queue the mail of one organisation if a stage is reached; without a mailbox staff get a task instead."""
    partner = Partner.objects.select_for_update(no_key=True).get(pk=partner_pk)
    lines = _lines(open_offers(day, partner_pk), day)
    if not lines:
        return False
    address = mailbox(partner, [line.offer for line in lines])
    if not address:
        open_task(
            kind=TaskKind.NO_ADDRESS,
            partner=partner,
            subject=_("%(name)s hat kein Postfach: Angebote werden fällig, niemand kann erinnert werden.")
            % {"name": partner.name},
        )
        return False
    try:
        queue_mail(
            to=address,
            subject=_subject(lines),
            template=TEMPLATE,
            context={"partner": partner, "lines": lines, "overdue": any(line.is_overdue for line in lines)},
        )
    except ValidationError:
        open_task(
            kind=TaskKind.NO_ADDRESS,
            partner=partner,
            concerns=address,
            subject=_("Das Postfach von %(name)s ist keine gültige Adresse.") % {"name": partner.name},
        )
        return False
    Reminder.objects.bulk_create(
        Reminder(offer=line.offer, due=line.offer.review_due, stage=line.stage, address=address)
        for line in lines
        if line.stage is not None
    )
    close_tasks(TaskKind.NO_ADDRESS, partner=partner)
    for task in partner.tasks.open().filter(kind=TaskKind.BOUNCED).exclude(concerns__iexact=address):
        close_tasks(TaskKind.BOUNCED, partner=partner, concerns=task.concerns)
    return True


def _lines(offers: list[Offer], day: date) -> list[Line]:
    """The mail's lines; empty when no offer has reached a stage it was not reminded of."""
    sent: dict[tuple[int, date], int] = {}
    for pk, due, stage in Reminder.objects.filter(offer__in=offers).values_list("offer", "due", "stage"):
        sent[pk, due] = max(stage, sent.get((pk, due), stage))

    def is_new(offer: Offer, stage: Stage | None) -> bool:
        return stage is not None and stage > sent.get((offer.pk, offer.review_due), Stage.BEFORE - 1)

    if not any(is_new(offer, stage_on(offer.review_due, day)) for offer in offers):
        return []
    ahead = day + timedelta(days=AHEAD_DAYS)
    stages = [(offer, stage_on(offer.review_due, ahead)) for offer in offers]
    return [Line(offer, stage if is_new(offer, stage) else None) for offer, stage in stages]


def mailbox(partner: Partner, offers: Iterable[Offer] = ()) -> str:
    """Where an organisation reads: its own mailbox, a contact's without a person, an offer's, that of whoever looks
    after its entries in the portal (Verwaltung first, then who came first), or its parent's.
    """
    if partner.email:
        return partner.email
    contacts = partner.contacts.filter(person_name="").exclude(email="").in_listing_order()
    first = contacts.first()
    if first:
        return first.email
    for offer in offers:
        contact = offer.contact
        if contact and contact.email and not contact.person_name:
            return contact.email
        if offer.email:
            return offer.email
    people = Affiliation.objects.current().filter(partner=partner, person__is_active=True).exclude(person__email="")
    own = people.managing().order_by("pk").first() or people.order_by("pk").first()
    if own:
        return own.person.email
    return partner.parent.email if partner.parent else ""


def _subject(lines: list[Line]) -> str:
    if len(lines) == 1:
        return _("Stimmt das noch? %(title)s") % {"title": lines[0].offer.title}
    words = ngettext(
        "Stimmt das noch? %(count)d Angebot im Präventionsportal",
        "Stimmt das noch? %(count)d Angebote im Präventionsportal",
        len(lines),
    )
    return words % {"count": len(lines)}
