"""A client as docs/sync.md describes one: it puts, removes and loads rows, and knows no event."""

from typing import Any, Final

import msgspec
from tests.people import Person

Row = dict[str, Any]
REFERENCES: Final = {
    ("task", "dependency"): ("task_id", "depends_on_task_id"),
    ("task", "relation"): ("task_id", "other_task_id"),
    ("user", "project_member"): ("user_id",),
}
"""By the models of both: the fields of the second that name the first, with which it goes."""


class Copy:
    """Somebody's copy of their workspace."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.seq = 0
        self.rows: dict[str, dict[str, Row]] = {}
        self.touched: dict[str, set[str]] = {}
        self.told: list[str] = []
        self.resets: list[str] = []

    async def start(self) -> None:
        """Begin anew."""
        self.seq, self.rows = await fresh(self.person)

    async def catch_up(self, limit: int = 1000) -> None:
        """Apply what changed until there is no more."""
        more = True
        while more:
            answer = await self.person.get("/sync", after=self.seq, limit=limit)
            if answer.status_code == 409:
                self.resets.append(answer.json()["reason"])
                await self.start()
                return
            assert answer.status_code == 200, answer.text
            page = answer.json()
            await self.apply(page["changes"])
            self.told += [event["type"] for event in page["events"]]
            self.seq, more = page["seq"], page["more"]
            assert page["seq"] <= page["latest"]

    async def apply(self, changes: list[Row]) -> None:
        loads: list[str] = []
        for change in changes:
            model, row_id = change["model"], change["id"]
            match change["op"]:
                case "put":
                    self.rows.setdefault(model, {})[row_id] = change["row"]
                case "remove":
                    self.remove(model, row_id)
                case "touch":
                    self.touched.setdefault(row_id, set()).update(change["parts"])
                case _:
                    loads.append(row_id)
        for project_id in loads:
            await self.load(project_id)

    async def load(self, project_id: str) -> None:
        _, rows = await fresh(self.person, project_id=project_id)
        for model, found in rows.items():
            self.rows.setdefault(model, {}).update(found)

    def remove(self, model: str, row_id: str) -> None:
        """Take a row away, and those that name it."""
        self.rows.get(model, {}).pop(row_id, None)
        for other, rows in list(self.rows.items()):
            fields = ("project_id",) if model == "project" else REFERENCES.get((model, other), ())
            for key in [k for k, r in rows.items() if any(r.get(f) == row_id for f in fields)]:
                self.remove(other, key)

    def state(self) -> dict[str, dict[str, Row]]:
        """Everything in it."""
        return {model: rows for model, rows in self.rows.items() if rows}


async def fresh(person: Person, **params: str) -> tuple[int, dict[str, dict[str, Row]]]:
    """A bootstrap, checked against what it says of itself: its number, and rows by model."""
    answer = await person.client.get("/sync/bootstrap", params=params)
    assert answer.status_code == 200, answer.text
    head, *lines, end = map(msgspec.json.decode, answer.text.splitlines())
    rows: dict[str, dict[str, Row]] = {}
    for line in lines:
        rows.setdefault(line["model"], {})[line["id"]] = line["row"]
    counts = head["bootstrap"]["counts"]
    assert set(counts) == set(head["bootstrap"]["models"])
    assert {m: n for m, n in counts.items() if n} == {m: len(found) for m, found in rows.items()}
    assert end == {"end": {"rows": len(lines)}}
    return head["bootstrap"]["seq"], rows


def differences(copy: Copy, now: dict[str, dict[str, Row]]) -> list[str]:
    """How a copy differs from what it should be, in words for a failing test."""
    mine = copy.state()
    found: list[str] = []
    for model in sorted({*mine, *now}):
        had, wanted = mine.get(model, {}), now.get(model, {})
        found += [f"{model} {key} is left over" for key in had.keys() - wanted.keys()]
        found += [f"{model} {key} is missing" for key in wanted.keys() - had.keys()]
        for key in had.keys() & wanted.keys():
            fields = [f for f in wanted[key] if had[key].get(f) != wanted[key][f]]
            if fields or had[key].keys() != wanted[key].keys():
                found.append(f"{model} {key} differs in {fields}")
    return found
