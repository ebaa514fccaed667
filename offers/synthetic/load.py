"""Bring made-up rows into the database by COPY."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pgtrigger
from django.db import connection, models, transaction
from django.utils import timezone

from offers.models import Offer, Schedule, SearchRow, Topic
from offers.search.splitting import known_words, new_words, remember, split_elsewhere
from offers.synthetic.rows import SOURCE, District, Ground, Maker, Row, Rows
from partners.models import Partner, Place
from portal.enums import DistrictKind
from portal.models import District as DistrictModel
from portal.refusal import Refusal

COLUMNS = {
    "partners": "id public_id created_at updated_at slug source confirmed_on name short_name kind description website"
    " email phone note",
    "places": "id public_id created_at updated_at source confirmed_on partner_id name street postcode city district_id"
    " is_confidential wheelchair access_features directions note",
    "offers": "id public_id created_at updated_at slug source confirmed_on status title summary description provider_id"
    " ages audiences format access level when_note cost cost_note registration registration_note phone email website"
    " languages interpreting accessibility_note lifecycle ends_on verified_at note version",
    "topics": "offer_id topic_id",
    "catchment": "offer_id district_id",
    "offer_places": "offer_id place_id",
    "schedules": "offer_id kind weekdays dates start_time end_time pauses_in_school_holidays pauses_on_public_holidays"
    " note",
}
MODELS: dict[str, type[models.Model]] = {
    "partners": Partner,
    "places": Place,
    "offers": Offer,
    "catchment": Offer.catchment.through,
    "offer_places": Offer.places.through,
    "schedules": Schedule,
    "topics": Offer.topics.through,
}
TABLES: list[type[models.Model]] = [*MODELS.values(), SearchRow]
BATCH = 20_000  # offers
MANY = 5000  # offers from which on it is worth while to split words at once: that alone takes seconds


def refuse_real_data() -> None:
    """Raise Refusal when the database holds an offer or a partner that is not made up."""
    real = Offer.objects.exclude(source=SOURCE).exists() or Partner.objects.exclude(source=SOURCE).exists()
    if real:
        raise Refusal("In dieser Datenbank stehen echte Angebote oder Partner; erfundene kommen nur mit --force dazu.")


def generate(*, count: int, seed: int) -> None:
    """Add `count` made-up offers in one transaction.

    Rows are copied batch by batch while the next batch is made, then the search rows are written by the function that
    the triggers call, too; so a million offers need no more memory than a thousand. The triggers wait meanwhile, and
    nobody else can search or write: it is a tool for tests of scale. The history records nothing: made-up rows have no
    past. Raises Refusal when districts or topics are missing or when this seed has been used before.
    """
    if Offer.objects.filter(slug__startswith=f"muster-{seed}-").exists():
        raise Refusal(f"Mit --seed {seed} sind hier schon Angebote erzeugt; bitte eine andere Zahl nehmen.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '256MB'")
        ground = _ground({"partners": count, "places": 3 * count, "offers": count})
        first = ground.free_ids["offers"]
        with _triggers_waiting(), _index_of_words_apart(count):
            _copy_all(Maker(ground, count=count, seed=seed).make(BATCH))
            for begin in range(first, first + count, BATCH):
                cursor.execute("SELECT offers_index(%s)", [[*range(begin, min(begin + BATCH, first + count))]])
    _tidy()


def _copy_all(batches: Iterator[Rows]) -> None:
    """Copy the rows; have a batch made and the words of the first one split while the database works.

    The first batch holds nearly all words. The job splits what only later ones hold, and the words of few offers.
    """
    with ThreadPoolExecutor(max_workers=2) as others:
        coming = others.submit(next, batches, None)
        split: Future[Mapping[str, list[str]]] | None = None
        while (batch := coming.result()) is not None:
            coming = others.submit(next, batches, None)
            for name in MODELS:
                _copy(name, getattr(batch, name))
            if split is None and len(batch.offers) >= MANY:
                words = new_words([row[0] for row in batch.offers])
                split = others.submit(split_elsewhere, words, [*known_words(), *words])
        if split is not None:
            remember(split.result())
    _run("ANALYZE", TABLES)


def _tidy() -> None:
    """Statistics for the planner, and what lets it answer from indexes alone; two tables at a time."""
    if connection.in_atomic_block:
        _run("ANALYZE", TABLES)
        return
    largest_first: list[type[models.Model]] = [SearchRow, *MODELS.values()]
    with ThreadPoolExecutor(max_workers=2) as workers:
        for done in [workers.submit(_vacuum, model) for model in largest_first]:
            done.result()


def _vacuum(model: type[models.Model]) -> None:
    try:
        _run("VACUUM (ANALYZE)", [model])
    finally:
        connection.close()  # this thread's own


def _run(statement: str, tables: Sequence[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"{statement} {connection.ops.quote_name(model._meta.db_table)}")


@contextmanager
def _triggers_waiting() -> Iterator[None]:
    """Switch off what would index, record or log each row; offers keep the trigger that says when they are due.

    Readers that keep the rows in step read all of them afterwards.
    """
    tables = [model._meta.db_table for model in TABLES]
    [(offer, due)] = pgtrigger.registered("offers.Offer:review_due")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the database would keep a note of each row to check
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"ALTER TABLE {Offer._meta.db_table} ENABLE TRIGGER {due.get_pgid(offer)}")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("INSERT INTO portal_publicchange (offers) VALUES (NULL), ('{}')")


@contextmanager
def _index_of_words_apart(count: int) -> Iterator[None]:
    """Make the index of words anew afterwards, which is much quicker than to extend it, when most rows are new."""
    if SearchRow.objects.count() > count:
        yield
        return
    [index] = [index for index in SearchRow._meta.indexes if index.name == "searchrow_document"]
    with connection.schema_editor() as editor:
        editor.remove_index(SearchRow, index)
    yield
    with connection.schema_editor() as editor:
        editor.add_index(SearchRow, index)


def _ground(needed: dict[str, int]) -> Ground:
    postcodes = dict(DistrictModel.objects.filter(postcodes__isnull=False).values_list("pk", "postcodes__code"))
    districts = [
        District(pk, kind, name, postcodes.get(pk, ""))
        for pk, kind, name in DistrictModel.objects.order_by("pk").values_list("pk", "kind", "name")
    ]
    topics = dict(Topic.objects.order_by("slug").values_list("slug", "pk"))
    if not topics or not any(district.kind == DistrictKind.QUARTER for district in districts):
        raise Refusal("Stadtgebiete oder Themen fehlen: Bitte zuerst ein Datenpaket laden (load_pack).")
    free = {name: _reserve(MODELS[name]._meta.db_table, count) for name, count in needed.items()}
    return Ground(districts, topics, timezone.now().replace(hour=0, minute=0, second=0, microsecond=0), free)


def _reserve(table: str, count: int) -> int:
    """The first of `count` ids that nobody else will get."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        [sequence] = cursor.fetchone()
        cursor.execute("SELECT nextval(%s)", [sequence])
        [first] = cursor.fetchone()
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + count])
    return int(first)


def _copy(name: str, rows: Sequence[Row]) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, COLUMNS[name].split()))
    statement = f"COPY {quote(MODELS[name]._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
