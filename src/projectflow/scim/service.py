"""Where scim2-server reads and writes: one request, in one transaction of one workspace."""

from typing import Any, Final, LiteralString, NamedTuple, cast

from scim2_models import (
    InvalidPathException,
    NotImplementedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
)
from scim2_server.storage import AsyncScimStorage, SearchPage

from projectflow.auth.revocations import Revocations
from projectflow.core.db import Db
from projectflow.scim import groups, users
from projectflow.scim.filters import Attributes, Parameters, condition_of
from projectflow.scim.schemas import DEFAULT_RESULTS, Group, User
from projectflow.scim.types import Provisioner

LAST_INDEX: Final = 1_000_000_000


class Provisioning(AsyncScimStorage):
    """The people and teams of the workspace whose token was shown.

    What is read to be changed is locked until the transaction ends, so that of two changes at
    once the second sees the first; the version that the library hands on is then the row's own.
    """

    def __init__(self, db: Db, by: Provisioner, revocations: Revocations, *, changes: bool) -> None:
        """`changes` says that what is read will be written."""
        self._db = db
        self._by = by
        self._revocations = revocations
        self._changes = changes

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """One person or team; the members of a team only where they are asked for.

        Raises:
            NotFoundException: it is not in this workspace.
        """
        if resource_type.name == "User":
            return await users.find(self._db, self._by, resource_id, lock=self._changes)
        return await groups.find(
            self._db,
            self._by,
            resource_id,
            lock=self._changes,
            with_members=_asks_for_members(response_parameters),
        )

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Add a person or a team.

        Raises:
            InvalidValueException: a value cannot be stored.
        """
        if isinstance(resource, User):
            made = await users.create(self._db, self._by, resource)
        else:
            made = await groups.create(self._db, self._by, cast("Group", resource))
        return await self.get(resource_type, str(made))

    async def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        """Make a person or a team as given.

        Raises:
            NotFoundException, ForbiddenException, InvalidValueException: as in users and groups.
        """
        del expected_version  # `get` has locked the row
        if isinstance(resource, User):
            changed = await users.update(self._db, self._by, self._revocations, resource)
        else:
            changed = await groups.update(self._db, self._by, cast("Group", resource))
        return await self.get(resource_type, str(changed))

    async def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        """Anonymise a person or remove a team.

        Raises:
            NotFoundException, ForbiddenException: as in users and groups.
        """
        del expected_version
        if resource_type.name == "User":
            await users.delete(self._db, self._by, self._revocations, resource_id)
        else:
            await groups.delete(self._db, self._by, resource_id)

    async def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """A page of people, of teams, or of people and then teams.

        Raises:
            InvalidFilterException, InvalidPathException: what to filter or sort by is not here.
            NotImplementedException: people and teams cannot be sorted together.
        """
        del position  # cursors are not offered
        if len(resource_types) > 1 and search_request.sort_by is not None:
            raise NotImplementedException(detail="Sort at /Users or at /Groups.")
        wanted = DEFAULT_RESULTS if search_request.count is None else search_request.count
        skip = min((search_request.start_index or 1) - 1, LAST_INDEX)
        total, found = 0, list[Resource[Any]]()
        for resource_type in resource_types:
            query = _Query.of(resource_type, self._by, search_request)
            count: int = await self._db.fetchval(query.counted, *query.parameters)
            if wanted > len(found) and skip < count:
                page = query.page(wanted - len(found), skip)
                rows = await self._db.fetch(page, *query.parameters)
                make = users.resource if resource_type.name == "User" else groups.resource
                found += [make(row) for row in rows]
            skip = max(0, skip - count)
            total += count
        return SearchPage(total, found)


class _Query(NamedTuple):
    """A search in one table: `$1` is the tenant, the filter's values follow."""

    columns: LiteralString
    rows: LiteralString
    order: LiteralString
    values: Parameters

    @classmethod
    def of(
        cls, resource_type: ResourceType, by: Provisioner, request: SearchRequest[Any]
    ) -> "_Query":
        values = Parameters(by.tenant_id)
        text = None if request.filter is None else str(request.filter)
        if resource_type.name == "User":
            condition = condition_of(User, text, users.ATTRIBUTES, values)
            rows: LiteralString = (
                f"FROM users u WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND {condition}"
            )
            order = _order(User, request, users.ATTRIBUTES, "u.id")
            return cls(f"{users.COLUMNS}, {users.GROUPS}", rows, order, values)
        condition = condition_of(Group, text, groups.ATTRIBUTES, values)
        members: LiteralString = groups.MEMBERS if _asks_for_members(request) else groups.NO_MEMBERS
        rows = f"FROM teams g WHERE g.tenant_id = $1 AND {condition}"
        order = _order(Group, request, groups.ATTRIBUTES, "g.id")
        return cls(f"{groups.COLUMNS}, {members}", rows, order, values)

    @property
    def counted(self) -> LiteralString:
        return f"SELECT count(*) {self.rows}"

    @property
    def parameters(self) -> list[Any]:
        return self.values.values

    def page(self, limit: int, offset: int) -> LiteralString:
        limited, skipped = self.values.add(limit), self.values.add(offset)
        return (
            f"SELECT {self.columns} {self.rows}"
            f" ORDER BY {self.order} LIMIT {limited} OFFSET {skipped}"
        )


def _order(
    model: type[User | Group],
    request: SearchRequest[Any],
    attributes: Attributes,
    key: LiteralString,
) -> LiteralString:
    if request.sort_by is None:
        return key
    binding = request.sort_binding(model)
    column = None
    if binding is not None:
        column = attributes.single.get((binding.field_name, binding.sub_field_name))
    if column is None:
        raise InvalidPathException(detail=f"{request.sort_by} cannot be sorted by.")
    descending = request.sort_order == SearchRequest.SortOrder.descending
    direction: LiteralString = "DESC" if descending else "ASC"
    return f"{column.sql} {direction}, {key} {direction}"


def _asks_for_members(parameters: ResponseParameters[Any] | None) -> bool:
    """Whether an answer shows members (RFC 7644 §3.9); a group can have thousands."""
    if parameters is None:
        return True
    if parameters.attributes:
        return any(_named(str(path)).startswith("members") for path in parameters.attributes)
    return all(_named(str(path)) != "members" for path in parameters.excluded_attributes or [])


def _named(path: str) -> str:
    return path.rpartition(":")[2].lower()
