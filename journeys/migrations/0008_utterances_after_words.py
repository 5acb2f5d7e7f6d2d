"""What was said before an utterance, and in which conversation it was said."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0007_doors_and_erasures")]

    operations = [
        migrations.AddField("labelledutterance", "before", models.JSONField(blank=True, default=list)),
        migrations.AddField("labelledutterance", "before_digest", models.CharField(blank=True, default="", max_length=71), preserve_default=False),
        migrations.AddField("labelledutterance", "session", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="utterances", to="journeys.session")),
        migrations.RemoveConstraint("labelledutterance", "utterance_once_a_journey"),
        migrations.AddConstraint("labelledutterance", models.UniqueConstraint(fields=("definition", "text", "before_digest"), name="utterance_once_a_journey")),
    ]
