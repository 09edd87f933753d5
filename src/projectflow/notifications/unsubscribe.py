"""No more mail: the address in each mail, for people (a page) and for their mail programs.

A program sends a POST by RFC 8058. Opening the address changes nothing: what scans mails for harm
opens what is in them.
"""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from projectflow.auth.browser import count_address
from projectflow.auth.links import Link, Links
from projectflow.core.db import Database
from projectflow.notifications.mails import templates
from projectflow.notifications.rules import stop_mail

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
AnyRequest = Request[Any, Any, State]


@get("/unsubscribe", include_in_schema=False)
async def ask(request: AnyRequest, token: FromQuery[str] = "") -> Response[str]:
    """A page with one button."""
    link = await _link_of(request, token)
    if link is None:
        return _unknown()
    text = "Notifications still come into your inbox. Your rules there say more exactly what comes."
    return _page("No more mail?", text, token=str(link))


@post("/unsubscribe", include_in_schema=False, status_code=200)
async def stop(request: AnyRequest, token: FromQuery[str] = "") -> Response[str]:
    """Switch a person's mail off; doing it again changes nothing."""
    link = await _link_of(request, token)
    if link is None:
        return _unknown()
    database: Database = request.app.state.database
    async with database.tenant(link.tenant_id) as db:
        there: bool | None = await db.fetchval(
            "SELECT true FROM users WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
            link.tenant_id,
            link.row_id,
        )
        if there:
            await stop_mail(db, link.tenant_id, link.row_id)
    return _page("No more mail", "You can switch it on again in your notification settings.")


async def _link_of(request: AnyRequest, token: str) -> Link | None:
    await count_address(request)
    links: Links = request.app.state.links
    return links.read("unsubscribe", token)


def _unknown() -> Response[str]:
    return _page("This link is not valid", "Open it from the newest mail.", status=404)


def _page(title: str, text: str, *, token: str | None = None, status: int = 200) -> Response[str]:
    page = templates.get_template("unsubscribe.html.j2").render(title=title, text=text, token=token)
    return Response(page, media_type=MediaType.HTML, headers=HEADERS, status_code=status)


root_handlers: list[ControllerRouterHandler] = [ask, stop]
