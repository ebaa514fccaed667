from django.db import migrations

from offers.models.search import INDEX_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("offers", "0001_initial"), ("partners", "0001_initial")]

    operations = [migrations.RunSQL(INDEX_FUNCTION, "DROP FUNCTION offers_index(bigint[])")]
