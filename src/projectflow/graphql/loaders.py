"""Data loaders: what the resolvers of one level ask for is read at once."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from projectflow.auth.types import Actor, User
from projectflow.core.db import Db
from projectflow.graphql import batches
from projectflow.graphql.batches import Paging, TaskArguments
from projectflow.graphql.connections import Slice
from projectflow.projects.types import Project, State
from projectflow.tasks.comment_types import Comment
from projectflow.tasks.types import Task
from projectflow.users.teams import Team

T = TypeVar("T")
A = TypeVar("A")
MAX_BATCH = 1000
Rows = Callable[[Db, Actor, Sequence[UUID]], Awaitable[dict[UUID, T]]]
Pages = Callable[[Db, Actor, A, Sequence[UUID]], Awaitable[dict[UUID, Slice | Exception]]]


class Loaders:
    """Of one execution: each row is read once in it."""

    def __init__(self, db: Db, actor: Actor) -> None:
        """Nothing is read until it is asked for."""
        self._db = db
        self._actor = actor
        self.users: DataLoader[UUID, User | None] = self._by_id(batches.users_by_id)
        self.projects: DataLoader[UUID, Project | None] = self._by_id(batches.projects_by_id)
        self.tasks: DataLoader[UUID, Task | None] = self._by_id(batches.tasks_by_id)
        self.comments: DataLoader[UUID, Comment | None] = self._by_id(batches.comments_by_id)
        self.teams: DataLoader[UUID, Team | None] = self._by_id(batches.teams_by_id)
        self.states: DataLoader[UUID, list[State] | None] = self._by_id(batches.states_by_project)
        self._lists: dict[tuple[str, bytes], DataLoader[UUID, Slice]] = {}

    async def tasks_of(self, project_id: UUID, asked: TaskArguments) -> Slice:
        """A page of a project's tasks."""
        return await self._list(batches.tasks_of_projects, asked).load(project_id)

    async def children_of(self, task_id: UUID, asked: Paging) -> Slice:
        """A page of the tasks below a task."""
        return await self._list(batches.children_of_tasks, asked).load(task_id)

    async def comments_of(self, task_id: UUID, asked: Paging) -> Slice:
        """A page of a task's comments."""
        return await self._list(batches.comments_of_tasks, asked).load(task_id)

    async def members_of(self, project_id: UUID, asked: Paging) -> Slice:
        """A page of a project's people."""
        return await self._list(batches.members_of_projects, asked).load(project_id)

    async def team_members_of(self, team_id: UUID, asked: Paging) -> Slice:
        """A page of a team's people."""
        return await self._list(batches.members_of_teams, asked).load(team_id)

    def _by_id(self, read: Rows[T]) -> DataLoader[UUID, T | None]:
        async def load(ids: list[UUID]) -> list[T | None]:
            found = await read(self._db, self._actor, ids)
            return [found.get(each) for each in ids]

        return DataLoader(load_fn=load, max_batch_size=MAX_BATCH)

    def _list(self, read: Pages[A], asked: A) -> DataLoader[UUID, Slice]:
        """One loader for each list and way of asking: aliases may ask for several."""
        name = (read.__name__, repr(asked).encode())
        if name not in self._lists:

            async def load(parents: list[UUID]) -> list[Any]:
                found = await read(self._db, self._actor, asked, parents)
                return [found[each] for each in parents]

            self._lists[name] = DataLoader(load_fn=load, max_batch_size=MAX_BATCH)
        return self._lists[name]
