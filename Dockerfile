# The application for production: web server, workers and beat run from this one image.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=govsocial.settings.prod
WORKDIR /app

COPY requirements/base.txt requirements/
RUN python -m pip install --no-cache-dir --require-hashes --requirement requirements/base.txt \
    && useradd --system --uid 10001 --no-create-home govsocial \
    && mkdir /media && chown govsocial /media

COPY . .
# Collecting needs settings that load, not secrets: these values reach no running container.
RUN SECRET_KEY=build CREDENTIAL_KEYS=1:build DATABASE_URL=postgresql:///build \
    REDIS_URL=redis://build SITE_URL=https://build ALLOWED_HOSTS=build EMAIL_HOST=build \
    MEDIA_ROOT=/media python manage.py collectstatic --no-input --verbosity 0

USER govsocial
EXPOSE 8000
# Each worker waits for connections at a place of its own: else the first takes all that come at
# once, and the other one waits.
CMD ["python", "-m", "gunicorn", "govsocial.wsgi", "--bind", "0.0.0.0:8000", \
     "--workers", "2", "--threads", "8", "--reuse-port", "--limit-request-line", "8190", "--access-logfile", "-", \
     "--logger-class", "govsocial.request_logs.AccessLogger"]
