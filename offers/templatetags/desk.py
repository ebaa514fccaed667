"""The queue's bar on each case, and what was said about a proposal, for templates of the admin and of partners."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse

from offers.desk import queue
from offers.desk.enums import Sight
from offers.desk.links import answer_path
from offers.desk.thread import Entry, thread
from offers.desk.way import FROM, next_path, sight_of
from offers.models import CaseMessage, Proposal

register = template.Library()


@register.inclusion_tag("admin/offers/desk/_bar.html")
def case_bar(request: HttpRequest, kind: str, pk: int) -> dict[str, Any]:
    """Back to the queue and on to the next case."""
    sight = sight_of(request.GET.get(FROM))
    return {
        "back": f"{reverse('admin:offers_queue')}?sicht={sight.value}",
        "next": next_path(request, kind, pk),
        "sight": sight if sight != Sight.ALL else None,
    }


@register.simple_tag
def case_thread(proposal: Proposal) -> list[Entry]:
    """For the sender's eyes: nobody of the Büro is named."""
    return thread(proposal, inside=False)


@register.simple_tag
def answer_link(question: CaseMessage) -> str:
    return answer_path(question)


@register.simple_tag
def queue_total(user: Any) -> dict[str, Any]:
    """How many cases wait, and since when the oldest does."""
    first = queue.cases(Sight.ALL, user)[:1]
    return {"count": queue.counts(user)[Sight.ALL], "oldest": first[0] if first else None}
