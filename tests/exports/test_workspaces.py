"""`projectflow workspace export` and `import`."""

import os
from pathlib import Path

import anyio
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.settings import Settings
from projectflow.operations.workspaces import WorkspaceRefused, export_to, import_from


async def test_a_workspace_goes_out_and_comes_in_under_another_address(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    await owner.task(await owner.project(), "Bake")
    file, slug = tmp_path / "acme.zip", f"c-{uuid7().hex}"

    written = await export_to(settings, f"w-{owner.tenant_id.hex}", file)
    brought = await import_from(settings, slug, file)

    assert written.tables == brought.manifest.tables
    assert written.tables["tasks"] == 1
    assert await anyio.to_thread.run_sync(os.listdir, tmp_path) == ["acme.zip"]
    with pytest.raises(WorkspaceRefused, match="is taken"):
        await import_from(settings, slug, file)
    with pytest.raises(WorkspaceRefused, match="no address"):
        await import_from(settings, "No Address", file)
    with pytest.raises(WorkspaceRefused, match="exists"):
        await export_to(settings, f"w-{owner.tenant_id.hex}", file)


async def test_what_is_no_workspace_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "nothing.zip"
    with pytest.raises(WorkspaceRefused, match="no workspace"):
        await export_to(settings, "nobody-here", file)
    file.write_bytes(b"PK")
    with pytest.raises(WorkspaceRefused, match="not an export"):
        await import_from(settings, "somewhere", file)
    assert file.read_bytes() == b"PK"
