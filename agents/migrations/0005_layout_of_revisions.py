from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0004_draft_history'),
    ]

    operations = [
        migrations.AddField(
            model_name='draftrevision',
            name='layout',
            field=models.JSONField(blank=True, null=True),
        ),
    ]
