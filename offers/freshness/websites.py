"""Looking every day whether the websites in the register still answer; a week of silence is a task."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from offers.freshness.enums import TaskKind
from offers.freshness.tasklist import close_tasks, open_task
from offers.models import LinkCheck, Offer, Task
from partners.models import Partner
from portal.city import city
from portal.enums import Fault
from portal.outside import Outside, OutsideError, Reply

DELAY = 5.0  # seconds between two requests to the same host
GONE = {404, 410}
ASK_AGAIN = {400, 403, 404, 405, 406, 410, 429, 500, 501, 503}  # answers to HEAD that some servers give for no reason
NAME = "Praeventionsportal-Linkpruefung"


@dataclass(frozen=True)
class Answer:
    """How a website answered; `fault` is "" when somebody who clicks would see a page."""

    status: int | None = None
    fault: str = ""


@dataclass
class Checker:
    """Asks politely: says who it is, keeps to robots.txt, waits between two requests to a host."""

    outside: Outside = field(default_factory=lambda: Outside(agent()))
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)
    _rules: dict[str, RobotFileParser | None] = field(default_factory=dict)

    def check(self, url: str) -> Answer | None:
        """How the website answers; None when its host does not want to be asked by programs."""
        try:
            if not self._allowed(url):
                return None
            reply = self._ask("HEAD", url)
            if reply.status in ASK_AGAIN:
                reply = self._ask("GET", url)
        except OutsideError as error:
            return Answer(fault=error.fault)
        broken = reply.status in GONE or reply.status >= 500
        return Answer(reply.status, Fault.STATUS if broken else "")

    def _ask(self, method: str, url: str) -> Reply:
        self._wait(url)
        return self.outside.follow(method, url)

    def _wait(self, url: str) -> None:
        host = urlsplit(url).netloc
        if host in self._last:
            self.sleep(max(0.0, self._last[host] + DELAY - self.clock()))
        self._last[host] = self.clock()

    def _allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._rules:
            self._rules[root] = self._read_rules(root)
        rules = self._rules[root]
        return rules is None or rules.can_fetch(NAME, url)

    def _read_rules(self, root: str) -> RobotFileParser | None:
        self._wait(root)
        try:
            reply = self.outside.follow("GET", f"{root}/robots.txt", read=True)
        except OutsideError:
            return None
        if reply.status != 200:
            return None
        rules = RobotFileParser()
        rules.parse(reply.text.splitlines())
        return rules


def agent() -> str:
    """Who asks, and where one can read who that is."""
    return f"{NAME}/1.0 ({city()['name']}; +{settings.BASE_URL}/ueber-uns/)"


def check_websites(checker: Checker | None = None, now: datetime | None = None) -> int:
    """Ask every website in the register that was not asked today; returns how many are broken for a week."""
    checker, moment = checker or Checker(), now or timezone.now()
    today = timezone.localdate(moment)
    urls = set(_in_use())
    LinkCheck.objects.exclude(url__in=urls).delete()
    seen = {row.url: row for row in LinkCheck.objects.all()}
    for url in sorted(urls):
        row = seen.get(url)
        if row is None or timezone.localdate(row.checked_at) < today:
            answer = checker.check(url)
            if answer is not None:
                _keep(row, url, answer, moment)
            elif row is not None:
                row.delete()  # it may not be asked any more: nobody knows whether it still is broken
    return _make_tasks()


def _in_use() -> Iterable[str]:
    """Every website that families may click on, once."""
    yield from Offer.objects.public().exclude(website="").values_list("website", flat=True)
    yield from Partner.objects.exclude(website="").values_list("website", flat=True)


def _keep(row: LinkCheck | None, url: str, answer: Answer, moment: datetime) -> None:
    since = (row.broken_since if row else None) or timezone.localdate(moment)
    LinkCheck.objects.update_or_create(
        url=url,
        defaults={
            "checked_at": moment,
            "status": answer.status,
            "fault": answer.fault,
            "broken_since": since if answer.fault else None,
        },
    )


def _make_tasks() -> int:
    """A task for each partner with a website broken for a week; tasks whose website answers again are closed."""
    broken = {row.url: row for row in LinkCheck.objects.broken_for_a_week()}
    for url in Task.objects.open().filter(kind=TaskKind.BROKEN_LINK).values_list("concerns", flat=True):
        if url not in broken:
            close_tasks(TaskKind.BROKEN_LINK, concerns=url)
    for offer in Offer.objects.public().filter(website__in=broken).select_related("provider").order_by("pk"):
        _open(broken[offer.website], offer.provider, offer)
    for partner in Partner.objects.filter(website__in=broken):
        _open(broken[partner.website], partner, None)
    return len(broken)


def _open(row: LinkCheck, partner: Partner, offer: Offer | None) -> None:
    values = {"name": offer.title if offer else partner.name, "why": row.get_fault_display()}
    open_task(
        kind=TaskKind.BROKEN_LINK,
        partner=partner,
        offer=offer,
        concerns=row.url,
        subject=_("Internetseite von „%(name)s“ seit einer Woche nicht erreichbar: %(why)s.") % values,
    )
