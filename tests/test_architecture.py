"""Who may import whom: config -> trainer -> snapshot -> figure -> page, and no arrow back."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ganplay

ROOT = Path(ganplay.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

LAYERS = {
    "": {"streamlit", "app", "pages", "tests", "bench"},
    "data": {"ganplay.config", "ganplay.trainer", "ganplay.live", "ganplay.figures"},
    "nets": {"ganplay.config", "ganplay.trainer", "ganplay.data", "ganplay.losses"},
    "metrics": {"ganplay.config", "ganplay.trainer", "ganplay.live", "ganplay.figures"},
    "metrics/attributes": {"ganplay.latent", "ganplay.pretrain", "ganplay.observe", "ganplay.nets"},
    "pretrain": {"ganplay.live", "ganplay.figures", "ganplay.ui", "plotly", "pickle"},
    "losses.py": {"ganplay"},
    "optimizers.py": {"ganplay"},
    "settings.py": {"ganplay"},
    "gallery.py": {"ganplay", "torch"},
    "work.py": {"ganplay.data", "ganplay.stack", "ganplay.trainer", "torch"},
    "penalties.py": {"ganplay.config", "ganplay.nets", "ganplay.gradients", "ganplay.stack"},
    "config.py": {"ganplay.stack", "ganplay.trainer", "ganplay.live", "ganplay.figures"},
    "config_parts.py": {"ganplay.config", "ganplay.config_players", "ganplay.stack"},
    "config_players.py": {"ganplay.config", "ganplay.data", "ganplay.stack"},
    "recipes": {"ganplay.trainer", "ganplay.live", "ganplay.scenarios", "ganplay.ui"},
    "draws.py": {"ganplay.nets", "ganplay.gradients", "ganplay.stack", "ganplay.trainer"},
    "gradients.py": {"ganplay.draws", "ganplay.stack", "ganplay.trainer"},
    "architecture.py": {"ganplay.stack", "ganplay.vae", "ganplay.observe", "ganplay.trainer"},
    "files.py": {"ganplay", "torch"},
    "vae.py": {"ganplay.stack", "ganplay.observe", "ganplay.trainer", "ganplay.metrics"},
    "size.py": {"ganplay.stack", "ganplay.trainer", "torch"},
    "stand_in.py": {"ganplay.stack", "ganplay.trainer", "ganplay.live", "ganplay.ui"},
    "progress.py": {"ganplay", "torch"},
    "stack.py": {"ganplay.observe", "ganplay.trainer", "ganplay.snapshot", "ganplay.metrics"},
    "observe": {"ganplay.trainer", "ganplay.live", "ganplay.figures"},
    "snapshot.py": {"ganplay.config", "ganplay.stack", "ganplay.observe", "ganplay.trainer"},
    "anatomy": {"ganplay.live", "ganplay.figures", "ganplay.ui", "plotly"},
    "anatomy/moments.py": {"ganplay.config", "ganplay.stack", "ganplay.trainer", "torch"},
    "trainer.py": {"ganplay.live", "ganplay.figures", "ganplay.ui", "plotly"},
    "checkpoint.py": {"ganplay.live", "ganplay.figures", "ganplay.ui", "plotly", "pickle"},
    "measures.py": {"ganplay.trainer", "ganplay.scenarios", "ganplay.live", "ganplay.figures"},
    "scenarios": {"ganplay.live", "ganplay.figures", "ganplay.ui", "plotly"},
    "history.py": {"ganplay.trainer", "ganplay.live", "ganplay.figures", "torch"},
    "reading.py": {"ganplay.trainer", "ganplay.live", "ganplay.figures", "torch"},
    "theory": {"ganplay.config", "ganplay.trainer", "ganplay.figures", "ganplay.ui", "torch"},
    "latent": {"ganplay.live", "ganplay.figures", "ganplay.ui", "plotly"},
    "live": {"ganplay.figures", "ganplay.showing", "ganplay.ui", "plotly"},
    "whatif.py": {"ganplay.trainer", "ganplay.live", "ganplay.scenarios", "ganplay.ui", "torch"},
    "showing": {"ganplay.trainer", "ganplay.stack", "ganplay.export", "ganplay.ui", "torch"},
    "figures": {"ganplay.trainer", "ganplay.live", "ganplay.showing", "ganplay.ui", "torch"},
    "duel.py": {"ganplay.figures", "ganplay.showing", "ganplay.ui", "plotly"},
    "export": {"ganplay.ui", "matplotlib.pyplot"},
    "export/images.py": {"matplotlib", "torch", "ganplay.live"},
    "export/ticks.py": {"ganplay", "matplotlib"},
    "export/script.py": {"ganplay.trainer", "ganplay.live", "ganplay.figures"},
    "ui/curtain.py": {"ganplay.live", "ganplay.figures", "ganplay.scenarios", "torch"},
    "commands": {"ganplay.live", "ganplay.figures", "ganplay.ui", "plotly"},
}
"""What a module or folder of ganplay must not import; "" is all but ui."""


def imports(module: Path) -> Iterator[str]:
    """Every module that a source file imports, inside functions too."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_layer_exists() -> None:
    assert len(MODULES) > 20
    assert all((ROOT / layer).exists() for layer in LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_imports_what_is_above_it(layer: str) -> None:
    top = ROOT / layer
    inside = [module for module in MODULES if top in (module, *module.parents)]
    if not layer:
        inside = [module for module in inside if ROOT / "ui" not in module.parents]
    assert inside
    for module in inside:
        for name in imports(module):
            broken = {ban for ban in LAYERS[layer] if f"{name}.".startswith(f"{ban}.")}
            if module == ROOT / "commands" / "bench.py":
                broken -= {"bench"}  # which is one of its commands
            assert not broken, f"{module.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_module_says_what_it_is_for(module: Path) -> None:
    docstring = ast.get_docstring(ast.parse(module.read_text("utf-8")))
    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":"))
