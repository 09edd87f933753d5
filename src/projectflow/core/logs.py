"""Structured logs: JSON lines, or coloured text on a terminal. No secret, no personal datum."""

import logging
import sys
from typing import Any

import msgspec
import structlog

from projectflow.core.settings import Settings


def configure_logging(settings: Settings) -> None:
    """Send structlog's and the standard library's records to standard error, in one format."""
    console = settings.log_format == "console" or (
        settings.log_format == "auto" and sys.stderr.isatty()
    )
    level = getattr(logging, settings.log_level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render: list[Any] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if console
        else [TRACEBACKS, _without_values, structlog.processors.JSONRenderer(_to_json)]
    )
    structlog.configure(
        processors=shared + render,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))


TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def _without_values(logger: Any, method: str, event: Any) -> Any:
    """PostgreSQL tells the values that a statement failed on: they are people's data."""
    del logger, method
    for exception in event.get("exception", ()):
        exception["exc_value"] = exception["exc_value"].partition("\nDETAIL:")[0]
    return event


def _to_json(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
