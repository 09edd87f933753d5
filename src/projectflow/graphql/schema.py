"""The schema: what can be asked and what can be heard."""

from typing import Any, Final
from uuid import UUID

import strawberry
from graphql import GraphQLSchema
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig

from projectflow.graphql.people_types import Team, User
from projectflow.graphql.queries import Query
from projectflow.graphql.subscriptions import Subscription
from projectflow.graphql.work_types import Comment, Project, Task


def attribute(row: Any, name: str) -> Any:
    """A column of a row; ids as the texts that GraphQL's ID is."""
    value = getattr(row, name)
    return str(value) if type(value) is UUID else value


_made = strawberry.Schema(
    query=Query,
    subscription=Subscription,
    types=[User, Team, Project, Task, Comment],
    config=StrawberryConfig(default_resolver=attribute, disable_field_suggestions=True),
)
SCHEMA: Final[GraphQLSchema] = _made._schema  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - documents are parsed, kept and run by our own rules; Strawberry gives no public way to the schema


def printed() -> str:
    """The schema in its language, as web/schema.graphql holds it."""
    return print_schema(_made).rstrip("\n") + "\n"
