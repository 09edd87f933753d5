"""Secrets at rest, and the rotation of the keys over them."""

import asyncio
import os
from pathlib import Path

import asyncpg
import msgspec
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core import crypto
from projectflow.core.crypto import CannotDecrypt, Keyring, Place, key_id_of
from projectflow.core.settings import InvalidSetting, Settings
from projectflow.operations.keys import SEALED, rotate_encryption

SECRET = b"JBSWY3DPEHPK3PXP"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(Settings(home=tmp_path))


@pytest.fixture
def place() -> Place:
    return Place("totp_factors.secret_encrypted", uuid7(), uuid7())


def test_what_is_sealed_opens_in_its_place(keyring: Keyring, place: Place) -> None:
    sealed = keyring.seal(SECRET, place)

    assert keyring.open(sealed, place) == SECRET
    assert SECRET not in sealed


def test_the_same_secret_never_looks_the_same(keyring: Keyring, place: Place) -> None:
    assert len({keyring.seal(SECRET, place) for _ in range(100)}) == 100


@pytest.mark.parametrize("field", ["column", "tenant_id", "row_id"])
def test_a_value_moved_to_another_place_does_not_open(
    keyring: Keyring, place: Place, field: str
) -> None:
    sealed = keyring.seal(SECRET, place)
    elsewhere = msgspec.structs.replace(
        place, **{field: "webhooks.secret_encrypted" if field == "column" else uuid7()}
    )

    with pytest.raises(CannotDecrypt):
        keyring.open(sealed, elsewhere)


def test_no_byte_of_a_sealed_value_can_be_changed(keyring: Keyring, place: Place) -> None:
    sealed = keyring.seal(SECRET, place)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(CannotDecrypt):
            keyring.open(bytes(changed), place)
    for short in (b"", sealed[:5], sealed[:-1]):
        with pytest.raises(CannotDecrypt):
            keyring.open(short, place)


def test_the_key_file_is_ours_alone_and_the_same_for_all(tmp_path: Path, place: Place) -> None:
    settings = Settings(home=tmp_path)
    sealed = Keyring(settings).seal(SECRET, place)

    assert Keyring(settings).open(sealed, place) == SECRET
    assert crypto.path_of(settings).stat().st_mode & 0o777 == 0o600


def test_a_running_process_notices_a_new_key(tmp_path: Path, place: Place) -> None:
    settings = Settings(home=tmp_path)
    running = Keyring(settings)
    before = running.seal(SECRET, place)
    path = crypto.path_of(settings)
    crypto.write_keys(path, [crypto.new_key(), *crypto.read_keys(path)])
    os.utime(path, (0, 0))

    after = running.seal(SECRET, place)

    assert key_id_of(after) != key_id_of(before)
    assert running.open(before, place) == running.open(after, place) == SECRET


@pytest.mark.parametrize(
    "keys", [("nonsense",), ("00000000:AAAA",), ("0000:" + "A" * 43 + "=",), (":",)]
)
def test_a_malformed_key_is_refused_without_being_shown(keys: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSetting, match="PROJECTFLOW_ENCRYPTION_KEYS") as refused:
        Keyring(Settings(encryption_keys=keys))
    assert keys[0] not in str(refused.value) or keys[0] == ":"


async def _seal_one_of_each(owner: Person, keyring: Keyring) -> dict[str, Place]:
    tenant_id = owner.tenant_id
    places = {
        sealed.column: Place(
            sealed.column, tenant_id, owner.id if "totp" in sealed.column else uuid7()
        )
        for sealed in SEALED
    }
    secrets = {column: keyring.seal(SECRET, place) for column, place in places.items()}
    async with owner.app.state.database.tenant(tenant_id) as db:
        await db.execute(
            """
            INSERT INTO totp_factors (tenant_id, user_id, secret_encrypted, replacement_encrypted)
            VALUES ($1, $2, $3, $4)
            """,
            tenant_id,
            owner.id,
            secrets["totp_factors.secret_encrypted"],
            secrets["totp_factors.replacement_encrypted"],
        )
        await db.execute(
            """
            INSERT INTO identity_providers (tenant_id, id, name, issuer, client_id,
                                            client_secret_encrypted)
            VALUES ($1, $2, 'Acme', 'https://id.example.org', 'projectflow', $3)
            """,
            tenant_id,
            places["identity_providers.client_secret_encrypted"].row_id,
            secrets["identity_providers.client_secret_encrypted"],
        )
        await db.execute(
            "INSERT INTO webhooks (tenant_id, id, url, secret_encrypted) VALUES ($1, $2, '', $3)",
            tenant_id,
            places["webhooks.secret_encrypted"].row_id,
            secrets["webhooks.secret_encrypted"],
        )
        await db.execute(
            """
            INSERT INTO idempotency_keys (tenant_id, id, user_id, fingerprint, answer_encrypted)
            VALUES ($1, $2, $3, sha256(''), $4)
            """,
            tenant_id,
            places["idempotency_keys.answer_encrypted"].row_id,
            owner.id,
            secrets["idempotency_keys.answer_encrypted"],
        )
    return places


async def test_rotation_seals_everything_again_and_then_the_old_key_can_go(
    owner: Person, stranger: Person, settings: Settings, superuser_url: str
) -> None:
    keyring: Keyring = owner.app.state.keyring
    places = await _seal_one_of_each(owner, keyring)
    theirs = await _seal_one_of_each(stranger, keyring)
    old = keyring.current

    first = await rotate_encryption(settings, drop_old=False)
    last = await rotate_encryption(settings, drop_old=True)

    assert first.resealed >= 10
    assert (first.old_keys, last.old_keys) == (1, 0)
    assert keyring.current != old
    connection = await asyncpg.connect(superuser_url)
    for sealed in SEALED:
        table, column = sealed.column.split(".")
        for place in (places[sealed.column], theirs[sealed.column]):
            key = "user_id" if table == "totp_factors" else "id"
            value = await connection.fetchval(
                f"SELECT {column} FROM {table} WHERE tenant_id = $1 AND {key} = $2",
                place.tenant_id,
                place.row_id,
            )
            assert key_id_of(value) == keyring.current
            assert keyring.open(value, place) == SECRET
    await connection.close()


async def test_every_sealed_column_is_rotated(superuser_url: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    rows = await connection.fetch(
        """
        SELECT c.relname || '.' || a.attname AS name
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition AND a.attname LIKE '%\\_encrypted'
        """
    )
    await connection.close()

    assert {row["name"] for row in rows} == {sealed.column for sealed in SEALED}


async def test_rotation_under_writers_loses_nothing(settings: Settings, owner: Person) -> None:
    keyring: Keyring = owner.app.state.keyring

    async def write() -> list[tuple[bytes, Place]]:
        made: list[tuple[bytes, Place]] = []
        for _ in range(50):
            place = Place("webhooks.secret_encrypted", owner.tenant_id, uuid7())
            made.append((keyring.seal(SECRET, place), place))
            await asyncio.sleep(0)
        return made

    made, _ = await asyncio.gather(write(), rotate_encryption(settings, drop_old=False))

    assert all(keyring.open(sealed, place) == SECRET for sealed, place in made)
