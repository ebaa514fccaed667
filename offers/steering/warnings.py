"""Ends that come near reach people: one gathered mail for each of the stages 12, 6 and 3 months ahead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import ngettext

from offers.models import Funding
from offers.steering.ends import Ending, described, ending_within_a_year, stage_of
from offers.steering.matrix import Matrix
from offers.steering.stock import Question
from portal.city import city
from portal.mail import queue_mail

_MOST_LINES = 40  # in one mail; the rest is counted and stands on the page
# Whoever writes the row tells it: two nights, or two workers at once, never tell the same twice.
_TELL_ONCE = """
INSERT INTO offers_endingwarning (offer_id, ends_on, months)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::int[])
ON CONFLICT (offer_id, ends_on, months) DO NOTHING RETURNING offer_id
"""


@transaction.atomic
def warn_of_ends() -> int:
    """Tell Leitung and Büro what has come within 12, 6 or 3 months of its end and was not told yet; how many mails.

    An offer whose end moves is told anew, and one that is first seen five months ahead is told once, not twice.
    """
    question = Question()
    coming: list[Any] = list(ending_within_a_year(question))
    new = _not_told_yet(coming, question.day)
    stages: dict[int, list[Any]] = defaultdict(list)
    for offer in coming:
        if offer.pk in new:
            stages[stage_of(offer.ending_on, question.day)].append(offer)
    if not stages:
        return 0
    matrix, people = Matrix(question), readers()
    return sum(_write(months, offers, matrix, people) for months, offers in sorted(stages.items()))


def readers() -> list[str]:
    """The mailbox of the Büro and the Leitung's own addresses, each once."""
    leads = User.objects.filter(groups__name="Leitung", is_active=True, is_staff=True).exclude(email="")
    addresses = [city()["office_email"], *leads.order_by("pk").values_list("email", flat=True)]
    return list({address.lower(): address for address in addresses if address}.values())


def _not_told_yet(offers: Sequence[Any], today: date) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL_ONCE,
            [
                [offer.pk for offer in offers],
                [offer.ending_on for offer in offers],
                [stage_of(offer.ending_on, today) for offer in offers],
            ],
        )
        return {pk for (pk,) in cursor.fetchall()}


def _write(months: int, offers: Sequence[Any], matrix: Matrix, people: Iterable[str]) -> int:
    """One mail to each reader about all offers of a stage, the next end first."""
    shown = described(matrix, offers[:_MOST_LINES])
    decisions = _next_decisions(shown, matrix.question.day)
    count = len(offers)
    subject = ngettext(
        "%(count)d Angebot endet in den nächsten %(months)d Monaten",
        "%(count)d Angebote enden in den nächsten %(months)d Monaten",
        count,
    ) % {"count": count, "months": months}
    context = {
        "lines": [
            {
                "offer": ending.offer,
                "provider": ending.provider,
                "day": ending.day,
                "decision_day": decisions.get(ending.offer.pk),
                "torn": ending.torn,
                "path": reverse("offers:lifecycle_offer", args=[ending.offer.slug]),
            }
            for ending in shown
        ],
        "months": months,
        "count": count,
        "more": count - len(shown),
        "address": reverse("offers:lifecycle"),
    }
    mails = 0
    for address in people:
        queue_mail(to=address, subject=subject, template="mail/offers/ending_warning.txt", context=context)
        mails += 1
    return mails


def _next_decisions(shown: Iterable[Ending], today: date) -> Mapping[int, date]:
    """The next day somebody decides on the money, by offer id."""
    found = Funding.objects.filter(offer__in=[ending.offer.pk for ending in shown], decision_on__gte=today)
    days = found.order_by("-decision_on").values_list("offer_id", "decision_on")
    return {pk: day for pk, day in days if day}
