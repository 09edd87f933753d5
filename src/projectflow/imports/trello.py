"""A Trello board's JSON export, as far as we read it.

The format is Trello's own; Atlassian describes the objects at
https://developer.atlassian.com/cloud/trello/guides/rest-api/object-definitions/.
"""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from projectflow.core.problems import InvalidInput

Id = Annotated[str, Meta(min_length=1, max_length=64)]


class NotATrelloBoard(InvalidInput):
    """This file is not a Trello board export."""


class TrelloList(Struct, rename="camel", frozen=True):
    """A column of the board."""

    id: Id
    name: str = ""
    closed: bool = False
    pos: float = 0.0


class Attachment(Struct, rename="camel", frozen=True):
    """A link or file on a card."""

    id: Id
    name: str | None = None
    url: str | None = None
    date: str | None = None


class Badges(Struct, rename="camel", frozen=True):
    """Counts that Trello shows on a card's front."""

    comments: int = 0


class Card(Struct, rename="camel", frozen=True):
    """A card."""

    id: Id
    id_list: Id
    name: str = ""
    desc: str = ""
    closed: bool = False
    pos: float = 0.0
    id_short: int = 0
    due: str | None = None
    start: str | None = None
    date_last_activity: str | None = None
    id_labels: list[str] = []
    id_members: list[str] = []
    attachments: list[Attachment] = []
    badges: Badges = Badges()


class CheckItem(Struct, rename="camel", frozen=True):
    """A step of a checklist."""

    id: Id
    name: str = ""
    state: str = "incomplete"
    pos: float = 0.0


class Checklist(Struct, rename="camel", frozen=True):
    """A checklist of a card."""

    id: Id
    id_card: Id
    name: str = ""
    pos: float = 0.0
    check_items: list[CheckItem] = []


class Label(Struct, rename="camel", frozen=True):
    """A label; it may have a colour and no name."""

    id: Id
    name: str = ""
    color: str | None = None


class Member(Struct, rename="camel", frozen=True):
    """A person. Exports hold no e-mail addresses."""

    id: Id
    username: str = ""
    full_name: str = ""


class ActionCard(Struct, rename="camel", frozen=True):
    """The card that an action was about."""

    id: Id


class ActionData(Struct, rename="camel", frozen=True):
    """What an action was about; comments have a text."""

    text: str | None = None
    card: ActionCard | None = None


class Action(Struct, rename="camel", frozen=True):
    """Something somebody did; comments are the ones we take."""

    id: Id
    type: str
    date: str | None = None
    data: ActionData = msgspec.field(default_factory=ActionData)
    id_member_creator: str | None = None
    member_creator: Member | None = None


class TrelloBoard(Struct, rename="camel", frozen=True):
    """A whole export."""

    id: Id
    name: str
    lists: list[TrelloList]
    cards: list[Card]
    desc: str = ""
    labels: list[Label] = []
    members: list[Member] = []
    checklists: list[Checklist] = []
    actions: list[Action] = []


def parse_board(content: bytes) -> TrelloBoard:
    """Read an export.

    Raises:
        NotATrelloBoard: it is not JSON, is cut off, or lacks what every board has; the message
            says where.
    """
    try:
        return msgspec.json.decode(content, type=TrelloBoard)
    except msgspec.ValidationError as error:
        raise NotATrelloBoard(f"This is not a Trello board export: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotATrelloBoard(f"The file is broken or cut off: {error}.") from None


def created_at(external_id: str) -> datetime | None:
    """When Trello made an object: the first eight hex digits of its id are seconds since 1970."""
    try:
        return datetime.fromtimestamp(int(external_id[:8], 16), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def comments_of(board: TrelloBoard) -> list[Action]:
    """The comments, oldest first. An export holds the last 1,000 actions only."""
    comments = [a for a in board.actions if a.type in {"commentCard", "copyCommentCard"}]
    return sorted(comments, key=lambda a: (a.date or "", a.id))


def counts_of(board: TrelloBoard) -> dict[str, int]:
    """What the export holds, by kind."""
    closed_lists = {each.id for each in board.lists if each.closed}
    archived = sum(card.closed or card.id_list in closed_lists for card in board.cards)
    return {
        "lists": len(board.lists),
        "cards": len(board.cards),
        "cards_open": len(board.cards) - archived,
        "cards_archived": archived,
        "comments": len(comments_of(board)),
        "labels": len(board.labels),
        "members": len(board.members),
        "checklists": len(board.checklists),
        "checklist_items": sum(len(c.check_items) for c in board.checklists),
        "attachments": sum(len(card.attachments) for card in board.cards),
    }
