"""Settings: one file and the environment; what is wrong is named, what is secret is hidden."""

import re
from pathlib import Path

import pytest

from projectflow.core.settings import (
    ENGINE_VARIABLES,
    LOCATIONS,
    InvalidSetting,
    Settings,
    load_settings,
    masked,
)

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def _load(home: Path, **environment: str) -> Settings:
    return load_settings({"PROJECTFLOW_HOME": str(home), **environment})


def _write(home: Path, text: str) -> None:
    (home / "projectflow.toml").write_text(text)


def test_defaults_need_nothing(tmp_path: Path) -> None:
    settings = _load(tmp_path, PATH="/bin", LANG="C")

    assert settings.home == tmp_path
    assert (settings.host, settings.port) == ("127.0.0.1", 8400)
    assert settings.url == "http://localhost:8400"
    assert settings.files_url == (tmp_path / "files").as_uri()


def test_home_defaults_to_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert load_settings({}).home == tmp_path / ".local" / "share" / "projectflow"
    assert load_settings({"PROJECTFLOW_HOME": "~/pf"}).home == tmp_path / "pf"


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    _write(tmp_path, 'port = 9000\nlog_level = "debug"\nallowed_origins = ["https://a.example"]')

    settings = _load(tmp_path, PROJECTFLOW_PORT="9001")

    assert settings.port == 9001
    assert settings.log_level == "debug"
    assert settings.allowed_origins == ("https://a.example",)


def test_lists_in_the_environment_are_separated_by_commas(tmp_path: Path) -> None:
    settings = _load(tmp_path, PROJECTFLOW_ALLOWED_ORIGINS="https://a.example,https://b.example")

    assert settings.allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PROJECTFLOW_PROT": "1"}, "PROJECTFLOW_PROT is not a setting"),
        ({"PROJECTFLOW_DATABASE_URL": "postgresql://x"}, "PROJECTFLOW_DATABASE_URL is not"),
        ({"PROJECTFLOW_PORT": "many"}, r"PROJECTFLOW_PORT: .*'many'"),
        ({"PROJECTFLOW_PORT": "70000"}, r"PROJECTFLOW_PORT: .*'70000'"),
        ({"PROJECTFLOW_WORKERS": "0"}, "PROJECTFLOW_WORKERS"),
        ({"PROJECTFLOW_LOG_LEVEL": "loud"}, "PROJECTFLOW_LOG_LEVEL"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL: starts with"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL: starts with"),
        ({"STORAGE_URL": "ftp://x"}, "STORAGE_URL: starts with"),
        ({"PROJECTFLOW_PUBLIC_URL": "example.org"}, "PROJECTFLOW_PUBLIC_URL: starts with"),
        ({"PROJECTFLOW_CONFIG": "/nowhere.toml"}, "/nowhere.toml, which is not a file"),
        (
            {"PROJECTFLOW_DATABASE_POOL_MIN": "9", "PROJECTFLOW_DATABASE_POOL_MAX": "8"},
            "database_pool_min",
        ),
    ],
)
def test_wrong_variable_is_named(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        _load(tmp_path, **environment)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "prot in .*projectflow.toml is not a setting"),
        ('home = "/elsewhere"', "home in .*projectflow.toml is not a setting"),
        ('port = "many"', "port in .*projectflow.toml"),
        ("port = ", "is not valid TOML"),
    ],
)
def test_wrong_line_of_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    _write(tmp_path, text)

    with pytest.raises(InvalidSetting, match=said):
        _load(tmp_path)


def test_message_shows_no_secret(tmp_path: Path) -> None:
    _write(tmp_path, "jwt_private_key = 12345")

    with pytest.raises(InvalidSetting) as caught:
        _load(tmp_path)

    assert "12345" not in str(caught.value)


def test_shown_settings_hide_passwords_and_keys(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        DATABASE_URL="postgresql://app:hunter2@db.example/projectflow?sslmode=require",
        REDIS_URL="unix://:hunter2@/run/valkey.sock?db=0",
        PROJECTFLOW_JWT_PRIVATE_KEY="hunter2",
    )

    shown = masked(settings)

    assert "hunter2" not in repr(shown)
    assert shown["database_url"] == "postgresql://app:***@db.example/projectflow?sslmode=require"
    assert shown["jwt_private_key"] == "***"
    assert shown["home"] == str(tmp_path)


def test_every_setting_is_on_the_page() -> None:
    page = PAGE.read_text()
    engines = {field: variable for variable, field in ENGINE_VARIABLES.items()}
    variables = [
        engines.get(field, f"PROJECTFLOW_{field.upper()}") for field in Settings.__struct_fields__
    ]

    assert [name for name in [*variables, *LOCATIONS] if f"`{name}`" not in page] == []
    of_commands = {"PROJECTFLOW_PASSWORD", "PROJECTFLOW_TOKEN"}
    told = set(re.findall(r"`(PROJECTFLOW_[A-Z_]+)`", page))
    assert told - set(variables) - set(LOCATIONS) == of_commands
