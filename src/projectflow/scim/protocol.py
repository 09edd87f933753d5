"""The protocol (RFC 7644) as scim2-server speaks it, with what our people and teams need of it."""

import re
from typing import Any, Final, cast

from pydantic import ValidationError
from scim2_models import (
    BaseModel,
    Context,
    Mutability,
    PatchOp,
    Resource,
    ResourceType,
    ResponseParameters,
)
from scim2_server.conditions import Conditions
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService, scim_exception_of

from projectflow.scim.schemas import PROVIDER, Group, User

MIRRORED: Final = frozenset({"emails", "displayname"})
"""Read-only copies of `userName` and `name`. Okta and Entra ID write them all the same, with what
they write to the originals: such an operation is passed over, where the RFC would refuse it."""
Json = dict[str, Any]


class Protocol(ScimService):
    """One a process: it keeps nothing of a request."""

    def __init__(self) -> None:
        """Serve users and groups."""
        super().__init__(PROVIDER)

    def read_patch(
        self, resource_type: ResourceType, body: bytes, content_type: str | None
    ) -> "PatchOp[Any]":
        """Validate the body of a PATCH, without what it says of mirrored attributes.

        Raises:
            SCIMException: it is not a PATCH of this resource.
        """
        model = self.get_model(resource_type)
        payload = self.decode_body(body, content_type)
        if model is User:
            payload = _without_mirrored(payload)
        try:
            patch: PatchOp[Any] = PatchOp.__class_getitem__(model).model_validate(
                payload, scim_ctx=Context.RESOURCE_PATCH_REQUEST
            )
        except ValidationError as error:
            raise scim_exception_of(error) from error
        return patch

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


def _without_mirrored(payload: Any) -> Any:
    """The message with operations on mirrored attributes made to say nothing."""
    if not isinstance(payload, dict):
        return payload
    message = cast("Json", payload)
    return {
        key: [_scrubbed(each) for each in cast("list[Any]", value)]
        if key.lower() == "operations" and isinstance(value, list)
        else value
        for key, value in message.items()
    }


def _scrubbed(operation: Any) -> Any:
    if not isinstance(operation, dict):
        return operation
    said = {key.lower(): value for key, value in cast("Json", operation).items()}
    path, value = said.get("path"), said.get("value")
    if path is None and isinstance(value, dict):
        kept = {
            key: _roles(value) if _head(key) == "roles" else value
            for key, value in cast("Json", value).items()
            if _head(key) not in MIRRORED
        }
        return {**said, "value": kept}
    if isinstance(path, str) and _head(path) in MIRRORED:
        return {"op": "add", "value": {}}
    if isinstance(path, str) and path.lower().endswith("roles"):
        return {**said, "value": _roles(value)}
    return said


def _roles(value: Any) -> Any:
    """Roles without `primary`, which is ours to say: there is one role."""
    if isinstance(value, list):
        return [_roles(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {k: v for k, v in cast("Json", value).items() if k.lower() != "primary"}
    return value


def _head(path: str) -> str:
    """The attribute that a path begins with: `emails[type eq "work"].value` → `emails`."""
    own = path.lower().removeprefix(f"{str(User.__schema__).lower()}:")
    return re.split(r"[.\[]", own, maxsplit=1)[0].strip()
