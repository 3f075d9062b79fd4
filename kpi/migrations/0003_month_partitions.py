"""The function that makes the partition of one month, with the rights of the tables' owner.

The application's role owns no table in production and may create none. So a worker calls this
function, which does exactly one thing for exactly two tables.

Locks: attaching a partition locks the tables that it refers to and the default partition. A pull
writes posts first and reads captures later, so the referenced tables are locked before anything
else here; and whoever waits here gives up before PostgreSQL looks for a deadlock (one second).
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION kpi_make_month_partition(parent text, month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '500ms'
AS $$
DECLARE
    referenced text;
    part text;
    rest text := parent || '_default';
    starts timestamptz;
    ends timestamptz;
BEGIN
    IF parent IS NULL OR parent NOT IN ('kpi_accountsnapshot', 'kpi_postsnapshot') THEN
        RAISE EXCEPTION 'Not a table with partitions by month: %', parent
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF month IS NULL OR extract(day FROM month) <> 1
        OR month < DATE '2005-01-01' OR month > DATE '2100-01-01' THEN
        RAISE EXCEPTION 'Not the first day of a month between 2005 and 2100: %', month
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    part := parent || to_char(month, '_YYYY_MM');
    IF to_regclass(format('public.%I', part)) IS NOT NULL THEN
        RETURN false;
    END IF;
    starts := month::timestamp AT TIME ZONE 'UTC';
    ends := (month + interval '1 month') AT TIME ZONE 'UTC';
    referenced := CASE parent
        WHEN 'kpi_postsnapshot' THEN 'kpi_platformpost' ELSE 'accounts_officialaccount' END;
    EXECUTE format('LOCK TABLE public.%I IN SHARE ROW EXCLUSIVE MODE', referenced);
    EXECUTE format('LOCK TABLE public.%I IN SHARE UPDATE EXCLUSIVE MODE', parent);
    EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', rest);
    -- Two at once: the other one was first, and held these locks until it was done.
    IF to_regclass(format('public.%I', part)) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
        part, parent);
    -- Rows of this month that came before it move over: attaching would refuse otherwise.
    EXECUTE format(
        'WITH moved AS (DELETE FROM public.%I WHERE captured_at >= %L AND captured_at < %L '
        'RETURNING *) INSERT INTO public.%I SELECT * FROM moved', rest, starts, ends, part);
    EXECUTE format(
        'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        parent, part, starts, ends);
    RETURN true;
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('kpi', '0002_snapshots'),
    ]

    operations = [
        migrations.RunSQL(MAKE, 'DROP FUNCTION kpi_make_month_partition(text, date)'),
    ]
