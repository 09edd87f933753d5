"""The whole protocol, as the python-scim project's tester checks it."""

import asyncio
from collections import Counter
from typing import Any

import pytest
import scim2_tester.filling
from scim2_client.client import BaseSyncSCIMClient
from scim2_tester import Status, check_server
from tests.scim.provider import Provider, new_address

made_up = scim2_tester.filling.generate_random_value


class FromAThread(BaseSyncSCIMClient):
    """The tester is synchronous and the app lives in this loop: it asks from a thread."""

    def __init__(self, provider: Provider, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._sender = provider
        self._alive = loop

    def request(self, method: str, url: str, **options: Any) -> Any:
        asked = self._sender.client.request(method, url, **options)
        return asyncio.run_coroutine_threadsafe(asked, self._alive).result()

    def _parse_json(self, response: Any) -> Any:
        return response.json()

    def _stays_under_base_url(self, endpoint: str) -> bool:
        return True


def with_addresses(context: Any, path: Any, *rest: Any, **options: Any) -> Any:
    """A schema cannot say that `userName` is an address, so the tester makes up something else."""
    value = made_up(context, path, *rest, **options)
    return new_address() if str(path).endswith("userName") and value is not None else value


async def test_every_check_of_scim2_tester_passes(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("filling", "checkers.patch_add", "checkers.patch_replace"):
        monkeypatch.setattr(f"scim2_tester.{module}.generate_random_value", with_addresses)
    client = FromAThread(provider, asyncio.get_running_loop())

    results = await asyncio.to_thread(check_server, client)

    counts = Counter(result.status for result in results)
    print(f"\nscim2-tester: {len(results)} checks: {dict(counts)}")
    wrong = [r for r in results if r.status is not Status.SUCCESS]
    assert wrong == []
    assert len(results) >= 59  # as many as version 0.5.2 makes of our schemas
