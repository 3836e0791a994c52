"""Models: what was trained, looked at, and their files."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from ganplay import checkpoint
from ganplay.checkpoint import CheckpointError
from ganplay.config import RunConfig
from ganplay.latent import Model
from ganplay.latent.model import KEY, SHIPPED, about, loads, shipped, tensors_of
from ganplay.metrics.judge import FOLDER
from ganplay.trainer import Trainer

NETS = {
    "dcgan": {"generator.kind": "dcgan", "generator.hidden": "8,4", "discriminator.kind": "dcgan",
              "discriminator.hidden": "4,8"},
    "mlp": {"generator.hidden": "16", "discriminator.hidden": "16"},
    "packed": {"aids.pack": 2, "discriminator.spectral_norm": True},
}  # fmt: skip


def trainer(nets: str, data: str = "mnist", **fields: object) -> Trainer:
    config = RunConfig().updated(
        {"data.name": data, "batch_size": 8, "latent.dim": 6, "generator.ema": 0.5, **NETS[nets]}
    )
    made = Trainer(config.updated(fields))
    made.advance(3)
    return made


def model(nets: str, data: str = "mnist") -> Model:
    return Model.of(trainer(nets, data).stacks[0], "mine")


every_net = pytest.mark.parametrize("nets", NETS)
every_shipped = pytest.mark.parametrize("name", SHIPPED)


@every_net
def test_it_is_the_average_and_shares_nothing_with_the_run(nets: str) -> None:
    run = trainer(nets)
    found = Model.of(run.stacks[0], "mine")
    assert torch.equal(found.generator.flat, run.stacks[0].shown.flat)
    assert not torch.equal(found.generator.flat, run.stacks[0].generator.net.flat)
    z = found.noise(5, 1)
    before = found.generate(z), found.logits(found.generate(z))
    run.advance(2)
    after = found.generate(z), found.logits(found.generate(z))
    assert torch.equal(before[0], after[0])
    assert torch.equal(before[1], after[1])
    assert before[0].shape == (5, 1, 28, 28)
    assert before[1].shape == (5,)


@every_net
def test_a_picture_depends_on_its_own_z_alone(nets: str) -> None:
    found = model(nets)
    z = found.noise(300, 2)
    whole = found.generate(z)
    torch.testing.assert_close(whole[7:9], found.generate(z[7:9]), rtol=0, atol=1e-5)
    assert whole.std(0).max() > 1e-3
    assert torch.equal(found.noise(3, 2), z[:3]) or found.noise(3, 2).shape == (3, 6)


def test_its_maps_end_in_its_picture() -> None:
    found = model("dcgan")
    z = found.noise(4, 0)
    *maps, picture = found.grow(z)
    assert len(maps) == found.layers == 2
    torch.testing.assert_close(picture, found.generate(z), rtol=0, atol=1e-6)
    seen = found.see(picture)
    torch.testing.assert_close(seen[-1][:, 0], found.logits(picture), rtol=0, atol=1e-6)
    assert model("mlp").layers == 0


def test_a_gradient_reaches_z() -> None:
    found = model("dcgan")
    z = found.noise(2, 0).requires_grad_()
    (slope,) = torch.autograd.grad(found.draw(z).square().sum(), z)
    step = 1e-3 * torch.randn(z.shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        up, down = (found.draw(z + s * step).double().square().sum() for s in (1, -1))
    assert (up - down).item() / 2 == pytest.approx((slope * step).sum().item(), rel=0.05)


# ---- files


def source_of(found: Model) -> bytes:
    tensors = {name: tensor.contiguous() for name, tensor in tensors_of(found).items()}
    return save(tensors, about(found))


@pytest.mark.parametrize("nets", ["dcgan", "mlp"])
def test_its_file_leads_back_to_it(nets: str) -> None:
    found = model(nets, "mnist")
    again = loads(source_of(found), "unused")
    z = found.noise(5, 1)
    assert torch.equal(again.generate(z), found.generate(z))
    assert torch.equal(again.logits(found.generate(z)), found.logits(found.generate(z)))
    assert (again.title, again.facts) == (found.title, found.facts)
    assert again.config == found.config


@every_net
@pytest.mark.parametrize("data", ["mnist", "faces"])
def test_a_runs_checkpoint_opens_too(nets: str, data: str) -> None:
    run = trainer(nets, data)
    found, expected = loads(checkpoint.dumps(run), "saved"), Model.of(run.stacks[0], "")
    z = found.noise(5, 1)
    assert torch.equal(found.generate(z), expected.generate(z))
    assert found.title == "saved"
    assert found.facts == {"iterations": "3"}


def test_points_are_refused() -> None:
    points = Trainer(RunConfig())
    with pytest.raises(CheckpointError, match=r"^The checkpoint's run makes points.*pictures\.$"):
        loads(checkpoint.dumps(points), "")


def test_a_run_that_diverged_is_refused() -> None:
    run = trainer("mlp")
    run.stacks[0].generator.net.flat.fill_(torch.nan)
    with pytest.raises(CheckpointError, match=r"diverged"):
        loads(checkpoint.dumps(run), "")


def test_what_does_not_fit_is_refused_in_a_sentence() -> None:
    source = source_of(model("dcgan"))
    tensors, size = load(source), int.from_bytes(source[:8], "little")
    told = json.loads(source[8 : 8 + size])["__metadata__"]
    known = json.loads(told[KEY])

    def wrong(config: object) -> dict[str, str]:
        return {**told, KEY: json.dumps({**known, "config": config})}

    flat = tensors["generator"]
    bad = [
        b"",
        source[:100],
        source[:-5],
        b"PK\x03\x04" + source,
        save({"generator": flat}, told),
        save({**tensors, "generator": flat[:-1].clone()}, told),
        save({**tensors, "generator": flat * torch.nan}, told),
        save({**tensors, "more": flat + 1}, told),
        save({n: t for n, t in tensors.items() if n != "moments.1.mean"}, told),
        save({**tensors, "moments.0.variance": tensors["moments.0.variance"].int()}, told),
        save(tensors, {**told, KEY: "nothing"}),
        save(tensors, {**told, KEY: "[]"}),
        save(tensors, {**told, KEY: json.dumps({"title": "", "config": {}, "facts": 3})}),
        save(tensors, wrong({"data.name": "ring"})),
        save(tensors, wrong({"data.name": "mnist", "generator.kind": "cgan"})),
        save(tensors, wrong({**known["config"], "generator.hidden": [1024, 1024]})),
        save(tensors, wrong({**known["config"], "latent.dim": 7})),
        save(tensors, wrong({**known["config"], "data.file": "/etc/passwd"})),
    ]
    for each in bad:
        with pytest.raises(CheckpointError) as refused:
            loads(each, "")
        sentence = str(refused.value)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert len(sentence) < 300


@every_shipped
def test_shipped_models_are_here(name: str) -> None:
    found = shipped(name)
    assert found is shipped(name)
    assert found.facts["iterations"] in ("36,000", "60,000")
    made = found.generate(found.noise(64, 3))
    assert made.isfinite().all()
    assert made.abs().max() <= 1
    assert made.std(0).mean() > 0.1
    assert found.reader


def test_all_that_is_shipped_is_small() -> None:
    assert sum(path.stat().st_size for path in Path(FOLDER).glob("*.safetensors")) <= 10e6
