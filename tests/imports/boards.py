"""A small Trello board of our own making, with everything in it that an export can hold."""

from typing import Any


def board() -> dict[str, Any]:
    """Three lists (one archived), five cards, comments, a checklist, people, odd things."""
    return {
        "id": "5f0000000000000000000001",
        "name": "Bakery launch",
        "desc": "Everything before the *opening*",
        "closed": False,
        "lists": [
            {"id": "5f00000000000000000000a2", "name": "Doing", "closed": False, "pos": 200},
            {"id": "5f00000000000000000000a1", "name": "Ideas", "closed": False, "pos": 100},
            {"id": "5f00000000000000000000a4", "name": "Done ✓", "closed": False, "pos": 300},
            {"id": "5f00000000000000000000a3", "name": "Old", "closed": True, "pos": 50},
        ],
        "labels": [
            {"id": "5f00000000000000000000b1", "name": "oven", "color": "red"},
            {"id": "5f00000000000000000000b2", "name": "", "color": "green_light"},
        ],
        "members": [
            {"id": "5f00000000000000000000c1", "username": "grace", "fullName": "Grace Hopper"},
            {"id": "5f00000000000000000000c2", "username": "edsger", "fullName": ""},
        ],
        "cards": [
            card(1, "a1", "Sourdough", pos=20, labels=["b1", "b2"], members=["c1", "c2"]),
            card(2, "a1", "Rye", pos=10, desc="Dark **rye**", due="2026-12-24T17:00:00.000Z"),
            card(3, "a2", "Order the oven", pos=5, comments=2),
            card(4, "a4", "Find a place", pos=1),
            card(5, "a3", "Name: Crumbs?", pos=1),
            card(6, "a1", "Forgotten", pos=99, closed=True),
        ],
        "checklists": [
            {
                "id": "5f00000000000000000000d1",
                "idCard": card_id(3),
                "name": "Offers",
                "pos": 1,
                "checkItems": [
                    {
                        "id": "5f00000000000000000000e2",
                        "name": "B",
                        "state": "incomplete",
                        "pos": 2,
                    },
                    {"id": "5f00000000000000000000e1", "name": "A", "state": "complete", "pos": 1},
                ],
            }
        ],
        "actions": [
            comment("f2", 3, "second", "c2", "2026-10-02T08:00:00.000Z"),
            comment("f1", 3, "first", "c1", "2026-10-01T08:00:00.000Z"),
            comment("f3", 77, "on a deleted card", "c1", "2026-10-03T08:00:00.000Z"),
            {"id": "5f00000000000000000000f9", "type": "updateCard", "data": {"old": {"pos": 1}}},
        ],
    }


def card_id(number: int) -> str:
    """Its first eight digits say when it was made: 2020-07-04T04:43:44Z and `number` seconds."""
    return f"{0x5F000900 + number:08x}0000000000000000"


def card(
    number: int,
    in_list: str,
    name: str,
    *,
    pos: float,
    desc: str = "",
    due: str | None = None,
    closed: bool = False,
    labels: list[str] | None = None,
    members: list[str] | None = None,
    comments: int = 0,
) -> dict[str, Any]:
    """One card as Trello writes it."""
    prefix = "5f000000000000000000"
    return {
        "id": card_id(number),
        "idList": f"{prefix}00{in_list}",
        "idShort": number,
        "name": name,
        "desc": desc,
        "closed": closed,
        "pos": pos,
        "due": due,
        "dateLastActivity": "2026-10-05T12:00:00.000Z",
        "idLabels": [f"{prefix}00{label}" for label in labels or []],
        "idMembers": [f"{prefix}00{member}" for member in members or []],
        "attachments": [
            {"id": f"{prefix}01{number:02x}", "name": "Recipe", "url": "https://example.org/r.pdf"},
            {"id": f"{prefix}02{number:02x}", "name": "Evil", "url": "javascript:alert(1)"},
        ]
        if number == 1
        else [],
        "badges": {"comments": comments},
    }


def item(suffix: str, name: str, state: str, *, pos: float) -> dict[str, Any]:
    """One checklist item as Trello writes it."""
    return {"id": f"5f00000000000000000000{suffix}", "name": name, "state": state, "pos": pos}


def comment(suffix: str, on_card: int, text: str, by: str, date: str) -> dict[str, Any]:
    """A comment as Trello writes it: an action."""
    prefix = "5f00000000000000000000"
    return {
        "id": f"{prefix}{suffix}",
        "type": "commentCard",
        "date": date,
        "idMemberCreator": f"{prefix}{by}",
        "data": {"text": text, "card": {"id": card_id(on_card)}},
        "memberCreator": {"id": f"{prefix}{by}", "username": by, "fullName": ""},
    }
