"""A backup's file: any change, anywhere in it, is found before anything is restored."""

import gzip
import random
import tarfile
from pathlib import Path

import pytest

from projectflow.operations.archive import (
    DUMP,
    ArchiveWriter,
    BackupInvalid,
    Manifest,
    verify,
)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    (tmp_path / "dump").write_bytes(random.Random(1).randbytes(20_000))
    (tmp_path / "files" / "a").mkdir(parents=True)
    (tmp_path / "files" / "a" / "one").write_text("one")
    (tmp_path / "files" / "a" / "link").symlink_to("/etc/passwd")
    file = tmp_path / "backup"
    writer = ArchiveWriter(file)
    writer.add(tmp_path / "dump", DUMP)
    writer.add_folder(tmp_path / "files", "files")
    writer.finish(_manifest(writer.sums))
    return file


def _manifest(sums: dict[str, str]) -> Manifest:
    return Manifest(
        projectflow="0.1.0",
        postgres="18.6",
        created_at="2026-01-01T00:00:00+00:00",
        migrations=["0001_pre_foundation"],
        rows={"public.tenants": 1},
        sums=sums,
    )


def test_whole_backup_is_read_and_extracted(backup: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()

    manifest = verify(backup, out)

    assert manifest.file_count == 1
    assert (out / "files" / "a" / "one").read_text() == "one"
    assert (out / DUMP).read_bytes() == (tmp_path / "dump").read_bytes()
    assert not (out / "files" / "a" / "link").exists()


def test_every_cut_is_found(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    cut = tmp_path / "cut"
    for length in [*range(0, len(whole), 997), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(BackupInvalid):
            verify(cut)


def test_every_flipped_bit_of_the_content_is_found(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    changed = tmp_path / "changed"
    chance = random.Random(2)
    for _ in range(200):
        content = bytearray(whole)
        content[chance.randrange(20, len(whole))] ^= 1 << chance.randrange(8)
        changed.write_bytes(content)
        try:
            verify(changed)
        except BackupInvalid:
            continue
        # A bit that says the same in another way, such as of a code that nothing uses.
        assert gzip.decompress(bytes(content)) == gzip.decompress(whole)


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/cron.d/evil", "files/../../outside", "else", "files"]
)
def test_member_that_would_land_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "content").write_text("content")
    file = tmp_path / "backup"
    with tarfile.open(file, "w:gz") as tar, (tmp_path / "content").open("rb") as content:
        member = tar.gettarinfo(fileobj=content)
        member.name = name
        tar.addfile(member, content)

    with pytest.raises(BackupInvalid, match="does not belong"):
        verify(file, tmp_path)


def test_swapped_content_of_a_valid_archive_is_found(tmp_path: Path) -> None:
    (tmp_path / "dump").write_text("another dump")
    file = tmp_path / "backup"
    writer = ArchiveWriter(file)
    writer.add(tmp_path / "dump", DUMP)
    writer.finish(_manifest({DUMP: "0" * 64}))

    with pytest.raises(BackupInvalid, match="was changed"):
        verify(file)


@pytest.mark.parametrize(("sums", "said"), [({}, "added"), ({DUMP: "", "files/x": ""}, "missing")])
def test_missing_and_added_members_are_found(
    tmp_path: Path, sums: dict[str, str], said: str
) -> None:
    (tmp_path / "dump").write_text("dump")
    file = tmp_path / "backup"
    writer = ArchiveWriter(file)
    writer.add(tmp_path / "dump", DUMP)
    writer.finish(_manifest({name: writer.sums.get(name, "") for name in sums}))

    with pytest.raises(BackupInvalid, match=said):
        verify(file)
