"""A request's document: parsed and validated once for each text, with limits on what it asks."""

from collections.abc import Mapping
from typing import Any, Final, cast

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import MaxIntrospectionDepthRule

from projectflow.core.problems import Problem
from projectflow.core.settings import Settings
from projectflow.graphql.connections import DEFAULT_FIRST

MAX_LENGTH: Final = 100_000
MAX_TOKENS: Final = 3_000
MAX_ERRORS: Final = 10
KEPT_LENGTH: Final = 10_000
"""Longer documents are not kept."""
KEPT: Final = 1_000
PLAIN: Final = frozenset(
    {"Subscription", "Event", "TaskChange", "NotificationChange", "Presence", "PresentPerson"}
)
"""Types whose fields need no reading: an event already holds them."""


class InvalidDocument(Problem):
    """This is not a document that the schema knows."""

    status = 400


class TooComplex(Problem):
    """This asks for too much at once. Ask for less, or in several requests."""

    status = 400


class Plan:
    """A document that is known to be valid, and what is known of it without its variables."""

    __slots__ = ("aliases", "document", "fragments", "is_fixed")

    def __init__(self, document: DocumentNode) -> None:
        """Of a valid document."""
        self.document = document
        self.fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self.aliases = 0
        self.is_fixed = True
        """Whether what is selected is the same whatever the variables are: it has no directives."""


class Documents:
    """Turns texts into plans; one a process."""

    def __init__(self, schema: GraphQLSchema, settings: Settings) -> None:
        """The limits are the settings'."""
        self._schema = schema
        self._settings = settings
        self._rules = [*specified_rules, MaxIntrospectionDepthRule]
        if not settings.graphql_introspection:
            self._rules.append(NoSchemaIntrospectionCustomRule)
        self._kept: LRUCache[str, Plan | list[GraphQLError]] = LRUCache(KEPT)

    def plan(self, text: str) -> Plan:
        """Parse and validate, unless it was done before.

        Raises:
            RefusedDocument: it is not valid; says why.
            TooComplex: it is nested too deeply or has too many aliases.
        """
        known = self._kept.get(text)
        if known is None:
            known = self._examine(text)
            if len(text) <= KEPT_LENGTH:
                self._kept[text] = known
        if isinstance(known, list):
            raise RefusedDocument(known)
        return known

    def _examine(self, text: str) -> Plan | list[GraphQLError]:
        try:
            document = parse(text, max_tokens=MAX_TOKENS, max_source_length=MAX_LENGTH)
        except GraphQLError as error:
            return [error]
        except RecursionError:
            return [GraphQLError("The document is nested too deeply.")]
        errors = validate(self._schema, document, self._rules, max_errors=MAX_ERRORS)
        if errors:
            return errors
        plan = Plan(document)
        # Every fragment stands in one operation at least, and none in itself: both are validated.
        try:
            for definition in document.definitions:
                if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
                    self._look(plan, definition.selection_set)
        except TooComplex as problem:
            return [GraphQLError(problem.detail, original_error=problem)]
        return plan

    def _look(self, plan: Plan, selection_set: SelectionSetNode) -> None:
        for node in selection_set.selections:
            plan.is_fixed = plan.is_fixed and not node.directives
            if isinstance(node, FieldNode) and node.alias is not None:
                plan.aliases += 1
                if plan.aliases > self._settings.graphql_aliases:
                    most = self._settings.graphql_aliases
                    raise TooComplex(f"The document has more than {most} aliases.")
            if isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
                self._look(plan, node.selection_set)

    def operation(self, plan: Plan, name: str | None) -> OperationDefinitionNode:
        """The operation to run.

        Raises:
            RefusedDocument: there is none of this name, or several and no name is said.
        """
        found = get_operation_ast(plan.document, name)
        if found is None:
            raise RefusedDocument([GraphQLError("Say in operationName which operation to run.")])
        return found

    def weigh(
        self, plan: Plan, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> "Weight":
        """Measure what an operation can come to, before anything of it is run.

        Raises:
            RefusedDocument: it goes deeper, or costs more, than is allowed.
        """
        weight = Weight(self._schema, plan, variables, self._settings)
        root = self._schema.get_root_type(operation.operation)
        try:
            weight.add(operation.selection_set, root, 1, 1)
        except TooComplex as problem:
            error = GraphQLError(problem.detail, original_error=problem)
            raise RefusedDocument([error]) from None
        return weight


class Weight:
    """The cost of an operation: its fields, those in lists as often as the list asks for."""

    def __init__(
        self, schema: GraphQLSchema, plan: Plan, variables: Mapping[str, Any], settings: Settings
    ) -> None:
        """Nothing is counted yet."""
        self._schema = schema
        self._plan = plan
        self._variables = variables
        self._settings = settings
        self.cost = 0
        self.reads = False
        """Whether a transaction is needed."""

    def add(
        self, selections: SelectionSetNode, on: GraphQLNamedType | None, times: int, depth: int
    ) -> None:
        """Count what is selected of a type, `times` over.

        Raises:
            TooComplex: it is more, or deeper, than is allowed.
        """
        if depth > self._settings.graphql_depth:
            raise TooComplex(f"This goes more than {self._settings.graphql_depth} levels deep.")
        for node in selections.selections:
            # Also a spread counts: else fragments of fragments would cost nothing.
            self.cost += times
            if self.cost > self._settings.graphql_cost:
                raise TooComplex(
                    f"This can come to more than {self._settings.graphql_cost} fields:"
                    " ask for shorter lists or fewer fields."
                )
            match node:
                case FieldNode():
                    self._add_field(node, on, times, depth)
                case InlineFragmentNode():
                    named = node.type_condition
                    inner = self._schema.get_type(named.name.value) if named else on
                    self.add(node.selection_set, inner, times, depth)
                case FragmentSpreadNode():
                    fragment = self._plan.fragments[node.name.value]
                    inner = self._schema.get_type(fragment.type_condition.name.value)
                    self.add(fragment.selection_set, inner, times, depth)
                case _:
                    raise TooComplex

    def _add_field(
        self, node: FieldNode, on: GraphQLNamedType | None, times: int, depth: int
    ) -> None:
        name = node.name.value
        self.reads = self.reads or (on is not None and on.name not in PLAIN and name[:2] != "__")
        if name.startswith("__") or node.selection_set is None:
            # What introspection may ask for is bounded by the schema and by a rule.
            return
        if not isinstance(on, GraphQLObjectType | GraphQLInterfaceType):
            raise TooComplex
        field: Any = on.fields[name]
        inner = cast("GraphQLNamedType", get_named_type(field.type))
        self.reads = self.reads or inner.name not in PLAIN
        if "first" in field.args:
            times *= self._first(node)
        self.add(node.selection_set, inner, times, depth + 1)

    def _first(self, node: FieldNode) -> int:
        """How many a list asks for."""
        said = next((a.value for a in node.arguments or () if a.name.value == "first"), None)
        value: Any = None
        if isinstance(said, IntValueNode):
            value = int(said.value)
        elif isinstance(said, VariableNode):
            value = self._variables.get(said.name.value)
        return value if isinstance(value, int) and value > 0 else DEFAULT_FIRST


class RefusedDocument(Exception):
    """What is wrong with a document, before anything of it was run."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        """The errors as the answer tells them."""
        super().__init__(errors[0].message)
        self.errors = errors


def is_subscription(operation: OperationDefinitionNode) -> bool:
    """Whether an operation goes on until it is ended."""
    return operation.operation == OperationType.SUBSCRIPTION
