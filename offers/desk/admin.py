"""The queue's pages in the admin, and the text blocks."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.desk import queue
from offers.desk.enums import Sight
from offers.desk.way import FROM, LEFT, sight_of
from offers.models import TextBlock
from portal.admin_bases import RecordedAdmin


class QueuePages:
    """For the admin of proposals: one page for all that waits, and the way to the next case."""

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]  # from ModelAdmin
        own = [
            path("eingang/", wrap(self.queue_view), name="offers_queue"),
            path("eingang/naechster/", wrap(self.next_view), name="offers_queue_next"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]  # from ModelAdmin

    def queue_view(self, request: HttpRequest) -> HttpResponse:
        """Everything that waits, oldest first."""
        page: Any = self
        _refuse_others(request)
        sight, counts = sight_of(request.GET.get("sicht")), queue.counts(request.user)
        pages = max(1, -(-counts[sight] // queue.PAGE))
        number = min(_number(request.GET.get("seite")), pages)
        found = queue.cases(sight, request.user, number)
        context = {
            **page.admin_site.each_context(request),
            "title": _("Eingang"),
            "subtitle": sight.label if sight != Sight.ALL else "",
            "sight": sight,
            "sights": [(one, counts[one]) for one in Sight if counts[one] or one in (Sight.ALL, sight)],
            "count": counts[sight],
            "cases": found,
            "number": number,
            "pages": pages,
            "from_name": FROM,
        }
        return TemplateResponse(request, "admin/offers/desk/queue.html", context)

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Go to the case after the one that was decided or skipped, or to the empty queue."""
        _refuse_others(request)
        sight = sight_of(request.GET.get(FROM))
        kind, _dash, pk = request.GET.get(LEFT, "").partition("-")
        own = queue.position(kind, int(pk)) if pk.isascii() and pk.isdigit() and len(pk) < 10 else None
        case = queue.after(sight, request.user, own)
        if case is None:
            return HttpResponseRedirect(f"{reverse('admin:offers_queue')}?sicht={sight.value}")
        return HttpResponseRedirect(f"{case.url}?{FROM}={sight.value}")


def _refuse_others(request: HttpRequest) -> None:
    if not any(request.user.has_perm(source.permission) for source in queue.SOURCES.values()):
        raise PermissionDenied


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1


@admin.register(TextBlock)
class TextBlockAdmin(RecordedAdmin):
    list_display = ["title", "short_text", "position"]
    search_fields = ["title", "text"]
    fields = ["title", "text", "position"]

    @admin.display(description=gettext_lazy("Text"))
    def short_text(self, block: TextBlock) -> str:
        return block.text if len(block.text) <= 100 else f"{block.text[:99]}…"
