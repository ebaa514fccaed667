"""Bring made-up rows into the database by COPY."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import pgtrigger
from django.db import connection, models, transaction
from django.utils import timezone

from offers.models import Offer, Schedule, SearchRow, Topic
from offers.synthetic.rows import SOURCE, District, Ground, Maker, Row
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
    "topics": Offer.topics.through,  # last: its trigger writes the search rows, all in one go
}


def refuse_real_data() -> None:
    """Raise Refusal when the database holds an offer or a partner that is not made up."""
    real = Offer.objects.exclude(source=SOURCE).exists() or Partner.objects.exclude(source=SOURCE).exists()
    if real:
        raise Refusal("In dieser Datenbank stehen echte Angebote oder Partner; erfundene kommen nur mit --force dazu.")


def generate(*, count: int, seed: int) -> None:
    """Add `count` made-up offers in one transaction.

    Raises Refusal when districts or topics are missing or when this seed has been used before. The history records
    nothing of it: made-up rows have no past.
    """
    if Offer.objects.filter(slug__startswith=f"muster-{seed}-").exists():
        raise Refusal(f"Mit --seed {seed} sind hier schon Angebote erzeugt; bitte eine andere Zahl nehmen.")
    with transaction.atomic(), _no_history(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # from here on this transaction ignores the triggers
        ground = _ground({"partners": count, "places": 3 * count, "offers": count})
        rows = Maker(ground, count=count, seed=seed).make()
        for name in MODELS:
            _copy(name, getattr(rows, name))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    tidy = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    with connection.cursor() as cursor:
        tables: list[type[models.Model]] = [*MODELS.values(), SearchRow]
        for model in tables:
            cursor.execute(f"{tidy} {connection.ops.quote_name(model._meta.db_table)}")


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


def _no_history() -> AbstractContextManager[None]:
    """Ignore the triggers that record history."""
    tables = {model._meta.db_table for model in MODELS.values()}
    history = [
        trigger.get_uri(model)
        for model, trigger in pgtrigger.registered()
        if model._meta.db_table in tables and trigger.name == "insert_insert"
    ]
    ignored: AbstractContextManager[None] = pgtrigger.ignore(*history)
    return ignored
