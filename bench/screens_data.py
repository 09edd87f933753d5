"""A workspace that looks lived in, made through its API, for the pictures of the docs."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import APIRequestContext

from bench.browser_data import Workspace, call

PEOPLE: Final = (
    ("Grace", "Hopper", "admin"),
    ("Alan", "Turing", "member"),
    ("Katherine", "Johnson", "member"),
    ("Mary", "Jackson", "viewer"),
)
TAGS: Final = {"oven": "#e5484d", "recipe": "#30a46c", "shop": "#5b5bd6", "paper": "#f5a524"}
# Title, state, priority, whose (an index, None: nobody's), first day, days, hours, tags.
TASKS: Final = (
    ("Sign the lease of the corner shop", "completed", "urgent", 0, -21, 3, 6, ["paper"]),
    ("Measure the kitchen", "completed", "high", 2, -18, 2, 8, ["shop"]),
    ("Order the deck oven", "completed", "urgent", 1, -15, 4, 5, ["oven"]),
    ("Choose a mill for rye and spelt", "completed", "medium", 3, -14, 5, 12, ["recipe"]),
    ("Have the electricity laid", "in_progress", "urgent", 2, -6, 9, 32, ["oven", "shop"]),
    ("Bake the rye with the new starter", "in_progress", "high", 1, -4, 8, 24, ["recipe"]),
    ("Build the counter", "in_progress", "medium", 3, -2, 10, 36, ["shop"]),
    ("Write the menu board", "in_progress", "low", 0, 0, 4, 6, ["recipe"]),
    ("Food safety inspection", "in_review", "urgent", 1, 1, 3, 4, ["paper"]),
    ("Prices for wholesale", "in_review", "medium", 0, 2, 3, 5, ["paper"]),
    ("Set up the till", "in_review", "medium", 2, 3, 2, 6, ["shop"]),
    ("Install the oven", "pending", "urgent", 2, 5, 4, 28, ["oven"]),
    ("Train the morning crew", "pending", "high", 3, 9, 5, 30, []),
    ("Test a full night's baking", "pending", "high", 1, 10, 3, 24, ["oven", "recipe"]),
    ("Print the opening posters", "pending", "low", None, 8, 3, 4, ["shop"]),
    ("Invite the neighbours", "pending", "low", 0, 12, 2, 3, []),
    ("Stock flour for two weeks", "pending", "medium", 3, 11, 2, 5, ["recipe"]),
    ("Opening day", "pending", "urgent", 0, 15, 1, 10, ["shop"]),
    ("Choose the music", "pending", "low", None, None, 0, None, []),
    ("A stand at the market", "cancelled", "low", 3, -10, 2, None, []),
)
# Later waits for sooner, by their places above.
WAITS: Final = ((4, 1), (11, 4), (11, 2), (13, 11), (12, 6), (17, 13), (17, 8), (17, 12), (16, 3))
COMMENTS: Final = (
    (
        5,
        "The crumb is much better at **78 %** water. @ada, taste it before Friday?",
    ),
    (4, "The electrician comes on Tuesday at 7. @ada could you open the back door?"),
    (8, "All papers are in the folder; only the list of allergens is missing."),
)

Ask = Callable[..., Awaitable[Any]]


async def furnish(
    requests: APIRequestContext, others: APIRequestContext, workspace: Workspace
) -> dict[str, str]:
    """Fill a new workspace; gives back the ids that pages are named by.

    `others` is a browser's of its own: in it Grace joins and says something.
    """

    async def ask(method: str, path: str, body: Any = None) -> Any:
        return await call(requests, workspace, method, path, body)

    invited = [await ask("POST", "/users", _invitation(*each)) for each in PEOPLE]
    people = [str(workspace.user_id), *(each["user"]["id"] for each in invited)]
    grace = await _join(others, workspace, invited[0]["link"])
    shop = await ask("POST", "/projects", {"name": "Second shop", "key": "SHOP"})
    await ask("POST", "/projects", {"name": "Website", "key": "WEB"})
    await ask("POST", "/projects", {"name": "Winter recipes", "key": "BREAD"})
    for name, color in TAGS.items():
        await ask("PUT", f"/tags/{name}", {"color": color})
    tasks = [await _task(ask, shop["id"], people, row) for row in TASKS]
    for later, sooner in WAITS:
        waits = {"depends_on_task_id": tasks[sooner]}
        await ask("POST", f"/tasks/{tasks[later]}/dependencies", waits)
    for step in ("Feed the starter", "Scald the rye", "Bake two trial loaves"):
        await ask("POST", f"/tasks/{tasks[5]}/checklist", {"title": step})
    for place, body in COMMENTS:
        mentions = body.replace("@ada", f"@[Ada Lovelace](user:{workspace.user_id})")
        await grace("POST", f"/tasks/{tasks[place]}/comments", {"body": mentions})
    await grace("PATCH", f"/tasks/{tasks[14]}", {"assignee_id": people[0]})
    await _write_time(ask, tasks)
    return {"project": shop["id"], "task": tasks[5]}


def _invitation(first: str, last: str, role: str) -> dict[str, str]:
    email = f"{first.lower()}@bakery.example"
    return {"email": email, "first_name": first, "last_name": last, "role": role}


async def _join(others: APIRequestContext, workspace: Workspace, link: str) -> Ask:
    token = parse_qs(urlsplit(link).query)["token"][0]
    accept = f"/invitations/{token}/accept"
    password = {"password": "compilers are people too"}
    joined = await call(others, workspace._replace(token=""), "POST", accept, password)
    theirs = workspace._replace(token=joined["access_token"])

    async def ask(method: str, path: str, body: Any = None) -> Any:
        return await call(others, theirs, method, path, body)

    return ask


async def _task(ask: Ask, project: str, people: list[str], row: tuple[Any, ...]) -> str:
    title, status, priority, whose, first, days, hours, tags = row
    today = datetime.now(UTC).date()
    dates = {}
    if first is not None:
        start = _weekday(today + timedelta(days=first))
        due = _weekday(start + timedelta(days=days - 1))
        dates = {"start_date": str(start), "due_date": f"{due}T17:00:00Z"}
    body = {
        "title": title,
        "status": status,
        "priority": priority,
        "tags": tags,
        "estimated_hours": hours,
        "assignee_id": None if whose is None else people[whose],
        **dates,
    }
    return (await ask("POST", f"/projects/{project}/tasks", body))["id"]


def _weekday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


async def _write_time(ask: Ask, tasks: list[str]) -> None:
    """What Ada has done in the last days, and a timer that runs."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for back, hour, place, minutes in (
        (1, 8, 7, 95),
        (1, 12, 9, 150),
        (2, 9, 9, 60),
        (3, 8, 7, 45),
        (4, 9, 0, 120),
    ):
        began = (now - timedelta(days=back)).replace(hour=hour)
        body = {"started_at": began.isoformat(), "minutes": minutes}
        await ask("POST", f"/tasks/{tasks[place]}/time-entries", body)
    await ask("POST", f"/tasks/{tasks[7]}/timer", {})
