"""What holds in every environment. Values that differ have no default here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from . import env

ROOT = Path(__file__).resolve().parent.parent.parent

SECRET_KEY = env.secret("SECRET_KEY")
CREDENTIAL_KEYS = env.keys("CREDENTIAL_KEYS")
DATABASES = {"default": env.database()}
REDIS_URL = env.secret("REDIS_URL")

AGENCY_NAME = env.text("AGENCY_NAME", "govsocial")
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000")
TRAINING = env.flag("TRAINING")
TRAINING_URL = env.text("TRAINING_URL", "")
# How far back the figures of a training instance go, at most two years.
DEMO_HISTORY_DAYS = env.integer("DEMO_HISTORY_DAYS", 730)
# "host:port" of platforms on private addresses: the training platform, a test network.
PLATFORM_PRIVATE_HOSTS = frozenset(env.words("PLATFORM_PRIVATE_HOSTS"))
# Where all platforms with one server of their own are reached instead: the training platforms.
PLATFORM_BASE_URL = env.text("PLATFORM_BASE_URL", TRAINING_URL if TRAINING else "")
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(ROOT / ".local" / "media")))
# Where the training platforms of this instance keep their world; seeding reads it.
TRAINING_STATE = Path(env.text("TRAINING_STATE", str(MEDIA_ROOT.parent / "training")))

INSTALLED_APPS = [
    "accounts",
    "content",
    "kpi",
    "stoc",
    "risk",
    "govsocial.audit",
    "govsocial.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "heroicons",
    "pgtrigger",
    "template_partials",
    "tree_queries",
    "govsocial.web.apps.WindowsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # Widget and error templates, found through the settings' engine (FORM_RENDERER).
    "django.forms",
]

MIDDLEWARE = [
    "govsocial.web.middleware.RequestIdMiddleware",
    # Django pads compressed answers at random, against guessing a token by their length (BREACH).
    "govsocial.web.compressing.CompressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Answers what is public by itself: no session, no cookie, no query.
    "accounts.public.middleware.PublicPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "govsocial.web.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "govsocial.web.middleware.PreferencesMiddleware",
    "govsocial.web.middleware.MethodNotAllowedMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "govsocial.web.permissions.DefaultDenyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.RequireSecondStepMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "govsocial.audit.middleware.AuditContextMiddleware",
]

# What each app brings to the shared pages: dotted names, so that none imports another.
NAVIGATION = [
    "content.navigation.entries",
    "accounts.navigation.entries",
    "accounts.impersonation_home.entries",
    "kpi.navigation.entries",
    "govsocial.audit.navigation.entries",
]
# What of it waits for a person, counted in one query.
# What every page says before its content; see govsocial.web.notices.
PAGE_NOTICES = ["content.page_notices.page_notices"]
WAITING = [
    "accounts.waiting.waiting_rows",
    "content.waiting.waiting_rows",
    "content.bell.unread_rows",
]
# Takes the request, gives what the bell in the head of every page shows.
BELL = "content.bell.bell"
HOME_CARDS = [
    "accounts.home.cards",
    "accounts.home_leadership.cards",
    "accounts.impersonation_home.cards",
    "content.home.cards",
    "kpi.home.cards",
]
# Take an official account, yield what is lost with it.
ACCOUNT_WARNINGS = ["content.account_warnings.scheduled"]
# What is sealed in other apps than accounts, for ``manage.py rotate_keys``.
SEALED_KINDS = ["content.handles.SEALED"]
# How many days the evidence of a rule of the register counts (accounts/compliance.py).
REGISTER_RULE_DAYS = {"two_step": 180, "confirmed": 370}
# How long an uploaded list waits to be confirmed.
IMPORT_HOURS = 24
# How long what somebody typed into the composer and did not save is kept for them.
SCRATCH_DAYS = 14
# Takes the actor and what they chose, by name: language, theme.
KEEP_PREFERENCES = "accounts.actions.change_preferences"
TRAINING_SIGN_IN_HELP = "accounts.demo.sign_in_help"
DEMO_SEEDERS = [
    "accounts.demo.seed",
    "content.demo.seed",
    "content.demo.gate.seed",
    "content.demo.media.seed",
    "content.demo.plan.seed",
    "kpi.demo.seed",
]

ROOT_URLCONF = "govsocial.urls"
WSGI_APPLICATION = "govsocial.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "govsocial.web.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# The address is how a person is known here: it is not changed around the actions and the trail.
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Behind one address there is a whole agency: an address may fail often, a person may not.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,5/5m/key",
    "reset_password": "60/m/ip,5/m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "govsocial"
USERSESSIONS_ADAPTER = "accounts.sessions.UserSessionsAdapter"
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
# Nobody registers: addresses come from administrators, and an invitation proves them.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Proxies in front of the application whose X-Forwarded-For is believed; 0: the peer's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
REQUIRE_MFA = env.flag("REQUIRE_MFA", False)
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "govsocial",
    }
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "govsocial.web.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"

# In front of every key that counts calls to platforms.
BUDGET_PREFIX = "govsocial:budget"

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 10}
CELERY_BEAT_SCHEDULER = "govsocial.web.heartbeat:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5

# How long a claimed publication waits for its worker before beat claims it again, in seconds.
PUBLICATION_LEASE = env.integer("PUBLICATION_LEASE", 60)
# How long one step of an attempt may take before it counts as lost with its worker, in seconds.
# More than the longest single call of the platform clients (150 for a part of a film; a refresh of
# the secret, with waiting for one by another worker, is a step of its own).
ATTEMPT_DEADLINE = env.integer("ATTEMPT_DEADLINE", 180, least=170)
# How long somebody who took a publication to post it by hand may be silent before it counts as
# unconfirmed, in seconds.
HAND_CLAIM = env.integer("HAND_CLAIM", 7200, least=300)
# Platforms on which no threads are written, although they have them: X, if it does not let the
# agency's application answer its own posts.
THREADS_OFF = frozenset(env.words("THREADS_OFF"))
# How many days there are to look at an emergency notice afterwards before it is late.
RETROSPECTIVE_DAYS = env.integer("RETROSPECTIVE_DAYS", 3, least=1, most=31)
# How often an account, and a post in its first two days, is captured, in seconds.
PULL_INTERVAL_SECONDS = env.integer("PULL_INTERVAL_SECONDS", 60 if TRAINING else 3600)
# How long a claimed pull may take before another worker may have it, in seconds.
PULL_LEASE_SECONDS = env.integer("PULL_LEASE_SECONDS", 900)

# What one address may ask of the public pages in a minute, per process: everything, and what is
# not in the cache. Generous: behind one address there may be a whole town.
PUBLIC_REQUESTS_PER_MINUTE = env.integer("PUBLIC_REQUESTS_PER_MINUTE", 6000)
PUBLIC_LOOKUPS_PER_MINUTE = env.integer("PUBLIC_LOOKUPS_PER_MINUTE", 120)
# Reports of impersonation in an hour, over all processes: from one address, from one network (an
# IPv4 /24, an IPv6 /48), and from everybody.
PUBLIC_REPORTS_PER_HOUR = env.integer("PUBLIC_REPORTS_PER_HOUR", 5)
PUBLIC_REPORTS_PER_HOUR_NETWORK = env.integer("PUBLIC_REPORTS_PER_HOUR_NETWORK", 40)
PUBLIC_REPORTS_PER_HOUR_ALL = env.integer("PUBLIC_REPORTS_PER_HOUR_ALL", 300)

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "govsocial@localhost")
# Seconds for each word of the mail server: one that says nothing must not hold a worker for ever.
# The claim of a letter is measured by it (``accounts.actions.leased_letters``).
EMAIL_TIMEOUT = 60

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "hide_secrets": {"()": "govsocial.request_logs.HideSecrets"},
        "one_line_refusals": {"()": "govsocial.request_logs.OneLineRefusals"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["hide_secrets", "one_line_refusals"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
