"""Whatever goes wrong, as the error document that SCIM clients read (RFC 7644 §3.12)."""

from typing import Final

import asyncpg
import structlog
from litestar.exceptions import HTTPException
from scim2_models import Error, InvalidValueException, SCIMException, UniquenessException

from projectflow.core.http import Unforeseen, loggable
from projectflow.core.problems import Problem, Unavailable, problem_of_database_error

UNIQUE: Final = {
    "users_email_unique": "Somebody in this workspace has this userName.",
    "teams_name_unique": "A group in this workspace has this displayName.",
}
log = structlog.get_logger()


def scim_error(error: Exception, path: str) -> SCIMException:
    """The SCIM error that something raised is; what we did not foresee is logged with `path`."""
    match error:
        case SCIMException():
            return error
        case asyncpg.UniqueViolationError() if (taken := _constraint(error)) in UNIQUE:
            return UniquenessException(detail=UNIQUE[taken])
        case UnicodeError() | RecursionError():
            return InvalidValueException(detail="A text cannot be stored, or nests too deeply.")
        case HTTPException():
            return _of_status(error.status_code, error.detail)
        case _:
            return _of_problem(_problem(error, path))


def _constraint(error: asyncpg.PostgresError) -> str:
    return getattr(error, "constraint_name", None) or ""


def _problem(error: Exception, path: str) -> Problem:
    match error:
        case Problem():
            return error
        case asyncpg.PostgresError():
            problem = problem_of_database_error(error)
        case asyncpg.InterfaceError() | asyncpg.InternalClientError() | OSError() | TimeoutError():
            problem = Unavailable("The database is away for the moment.", retry_after=2)
        case _:
            problem = None
    if problem is None:
        log.error("unforeseen_error", exc_info=error, path=loggable(path))
        return Unforeseen()
    return problem


def _of_problem(problem: Problem) -> SCIMException:
    if problem.status == 422:
        return InvalidValueException(detail=problem.detail)
    return _of_status(problem.status, problem.detail)


def _of_status(status: int, detail: str) -> SCIMException:
    return SCIMException.from_error(Error(status=status, detail=detail))
