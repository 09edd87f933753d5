"""GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/), queries alone."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct
from strawberry.http.ides import get_graphql_ide_html

from projectflow.auth.edge import admit
from projectflow.core.http import MethodNotAllowed, TooLarge, UnsupportedMediaType
from projectflow.core.problems import InvalidInput, MalformedRequest, Problem
from projectflow.graphql.documents import MAX_LENGTH, RefusedDocument
from projectflow.graphql.execution import PATH, Engine, body_of, refusal

AnyRequest = Request[Any, Any, State]
GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
ANSWERS: Final = {
    JSON: JSON, "application/*": JSON, "*/*": JSON, GRAPHQL: GRAPHQL,
}  # fmt: skip
"""What is answered to whom; JSON where nothing is said, as the specification wants of old servers
and clients."""
MAX_BODY: Final = 512 * 1024
GRAPHIQL_POLICY: Final = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: https://unpkg.com https://esm.sh;"
    " frame-ancestors 'none'"
)


class NotAcceptable(Problem):
    """This address answers application/graphql-response+json or application/json."""

    status = 406


class OverWebSocket(MethodNotAllowed):
    """Subscriptions are heard over a WebSocket at this address (graphql-transport-ws)."""


class Asked(Struct, frozen=True):
    """The parameters of a request."""

    query: Annotated[str, Meta(max_length=MAX_LENGTH)]
    operationName: str | None = None  # noqa: N815 - GraphQL's word
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


@post(PATH, include_in_schema=False)
async def post_graphql(request: AnyRequest) -> Response[bytes]:
    """Answer a query in the body."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != JSON:
        raise UnsupportedMediaType("This address takes application/json.")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "').lower()
    if charset not in {"", "utf-8", "utf8"}:
        raise UnsupportedMediaType("This address takes JSON in UTF-8.")
    body = await request.body()
    if len(body) > MAX_BODY:
        raise TooLarge
    return await _answer(request, _decoded(body))


@get(PATH, include_in_schema=False)
async def get_graphql(request: AnyRequest) -> Response[bytes]:
    """Answer a query in the address, or show GraphiQL where it is switched on."""
    given = request.query_params
    page = "text/html" in request.headers.get("accept", "") and "query" not in given
    if page and request.app.state.settings.graphiql:
        return Response(
            get_graphql_ide_html(graphql_ide="graphiql").encode(),
            media_type="text/html",
            headers={"Content-Security-Policy": GRAPHIQL_POLICY},
        )
    asked: dict[str, Any] = {}
    for name in ("query", "operationName", "variables", "extensions"):
        if name in given:
            text = given[name]
            is_json = name in {"variables", "extensions"}
            asked[name] = _json_of(name, text) if is_json else text
    try:
        return await _answer(request, msgspec.convert(asked, Asked))
    except msgspec.ValidationError as error:
        raise MalformedRequest(str(error)) from None


def _json_of(name: str, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise MalformedRequest(f"{name} is not JSON.") from None


def _decoded(body: bytes) -> Asked:
    try:
        return msgspec.json.decode(body, type=Asked)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise MalformedRequest(f"The body is not a GraphQL request: {error}") from None


async def _answer(request: AnyRequest, asked: Asked) -> Response[bytes]:
    media_type = _accepted(request.headers.get("accept"))
    actor = await admit(request)
    engine: Engine = request.app.state.graphql
    try:
        prepared = engine.prepare(asked.query, asked.operationName, asked.variables)
    except RefusedDocument as refused:
        return _response(refusal(refused), media_type, 200 if media_type == JSON else 400)
    if prepared.is_subscription:
        raise OverWebSocket
    return _response(body_of(await engine.answer(actor, prepared)), media_type, 200)


def _response(body: dict[str, Any], media_type: str, status: int) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body), media_type=f"{media_type}; charset=utf-8", status_code=status
    )


def _accepted(accept: str | None) -> str:
    """The media type to answer in: of those that are accepted most, the first.

    Raises:
        NotAcceptable: none that we have is accepted.
    """
    best, weight = "", 0.0
    for part in (accept or "*/*").split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            value = float(quality)
        except ValueError:
            raise InvalidInput.of("Accept", "is not a list of media types") from None
        if name in ANSWERS and value > weight:
            best, weight = ANSWERS[name], value
    if not best:
        raise NotAcceptable
    return best


handlers: list[ControllerRouterHandler] = []
root_handlers: list[ControllerRouterHandler] = [post_graphql, get_graphql]
"""Outside of /api/v1: the schema grows without versions."""
