"""Offers that are kept in step with a template: what is to be taken over, what goes its own way, and the proposals."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from offers.actions import Sender, submit_change
from offers.enums import Status
from offers.models import Offer, Proposal, TemplateLink
from offers.models.workspace import TemplateLinkQuerySet
from offers.proposals import Change, Payload, Wording, label, schedule_values, snapshot

# What sites can have in common. The rest is each site's own: name, places, areas, numbers, pauses, money.
SHARED = (
    "summary", "description", "topics", "format", "ages", "audiences", "access", "schedules", "when_note", "cost",
    "cost_note", "registration", "registration_note", "languages", "website",
)  # fmt: skip


class NotPossibleError(Exception):
    """The offer belongs to somebody else, is the template itself, or one of the two is in another such pair."""


@dataclass(frozen=True)
class Step:
    """How an offer stands to its template: what would change, and whether that waits for the Büro already."""

    link: TemplateLink
    payload: Payload
    changes: list[Change]
    waiting: Proposal | None

    @property
    def differs(self) -> list[str]:
        return [label(name) for name in self.link.differs]

    @property
    def is_ready(self) -> bool:
        return bool(self.payload) and self.waiting is None


def differing(offer: Offer, template: Offer) -> list[str]:
    """The fields that could be shared and are not alike."""
    own, theirs = _values(offer), _values(template)
    return [name for name in SHARED if own[name] != theirs[name]]


def _values(offer: Offer) -> Payload:
    """What could be shared, to be compared; asks nothing for links read `with_facts()`."""
    plain = {name: getattr(offer, name) for name in SHARED if name not in {"topics", "schedules"}}
    topics = sorted(topic.slug for topic in offer.topics.all())
    return {**plain, "topics": topics, "schedules": [schedule_values(one) for one in offer.schedules.all()]}


def steps(links: TemplateLinkQuerySet) -> list[Step]:
    """For each link what is to be taken over."""
    found = list(links.with_facts())
    waiting = Proposal.objects.waiting().filter(offer__template_link__in=[link.pk for link in found])
    sent = {(proposal.offer_id, frozenset(proposal.payload)): proposal for proposal in waiting}
    return [_step(link, sent) for link in found]


def _step(link: TemplateLink, sent: dict[Any, Proposal]) -> Step:
    names = [name for name in differing(link.offer, link.template) if name not in link.differs]
    if not names:
        return Step(link, {}, [], None)
    wording, own, theirs = Wording(), snapshot(link.offer), snapshot(link.template)
    payload = {name: theirs[name] for name in names}
    words = [(name, wording.text(name, own[name]), wording.text(name, payload[name])) for name in names]
    proposal = sent.get((link.offer_id, frozenset(names)))
    return Step(
        link, payload, [Change(name, label(name), old, new, old) for name, old, new in words],
        proposal if proposal and proposal.payload == payload else None,
    )  # fmt: skip


def may_follow(template: Offer) -> list[Offer]:
    """The organisation's other offers that follow none yet and are no templates themselves."""
    others = Offer.objects.filter(provider=template.provider_id, template_link=None, followers=None)
    return list(others.exclude(pk=template.pk).exclude(status=Status.DRAFT).not_ended().in_listing_order())


@transaction.atomic
def follow(*, offers: Iterable[Offer], template: Offer) -> None:
    """From now on the offers follow the template; where they are unlike today they keep going their own way.

    Raises NotPossibleError.
    """
    locked = Offer.objects.select_for_update().get(pk=template.pk)
    if TemplateLink.objects.filter(offer=locked).exists():
        raise NotPossibleError
    possible = {offer.pk for offer in may_follow(locked)}
    for offer in offers:
        if offer.pk not in possible:
            raise NotPossibleError
        TemplateLink.objects.create(offer=offer, template=locked, differs=differing(offer, locked))


def note_own_way(*, offer: Offer, payload: Payload) -> None:
    """Whoever changes an offer by hand means it: these fields go their own way from now on."""
    note_own_ways([(offer, payload)])


def note_own_ways(changes: Iterable[tuple[Offer, Payload]]) -> None:
    """The same for several offers at once, each with what it was changed to."""
    said = {offer.pk: payload for offer, payload in changes}
    links = TemplateLink.objects.select_for_update(of=("self",)).filter(offer__in=said).select_related("template")
    found = list(links.order_by("pk"))
    theirs = {template.pk: snapshot(template) for template in {link.template for link in found}}
    for link in found:
        payload, pattern = said[link.offer_id], theirs[link.template_id]
        own_way = {name for name in SHARED if name in payload and payload[name] != pattern[name]}
        link.differs = _in_order({*link.differs, *own_way})
    TemplateLink.objects.bulk_update(found, ["differs"])


def _in_order(names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return [name for name in SHARED if name in wanted]


def set_differing(*, link: TemplateLink, names: Iterable[str]) -> None:
    link.differs = _in_order(names)
    link.save(update_fields=["differs"])


@transaction.atomic
def take_over(*, links: Iterable[TemplateLink], by: Sender) -> list[Proposal]:
    """Send what is prepared as proposals; what waits already is not sent twice. The Büro gets one mail, not many."""
    keys = [link.pk for link in links]
    locked = TemplateLink.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    made: list[Proposal] = []
    for step in steps(locked):
        if step.is_ready:
            offer = step.link.offer
            proposal = submit_change(
                offer=offer,
                by=by,
                payload=step.payload,
                base=snapshot(offer),
                base_version=offer.version,
                submission_id=uuid.uuid4(),
                message=_("Wie in der Vorlage „%(title)s“.") % {"title": step.link.template.title},
                tell=not made,
            )
            made.append(proposal)
    return made
