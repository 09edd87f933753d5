"""Pictures of people: taken in whatever they are, given out as small WebP and nothing else."""

import io
import random
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import msgspec
import pytest
from msgspec.structs import replace
from PIL import Image
from tests.auth.accounts import running
from tests.people import Person

from projectflow.core.files import FileJob
from projectflow.core.settings import Settings
from projectflow.users import avatars

RED, BLUE = (200, 30, 30), (30, 30, 200)
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 300), **options: Any) -> bytes:
    """Red on the left, blue on the right."""
    made = Image.new("RGB", size, RED)
    made.paste(BLUE, (size[0] // 2, 0, *size))
    file = io.BytesIO()
    made.save(file, kind, **options)
    return file.getvalue()


async def upload(
    person: Person, content: bytes, kind: str = "image/png", **headers: str
) -> httpx.Response:
    return await person.client.put(
        "/me/avatar", content=content, headers={"Content-Type": kind, **headers}
    )


async def fetch(visitor: httpx.AsyncClient, user: dict[str, Any]) -> httpx.Response:
    return await visitor.get(user["avatar_url"])


def pixels(answer: httpx.Response) -> Image.Image:
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def near(found: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(found, wanted, strict=True))


async def files_to_delete(person: Person) -> list[FileJob]:
    """What the worker owes to a workspace."""
    async with person.app.state.database.without_tenant() as db:
        rows = await db.fetch(
            "SELECT payload FROM jobs.pgqueuer WHERE entrypoint = 'delete_file' ORDER BY id"
        )
    jobs = [msgspec.json.decode(row["payload"], type=FileJob) for row in rows]
    return [job for job in jobs if job.tenant_id == person.tenant_id]


async def do_the_workers_work(person: Person) -> None:
    for job in await files_to_delete(person):
        await person.app.state.files.delete(job.tenant_id, job.name)


def stored(person: Person) -> list[str]:
    folder: Path = person.app.state.settings.home / "files" / str(person.tenant_id)
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_becomes_a_square_that_anybody_with_its_address_may_see(
    owner: Person, visitor: httpx.AsyncClient, kind: str
) -> None:
    answer = await upload(owner, picture(kind), KINDS[kind])

    user = answer.json()
    assert answer.status_code == 200, answer.text
    assert user["version"] == 2
    assert user == (await owner.get("/me")).json()["user"]
    seen = await fetch(visitor, user)
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/webp")
    assert seen.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert seen.headers["x-content-type-options"] == "nosniff"
    made = pixels(seen)
    assert (Image.open(io.BytesIO(seen.content)).format, made.size) == ("WEBP", (256, 256))
    assert near(made.getpixel((20, 128)), RED)
    assert near(made.getpixel((236, 128)), BLUE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photograph_is_turned_upright_and_tells_neither_place_nor_camera(
    owner: Person, visitor: httpx.AsyncClient, kind: str
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned a quarter clockwise: what is left comes up
    exif[MAKER] = "SecretCamera"
    exif.get_ifd(GPS)[1] = "N"

    user = (await upload(owner, picture(kind, exif=exif), KINDS[kind])).json()

    seen = await fetch(visitor, user)
    made = pixels(seen)
    assert near(made.getpixel((128, 20)), RED)
    assert near(made.getpixel((128, 236)), BLUE)
    again = Image.open(io.BytesIO(seen.content))
    assert dict(again.getexif()) == {}
    assert b"SecretCamera" in picture(kind, exif=exif)
    assert b"SecretCamera" not in seen.content
    assert not {"exif", "xmp", "icc_profile", "comment"} & again.info.keys()


async def test_what_is_transparent_stays_so(owner: Person, visitor: httpx.AsyncClient) -> None:
    file = io.BytesIO()
    Image.new("P", (300, 300), 0).save(file, "PNG", transparency=0)

    user = (await upload(owner, file.getvalue())).json()

    seen = Image.open(io.BytesIO((await fetch(visitor, user)).content)).convert("RGBA")
    assert seen.getpixel((128, 128))[3] == 0  # pyright: ignore[reportOptionalSubscript, reportIndexIssue]


async def test_a_new_picture_has_a_new_address_and_the_old_one_goes(
    owner: Person, visitor: httpx.AsyncClient
) -> None:
    first = (await upload(owner, picture())).json()

    second = (await upload(owner, picture())).json()
    await do_the_workers_work(owner)

    assert first["avatar_url"] != second["avatar_url"]
    assert (await fetch(visitor, first)).status_code == 404
    assert (await fetch(visitor, second)).status_code == 200
    assert len(stored(owner)) == 1
    removed = await owner.delete("/me/avatar")
    assert (removed.status_code, removed.json()["avatar_url"]) == (200, None)
    assert (await owner.delete("/me/avatar")).json() == removed.json(), "no change without one"
    await do_the_workers_work(owner)
    assert (await fetch(visitor, second)).status_code == 404
    assert stored(owner) == []


async def test_a_deleted_persons_picture_goes_with_them(
    owner: Person, visitor: httpx.AsyncClient
) -> None:
    person = await owner.colleague("viewer")
    user = (await upload(person, picture())).json()

    assert (await owner.delete(f"/users/{person.id}")).status_code == 204
    await do_the_workers_work(owner)

    assert (await owner.get(f"/users/{person.id}")).json()["avatar_url"] is None
    assert (await fetch(visitor, user)).status_code == 404
    assert stored(owner) == []


async def test_the_log_does_not_hold_the_address(owner: Person, superuser_url: str) -> None:
    user = (await upload(owner, picture())).json()
    connection = await asyncpg.connect(superuser_url)
    rows = await connection.fetch(
        "SELECT type, payload::text AS payload FROM events WHERE tenant_id = $1", owner.tenant_id
    )
    await connection.close()

    assert [tuple(row) for row in rows] == [("user.updated", '{"changed": ["avatar_url"]}')]
    assert len(user["avatar_url"].rpartition("/")[2]) == len("0" * 32 + ".webp")


@pytest.mark.parametrize(
    ("content", "kind", "status", "problem"),
    [
        (picture(), "application/json", 415, "unsupported-media-type"),
        (picture(), "image/svg+xml", 415, "unsupported-media-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", 422, "invalid-input"),
        (b"<script>alert(1)</script>", "image/gif", 422, "invalid-input"),
        (picture("BMP"), "image/png", 422, "invalid-input"),
        (picture("TIFF"), "image/png", 422, "invalid-input"),
        (picture()[:300], "image/png", 422, "invalid-input"),
        (b"", "image/png", 422, "invalid-input"),
        (picture("PNG", (8_000, 5_001)), "image/png", 422, "invalid-input"),
        (picture("GIF", (8_000, 5_001)), "image/gif", 422, "invalid-input"),
        (b"\x89PNG" + b"x" * 5 * 1024 * 1024, "image/png", 413, "too-large"),
    ],
    ids=["json", "svg", "svg-as-png", "html", "bmp", "tiff", "cut-off", "empty", "too-many-pixels",
         "too-many-gif-pixels", "too-many-bytes"],
)  # fmt: skip
async def test_what_is_no_picture_or_too_large_is_refused_and_changes_nothing(
    owner: Person, content: bytes, kind: str, status: int, problem: str
) -> None:
    answer = await upload(owner, content, kind)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    if status == 422:
        assert answer.json()["errors"][0]["field"] == "body"
    assert (await owner.get("/me")).json()["user"]["avatar_url"] is None
    assert not (owner.app.state.settings.home / "files" / str(owner.tenant_id)).exists()


async def test_a_picture_larger_than_other_bodies_may_be_is_taken(owner: Person) -> None:
    noise = Image.frombytes("RGB", (1100, 1100), random.Random(1).randbytes(1100 * 1100 * 3))
    file = io.BytesIO()
    noise.save(file, "PNG")
    assert 3 * 1024 * 1024 < len(file.getvalue()) < avatars.MAX_BYTES

    assert (await upload(owner, file.getvalue())).status_code == 200


async def test_somebody_who_uploads_too_much_is_told_to_wait(
    owner: Person, settings: Settings
) -> None:
    async with (
        running(replace(settings, upload_limit=2)) as strict,
        Person(strict, owner.actor) as person,
    ):
        answers = [await upload(person, picture()) for _ in range(3)]
        other = await upload(await person.colleague("member"), picture())

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0
    assert other.status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_damaged_is_refused_or_read_and_raises_nothing_else(kind: str) -> None:
    whole, chance = picture(kind, (64, 64)), random.Random(7)
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            made = avatars.make_avatar(bytes(damaged[: chance.randint(1, len(damaged))]))
            assert Image.open(io.BytesIO(made)).size == (256, 256)
        except avatars.InvalidInput:
            refused += 1
    assert refused > 50


async def test_nothing_but_a_pictures_own_address_finds_anything(
    owner: Person, stranger: Person, visitor: httpx.AsyncClient
) -> None:
    user = (await upload(owner, picture())).json()
    name = user["avatar_url"].rpartition("/")[2]
    await owner.app.state.files.put(owner.tenant_id, "secret.webp", b"secret")

    for path in (
        f"{stranger.tenant_id}/{name}",
        f"{uuid4()}/{name}",
        f"{owner.tenant_id}/{name.upper()}",
        f"{owner.tenant_id}/{name.removesuffix('.webp')}",
        f"{owner.tenant_id}/{name}%00",
        f"{owner.tenant_id}/{'0' * 32}.webp",
        f"{owner.tenant_id}/..%2Fsecret.webp",
        f"{owner.tenant_id}/%2e%2e%2fsecret.webp",
        f"{owner.tenant_id}/..%5Csecret.webp",
        f"{owner.tenant_id}/../secret.webp",
        f"not-a-tenant/{name}",
        f"{owner.tenant_id}/",
        f"{owner.tenant_id}",
    ):
        answer = await visitor.get(f"/avatars/{path}")
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json", path
