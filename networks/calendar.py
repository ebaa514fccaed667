"""Meetings as a calendar file (RFC 5545): only what is public, that is date, title and place."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event

from networks.models import Meeting


def calendar(name: str, meetings: Iterable[Meeting]) -> bytes:
    """A calendar to subscribe to; without meetings an empty one, so that a subscription never breaks."""
    host, zone = urlsplit(settings.BASE_URL).hostname, ZoneInfo(settings.TIME_ZONE)
    made = Calendar()
    made.add("prodid", f"-//{host}//Praeventionsportal//DE")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    found = list(meetings)
    for meeting in found:
        made.add_component(_event(meeting, host or "", zone))
    if found:
        first = min(meeting.held_on for meeting in found)
        last = max(meeting.held_on for meeting in found)
        made.add_missing_timezones(first_date=first.replace(month=1, day=1), last_date=last + timedelta(days=366))
    file: bytes = made.to_ical()
    return file


def _event(meeting: Meeting, host: str, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", f"sitzung-{meeting.pk}@{host}")
    event.add("dtstamp", meeting.updated_at)
    event.add("summary", f"{meeting.network.name}: {meeting.title}")
    if meeting.starts_at is None:
        event.add("dtstart", meeting.held_on)
        event.add("dtend", meeting.held_on + timedelta(days=1))
    else:
        event.add("dtstart", datetime.combine(meeting.held_on, meeting.starts_at, zone))
        if meeting.ends_at:
            event.add("dtend", datetime.combine(meeting.held_on, meeting.ends_at, zone))
    if meeting.place:
        event.add("location", meeting.place)
    event.add("url", f"{settings.BASE_URL}{meeting.network.get_absolute_url()}")
    return event
