"""The protocol (RFC 7644) as scim2-server speaks it, with what our people and teams need of it."""

import re
from typing import Any, Final, TypeVar, cast

from pydantic import ValidationError
from scim2_models import (
    BaseModel,
    Context,
    Mutability,
    PatchOp,
    Resource,
    ResponseParameters,
)
from scim2_server.conditions import Conditions
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService, scim_exception_of

from projectflow.scim.schemas import PROVIDER, Group, User

MIRRORED: Final = frozenset({"emails", "displayname"})
"""Read-only copies of `userName` and `name`. Okta and Entra ID write them all the same, with what
they write to the originals: such an operation is passed over, where the RFC would refuse it."""
ALWAYS_THERE: Final = frozenset({"name", "active", "locale", "timezone", "roles"})
"""What a person always has: said to be nothing, it takes its default or stays."""
Json = dict[str, Any]
M = TypeVar("M", bound=BaseModel)


class Protocol(ScimService):
    """One a process: it keeps nothing of a request."""

    def __init__(self) -> None:
        """Serve users and groups."""
        super().__init__(PROVIDER)

    def read_body(
        self, model: type[M], body: bytes, content_type: str | None, scim_ctx: Context
    ) -> M:
        """Validate the body of a creation, a replacement or a PATCH, with its quirks taken out.

        Raises:
            SCIMException: it is not one of these.
        """
        payload = self.decode_body(body, content_type)
        if model is User:
            payload = _without_nothings(payload)
        elif scim_ctx is Context.RESOURCE_PATCH_REQUEST:
            mirrored = MIRRORED if model is PatchOp[User] else frozenset[str]()
            payload = _without_quirks(payload, mirrored)
        try:
            return model.model_validate(payload, scim_ctx=scim_ctx)
        except ValidationError as error:
            raise scim_exception_of(error) from error

    def apply_replacement(
        self, current: Resource[Any], replacement: Resource[Any], conditions: Conditions
    ) -> Resource[Any] | None:
        """Replace a resource; what the replacement leaves out stays (RFC 7644 §3.5.1 lets it)."""
        _keep_unsaid(current, replacement)
        if isinstance(replacement, User) and replacement.name and isinstance(current, User):
            _keep_unsaid(current.name, replacement.name)
        return super().apply_replacement(current, replacement, conditions)

    def patch_response(
        self,
        base_url: str,
        resource: Resource[Any],
        response_parameters: ResponseParameters[Any],
    ) -> ScimResponse:
        """Answer with the person, as Okta needs it; of a group, which may be large, when asked."""
        if isinstance(resource, Group):
            return super().patch_response(base_url, resource, response_parameters)
        return self.replacement_response(base_url, resource, response_parameters)


def _keep_unsaid(current: BaseModel | None, replacement: BaseModel) -> None:
    """Copy what the replacement does not name."""
    if current is None:
        return
    for field in type(replacement).model_fields:
        mutability = type(replacement).get_field_annotation(field, Mutability)
        if field not in replacement.model_fields_set and mutability != Mutability.read_only:
            vars(replacement)[field] = getattr(current, field)


def _without_nothings(payload: Any) -> Any:
    """A person without the attributes that are null or empty (RFC 7643 §2.5): they are unsaid."""
    if not isinstance(payload, dict):
        return payload
    person = cast("Json", payload)
    return {
        key: value
        for key, value in person.items()
        if value not in (None, []) or key.lower() not in ALWAYS_THERE
    }


def _without_quirks(payload: Any, mirrored: frozenset[str]) -> Any:
    """A PATCH with each operation made to say what is meant."""
    if not isinstance(payload, dict):
        return payload
    message = cast("Json", payload)
    return {
        key: [_meant(each, mirrored) for each in cast("list[Any]", value)]
        if key.lower() == "operations" and isinstance(value, list)
        else value
        for key, value in message.items()
    }


def _meant(operation: Any, mirrored: frozenset[str]) -> Any:
    if not isinstance(operation, dict):
        return operation
    said = {key.lower(): value for key, value in cast("Json", operation).items()}
    path, value = said.get("path"), said.get("value")
    if path is None and isinstance(value, dict):
        named = cast("Json", value)
        kept = {k: _entries(k, v) for k, v in named.items() if _head(k) not in mirrored}
        return {**said, "value": kept}
    if not isinstance(path, str):
        return said
    if _head(path) in mirrored:
        return {"op": "add", "value": {}}
    return {**said, "value": _entries(path, value)} if "value" in said else said


def _entries(path: str, value: Any) -> Any:
    """Roles and members by their `value` alone: Entra ID adds `primary`, `$ref`: null and more."""
    if not path.lower().endswith(("roles", "members")):
        return value
    if isinstance(value, list):
        return [_entries(path, each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        entry = cast("Json", value)
        return {k: v for k, v in entry.items() if k.lower() == "value"} or entry
    return value


def _head(path: str) -> str:
    """The attribute that a path begins with: `emails[type eq "work"].value` → `emails`."""
    own = path.lower().removeprefix(f"{str(User.__schema__).lower()}:")
    return re.split(r"[.\[]", own, maxsplit=1)[0].strip()
