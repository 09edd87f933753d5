"""A project to look around in: the launch of a shop, in the middle of its work.

All dates are around the day on which it is made, so that the board, the timeline and the calendar
have something to show. It is a project like any other: change it, or delete it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.copied_rows import time_zone
from projectflow.projects.milestones import NewMilestone, create_milestone
from projectflow.projects.service import create_project
from projectflow.projects.types import NewProject, Project
from projectflow.tasks.checklist import add_checklist_item
from projectflow.tasks.comment_types import NewComment
from projectflow.tasks.comments import add_task_comment
from projectflow.tasks.dependencies import NewDependency, add_dependency
from projectflow.tasks.service import create_task
from projectflow.tasks.tags import declare_tags
from projectflow.tasks.types import NewChecklistItem, NewTask, Priority, Task

NAME: Final = "Sample: online shop launch"
ABOUT: Final = (
    "A project to look around in, in the middle of its work. Change what you like; delete it when"
    " you have seen enough."
)
LAST_MINUTE: Final = time(23, 59, 59)


class Piece(Struct, frozen=True, kw_only=True):
    """A task of the sample. Days are counted from today, less than zero for those gone by."""

    title: str
    status: str = "pending"
    starts: int | None = None
    due: int | None = None
    hours: int | None = None
    priority: Priority = "medium"
    tags: tuple[str, ...] = ()
    is_mine: bool = False
    """Whether it is the work of whoever makes the project."""
    of: str | None = None
    """The title of the task that it is a part of."""
    after: tuple[str, ...] = ()
    """Titles of the tasks that it waits for."""
    counts: bool = False
    """Whether the milestone waits for it."""
    about: str | None = None
    steps: tuple[str, ...] = ()
    comment: str | None = None


DONE, DOING, REVIEW = "completed", "in_progress", "in_review"
PIECES: Final[Sequence[Piece]] = (
    Piece(title="Agree on what the shop sells first", status=DONE, starts=-21, due=-18, hours=6,
          priority="high", tags=("planning",), is_mine=True,
          about="The first twelve products, and those that come in autumn."),
    Piece(title="Talk to five customers", status=DONE, starts=-20, due=-14, hours=10,
          tags=("research",), after=("Agree on what the shop sells first",),
          comment="Four of five asked for a click-and-collect option. See the task about it."),
    Piece(title="Choose a payment provider", status=DONE, starts=-16, due=-11, hours=8,
          priority="high", tags=("payments",), is_mine=True,
          after=("Agree on what the shop sells first",)),
    Piece(title="Draw the main pages", status=DONE, starts=-14, due=-7, hours=24,
          tags=("design",), after=("Talk to five customers",)),
    Piece(title="Write the texts of the products", status=DOING, starts=-5, due=2, hours=12,
          tags=("content",), is_mine=True, counts=True,
          about="Two or three sentences each: what it is made of, and **who made it**.",
          steps=("Bread and rolls", "Cakes", "Gift boxes"),
          comment="Bread is done, cakes are next."),
    Piece(title="Photograph the products", status=DOING, starts=-3, due=1, hours=16,
          priority="high", tags=("content",), counts=True),
    Piece(title="Build the catalogue", status=REVIEW, starts=-8, due=-1, hours=30,
          priority="high", tags=("development",), counts=True, after=("Draw the main pages",),
          comment="Ready to be looked at. The filter by allergens is the part to try."),
    Piece(title="Search in the catalogue", status=REVIEW, starts=-4, due=1, hours=8,
          tags=("development",), of="Build the catalogue"),
    Piece(title="Filter by allergens", status=DONE, starts=-6, due=-2, hours=6,
          tags=("development",), of="Build the catalogue"),
    Piece(title="Basket and checkout", status=DOING, starts=-4, due=4, hours=28, priority="urgent",
          tags=("development", "payments"), is_mine=True, counts=True,
          after=("Choose a payment provider",),
          steps=("Basket", "Delivery address", "Payment", "Confirmation by mail")),
    Piece(title="Pay by card", status=DOING, starts=-1, due=3, hours=10, priority="high",
          tags=("payments",), of="Basket and checkout"),
    Piece(title="Pay by invoice", starts=2, due=6, hours=6, priority="low", tags=("payments",),
          of="Basket and checkout"),
    Piece(title="Work out delivery costs", starts=-2, due=-1, hours=4, priority="high",
          tags=("planning",), is_mine=True,
          about="It was due yesterday: this is what overdue work looks like."),
    Piece(title="Pages for phones", starts=1, due=6, hours=14, tags=("design", "development"),
          counts=True, after=("Build the catalogue",)),
    Piece(title="Collect in the shop", starts=8, due=13, hours=12, tags=("development",),
          after=("Basket and checkout",)),
    Piece(title="Terms, privacy and imprint", starts=0, due=5, hours=5, tags=("legal",),
          is_mine=True, counts=True),
    Piece(title="Have the terms checked by a lawyer", starts=6, due=9, hours=3, tags=("legal",),
          after=("Terms, privacy and imprint",), counts=True),
    Piece(title="Try the whole way from basket to door", starts=5, due=8, hours=10,
          priority="high", tags=("testing",), counts=True,
          after=("Basket and checkout", "Photograph the products")),
    Piece(title="Test with a screen reader", starts=7, due=9, hours=6, tags=("testing",),
          after=("Pages for phones",), counts=True),
    Piece(title="Load test for the first weekend", starts=8, due=10, hours=6, tags=("testing",),
          after=("Basket and checkout",)),
    Piece(title="Announce it in the newsletter", starts=10, due=12, hours=4,
          tags=("marketing",), is_mine=True),
    Piece(title="Train the people at the counter", starts=9, due=11, hours=8, tags=("people",)),
    Piece(title="Open the shop", starts=14, due=14, hours=2, priority="urgent",
          tags=("marketing",), is_mine=True, counts=True,
          after=("Try the whole way from basket to door", "Have the terms checked by a lawyer",
                 "Test with a screen reader", "Announce it in the newsletter")),
    Piece(title="Gift vouchers", priority="low", tags=("idea",),
          about="Not before the opening. Without dates it waits at the end of the calendar."),
    Piece(title="Sell on a marketplace too", status="cancelled", priority="low", tags=("idea",),
          comment="Not this year: the fees would eat what we earn."),
)  # fmt: skip


async def create_sample_project(db: Db, actor: Actor) -> Project:
    """Make the sample: one transaction, so all of it is there or nothing.

    Raises:
        Forbidden: the role may not make projects, or what is in them.
    """
    actor.must_be_allowed("project", "create")
    zone = ZoneInfo(await time_zone(db, actor))
    today = datetime.now(UTC).astimezone(zone).date()
    project = await create_project(
        db,
        actor,
        NewProject(
            name=NAME,
            description=ABOUT,
            start_date=today + timedelta(days=-21),
            end_date=today + timedelta(days=14),
        ),
    )
    milestone = await create_milestone(
        db,
        actor,
        project.id,
        NewMilestone(
            name="The shop is open",
            description="Everything that has to be done before the first order.",
            due_date=today + timedelta(days=14),
        ),
    )
    # All of them now, in one order: a tag once written holds up others who write the same.
    await declare_tags(db, actor, [tag for piece in PIECES for tag in piece.tags])
    made: dict[str, Task] = {}
    for piece in PIECES:
        made[piece.title] = await create_task(
            db,
            actor,
            project.id,
            NewTask(
                title=piece.title,
                description=piece.about,
                status=piece.status,
                priority=piece.priority,
                assignee_id=actor.user_id if piece.is_mine else None,
                parent_id=made[piece.of].id if piece.of else None,
                milestone_id=milestone.id if piece.counts else None,
                start_date=_day(today, piece.starts),
                due_date=_end_of_day(_day(today, piece.due), zone),
                estimated_hours=None if piece.hours is None else Decimal(piece.hours),
                tags=list(piece.tags),
            ),
        )
    for piece in PIECES:
        await _fill(db, actor, piece, made)
    return project


def _day(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)


def _end_of_day(day: date | None, zone: ZoneInfo) -> datetime | None:
    """What is due on a day is not late before it is over there."""
    return None if day is None else datetime.combine(day, LAST_MINUTE, zone)


async def _fill(db: Db, actor: Actor, piece: Piece, made: dict[str, Task]) -> None:
    task_id: UUID = made[piece.title].id
    for step in piece.steps:
        await add_checklist_item(db, actor, task_id, NewChecklistItem(title=step))
    for title in piece.after:
        waits_for = NewDependency(depends_on_task_id=made[title].id)
        await add_dependency(db, actor, task_id, waits_for)
    if piece.comment:
        await add_task_comment(db, actor, task_id, NewComment(body=piece.comment))
