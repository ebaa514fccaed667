"""The one list of all public pages. Every page-wide check walks it; whoever adds a page adds it here."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from networks.models import Network
from offers.actions import confirm_proposal
from offers.desk.links import answer_path
from offers.freshness.enums import Answer
from offers.freshness.links import link
from offers.models import CaseMessage, Offer, Proposal
from offers.timeline.months import Month
from partners.models import Partner
from portal.models import District


@dataclass(frozen=True)
class Page:
    """A page in one state. `path` is called when the city's pack is loaded, so it may look up a row."""

    name: str
    path: Callable[[], str]
    status: int = 200


def named(view: str, query: str = "") -> Callable[[], str]:
    return lambda: reverse(view) + query


def fixed(path: str) -> Callable[[], str]:
    return lambda: path


def row(model: type[Offer | Partner | Network]) -> Callable[[], str]:
    return lambda: model.objects.order_by("slug")[0].get_absolute_url()


def confidential_partner() -> str:
    return Partner.objects.filter(places__is_confidential=True)[0].get_absolute_url()


def report_error(query: str = "") -> Callable[[], str]:
    def path() -> str:
        return reverse("offers:report_error", args=[Offer.objects.order_by("slug")[0].slug]) + query

    return path


def proposal(view: str, key: str, *, confirmed: bool = False) -> Callable[[], str]:
    """A page of a proposal that is made for it."""

    def path() -> str:
        proposal = Proposal.objects.create(
            sender_email="traeger@example.org", submission_id=uuid.uuid4(), payload={"title": "Elterncafé"}
        )
        if confirmed:
            confirm_proposal(token=proposal.confirm_token)
        return reverse(f"offers:{view}", args=[getattr(proposal, key)])

    return path


def question() -> str:
    """The link in a question of the Büro about a proposal."""
    asked = Proposal.objects.create(
        sender_email="traeger@example.org",
        submission_id=uuid.uuid4(),
        payload={"title": "Elterncafé"},
        status="waiting",
        confirmed_at=timezone.now(),
    )
    return answer_path(CaseMessage.objects.create(proposal=asked, kind="frage", text="An welchen Tagen?"))


def review(purpose: Answer) -> Callable[[], str]:
    """A link from a mail to a provider."""
    return lambda: link(Offer.objects.public().order_by("slug")[0], purpose)


def area(view: str) -> Callable[[], str]:
    return lambda: reverse(view, args=[District.objects.social_areas().order_by("slug")[0].slug])


def months_from_now(months: int) -> str:
    return Month.of(timezone.localdate()).plus(months).value


PAGES = [
    Page("start", named("offers:start")),
    Page("offers", named("offers:list")),
    Page("offers-filtered", named("offers:list", "?alter=14&ort=osterfeld&kostenlos=1")),
    Page("offers-children", named("offers:list", "?alter=3j&alter=7j&wann=woche&sortierung=neu")),
    Page("offers-near", named("offers:list", "?naehe=51.4996,6.8837&umkreis=10&zeit=vormittag&sortierung=nah")),
    Page("offers-near-nowhere", named("offers:list", "?umkreis=2&kinder=gross&barrierefrei=x&q=Sport&sortierung=nah")),
    Page("offers-page-2", named("offers:list", "?seite=2")),
    Page("offers-none", named("offers:list", "?q=gibtesnicht")),
    Page("offers-bad-values", named("offers:list", "?alter=-1&ort=nirgends&thema=unbekannt&seite=999")),
    Page("offers-empty-words", named("offers:list", "?q=und")),
    Page("offers-widened", named("offers:list", "?alter=schwanger&ort=vondern&form=ferien&kostenlos=1")),
    Page("offer", row(Offer)),
    Page("offer-with-dates", fixed("/angebote/cityknirpse/")),
    Page("offer-confidential", fixed("/angebote/frauenhaus/")),
    Page("offer-ended", fixed("/angebote/cafe-kinderwagen/")),
    Page("topics", named("offers:topics")),
    Page("chain", named("offers:chain")),
    Page("chain-area", area("offers:chain_area")),
    Page("chain-transition", fixed("/kette/uebergang/schule-beruf/")),
    Page("chain-transition-none", fixed("/kette/uebergang/kita-grundschule/?ort=nirgends&seite=2")),
    Page("child", named("offers:child_timeline")),
    Page("child-born", lambda: reverse("offers:child_timeline") + f"?geburt={months_from_now(-14)}&ort=osterfeld"),
    Page("child-bad-values", named("offers:child_timeline", "?monat=9&ort=nirgends")),
    Page("hexmap", named("offers:hexmap")),
    Page("hexmap-filtered", named("offers:hexmap", "?alter=14&ort=osterfeld")),
    Page("offers-carrying-a-list", fixed("/angebote/?alter=15&merk=cityknirpse.frauenhaus")),
    Page("offer-carrying-a-list", fixed("/angebote/bibliothek-osterfeld/?merk=cityknirpse")),
    Page("shortlist", fixed("/merkliste/?o=cityknirpse&o=frauenhaus&o=cafe-kinderwagen")),
    Page("shortlist-empty", named("offers:shortlist")),
    Page("shortlist-unreadable", named("offers:shortlist", "?o=%00&o=gibt-es-nicht")),
    Page("comparison", fixed("/merkliste/vergleich/?o=cityknirpse&o=frauenhaus")),
    Page("comparison-empty", named("offers:shortlist_compare")),
    Page("wegweiser", named("offers:wegweiser")),
    Page("submit", named("offers:submit")),
    Page("submitted", proposal("submit_done", "reference")),
    Page("confirm", proposal("submit_confirm", "confirm_token")),
    Page("confirmed", proposal("submit_confirm", "confirm_token", confirmed=True)),
    Page("confirm-unknown", fixed("/angebote/einreichen/bestaetigen/gibt-es-nicht/"), 404),
    Page("review-confirm", review(Answer.CONFIRMED)),
    Page("review-change", review(Answer.CHANGED)),
    Page("review-end", review(Answer.ENDED)),
    Page("question", question),
    Page("question-unreadable", fixed("/angebote/rueckfrage/gibt.es.nicht/"), 404),
    Page("review-unreadable", fixed("/angebote/pruefen/stimmt/gibt.es.nicht/"), 404),
    Page("report-error", report_error()),
    Page("report-error-sent", report_error("?gesendet=1")),
    Page("partners", named("partners:list")),
    Page("partners-none", named("partners:list", "?q=gibtesnicht")),
    Page("partners-bad-values", named("partners:list", "?art=quatsch&q=verein&seite=999")),
    Page("partner", row(Partner)),
    Page("partner-confidential", confidential_partner),
    Page("networks", named("networks:list")),
    Page("networks-none", named("networks:list", "?q=gibtesnicht")),
    Page("networks-bad-values", named("networks:list", "?stand=quatsch")),
    Page("network", row(Network)),
    Page("about", named("portal:about")),
    Page("help", named("portal:help")),
    Page("imprint", named("portal:imprint")),
    Page("privacy", named("portal:privacy")),
    Page("accessibility", named("portal:accessibility")),
    Page("accessibility-sent", named("portal:accessibility", "?gesendet=1")),
    Page("easy-language", named("portal:easy_language")),
    Page("sign-language", named("portal:sign_language")),
    Page("bad-request", fixed("/test/400/"), 400),
    Page("no-permission", fixed("/test/403/"), 403),
    Page("not-found", fixed("/gibt-es-nicht/"), 404),
    Page("broken", fixed("/test/500/"), 500),
    Page("unreachable", fixed("/test/503/"), 503),
]
