"""An offer is found by the names of those who work along, too."""

from django.db import migrations

from offers.search.install import install_search


class Migration(migrations.Migration):
    dependencies = [("offers", "0041_words_of_cards")]

    operations = [install_search("caf31653bea5")]
