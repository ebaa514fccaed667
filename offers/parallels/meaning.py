"""What offers mean, beside the words they use: kept by offer, found by `embedding` in another process."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.utils import timezone

from offers.parallels.models import OfferMeaning

AT_ONCE = 20  # texts that a request waits for, some 20 ms each; of a longer list the words have to do
BATCH = 200  # offers whose meaning is found and kept at a time
PATIENCE = 60.0  # seconds; a request waits for less than two, but never for ever

MODEL = "e5-small 1920"  # another one or other bits: another name, so that all is found out anew
_SAID = f"md5('{MODEL} ' || offer.title || '. ' || offer.summary)"
_NEW = f"""
    SELECT offer.id, {_SAID}, offer.title || '. ' || offer.summary
    FROM offers_searchrow AS row JOIN offers_offer AS offer ON offer.id = row.offer_id
    LEFT JOIN offers_offermeaning AS meaning ON meaning.offer_id = offer.id
    WHERE row.published AND row.last_day >= %s AND meaning.said IS DISTINCT FROM {_SAID} ORDER BY offer.id
"""  # noqa: S608  # our own constants
logger = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()


def learn_meanings(seconds: float) -> None:
    """Find out what public offers mean that are new or say something else; what is left after `seconds` waits."""
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [timezone.localdate()])
        new = cursor.fetchall()
    for start in range(0, len(new), BATCH):
        batch = new[start : start + BATCH]
        found = meanings([text for _pk, _said, text in batch])
        OfferMeaning.objects.bulk_create(
            [OfferMeaning(offer_id=pk, said=said, bits=found[text]) for pk, said, text in batch if text in found],
            update_conflicts=True,
            unique_fields=["offer"],
            update_fields=["said", "bits"],
        )
        if not found or time.monotonic() > end:
            return


def meanings_at_once(texts: Sequence[str]) -> Mapping[str, str]:
    """For a request that waits: by text, none when there are too many or another request is being answered.

    So strangers who ask a lot take one process at a time, and none while no offer's meaning is known.
    """
    if len(texts) > AT_ONCE or not _one_at_a_time.acquire(blocking=False):
        return {}
    try:
        return meanings(texts) if OfferMeaning.objects.exists() else {}
    finally:
        _one_at_a_time.release()


def meanings(texts: Sequence[str]) -> Mapping[str, str]:
    """By text its bits as "0" and "1"; empty when they cannot be found, then offers are compared by their words."""
    try:
        return _meanings(tuple(sorted(set(texts)))) if texts else {}
    except (OSError, subprocess.SubprocessError, ValueError) as error:  # whatever keeps the process from answering
        said = getattr(error, "stderr", None) or error
        logger.warning("Parallels are compared without what texts mean: %s", said)
        return {}


@lru_cache(maxsize=64)  # who goes back and forth in a form asks the same again
def _meanings(texts: tuple[str, ...]) -> Mapping[str, str]:
    done = subprocess.run(  # our own module; the texts come by its input
        [sys.executable, "-m", "offers.parallels.embedding"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
        cwd=settings.BASE_DIR,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},  # leaves the web its core
    )
    return dict(zip(texts, json.loads(done.stdout), strict=True))
