"""A config as TOML: nothing is lost on the way to a file and back."""

import tomllib
from pathlib import Path

import pytest

from ganplay import recipes, scenarios
from ganplay.config import RunConfig
from ganplay.export.toml import toml
from ganplay.recipes import recipe
from tests.configs import HERE, on

RECIPES = sorted(path.stem for path in Path(recipes.__file__).parent.glob("*.toml"))
CHANGED = {
    "loss": "wgan",
    "generator.hidden": (),
    "discriminator.hidden": (32, 16, 8),
    "discriminator.clip": 1e-5,
    "generator.lr": 0.1 + 0.2,
    "generator.momentum": 1e-300,
    "aids.minibatch_stddev": True,
    "seed": 2**31 - 1,
}


def again(config: RunConfig, folder: Path) -> RunConfig:
    file = folder / "run.toml"
    file.write_text(toml(config), "utf-8")
    return RunConfig.from_toml(file)


@pytest.mark.parametrize("data", HERE)
def test_configs_of_every_data_set_come_back(data: str, tmp_path: Path) -> None:
    assert again(on(data), tmp_path) == on(data)


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_come_back(name: str, tmp_path: Path) -> None:
    assert again(recipe(name), tmp_path) == recipe(name)


@pytest.mark.parametrize("name", scenarios.names())
def test_scenes_come_back(name: str, tmp_path: Path) -> None:
    scenario = scenarios.load(name)
    for scene in range(len(scenario.scenes)):
        config = scenario.config(scene)
        assert again(config, tmp_path) == config


@pytest.mark.parametrize("name", CHANGED)
def test_every_kind_of_value_comes_back(name: str, tmp_path: Path) -> None:
    changed = RunConfig().updated({name: CHANGED[name]})
    assert changed.flat()[name] == CHANGED[name] != RunConfig().flat()[name]
    assert again(changed, tmp_path) == changed


def test_what_is_not_set_stays_so(tmp_path: Path) -> None:
    assert RunConfig().discriminator.clip is None
    assert again(RunConfig(), tmp_path).discriminator.clip is None


def test_a_file_with_a_strange_name_comes_back(tmp_path: Path) -> None:
    points = tmp_path / 'a "b" \\ é \x7f\t😀.csv'
    points.write_text("0,0\n1,2\n3,1\n" * 10, "utf-8")
    config = RunConfig().updated({"data.name": "points", "data.file": str(points)})
    assert again(config, tmp_path) == config


def test_it_holds_every_setting_in_its_table_under_a_line_of_help() -> None:
    text = toml(RunConfig())
    first, *rest = text.splitlines()
    assert first.startswith("#")
    assert "python -m ganplay train --config" in first
    assert not any(line.startswith("#") for line in rest)
    tree = tomllib.loads(text)
    flat = RunConfig().flat()
    for name, value in flat.items():
        group, _, leaf = name.rpartition(".")
        found = (tree[group] if group else tree)[leaf]
        assert found == (
            "" if value is None else list(value) if isinstance(value, tuple) else value
        )
    assert sum(len(each) if isinstance(each, dict) else 1 for each in tree.values()) == len(flat)
