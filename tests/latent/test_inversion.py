"""Finding z: the gradient by finite differences, samples that are found again, and what can't be."""

from collections.abc import Iterator

import pytest
import torch
from torch import Generator

from ganplay.architecture import drawing_net
from ganplay.config import RunConfig
from ganplay.latent import Model
from ganplay.latent.inversion import FEATURES, PRIOR, STARTS, STEPS, Search, off
from ganplay.latent.model import shipped
from ganplay.stack import critic_of

from .small import NETS, small_model


@pytest.fixture
def in_float64() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def exact(nets: str = "dcgan") -> Model:
    """A small model of smooth nets in float64."""
    smooth = {"generator.activation": "tanh", "discriminator.activation": "tanh"}
    config = RunConfig().updated({"data.name": "mnist", "latent.dim": 6, **NETS[nets], **smooth})
    rngs = [Generator().manual_seed(3)]
    g, critic = drawing_net(config, rngs, torch.float64), critic_of(config, rngs, torch.float64)
    made = Model("exact", config, g, critic)
    g.settle(made.noise(64, 1)[None])
    return made


@pytest.mark.usefixtures("in_float64")
@pytest.mark.parametrize("nets", ["dcgan", "mlp"])
def test_the_gradient_is_that_of_finite_differences(nets: str) -> None:
    model = exact(nets)
    search = Search(model, model.generate(model.noise(2, 5)))
    search.advance(3)
    assert torch.autograd.gradcheck(search.losses, search.z, eps=1e-6, atol=1e-6)


@pytest.mark.usefixtures("in_float64")
def test_the_loss_is_its_parts() -> None:
    model = exact()
    sought = model.generate(model.noise(1, 5))
    search = Search(model, sought)
    pool = model.generate(model.noise(1024, 1 << 22)[:128])
    seen = model.see(pool)[1].detach().flatten(1)
    for z, loss in zip(search.z.detach(), search.losses(search.z).tolist(), strict=True):
        made = model.draw(z[None]).detach()
        pixels = float(((made - sought) ** 2).mean() / pool.var(0).mean())
        apart = model.see(made)[1].detach() - model.see(sought)[1].detach()
        features = float((apart**2).mean() / seen.var(0).mean())
        prior = float((z**2).mean())
        assert loss == pytest.approx(pixels + FEATURES * features + PRIOR * prior, rel=1e-9)
    assert len(search.z) == STARTS


def test_off_is_a_portion_of_black_to_white() -> None:
    black, white = -torch.ones(1, 1, 4, 4), torch.ones(1, 1, 4, 4)
    half = black.clone()
    half[..., :2] = 1
    assert off(black, white).tolist() == [1]
    assert off(white, white).tolist() == [0]
    assert off(half, black).tolist() == pytest.approx([0.5**0.5])


def test_samples_are_found_again_and_noise_is_not() -> None:
    """Their z exist; of pixels that have nothing to do with each other no z is known to G."""
    model = shipped("digits")
    own = model.generate(model.noise(5, 31))
    noise = torch.rand(1, *model.shape, generator=Generator().manual_seed(0)) * 2 - 1
    search = Search(model, torch.cat((own, noise)))
    start = search.found[0].off
    search.advance(STEPS)
    found = search.found[-1]
    assert search.done
    assert found.step == STEPS
    assert (start > 0.08).all()
    assert int((found.off[:5] < 0.04).sum()) >= 4
    assert (found.off[:5] < start[:5] / 3).all()
    assert found.off[5] > 0.2
    assert torch.allclose(off(model.generate(found.z), search.sought), found.off, atol=1e-4)
    usual = model.noise(1000, 0).norm(dim=1)
    assert ((found.z[:5].norm(dim=1) / usual.mean()).log().abs() < 0.7).all()


def test_it_is_the_same_in_any_pieces_and_company() -> None:
    model = small_model()
    sought = model.generate(model.noise(3, 8))
    at_once, in_pieces, alone = (
        Search(model, sought),
        Search(model, sought),
        Search(model, sought[1:2]),
    )
    at_once.advance(40)
    for _ in range(8):
        in_pieces.advance(5)
    alone.advance(40)
    assert [each.step for each in in_pieces.found] == list(range(0, 41, 5))
    assert torch.equal(at_once.found[-1].z, in_pieces.found[-1].z)
    assert torch.allclose(alone.found[-1].off, at_once.found[-1].off[1:2], atol=1e-3)


def test_it_ends() -> None:
    model = small_model("mlp")
    search = Search(model, model.generate(model.noise(1, 8)))
    search.advance(STEPS - 2)
    assert not search.done
    search.advance(5)
    assert search.done
    assert search.step == STEPS
    search.advance(5)
    assert int(search._adam.state[search.z]["step"]) == STEPS


@pytest.mark.parametrize("prior", ["uniform", "student_t", "one_hot_mixture"])
def test_other_priors(prior: str) -> None:
    """Uniform z stay in their cube; none of these is drawn to 0."""
    model = small_model(latent__prior=prior)
    search = Search(model, model.generate(model.noise(2, 4)))
    search.advance(30)
    assert (search.found[-1].off < search.found[0].off).all()
    if prior == "uniform":
        assert search.z.abs().max() <= 1
    free = search.losses(search.z)
    truth = search.losses.__func__(_with_prior(search), search.z)
    assert (truth > free).all()


def _with_prior(search: Search) -> Search:
    """The same search for a model whose z is normal."""
    twin = object.__new__(Search)
    twin.__dict__ = {**search.__dict__, "model": _as_normal(search.model)}
    return twin


def _as_normal(model: Model) -> Model:
    config = model.config.updated({"latent.prior": "normal"})
    return Model(model.title, config, model.generator, model.critic)
