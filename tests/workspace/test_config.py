"""The configuration file: its settings take effect, and its errors are reported with the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.workspace.config import Config, ConfigError, load_config


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_apply(tmp_path: Path) -> None:
    assert load_config(tmp_path / "none.toml") == Config()


def test_theme_keys_and_options_of_commands_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'theme = "ocpptui-light"\n[keys]\ncompose = "f2,c"\n[charge-point]\nvendor = "ACME"\nping-interval = 5\n',
    )
    config = load_config(path)
    assert config.theme == "ocpptui-light"
    assert config.keys == {"compose": "f2,c"}
    assert config.commands == {"charge-point": {"vendor": "ACME", "ping_interval": 5}}


def test_keys_of_meters_are_read(tmp_path: Path) -> None:
    """Signed meter values of OCPP 1.6 have no key; without these, none is verified."""
    assert load_config(write(tmp_path, 'meter-keys = ["3059", "oca:base16:asn1:3059"]\n')).meter_keys == (
        "3059",
        "oca:base16:asn1:3059",
    )
    assert load_config(write(tmp_path, "")).meter_keys == ()


def test_a_command_with_a_dot_in_its_id_needs_no_quotes(tmp_path: Path) -> None:
    """TOML makes a table of it, and the key would be rejected."""
    config = load_config(write(tmp_path, '[keys]\nreplay.play = "p"\n"replay.step" = "s"\nquit = "f10"\n'))
    assert config.keys == {"replay.play": "p", "replay.step": "s", "quit": "f10"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("theme = 3", "theme must be a name"),
        ("[keys]\ncompose = 3", "[keys] must contain lines"),
        ("colour = true", "unknown setting 'colour'"),
        ('meter-keys = "3059"', "meter-keys must be a list of keys"),
        ("meter-keys = [3059]", "meter-keys must be a list of keys"),
        ("theme = ", "not valid TOML"),
        ("\x00", "not valid TOML"),
        (f"theme = {'9' * 5000}", "not valid TOML"),
        (f"theme = {'[' * 5000}", "not valid TOML"),
        ("theme = 2026-02-30", "not valid TOML"),
        ("theme = inf", "theme must be a name"),
        ("theme = 1e400", "theme must be a name"),
    ],
)
def test_an_error_names_the_file(tmp_path: Path, text: str, expected: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_config(path)
    assert expected in str(error.value)
    assert str(path) in str(error.value)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"theme = '\xff'")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(path)
