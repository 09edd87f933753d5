"""Errors that a caller can act on: RFC 9457 problem details.

An error is a class beside the function that raises it. Its docstring is its message, its name is
its type, and it carries its HTTP status.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import asyncpg
from msgspec import UNSET, Struct, UnsetType

MEDIA_TYPE = "application/problem+json"


class FieldError(Struct, frozen=True):
    """What is wrong with one field of the input; `field` is a dotted path from its root."""

    field: str
    message: str


class ProblemDetails(Struct, frozen=True, omit_defaults=True):
    """The JSON body of every error answer (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | UnsetType = UNSET
    current: Any | UnsetType = UNSET
    """The entity as it is now, where the caller held an older version of it."""


class Problem(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        current: Any = UNSET,
        retry_after: int | None = None,
    ) -> None:
        """Say what happened; without `detail` the class's docstring says it."""
        self.detail = detail or " ".join((type(self).__doc__ or "").split())
        super().__init__(self.detail)
        self.errors = list(errors)
        self.current = current
        self.retry_after = retry_after

    @property
    def slug(self) -> str:
        """The last part of the problem's type: `TaskNotFound` → `task-not-found`."""
        return re.sub(
            r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", type(self).__name__
        ).lower()

    def details(self, instance: str) -> ProblemDetails:
        """The problem as the body of an answer to `instance`, a path."""
        return ProblemDetails(
            type=f"/problems/{self.slug}",
            title=self.slug.replace("-", " ").capitalize(),
            status=self.status,
            detail=self.detail,
            instance=instance,
            errors=self.errors or UNSET,
            current=self.current,
        )


class NotFound(Problem):
    """There is nothing here."""

    status = 404


class Forbidden(Problem):
    """Your role does not allow this."""

    status = 403


class Conflict(Problem):
    """This contradicts something that exists."""

    status = 409


class VersionConflict(Conflict):
    """Somebody changed this since you read it."""


class InvalidInput(Problem):
    """The input is not valid."""

    status = 422

    @classmethod
    def of(cls, field: str, message: str) -> "InvalidInput":
        """One field is wrong."""
        return cls(f"{field}: {message}", errors=[FieldError(field, message)])


class MalformedRequest(Problem):
    """The request is not valid HTTP with JSON."""

    status = 400


class Unavailable(Problem):
    """A part of the service is away for the moment; try again soon."""

    status = 503


ConstraintProblem = Callable[[], Problem]
CONSTRAINTS: dict[str, ConstraintProblem] = {}
"""Which problem a broken constraint is. Modules add theirs beside the code that can break it."""


def problem_of_database_error(error: asyncpg.PostgresError) -> Problem | None:
    """Turn what PostgreSQL refused into the problem it is; None where it is our own mistake."""
    name = getattr(error, "constraint_name", None) or ""
    name = re.sub(r"_p\d+(?=_)|_\d+$", "", name)  # a partition's constraint has its number in it
    if name in CONSTRAINTS:
        return CONSTRAINTS[name]()
    match error:
        case asyncpg.UniqueViolationError():
            return Conflict("Something with this identifier exists.")
        case asyncpg.ForeignKeyViolationError():
            return InvalidInput("The request names something that does not exist.")
        case asyncpg.IntegrityConstraintViolationError() | asyncpg.DataError():
            return InvalidInput("A value cannot be stored.")
        case asyncpg.DeadlockDetectedError() | asyncpg.SerializationError():
            return Unavailable("Others were changing the same things; try again.", retry_after=1)
        case asyncpg.QueryCanceledError():
            return Unavailable("The database took too long to answer.", retry_after=5)
        case (
            asyncpg.PostgresConnectionError()
            | asyncpg.OperatorInterventionError()
            | asyncpg.InsufficientResourcesError()
            | asyncpg.InvalidAuthorizationSpecificationError()
            | asyncpg.ReadOnlySQLTransactionError()
        ):
            return Unavailable("The database is away for the moment.", retry_after=2)
        case _:
            return None
