"""How we log: one JSON object per line in production, coloured lines in development, never a debtor's data.

Every line carries the request's id and, once known, the agency's; query strings are left out because names are
searched in them.
"""

import os
import sys

import structlog

_human = os.environ.get("DEBUG", "").lower() in {"1", "true", "yes", "on"} or "pytest" in sys.modules
_shared: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(
                colors=False,
                exception_formatter=structlog.dev.plain_traceback,  # the pretty one prints local variables: debtor data
            )
            if _human
            else structlog.processors.JSONRenderer(),
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stream"], "level": "WARNING"},
    "loggers": {name: {"level": "INFO"} for name in ("debtflow", "core", "imports", "worklist", "payments", "reports")}
    | {"django_structlog": {"level": "WARNING" if _human else "INFO"}, "django-q": {"level": "WARNING"}},
}
