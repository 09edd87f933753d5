"""Headers that keep browsers, caches and proxies honest."""

from dataclasses import dataclass

import httpx
import msgspec
import pytest
from litestar import Litestar, get
from tests.people import Person

from projectflow.auth.browser import AnyRequest, client_address
from projectflow.core.http import behind, observed
from projectflow.core.metrics import Metrics
from projectflow.core.settings import InvalidSetting, Settings, load_settings


@get("/address")
async def read_address(request: AnyRequest) -> str:
    return f"{request.url.scheme} {client_address(request)}"


@dataclass
class Proxied:
    """A small app behind proxies, asked from an address."""

    proxies: tuple[str, ...]
    peer: str

    async def get(self, **headers: str) -> str:
        app = Litestar([read_address])
        app.asgi_handler = behind(app.asgi_handler, self.proxies)
        transport = httpx.ASGITransport(app, client=(self.peer, 1))  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            return (await client.get("/address", headers=sent)).text


async def test_a_trusted_proxy_says_for_whom_it_asks() -> None:
    app = Proxied(("10.0.0.0/8",), "10.1.2.3")

    said = await app.get(x_forwarded_for="203.0.113.7", x_forwarded_proto="https")

    assert said == "https 203.0.113.7"


async def test_an_address_that_a_visitor_invents_before_a_proxy_does_not_count() -> None:
    app = Proxied(("10.0.0.0/8",), "10.1.2.3")

    assert await app.get(x_forwarded_for="127.0.0.1, 203.0.113.7") == "http 203.0.113.7"


async def test_nobody_else_is_believed() -> None:
    app = Proxied(("10.0.0.0/8",), "203.0.113.9")

    said = await app.get(x_forwarded_for="198.51.100.1", x_forwarded_proto="https")

    assert said == "http 203.0.113.9"


@pytest.mark.parametrize("value", ["proxy", "10.0.0.0/33", "*"])
def test_a_proxy_that_is_no_network_is_refused_by_name(value: str) -> None:
    with pytest.raises(InvalidSetting, match="PROJECTFLOW_TRUSTED_PROXIES"):
        load_settings({"PROJECTFLOW_TRUSTED_PROXIES": f"127.0.0.1,{value}"})


@pytest.mark.parametrize("over_tls", [True, False])
async def test_browsers_are_told_to_insist_on_tls_where_there_is_tls(over_tls: bool) -> None:
    app = Litestar([read_address])
    app.asgi_handler = observed(app.asgi_handler, over_tls=over_tls, metrics=Metrics(0))
    transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        answer = await client.get("/address")

    assert ("strict-transport-security" in answer.headers) == over_tls


async def test_no_cache_keeps_what_the_api_answers(owner: Person) -> None:
    for answer in (await owner.get("/me"), await owner.get("/nothing")):
        assert answer.headers["cache-control"] == "no-store"


async def test_styles_and_scripts_come_from_us_alone(visitor: httpx.AsyncClient) -> None:
    policy = (await visitor.get("/sign-in")).headers["content-security-policy"]

    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    docs = (await visitor.get("/schema")).headers["content-security-policy"]
    assert "script-src 'self'" in docs
    assert "unsafe-eval" not in docs


def test_plans_have_limits_of_their_own_in_the_environment_too() -> None:
    settings = load_settings(
        {"PROJECTFLOW_PLAN_LIMITS": '{"pro": {"api": 1000, "upload": 50, "workspace": 90000}}'}
    )

    assert settings.plan_limits["pro"].api == 1000
    assert msgspec.to_builtins(settings.plan_limits["pro"])["workspace"] == 90000
    for wrong in ("{", '{"pro": {"api": 0, "upload": 1, "workspace": 1}}', '{"pro": {}}'):
        with pytest.raises(InvalidSetting, match="PROJECTFLOW_PLAN_LIMITS"):
            load_settings({"PROJECTFLOW_PLAN_LIMITS": wrong})


def test_the_file_says_them_as_a_table(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / "projectflow.toml").write_text(
        "[plan_limits.pro]\napi = 1000\nupload = 50\nworkspace = 90000\n"
    )

    assert load_settings({"PROJECTFLOW_HOME": str(home)}).plan_limits["pro"].upload == 50
    assert Settings().plan_limits == {}
