import re
from urllib.parse import unquote

import pgtrigger
from django.db import migrations

OPEN = ("new", "checking", "reported")
NUMBER = re.compile(r"[+(]?[\d ().-]+")
LINK = re.compile(r"(?:wa\.me/|[?&]phone=)([+\d(). -]+)(?!\w)", re.IGNORECASE)


def key_of(report):
    """As accounts.suspects has it; empty for what names no number."""
    if report.platform == "whatsapp":
        found = LINK.search(unquote(report.suspect))
        number = whole(found[1]) if found else ""
        return f"whatsapp|phone|{number}" if number else ""
    if report.platform or not NUMBER.fullmatch(report.suspect):
        return ""
    number = whole(report.suspect)
    return f"phone|{number}" if number else ""


def whole(written):
    """The digits with their country; empty for fewer or more than a number has."""
    digits = re.sub(r"\D", "", written)
    digits = f"62{digits[1:]}" if digits.startswith("0") else digits
    return digits if 8 <= len(digits) <= 15 else ""


def meet_under_one_number(apps, schema_editor):
    """A number counts by its digits now. Open reports get the key of the next one about it: of
    several that were opened for one number, the first."""
    open_now = apps.get_model("accounts", "ImpersonationReport").objects.filter(status__in=OPEN)
    reports = open_now.filter(platform__in=["", "whatsapp"], suspect_key__startswith="link|")
    # What a report is about stays; here it is only written more exactly.
    with pgtrigger.ignore("accounts.ImpersonationReport:stays_itself"):
        # Also those of an earlier run, should this one come after a way back.
        taken = set(open_now.values_list("suspect_key", flat=True))
        for one in reports.order_by("opened_at", "pk"):
            key = key_of(one)
            if key and key not in taken:
                taken.add(key)
                one.suspect_key = key
                one.save(update_fields=["suspect_key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0029_suspect_as_typed")]

    # Not undone: the version before takes the key for that of something else, and opens a report.
    operations = [migrations.RunPython(meet_under_one_number, migrations.RunPython.noop)]
