"""`manage.py wegweiser`: make the booklets of all Sozialräume now."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand

from offers.wegweiser.shelf import make_all


class Command(BaseCommand):
    help = "Macht die Wegweiser aller Sozialräume als PDF neu (sonst jede Nacht der Auftragsdienst)."

    def handle(self, *args: Any, **options: Any) -> None:
        start = monotonic()
        made = 0
        for booklet in make_all():
            made += 1
            self.stdout.write(f"{booklet.area.name}: {booklet.path}, {booklet.size // 1024} kB")
        self.stdout.write(f"{made} Wegweiser in {monotonic() - start:.1f} s.")
