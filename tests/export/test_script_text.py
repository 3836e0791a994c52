"""A standalone script as a text: short, runnable without ganplay, and refused in one sentence."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from ganplay.config import ConfigError, RunConfig
from ganplay.data import AXIS, DATA_SETS, PLANE
from ganplay.export import script_data, script_pieces
from ganplay.export.script import LENGTHENING, LINES, script
from ganplay.losses import LOSSES
from ganplay.nets import ACTIVATIONS, INITS
from ganplay.optimizers import OPTIMIZERS
from ganplay.penalties import PENALTIES
from ganplay.trainer import Trainer
from tests.configs import on
from tests.export.playing import Played, stand_in
from tests.export.settings_told import LONG, PRIORS, SETTINGS, SHIPPED, both, small
from tests.runs import AIDS

MAY_IMPORT = {"torch", "torchvision", "math", "copy"}
RUFF = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length", "100"]


def every_script() -> Iterator[str]:
    """Those of all settings here that have one, of all data sets, and of what is shipped."""
    for config in SHIPPED.values():
        yield script(config)
    for name, fields in SETTINGS.items():
        if name not in LONG:
            yield script(small(**fields))
    for name in [*AXIS, *PLANE, "mnist", "stacked_mnist"]:
        if name != "points":
            yield script(on(name))


def imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            yield str(node.module).split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)


def test_all_are_short_and_clean_and_need_nothing_but_torch(tmp_path: Path) -> None:
    for i, text in enumerate(every_script()):
        lines = text.splitlines()
        assert len(lines) <= LINES == 80
        assert max(len(line) for line in lines) <= 100
        assert text == text.strip() + "\n"
        assert all(line == line.rstrip() for line in lines)
        assert "\n\n\n" not in text
        assert set(imported(text)) <= MAY_IMPORT
        (tmp_path / f"s{i}.py").write_text(text, "utf-8")
    ran = subprocess.run([*RUFF, "--select", "E,F,I,PLE", tmp_path], capture_output=True, text=True, check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    assert "All checks passed" in ran.stdout


@pytest.mark.parametrize("name", SHIPPED)
def test_every_recipe_and_every_scene_has_one(name: str) -> None:
    assert "for step in range(2000):" in script(SHIPPED[name])


def test_a_plain_one_is_shorter_than_a_page() -> None:
    assert script(RunConfig()).count("\n") < 60


def test_a_reader_can_run_it(tmp_path: Path) -> None:
    """In a process that can't find ganplay; the losses that it prints are those of the Trainer."""
    config = small(**both(optimizer="sgd", lr=0.1))
    path = tmp_path / "gan.py"
    path.write_text(script(config, 101), "utf-8")
    ran = subprocess.run([sys.executable, "-I", path], capture_output=True, text=True, cwd=tmp_path, check=True)  # fmt: skip
    trainer, said = Trainer(config), []
    for step in (0, 100):
        trainer.advance(step - trainer.step)
        trainer.stacks[0].forget()
        trainer.advance()
        now = trainer.snapshot()
        said.append(f"iteration {step}: loss of D {now.loss_d:.3f}, loss of G {now.loss_g:.3f}")
    lines = ran.stdout.splitlines()
    assert lines[:2] == said
    assert [len(line) for line in lines[2:]] == [48] * 24
    assert ran.stderr == ""


@pytest.mark.parametrize(("data", "rows"), [("ring", 24), ("gaussian_1d", 40), ("mnist", 28)])
@pytest.mark.parametrize("net", ["generator", "average"])
def test_it_ends_with_a_look_at_what_is_shown(
    data: str,
    rows: int,
    net: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A net that gives nothing but 1: all points in one place, or a picture full of light."""
    stand_in(monkeypatch)
    config = small(**{"data.name": data, "generator.ema": 0.9 if net == "average" else 0.0})
    text = script(config, 0)
    before, end = text.split("\n\nfor step in range(0):")
    one = f"\nfor weights in {net}.parameters():\n    weights.data.zero_()\n{net}.append(nn.Threshold(2, 1))\n"
    if data == "ring":
        one = one.replace("Threshold(2, 1)", "Threshold(2, 1.0)")
    Played(before + "\n" + one + "\nfor step in range(0):" + end)
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == rows
    if data == "ring":
        (marked,) = [i for i, row in enumerate(shown) if row.strip()]
        assert shown[marked].strip() == "@"
        assert marked == 11 - int(12 / 2.5)
        assert shown[marked].index("@") == 24 + int(24 / 2.5)
    elif data == "mnist":
        assert set(shown) == {"@" * 56}
    else:
        assert [row for row in shown if "#" in row] == [f"{1.0:6.1f} {'#' * 200}"]


def test_it_says_what_it_is_and_what_it_leaves_out() -> None:
    text = script(RunConfig().updated({"seed": 12}), 345)
    assert text.startswith('"""Ring, Non-saturating: the GAN of seed 12 in ganplay')
    assert "for step in range(345):" in text
    assert "VAE" not in text
    assert "# A VAE learned beside it" in script(RunConfig().updated({"vae.on": True}))


# ---- what can't be told

BFLOAT16 = {"data.name": "mnist", "generator.kind": "dcgan", "generator.hidden": "4,3", "precision": "bfloat16"}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (on("images"), "data.name: your own pictures"),
        (on("faces"), "data.name: faces are drawn by ganplay itself"),
        (on("points"), "data.points: 50 points are too many"),
        (RunConfig().updated(BFLOAT16), "precision: a script computes in float32"),
        (
            RunConfig().updated({"aids.unroll": 3, "discriminator.spectral_norm": True}),
            "discriminator.spectral_norm, aids.unroll: a script of all this takes 98 lines",
        ),
    ],
    ids=["images", "faces", "points", "precision", "length"],
)
def test_a_refusal_is_one_sentence_with_the_setting(config: RunConfig, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        script(config)
    assert str(caught.value).startswith(said)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(LONG))
def test_what_is_too_long_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="80 are the most"):
        script(small(**SETTINGS[name]))


def test_each_aid_alone_fits_and_most_pairs_do() -> None:
    aids = [fields for name, fields in AIDS.items() if name not in LONG]
    assert all(fits(small(**fields)) for fields in aids)
    pairs = [small(**a, **b) for a, b in combinations(aids, 2) if not a.keys() & b.keys()]
    assert sum(fits(pair) for pair in pairs) > 0.7 * len(pairs)


def fits(config: RunConfig) -> bool:
    try:
        return bool(script(config))
    except ConfigError:
        return False


def test_what_lengthens_a_script_is_what_can_be_named() -> None:
    """Any other setting leaves its length as it is."""
    plain = script(RunConfig()).count("\n")
    for fields in SETTINGS.values():
        rest = {name: v for name, v in fields.items() if name not in LENGTHENING}
        assert script(RunConfig().updated(rest)).count("\n") == plain
    assert RunConfig().flat().keys() | {"data.points"} >= LENGTHENING


def test_every_entry_of_a_registry_has_its_piece() -> None:
    assert script_data.DATA.keys() == DATA_SETS.keys() - script_data.REFUSED.keys()
    assert script_pieces.LOSSES.keys() == LOSSES.keys()
    assert script_pieces.PENALTIES.keys() == PENALTIES.keys()
    assert script_pieces.OPTIMIZERS.keys() == OPTIMIZERS.keys()
    assert script_pieces.ACTIVATIONS.keys() == ACTIVATIONS.keys()
    assert script_pieces.INITS.keys() == INITS.keys()
    assert script_pieces.PRIORS.keys() == set(PRIORS)
