"""Running an operation, and what its answer says when something is wrong."""

from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec
import structlog
from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    execute_subscription_event,  # pyright: ignore[reportUnknownVariableType] - see `_build`
)

from projectflow.auth.types import Actor
from projectflow.core.db import Database
from projectflow.core.http import Unforeseen, problem_of
from projectflow.core.problems import Problem
from projectflow.core.settings import Settings
from projectflow.graphql.audience import LogEvent
from projectflow.graphql.context import Context, Serial
from projectflow.graphql.documents import (
    Documents,
    InvalidDocument,
    Plan,
    RefusedDocument,
    Weight,
    is_subscription,
)
from projectflow.graphql.loaders import Loaders
from projectflow.graphql.schema import SCHEMA
from projectflow.graphql.streams import Source

PATH: Final = "/graphql"
log = structlog.get_logger()


class Prepared(msgspec.Struct):
    """An operation that may be run."""

    plan: Plan
    weight: Weight
    name: str | None
    variables: dict[str, Any]
    is_subscription: bool


class Engine:
    """Runs operations; one a process."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Documents are kept in it."""
        self._database = database
        self.schema: GraphQLSchema = SCHEMA
        self._documents = Documents(self.schema, settings)

    def prepare(
        self, query: str, name: str | None, variables: Mapping[str, Any] | None
    ) -> Prepared:
        """Look at a request before anything of it is run.

        Raises:
            RefusedDocument: the document or the variables are wrong, or it asks for too much.
        """
        plan = self._documents.plan(query)
        operation = self._documents.operation(plan, name)
        given = dict(variables or {})
        built = self._build(plan, name, given, None)
        weight = self._documents.weigh(plan, operation, built.variable_values.coerced)
        return Prepared(plan, weight, name, given, is_subscription(operation))

    async def answer(self, actor: Actor, prepared: Prepared) -> ExecutionResult:
        """Run a query in a transaction of the actor's tenant."""
        async with Context(actor, self._database).reading() as db:
            serial = Serial(db)
            context = Context(actor, self._database, serial, Loaders(serial, actor))
            executor = self._build(prepared.plan, prepared.name, prepared.variables, context)
            found: Any = executor.execute_operation()
            result: Any = await found if executor.is_awaitable(found) else found
            log.debug("graphql", statements=serial.statements, cost=prepared.weight.cost)
            return cast("ExecutionResult", result)

    def subscriber(self, context: Context, prepared: Prepared) -> Any:
        """What a subscription's events are run with."""
        return self._build(prepared.plan, prepared.name, prepared.variables, context)

    async def event_text(self, source: Source, value: Any) -> str:
        """The message of an event to a subscriber.

        For all who ask the same of the same event it is made once, unless it has to be read for.
        """
        prepared, reads = source.prepared, source.prepared.weight.reads
        is_shared = isinstance(value, LogEvent) and prepared.plan.is_fixed and not reads
        key = (prepared.plan, prepared.name)
        if is_shared and (known := value.texts.get(key)) is not None:
            return (source.prefix + known + b"}").decode()
        if reads:
            result: Any = await self._answer_event(source.executor, value)
        else:
            of_event: Any = source.executor.build_per_event_executor(value)
            found: Any = execute_subscription_event(of_event)
            result = await found if of_event.is_awaitable(found) else found
        body = msgspec.json.encode(body_of(result))
        if is_shared and not result.errors:
            value.texts[key] = body
        return (source.prefix + body + b"}").decode()

    async def _answer_event(self, executor: Any, event: Any) -> ExecutionResult:
        """Run a subscription's selection for one event, in a transaction of its own."""
        actor: Actor = executor.context_value.actor
        async with Context(actor, self._database).reading() as db:
            serial = Serial(db)
            of_event: Any = executor.build_per_event_executor(event)
            of_event.context_value = Context(actor, self._database, serial, Loaders(serial, actor))
            found: Any = of_event.execute_operation(serially=False)
            return cast("ExecutionResult", await found if executor.is_awaitable(found) else found)

    def _build(
        self, plan: Plan, name: str | None, variables: dict[str, Any], context: Context | None
    ) -> Any:
        # Executors are generic in ways that graphql-core does not say.
        built = cast("Any", Executor).build(
            self.schema,
            plan.document,
            context_value=context,
            raw_variable_values=variables,
            operation_name=name,
            hide_suggestions=True,
        )
        if isinstance(built, list):
            raise RefusedDocument(cast("list[GraphQLError]", built))
        return built


def body_of(result: ExecutionResult) -> dict[str, Any]:
    """The answer's JSON."""
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [told(error) for error in result.errors]
    body["data"] = result.data
    return body


def told(error: GraphQLError) -> dict[str, Any]:
    """An error as GraphQL tells it, with the problem that REST would answer in `extensions`."""
    problem = _problem_of(error)
    said = problem_told(problem)
    message = error.message if isinstance(problem, InvalidDocument) else said["message"]
    return {**error.formatted, "message": message, "extensions": said["extensions"]}


def problem_told(problem: Problem) -> dict[str, Any]:
    """A problem as GraphQL tells errors."""
    details = problem.details(PATH)
    extensions: dict[str, Any] = {"type": details.type, "status": details.status}
    if problem.errors:
        extensions["field"] = problem.errors[0].field
        extensions["errors"] = msgspec.to_builtins(problem.errors)
    if problem.retry_after is not None:
        extensions["retryAfter"] = problem.retry_after
    return {"message": details.detail, "extensions": extensions}


def _problem_of(error: GraphQLError) -> Problem:
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        return InvalidDocument(error.message)
    problem = problem_of(original)
    if problem is None:
        log.error("unforeseen_error", exc_info=original, path=PATH)
        return Unforeseen()
    return problem


def refusal(error: RefusedDocument) -> dict[str, Any]:
    """The answer to a document of which nothing was run."""
    return {"errors": [told(each) for each in error.errors]}
