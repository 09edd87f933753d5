"""Settings: one Struct, read from one TOML file and from the environment, which wins.

Engine addresses have the names every host already sets (`DATABASE_URL`, `REDIS_URL`, …);
all else is `PROJECTFLOW_<NAME>`. docs/settings.md lists each one.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

import msgspec
from msgspec import Meta, Struct, field

ENGINE_VARIABLES = {
    "DATABASE_URL": "database_url",
    "DATABASE_OWNER_URL": "database_owner_url",
    "REDIS_URL": "redis_url",
    "ELASTICSEARCH_URL": "elasticsearch_url",
    "CLICKHOUSE_URL": "clickhouse_url",
    "STORAGE_URL": "storage_url",
    "SMTP_URL": "smtp_url",
}
PREFIX = "PROJECTFLOW_"
LOCATIONS = {"PROJECTFLOW_HOME": "home", "PROJECTFLOW_CONFIG": "config"}
SECRETS = frozenset({"jwt_private_key", "encryption_keys"})
LISTS = frozenset({"allowed_origins", "modules", "encryption_keys", "trusted_proxies"})
TABLES = frozenset({"plan_limits"})
"""Tables in the file, JSON in the environment."""

Port = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(gt=0)]


class InvalidSetting(Exception):
    """A setting is unknown or malformed."""


def default_home() -> Path:
    """Where data lives when nothing is said: `~/.local/share/projectflow`."""
    return Path.home() / ".local" / "share" / "projectflow"


class PlanLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """What a plan allows: requests of a person and of a workspace, uploads of a person."""

    api: Count
    upload: Count
    workspace: Count


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything an operator can decide. Times are seconds, sizes bytes."""

    home: Path = field(default_factory=default_home)
    database_url: str | None = None
    database_owner_url: str | None = None
    redis_url: str | None = None
    elasticsearch_url: str | None = None
    clickhouse_url: str | None = None
    storage_url: str | None = None
    smtp_url: str | None = None
    mail_from: str = "ProjectFlow <projectflow@localhost>"

    host: str = "127.0.0.1"
    port: Port = 8400
    public_url: str | None = None
    workers: Count = 1
    modules: tuple[str, ...] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    private_networks: bool = False

    metrics_host: str = "127.0.0.1"
    metrics_port: Port | None = None
    worker_metrics_port: Port | None = None
    metrics_tenants: Annotated[int, Meta(ge=0)] = 0
    database_pool_min: Count = 5
    database_pool_max: Count = 20
    database_idle_timeout: Seconds = 30.0
    database_connect_timeout: Seconds = 2.0
    database_acquire_timeout: Seconds = 60.0
    database_statement_timeout: Seconds = 30.0
    redis_pool_max: Count = 10
    cache_bytes: Count = 32 * 1024 * 1024

    jwt_private_key: str | None = None
    encryption_keys: tuple[str, ...] = ()
    access_token_ttl: Count = 900
    session_ttl: Count = 3600
    refresh_token_ttl: Count = 14 * 24 * 3600
    invitation_ttl: Count = 7 * 24 * 3600
    password_reset_ttl: Count = 3600
    login_attempts: Count = 5
    login_window: Count = 900
    api_limit: Count = 100
    api_window: Count = 60
    upload_limit: Count = 10
    upload_window: Count = 3600
    workspace_limit: Count = 12_000
    visitor_limit: Count = 300
    plan_limits: dict[str, PlanLimits] = {}
    import_max_bytes: Count = 20 * 1024 * 1024
    trash_days: Count = 30
    attachment_max_bytes: Count = 50 * 1024 * 1024
    workspace_storage: Count = 10 * 1024**3
    deleted_attachment_ttl: Count = 30 * 24 * 3600
    file_link_ttl: Count = 300
    storage_redirects: bool = True
    archive_max_bytes: Count = 1024 * 1024 * 1024
    read_notification_days: Count = 90
    notification_mail_delay: Annotated[int, Meta(ge=0)] = 120
    graphiql: bool = False
    graphql_introspection: bool = True
    graphql_depth: Count = 12
    graphql_aliases: Count = 30
    graphql_cost: Count = 20_000
    live_connections_per_person: Count = 20
    live_connections_per_workspace: Count = 5_000
    live_subscriptions: Count = 20
    live_queue: Count = 1_000
    live_init_timeout: Seconds = 10.0
    live_reconnect_within: Count = 15

    @property
    def url(self) -> str:
        """The address that people open, without a trailing slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{host}:{self.port}"

    @property
    def files_url(self) -> str:
        """Where files are kept: `STORAGE_URL`, else a folder of the home."""
        return self.storage_url or (self.home / "files").as_uri()


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the file, then the environment over it.

    Raises:
        InvalidSetting: names the variable or key that is unknown or malformed.
    """
    environment = os.environ if environment is None else environment
    home = Path(environment.get("PROJECTFLOW_HOME") or default_home()).expanduser().absolute()
    path = Path(environment.get("PROJECTFLOW_CONFIG") or home / "projectflow.toml")
    values = _file_values(path, required="PROJECTFLOW_CONFIG" in environment)
    names = {key: f"{key} in {path}" for key in values}
    for variable, text in environment.items():
        key = _key_of(variable)
        if key is not None:
            values[key] = _value_of(key, text, variable)
            names[key] = variable
    settings = msgspec.structs.replace(_convert(values, names), home=home)
    if settings.database_pool_min > settings.database_pool_max:
        raise InvalidSetting("database_pool_min is larger than database_pool_max")
    return settings


def _file_values(path: Path, *, required: bool) -> dict[str, Any]:
    if not path.is_file():
        if required:
            raise InvalidSetting(f"PROJECTFLOW_CONFIG names {path}, which is not a file")
        return {}
    try:
        values = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{path} is not valid TOML: {error}") from error
    for key in values:
        if key not in Settings.__struct_fields__ or key == "home":
            raise InvalidSetting(f"{key} in {path} is not a setting")
    return values


def _key_of(variable: str) -> str | None:
    """Name the field that an environment variable sets; None where it is not ours."""
    if variable in ENGINE_VARIABLES:
        return ENGINE_VARIABLES[variable]
    if not variable.startswith(PREFIX) or variable in LOCATIONS:
        return None
    key = variable.removeprefix(PREFIX).lower()
    if key not in Settings.__struct_fields__ or key in ENGINE_VARIABLES.values():
        raise InvalidSetting(f"{variable} is not a setting; docs/settings.md lists them")
    return key


def _value_of(key: str, text: str, variable: str) -> Any:
    if key in LISTS:
        return text.split(",")
    if key not in TABLES:
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise InvalidSetting(f"{variable} is not JSON: {error}") from None


def _convert(values: Mapping[str, Any], names: Mapping[str, str]) -> Settings:
    for key, value in values.items():
        try:
            msgspec.convert({key: value}, Settings, strict=False)
        except msgspec.ValidationError as error:
            reason = str(error).split(" - at ", maxsplit=1)[0]
            shown = "" if is_secret(key) else f" (it is {value!r})"
            raise InvalidSetting(f"{names[key]}: {reason}{shown}") from None
    for key, schemes in URL_SCHEMES.items():
        value = values.get(key)
        if value is not None and urlsplit(value).scheme not in schemes:
            raise InvalidSetting(f"{names[key]}: starts with one of {', '.join(schemes)}")
    _check_networks(values.get("trusted_proxies", ()), names)
    return msgspec.convert(dict(values), Settings, strict=False)


def _check_networks(networks: Sequence[str], names: Mapping[str, str]) -> None:
    for network in networks:
        try:
            ip_network(network, strict=False)
        except ValueError:
            name = names["trusted_proxies"]
            raise InvalidSetting(f"{name}: {network!r} is no address or network") from None


URL_SCHEMES = {
    "database_url": ("postgresql", "postgres"),
    "database_owner_url": ("postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
    "elasticsearch_url": ("http", "https"),
    "clickhouse_url": ("http", "https"),
    "storage_url": ("file", "s3"),
    "smtp_url": ("smtp", "smtps"),
    "public_url": ("http", "https"),
}


def is_secret(key: str) -> bool:
    """Whether a setting's whole value is hidden when it is shown (addresses hide a password)."""
    return key in SECRETS


def masked(settings: Settings) -> dict[str, Any]:
    """The settings as they may be shown: secrets and passwords in addresses replaced by stars."""
    shown: dict[str, Any] = {}
    for key in Settings.__struct_fields__:
        value = getattr(settings, key)
        if value is not None and is_secret(key):
            shown[key] = "***"
        elif isinstance(value, str) and "://" in value:
            shown[key] = _without_password(value)
        else:
            shown[key] = str(value) if isinstance(value, Path) else msgspec.to_builtins(value)
    return shown


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:***@{host}"))
