"""What stands in a Wegweiser: chapters by life phase, then the same offers by topic and by provider."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.models import LifePhase, Offer
from offers.shortlist.entries import Entry, pages_of
from offers.shortlist.handout import closing, emergency_numbers, frame
from offers.shortlist.references import reference
from offers.typesetting import typeset
from portal.models import District
from portal.text import first_letter

_MANY_PHASES = 5  # an offer for more phases of the chain than this stands in the chapter for every age
_SMALL_PRINT = 9.5  # points


@dataclass
class Chapter:
    """A phase with the offers described here and those described elsewhere that fit too; both by their numbers."""

    title: str
    offers: list[Entry] = field(default_factory=list)
    also: list[Entry] = field(default_factory=list)


def booklet(area: District, now: datetime) -> bytes:
    """The Wegweiser of one Sozialraum: everything public that is for it (design rules 2 and 3), each offer once."""
    offers = list(Offer.objects.public().for_districts([area]).with_page_relations().in_listing_order())
    chapters = _chapters(area, offers, now)
    entries = [entry for chapter in chapters for entry in chapter.offers]
    quarters = District.objects.descendants_of(area).quarters().in_listing_order().values_list("name", flat=True)
    count = ngettext("%(count)d Angebot", "%(count)d Angebote", len(entries)) % {"count": len(entries)}
    standing = _("Stand: %(day)s") % {"day": date_format(localdate(now), "j. F Y")}
    content = {
        **frame(
            title=_("Wegweiser für Familien"),
            address=settings.BASE_URL + area.get_absolute_url(),
        ),
        "size": _SMALL_PRINT,
        "lead": _("Sozialraum %(area)s") % {"area": area.name},
        "standing": f"{count} · {standing}",
        "quarters": _("Stadtteile: %(names)s") % {"names": ", ".join(quarters)} if quarters else "",
        "footer": f"{_('Wegweiser Sozialraum %(area)s') % {'area': area.name}} · {standing}",
        "contents_word": _("Inhalt"),
        "also_word": _("Passt auch in diese Zeit"),
        "phone_word": _("Telefon"),
        "chapters": [
            {
                "title": chapter.title,
                "offers": [_offer(entry) for entry in chapter.offers],
                "also": [_line(entry) for entry in chapter.also],
            }
            for chapter in chapters
        ],
        "indexes": [
            {"title": _("Angebote nach Themen"), "groups": _by_topic(entries)},
            {"title": _("Angebote nach Anbietern"), "groups": _by_provider(entries)},
        ],
        "help_title": _("Hilfe sofort"),
        "help": emergency_numbers(),
        "closing": closing(),
    }
    return typeset("wegweiser", content)


def _chapters(area: District, offers: Sequence[Offer], now: datetime) -> list[Chapter]:
    phases = list(LifePhase.objects.in_listing_order())
    fits = _fitting_phases(area, phases)
    homes: dict[int, int | None] = {}
    for offer in offers:
        mine = fits[offer.pk]
        ages = [phase for phase in mine if phase.ages is not None]
        everywhere = len(ages) > _MANY_PHASES
        homes[offer.pk] = None if everywhere else mine[0].pk if mine else 0
    groups: dict[int | None, Chapter] = {phase.pk: Chapter(phase.label) for phase in phases}
    groups[None] = Chapter(_("In jedem Alter"))
    groups[0] = Chapter(_("Ohne Angabe zum Alter"))
    ordered = sorted(offers, key=lambda offer: list(groups).index(homes[offer.pk]))
    for number, page in enumerate(pages_of(ordered, now), 1):
        entry = Entry(reference(page.offer), number, page)
        home = homes[page.offer.pk]
        groups[home].offers.append(entry)
        if home is not None:
            for phase in fits[page.offer.pk]:
                if phase.pk != home:
                    groups[phase.pk].also.append(entry)
    return [chapter for chapter in groups.values() if chapter.offers or chapter.also]


def _fitting_phases(area: District, phases: Iterable[LifePhase]) -> dict[int, list[LifePhase]]:
    """The phases of each public offer by its id, first one first (design rule 1)."""
    fits: dict[int, list[LifePhase]] = defaultdict(list)
    public = Offer.objects.public().for_districts([area]).order_by()
    for phase in phases:
        offers = public.for_ages(phase.ages) if phase.ages is not None else public.for_audience(phase.audience)
        for pk in offers.values_list("pk", flat=True):
            fits[pk].append(phase)
    return fits


def _offer(entry: Entry) -> dict[str, object]:
    page, offer, reach = entry.page, entry.offer, entry.page.reach
    facts = [
        [_("Für wen"), page.for_whom],
        [_("Wann"), entry.when],
        [_("Wo"), entry.where],
        [_("Kosten"), page.cost],
        [_("Anmeldung"), page.registration],
        [_("Sprachen"), page.languages],
        [_("E-Mail"), reach.email],
        [_("Anbieter"), entry.provider],
    ]
    return {
        "number": entry.number,
        "title": offer.title,
        "summary": offer.summary,
        "phone": reach.phone,
        "phone_link": f"tel:{reach.phone_link}",
        "facts": [[label, str(value)] for label, value in facts if value],
        "standing": page.standing,
    }


def _line(entry: Entry) -> dict[str, object]:
    return {"number": entry.number, "title": entry.offer.title}


def _by_topic(entries: Sequence[Entry]) -> list[dict[str, object]]:
    groups: dict[tuple[int, int], tuple[str, list[Entry]]] = {}
    for entry in entries:
        for topic in entry.offer.topics.all():
            groups.setdefault((topic.position, topic.pk), (topic.label, []))[1].append(entry)
    return [_group(title, found) for _key, (title, found) in sorted(groups.items())]


def _by_provider(entries: Sequence[Entry]) -> list[dict[str, object]]:
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.provider].append(entry)
    return [_group(name, groups[name]) for name in sorted(groups, key=lambda name: (first_letter(name), name.lower()))]


def _group(title: str, entries: Iterable[Entry]) -> dict[str, object]:
    return {"title": title, "offers": [_line(entry) for entry in entries]}
