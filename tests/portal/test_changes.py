"""The catalogue's version rises with everything visitors can see, and with nothing else."""

from collections.abc import Callable
from datetime import date

import pytest
from django.apps import apps
from django.db import connection, transaction
from pghistory.models import Event

from networks.models import Network
from offers.models import ErrorReport, Offer, SearchSynonym, Topic
from partners.models import Contact, Partner, Place
from portal.changes import prune, version
from portal.models import District, FormerSlug, PublicHoliday, SchoolHoliday
from portal.public_holidays import keep_public_holidays, public_holidays
from tests.networks.factories import NetworkFactory
from tests.offers.factories import ErrorReportFactory, OfferFactory, TopicFactory
from tests.partners.factories import ContactFactory, PlaceFactory
from tests.portal.factories import SchoolHolidayFactory, city

pytestmark = pytest.mark.django_db

# Nobody but staff and partners sees what these tables hold. A new table is either watched (offers/search/sql/
# triggers.sql, or CALL portal_watch_changes in its migration) or belongs here.
PRIVATE = {
    "offers": {
        "call", "cardwords", "casemessage", "changedraft", "comparedoffer", "coveragedecision", "coveragerule",
        "districtoutline", "endingwarning", "errorreport", "funding", "linkcheck", "offermeaning", "pairdecision",
        "parallel", "parallelcluster", "parallelcount", "parallelpair", "population", "proposal", "reminder",
        "reportmail", "reportorder", "reviewanswer", "searchcount", "searchterm", "searchtermday", "socialindex",
        "task", "templatelink", "textblock", "uploadedsheet",
    },
    "networks": {"attendance", "decision", "selfreview"},
    "partners": {"affiliation", "claim", "invitation"},
    "portal": {"formuse", "merge", "notice", "noticerhythm", "packentry", "savedfilter"},
}  # fmt: skip


def execute(statement: str, *values: int | str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def changes() -> list[list[int] | None]:
    """The offers each change since the last call names; the log is emptied, so that the next starts anew."""
    found = execute("SELECT offers FROM portal_publicchange ORDER BY id")
    execute("DELETE FROM portal_publicchange")
    return [row[0] for row in found]  # type: ignore[misc]  # an array or None


def watched() -> set[str]:
    found = execute(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'changes_public' OR tgname = 'changes_insert'"
    )
    return {str(row[0]) for row in found}


EDITS: list[tuple[str, Callable[[], object]]] = [
    ("an offer", lambda: Offer.objects.update(note="neu")),
    ("a topic", lambda: Topic.objects.update(label="Anders")),
    ("a partner", lambda: Partner.objects.update(website="https://example.org")),
    ("a place", lambda: Place.objects.update(directions="Hinterhof")),
    ("a contact", lambda: Contact.objects.update(phone="0208 2")),
    ("a network", lambda: Network.objects.update(purpose="Anders")),
    ("a district", lambda: District.objects.update(note="Anders")),
    ("school holidays", lambda: SchoolHoliday.objects.all().delete()),
    ("a public holiday", lambda: PublicHoliday.objects.create(day=date(2026, 1, 2))),
    ("a former address", lambda: FormerSlug.objects.all().delete()),
    ("a synonym", lambda: SearchSynonym.objects.create(word="ebe", language="tr", means="Hebamme")),
    ("a link", lambda: execute("DELETE FROM offers_offer_topics")),
    ("all at once", lambda: execute("TRUNCATE offers_searchsynonym")),
]


@pytest.fixture
def things() -> Offer:
    ContactFactory.create()
    NetworkFactory.create()
    SchoolHolidayFactory.create()
    offer = OfferFactory.create(topics=[TopicFactory.create()], places=[PlaceFactory.create()])
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table whose rows wait for a check cannot be emptied
    execute("SET CONSTRAINTS ALL DEFERRED")
    changes()
    return offer


@pytest.mark.parametrize(("what", "edit"), EDITS, ids=[what for what, _edit in EDITS])
@pytest.mark.usefixtures("things")
def test_whatever_visitors_see_gives_a_new_version(what: str, edit: Callable[[], object]) -> None:
    before = version()
    edit()
    assert version() != before, what


def test_the_log_names_the_offers_whose_rows_changed(things: Offer) -> None:
    other = OfferFactory.create(provider=things.provider)
    changes()
    Offer.objects.filter(pk=things.pk).update(title="Neu")
    assert sorted(named or [] for named in changes()) == [[], [things.pk]]
    Partner.objects.filter(pk=things.provider_id).update(name="Neuer Name")
    assert sorted([things.pk, other.pk]) in [sorted(named or []) for named in changes()]
    gone = other.pk
    other.delete()
    assert [gone] in changes()


@pytest.mark.usefixtures("things")
@pytest.mark.slow
def test_too_many_rows_are_not_named() -> None:
    first = Offer.objects.get()
    execute(
        "INSERT INTO offers_searchrow SELECT (jsonb_populate_record(kept, jsonb_build_object('offer_id', number))).*"
        " FROM offers_searchrow AS kept, generate_series(1000000, 1010000) AS number"
    )
    assert changes() == [None]
    execute("UPDATE offers_searchrow SET pending = false WHERE offer_id < 1009999")
    assert [len(named or []) for named in changes()] == [10_000]
    execute("DELETE FROM offers_searchrow WHERE offer_id <> %s", first.pk)
    assert changes() == [None]


def test_a_transaction_writes_one_plain_change() -> None:
    changes()
    for number in range(3):
        SearchSynonym.objects.create(word=f"wort{number}", language="tr", means="Hebamme")
    assert changes() == [[]]


def test_what_only_staff_see_leaves_the_version() -> None:
    report: ErrorReport = ErrorReportFactory.create()
    before = version()
    ErrorReport.objects.filter(pk=report.pk).update(message="anders")
    ErrorReportFactory.create(offer=report.offer)
    assert version() == before


def test_every_table_is_watched_or_named_private() -> None:
    tables = set()
    for label, private in PRIVATE.items():
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            if not issubclass(model, Event) and not model._meta.proxy and model._meta.model_name not in private:
                tables.add(model._meta.db_table)
    assert tables - watched() == set()


@pytest.mark.django_db(transaction=True)
def test_a_reader_sees_what_ends_later_though_it_began_earlier() -> None:
    """Ids alone would hide it; the transaction's number and a remembered snapshot do not."""
    early = connection.copy()
    try:
        with early.cursor() as cursor:
            cursor.execute("BEGIN; UPDATE portal_district SET note = 'früh'")
            city()  # a later change that ends first
            [(remembered, before)] = execute("SELECT pg_current_snapshot()::text, max(id) FROM portal_publicchange")
            first = version()
            cursor.execute("UPDATE portal_publicchange SET offers = offers WHERE false; COMMIT")
    finally:
        early.close()
    new = execute(
        "SELECT id FROM portal_publicchange WHERE NOT pg_visible_in_snapshot(xid, %s::pg_snapshot)", str(remembered)
    )
    assert len(new) == 1
    assert int(str(new[0][0])) < int(str(before))
    assert version() != first


def test_old_changes_are_forgotten_and_no_version_comes_twice() -> None:
    changes()
    with transaction.atomic():
        TopicFactory.create()
    before = version()
    prune()
    assert version() == before
    execute("UPDATE portal_publicchange SET noted_at = now() - interval '3 days'")
    prune()
    assert version() != before
    assert changes() == [[]]


def test_the_table_of_public_holidays_follows_the_library() -> None:
    year = date.today().year  # noqa: DTZ011  # the year of the local day is all that counts
    known = set(PublicHoliday.objects.filter(day__year=year).values_list("day", flat=True))
    assert known == public_holidays(year)
    assert len(known) > 8
    assert keep_public_holidays() == 0
    PublicHoliday.objects.filter(day__year=year).delete()
    PublicHoliday.objects.create(day=date(year, 2, 2))
    assert keep_public_holidays() == len(known) + 1
    assert set(PublicHoliday.objects.filter(day__year=year).values_list("day", flat=True)) == known
