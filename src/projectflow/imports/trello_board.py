"""A Trello board as what comes in."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Final

from projectflow.imports.incoming import (
    Incoming,
    IncomingComment,
    IncomingLink,
    IncomingState,
    IncomingStep,
    IncomingTag,
    IncomingTask,
    Person,
)
from projectflow.imports.trello import (
    Card,
    Label,
    Member,
    TrelloBoard,
    comments_of,
    counts_of,
    created_at,
    parse_board,
)
from projectflow.imports.values import day, moment, text

LABEL_COLORS: Final = {
    "green": "#4bce97", "yellow": "#f5cd47", "orange": "#fea362", "red": "#f87168",
    "purple": "#9f8fef", "blue": "#579dff", "sky": "#6cc3e0", "lime": "#94c748",
    "pink": "#e774bb", "black": "#8590a2",
}  # fmt: skip


def read_trello(content: bytes) -> Incoming:
    """Read a board's export.

    Raises:
        NotATrelloBoard: as `parse_board`.
    """
    board = parse_board(content)
    lists = sorted(board.lists, key=lambda each: (each.closed, each.pos, each.id))
    incoming = Incoming(
        source="trello",
        key=board.id,
        name=text(board.name, 200) or "Trello board",
        description=board.desc,
        states=[IncomingState(each.id, each.name) for each in lists],
        people=[_person(member) for member in _people_of(board).values()],
        tags=[IncomingTag(_tag_of(label), _color_of(label)) for label in board.labels],
        tasks=[],
        counts=counts_of(board),
    )
    steps, comments = _steps(board, incoming), _comments(board, incoming)
    tags = {label.id: _tag_of(label) for label in board.labels}
    closed = {each.id for each in lists if each.closed}
    place = {each.id: index for index, each in enumerate(lists)}
    cards = {card.id: card for card in board.cards}
    for card in cards.values():
        if card.id_list not in place:
            incoming.skip("card", card.name, "its list is not in the export")
    kept = [card for card in cards.values() if card.id_list in place]
    for card in sorted(kept, key=lambda c: (place[c.id_list], c.pos, c.id)):
        archived = card.closed or card.id_list in closed
        incoming.tasks.append(_task(card, tags, steps, comments, incoming, archived=archived))
    return incoming


def _task(
    card: Card,
    tags: dict[str, str],
    steps: dict[str, list[IncomingStep]],
    comments: dict[str, list[IncomingComment]],
    incoming: Incoming,
    *,
    archived: bool,
) -> IncomingTask:
    for value, what in ((card.due, "due date"), (card.start, "start date")):
        if value and moment(value) is None:
            incoming.skip(what, card.name, f"{text(value, 40)} is not a date")
    active = moment(card.date_last_activity)
    return IncomingTask(
        key=card.id,
        title=card.name,
        description=card.desc,
        state=card.id_list,
        age=(card.id_short,),
        assignees=card.id_members,
        start_date=day(card.start),
        due_date=moment(card.due),
        tags=[tags[label] for label in card.id_labels if label in tags],
        created_at=created_at(card.id),
        updated_at=active,
        completed_at=active,
        archived_at=(active or datetime.now(UTC)) if archived else None,
        comments=comments[card.id],
        steps=steps[card.id],
        links=[
            IncomingLink(each.id, each.name or "", each.url or "", moment(each.date))
            for each in card.attachments
        ],
    )


def _steps(board: TrelloBoard, incoming: Incoming) -> dict[str, list[IncomingStep]]:
    cards, found = {card.id for card in board.cards}, defaultdict[str, list[IncomingStep]](list)
    for checklist in sorted(board.checklists, key=lambda c: (c.pos, c.id)):
        if checklist.id_card not in cards:
            incoming.skip("checklist", checklist.name, "its card is not in the export")
            continue
        found[checklist.id_card] += [
            IncomingStep(item.id, checklist.name, item.name, item.state == "complete")
            for item in sorted(checklist.check_items, key=lambda i: (i.pos, i.id))
        ]
    return found


def _comments(board: TrelloBoard, incoming: Incoming) -> dict[str, list[IncomingComment]]:
    cards, found = {card.id for card in board.cards}, defaultdict[str, list[IncomingComment]](list)
    comments = comments_of(board)
    for action in comments:
        card_id = action.data.card.id if action.data.card else None
        author = action.member_creator.id if action.member_creator else action.id_member_creator
        body = action.data.text or ""
        if card_id not in cards:
            incoming.skip("comment", body, "its card is not in the export")
        else:
            found[card_id or ""].append(
                IncomingComment(action.id, author, body, moment(action.date))
            )
    promised = sum(card.badges.comments for card in board.cards)
    if promised > len(comments):
        missing = promised - len(comments)
        incoming.skip("comments", f"{missing} comments", "the export does not hold them")
    return found


def _people_of(board: TrelloBoard) -> dict[str, Member]:
    """Everybody the export names, by Trello id: members, and those who only commented."""
    commenters = (a.member_creator for a in board.actions if a.member_creator is not None)
    return {person.id: person for person in [*commenters, *board.members]}


def _person(member: Member) -> Person:
    return Person(member.id, member.full_name or member.username)


def _tag_of(label: Label) -> str:
    """A label's name, or its colour where it has none."""
    return text(label.name, 50) or text(label.color, 50) or "label"


def _color_of(label: Label) -> str | None:
    """A label's colour; Trello's light and dark shades count as the plain one."""
    return LABEL_COLORS.get((label.color or "").partition("_")[0])
