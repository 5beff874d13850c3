"""Every setting, read from the environment; `.env.example` documents each. No default is unsafe in production."""

import logging
import sys
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env", overwrite=False)

DEBUG = env.bool("DEBUG", default=False)
TESTING = "pytest" in sys.modules
DATA_DIR = Path(env.str("DEBTFLOW_DATA", default=str(BASE_DIR / ".data"))).resolve()
DEVELOPMENT = DEBUG or TESTING

# --- secrets -------------------------------------------------------------------------------------------------
# Development uses fixed, public keys; production must bring its own (see _required).


def _required(name: str, *, development: str) -> str:
    """The variable's value; only development may do without it."""
    value = env.str(name, default=development if DEVELOPMENT else "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: see .env.example. Only DEBUG=1 has a default.")
    return value


SECRET_KEY = _required("SECRET_KEY", development="development-only-secret-key-of-debtflow-never-used-in-production")
FIELD_ENCRYPTION_KEYS = _required(
    "FIELD_ENCRYPTION_KEYS", development="ZGV2ZWxvcG1lbnQtb25seS1kZWJ0Zmxvdy1rZXktMDE="
).split(",")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- applications --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "auditlog",
    "django_filters",
    "django_htmx",
    "django_q",
    "django_structlog",
    "django_tables2",
    "core",
    "imports",
    "payments",
    "worklist",
    "reports",
    "debtflow",
]
AUTH_USER_MODEL = "core.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "debtflow.urls"
WSGI_APPLICATION = "debtflow.wsgi.application"

MIDDLEWARE = [
    "debtflow.health.ProbesFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "debtflow.middleware.Compressed",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "debtflow.middleware.RequestLog",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "debtflow.middleware.AgencyMiddleware",
    "debtflow.middleware.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "debtflow.middleware.HtmxResponses",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["debtflow.templatetags.ui", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "debtflow.context.shell",
                "debtflow.jinja.csrf",
            ],
        },
    },
    # For what is long or asked for all day, and for forms: deploy/decisions/0007-two-template-languages.md.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "debtflow/jinja2"],
        "APP_DIRS": True,
        "OPTIONS": {"environment": "debtflow.jinja.Environment", "context_processors": ["debtflow.jinja.csrf"]},
    },
]
FORM_RENDERER = "debtflow.jinja.Forms"

# --- database ------------------------------------------------------------------------------------------------
# Two roles: the owner migrates; web and worker connect as a plain role that row-level security binds.
DATABASE_ROLE = env.str("DEBTFLOW_DB_ROLE", default="app")
NO_DATABASE_COMMANDS = {"check_templates", "collectstatic", "compilemessages", "makemessages", "reset", "sftp_server"}


def _database_url() -> str:
    url = env.str("DATABASE_OWNER_URL" if DATABASE_ROLE == "owner" else "DATABASE_URL", default="")
    if url:
        return url
    if set(sys.argv[1:2]) & NO_DATABASE_COMMANDS:
        return "postgres://none@localhost/none"
    if not DEVELOPMENT:
        raise ImproperlyConfigured("Set DATABASE_URL (and DATABASE_OWNER_URL for migrations): see .env.example.")
    if TESTING:  # tests/conftest.py starts a cluster of its own
        return "postgres://postgres@127.0.0.1/postgres"
    from debtflow import embedded_postgres

    ends_with_us = sys.argv[1:2] == ["run"]
    return embedded_postgres.ensure(DATA_DIR / "postgres", tied=ends_with_us).url(DATABASE_ROLE)


DATABASES = {"default": {**env.db_url_config(_database_url()), "ENGINE": "debtflow.postgresql"}}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
OPTIONS: dict[str, Any] = DATABASES["default"].setdefault("OPTIONS", {})
OPTIONS["prepare_threshold"] = 5  # of the statements of core.prepared; all others are sent as text
if env.bool("DATABASE_POOL", default=False):  # the web process only: a pool does not survive the worker's forks
    OPTIONS["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600  # seconds; with a connection go the plans it has kept
# The packaged table of django-auditlog is never made: core.AuditLog stands in its place.
MIGRATION_MODULES = {"auditlog": None}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    "q2": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "q2"},
}

# --- jobs ----------------------------------------------------------------------------------------------------
# `retry` counts from the dequeue, so it is far beyond any time-out; the clock of `manage.py worker` replaces the
# guard's scheduler, which looks only every 30 seconds.
Q_CLUSTER = {
    "name": "default",
    "orm": "default",
    "broker_class": "debtflow.broker.Broker",
    "workers": env.int("WORKERS", default=2),
    "timeout": 3600,
    "retry": 8000,
    "max_attempts": 3,
    "queue_limit": 4,
    "bulk": 1,
    "recycle": 500,
    "save_limit": 1000,
    "catch_up": False,
    "ack_failures": False,
    "label": "Jobs",
    "cache": "q2",
    "scheduler": False,
    "sync": False,
}

# --- sign-in -------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["core.signin.SignInBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "core.signin.AccountAdapter"
MFA_ADAPTER = "core.signin.MfaAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key", "login": "60/m/ip"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
USERSESSIONS_TRACK_ACTIVITY = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off (RFC 6238, 5.2)
# Sign-up is closed, so nobody can claim another person's address before him; and some users have none.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_ENGINE = "debtflow.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True

# --- mail ----------------------------------------------------------------------------------------------------
MAILERS: dict[str, dict[str, Any]]
if DEVELOPMENT and not env.str("EMAIL_HOST", default=""):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": _required("EMAIL_HOST", development=""),
                "port": env.int("EMAIL_PORT", default=587),
                "username": env.str("EMAIL_USER", default=""),
                "password": env.str("EMAIL_PASSWORD", default=""),
                "use_tls": env.bool("EMAIL_TLS", default=True),
                "timeout": 30,  # seconds; a report's row is locked while it is mailed
            },
        }
    }
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="DebtFlow <no-reply@debtflow.example>")

# --- transport and content security --------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_SSL_REDIRECT = not DEVELOPMENT
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEVELOPMENT
SECURE_HSTS_PRELOAD = not DEVELOPMENT
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000

# Whoever tells it as a bearer token sees /metrics; without one the page exists in development alone.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- files ---------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "debtflow.assembly.AssemblyFinder",
]
MEDIA_ROOT = DATA_DIR / "files"
# Whatever its size, a file that somebody brings is written to disk while it arrives.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
_S3: dict[str, Any] = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": env.str("STORAGE_BUCKET", default=""),
        "endpoint_url": env.str("STORAGE_ENDPOINT", default="") or None,
        "signature_version": "s3v4",
        "file_overwrite": False,
        "default_acl": None,
        "querystring_expire": 300,
    },
}
STORAGES: dict[str, dict[str, Any]] = {
    "default": _S3
    if env.str("STORAGE_BUCKET", default="")
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# --- time, language, tables ----------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- audit ---------------------------------------------------------------------------------------------------
AUDITLOG_LOGENTRY_MODEL = "core.AuditLog"
AUDITLOG_STORE_JSON_CHANGES = True

# --- imports (SPEC §5.11): a file beyond a limit is refused with one sentence -----------------------------------
IMPORT_MAX_FILE_BYTES = env.int("IMPORT_MAX_FILE_BYTES", default=512 * 1024 * 1024)
IMPORT_MAX_UNPACKED_BYTES = env.int("IMPORT_MAX_UNPACKED_BYTES", default=2 * 1024 * 1024 * 1024)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=1_000_000)
IMPORT_MAX_ROW_BYTES = env.int("IMPORT_MAX_ROW_BYTES", default=64 * 1024)
# An agency's admin chooses where a feed leads: in production not into our own network.
SFTP_ALLOW_PRIVATE_HOSTS = env.bool("SFTP_ALLOW_PRIVATE_HOSTS", default=DEVELOPMENT)
SFTP_VISIT_SECONDS = env.int("SFTP_VISIT_SECONDS", default=900)

# One line when a request is over; the address is told by the middleware that finds it behind the proxies.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
from debtflow.logs import LOGGING  # noqa: E402, F401  (structlog is configured with the settings)
