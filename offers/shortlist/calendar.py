"""The next dates as a calendar file (RFC 5545)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from offers.models.schedule import Occurrence
from offers.shortlist.entries import Entry
from portal.city import city


def calendar(entries: Sequence[Entry]) -> bytes:
    """All next dates of offers, of which there is at least one; a calendar knows each again by its UID."""
    made = Calendar()
    made.add("prodid", f"-//{urlsplit(settings.BASE_URL).hostname}//Praeventionsportal//DE")
    made.add("version", "2.0")
    made.add("x-wr-calname", _("Präventionsportal %(city)s") % {"city": city()["name"]})
    for entry in entries:
        for occurrence, _times in entry.page.dates:
            made.add_component(_event(entry, occurrence))
    first = min(occurrence.day for entry in entries for occurrence, _times in entry.page.dates)
    made.add_missing_timezones(first_date=first.replace(month=1, day=1), last_date=first + timedelta(days=2 * 365))
    file: bytes = made.to_ical()
    return file


def _event(entry: Entry, occurrence: Occurrence) -> Event:
    offer, zone = entry.offer, ZoneInfo(settings.TIME_ZONE)
    event = Event()
    start = occurrence.start
    event.add("uid", _uid(entry, occurrence))
    event.add("dtstamp", offer.updated_at)
    event.add("summary", offer.title)
    if start is None:
        event.add("dtstart", occurrence.day)
        event.add("dtend", occurrence.day + timedelta(days=1))
    else:
        event.add("dtstart", datetime.combine(occurrence.day, start, zone))
        if occurrence.end is not None and occurrence.end > start:
            event.add("dtend", datetime.combine(occurrence.day, occurrence.end, zone))
    if entry.where:
        event.add("location", entry.where)
    event.add("description", _description(entry))
    event.add("url", entry.address)
    return event


def _uid(entry: Entry, occurrence: Occurrence) -> str:
    moment = f"{occurrence.day:%Y%m%d}" + (f"T{occurrence.start:%H%M}" if occurrence.start else "")
    return f"{moment}-{entry.offer.public_id}@{urlsplit(settings.BASE_URL).hostname}"


def _description(entry: Entry) -> str:
    phone = entry.page.reach.phone
    lines = [
        entry.offer.summary,
        _("Telefon: %(phone)s") % {"phone": phone} if phone else "",
        _("Bitte vorher kurz nachfragen: Termine können sich ändern."),
        entry.address,
    ]
    return "\n".join(line for line in lines if line)
