"""The OpenAPI 3.1 document and the page that shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    Reference,
    RequestBody,
    Schema,
    SecurityScheme,
)
from litestar.openapi.spec.enums import OpenAPIType

from projectflow import __version__
from projectflow.core.http import answer_with
from projectflow.core.problems import MEDIA_TYPE

PAGE = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>ProjectFlow API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="margin:0">
<redoc spec-url="/schema/openapi.json" disable-search="true" native-scrollbars="true"></redoc>
<script src="/docs-assets/redoc.standalone.js"></script>
<noscript>The document itself: <a href="/schema/openapi.json">/schema/openapi.json</a></noscript>
</body></html>"""


POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:;"
    b" connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Redoc writes style elements; this page shows nobody's data."""


class DocsPage(OpenAPIRenderPlugin):
    """Redoc, from our own files: no script comes from another host."""

    def __init__(self) -> None:
        """Answers at the schema's root."""
        super().__init__(path="/", media_type=MediaType.HTML)

    def render(self, request: Request[Any, Any, State], openapi_schema: dict[str, Any]) -> bytes:
        """The page, the same for everybody."""
        del openapi_schema
        answer_with(request, [(b"content-security-policy", POLICY)])
        return PAGE


def openapi_config() -> OpenAPIConfig:
    """The document at /schema/openapi.json, its page at /schema."""
    return OpenAPIConfig(
        title="ProjectFlow",
        version=__version__,
        description="Project management that teams run themselves.",
        path="/schema",
        render_plugins=[DocsPage(), JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            },
        ),
        security=[{"bearer": []}],
    )


def operation_with_files(
    *, taken: Sequence[str] = (), given: Sequence[str] = (), schema: Schema | None = None
) -> type[Operation]:
    """What documents a route that reads its body itself, or answers with a file.

    Args:
        taken: the media types of the body.
        given: the media types of the answer.
        schema: what either is; without it, so many bytes.
    """

    @dataclass
    class OperationWithFiles(Operation):
        def __post_init__(self) -> None:
            if taken:
                self.request_body = RequestBody(_content(taken, schema), required=True)
            for answer in (self.responses or {}).values() if given else ():
                if isinstance(answer, OpenAPIResponse):
                    answer.content = _content(given, schema)

    return OperationWithFiles


def _content(media_types: Sequence[str], schema: Schema | None) -> dict[str, OpenAPIMediaType]:
    return {
        kind: OpenAPIMediaType(schema or Schema(type=OpenAPIType.STRING, content_media_type=kind))
        for kind in media_types
    }


def _problem_schema() -> Schema:
    text = Schema(type=OpenAPIType.STRING)
    return Schema(
        type=OpenAPIType.OBJECT,
        title="ProblemDetails",
        description="What went wrong (RFC 9457).",
        required=["type", "title", "status", "detail", "instance"],
        properties={
            "type": text,
            "title": text,
            "status": Schema(type=OpenAPIType.INTEGER),
            "detail": text,
            "instance": text,
            "errors": Schema(
                type=OpenAPIType.ARRAY,
                items=Schema(
                    type=OpenAPIType.OBJECT,
                    required=["field", "message"],
                    properties={"field": text, "message": text},
                ),
            ),
            "current": Schema(description="The entity as it is now, on a version conflict."),
        },
    )


def document_problems(app: Litestar) -> None:
    """Say in the document that every operation may answer with a problem, and what has no body."""
    components = app.openapi_schema.components
    components.schemas = {**(components.schemas or {}), "ProblemDetails": _problem_schema()}
    problem = OpenAPIResponse(
        description="A problem (RFC 9457).",
        content={MEDIA_TYPE: OpenAPIMediaType(Reference("#/components/schemas/ProblemDetails"))},
    )
    for item in (app.openapi_schema.paths or {}).values():
        for method in ("get", "post", "put", "patch", "delete"):
            operation: Operation | None = getattr(item, method)
            if operation is not None:
                responses = {
                    status: answer
                    for status, answer in (operation.responses or {}).items()
                    if status != "400"
                }
                for status, answer in responses.items():
                    if isinstance(answer, OpenAPIResponse) and status in {"204", "302"}:
                        answer.content = None
                if method == "get" and _is_json(responses.get("200")):
                    operation.parameters = [*(operation.parameters or []), IF_NONE_MATCH]
                    responses["304"] = NOT_MODIFIED
                operation.responses = {**responses, "default": problem}


IF_NONE_MATCH = Parameter(
    name="If-None-Match",
    param_in="header",
    description="The ETag of the answer that you have: 304 where it is still the answer.",
    schema=Schema(type=OpenAPIType.STRING),
)
NOT_MODIFIED = OpenAPIResponse(description="What you have is still the answer.")


def _is_json(answer: OpenAPIResponse | Reference | None) -> bool:
    return isinstance(answer, OpenAPIResponse) and "application/json" in (answer.content or {})
