"""What custom fields are made of, as it is taken and given."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

FieldKind = Literal["text", "number", "select", "multi_select", "date", "person", "url"]
FieldName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
Color = Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$(?!\n)")]
Place = Annotated[int, Meta(ge=0, le=1000, description="how many of its kind stand before it")]

MAX_FIELDS: Final = 50
"""Of the workspace, and again of each project: a task has at most twice as many."""
MAX_OPTIONS: Final = 100
CHOSEN: Final = frozenset({"select", "multi_select"})


class Option(Struct, frozen=True):
    """What may be chosen of a select field. Tasks keep it by its id, whatever it is called."""

    id: UUID
    name: str
    color: str | None
    position: int


class CustomField(Struct, frozen=True):
    """A field that tasks of one project have, or of all where `project_id` is null."""

    id: UUID
    project_id: UUID | None
    name: str
    kind: FieldKind
    position: int
    version: int
    archived_at: datetime | None
    """Since when it is no longer filled in; what tasks have in it is still shown and found."""
    created_at: datetime
    updated_at: datetime
    options: list[Option] = []


COLUMNS: Final = (
    "f.id, f.project_id, f.name, f.kind, f.position, f.version, f.archived_at, f.created_at,"
    " f.updated_at"
)
OPTION_COLUMNS: Final = "o.id, o.name, o.color, o.position"


class CustomFields(Struct, frozen=True):
    """Fields in their order, those of the whole workspace first."""

    items: list[CustomField]


class NewOption(Struct, frozen=True, forbid_unknown_fields=True):
    """Something to choose; `id` may be made by the client (UUIDv7)."""

    name: FieldName
    color: Color | None = None
    id: UUID | UnsetType = UNSET


class NewField(Struct, frozen=True, forbid_unknown_fields=True):
    """A field to add at the end; `id` may be made by the client (UUIDv7)."""

    name: FieldName
    kind: FieldKind
    id: UUID | UnsetType = UNSET
    options: Annotated[list[NewOption], Meta(max_length=MAX_OPTIONS)] = []


class FieldPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a field; absent fields stay as they are. Its kind is for good."""

    name: FieldName | UnsetType = UNSET
    position: Place | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    version: int | UnsetType = UNSET
