"""`manage.py generate_offers`: made-up offers for tests of scale."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from offers.synthetic.load import generate, refuse_real_data
from portal.refusal import Refusal


class Command(BaseCommand):
    help = "Erzeugt erfundene Angebote, Partner und Orte; gleiche Zahl bei --seed, gleiche Angebote."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, required=True, help="wie viele Angebote")
        parser.add_argument("--seed", type=int, default=1, help="Startwert des Zufalls")
        parser.add_argument("--force", action="store_true", help="auch neben echten Angeboten")

    def handle(self, *args: Any, count: int, seed: int, force: bool, **options: Any) -> None:
        if not 1 <= count <= 1_000_000 or seed < 0:
            raise Refusal("--count geht von 1 bis 1000000, --seed ab 0.")
        if not force:
            refuse_real_data()
        generate(count=count, seed=seed)
        self.stdout.write(f"{count} erfundene Angebote stehen in der Datenbank.")
