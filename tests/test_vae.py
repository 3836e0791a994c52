"""The VAE: against torch.nn, torch.distributions and torch.optim, against probabilistic PCA, and what
it is known to do."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import Generator, Tensor, nn
from torch.distributions import Normal, kl_divergence

from ganplay.config import RunConfig
from ganplay.data import decode_points, encode_points
from ganplay.nets import Net
from ganplay.trainer import Trainer
from ganplay.vae import FIRST_VARIANCE, VAE

SMALL = {"generator.hidden": (7, 5), "discriminator.hidden": (6,), "batch_size": 9, "latent.dim": 3}
DIGITS = {"data.name": "mnist", "batch_size": 6, "latent.dim": 3}
CASES: dict[str, dict[str, Any]] = {
    "points": SMALL,
    "smooth": SMALL | {"generator.activation": "silu", "discriminator.activation": "tanh"},
    "linear": SMALL | {"generator.hidden": (), "discriminator.hidden": ()},
    "digits, mlp": DIGITS | {"generator.hidden": (7,), "discriminator.hidden": (6,)},
    "digits, dcgan": DIGITS | {
        "generator.kind": "dcgan", "generator.hidden": (5, 4), "generator.norm": "batch",
        "discriminator.kind": "dcgan", "discriminator.hidden": (4, 5, 6),
        "discriminator.norm": "batch",
    },
    "digits, dcgan without norm": DIGITS | {
        "generator.kind": "dcgan", "generator.hidden": (5,), "generator.norm": "none",
        "discriminator.kind": "dcgan", "discriminator.hidden": (4,),
    },
}  # fmt: skip
ACTIVATIONS = {
    "relu": nn.ReLU(), "leaky_relu": nn.LeakyReLU(0.2), "tanh": nn.Tanh(), "silu": nn.SiLU()
}  # fmt: skip


def config(case: str = "points", **fields: Any) -> RunConfig:
    return RunConfig().updated({"vae.on": True} | CASES[case] | fields)


def vae(rules: RunConfig, runs: int = 1, seed: int = 0, dtype: torch.dtype = torch.float32) -> VAE:
    return VAE(rules, range(seed, seed + runs), "cpu", dtype)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=Generator().manual_seed(seed))


def flats(v: VAE) -> Tensor:
    return torch.cat((v.encoder.net.flat, v.decoder.net.flat), 1)


def posterior(v: VAE, x: Tensor, k: int = 0) -> Normal:
    with torch.no_grad():
        encoder = v.encoder.net.only(k)
        mean, log_variance = encoder(x.reshape(1, len(x), *encoder.takes))[0].chunk(2, -1)
    return Normal(mean, (log_variance / 2).exp())


def divergence(v: VAE, x: Tensor, k: int = 0) -> float:
    return kl_divergence(posterior(v, x, k), Normal(0.0, 1.0)).sum(-1).mean().item()


# ---- the same, written with torch.nn


def encoder_of(rules: RunConfig) -> nn.Sequential:
    net, (depth, *_), out = rules.discriminator, rules.data.shape, 2 * rules.latent.dim
    act = ACTIVATIONS[net.activation]
    layers: list[nn.Module] = []
    if net.kind == "mlp":
        widths = (math.prod(rules.data.shape), *net.hidden)
        for pair in pairwise(widths):
            layers += [nn.Linear(*pair), act]
        return nn.Sequential(nn.Flatten(), *layers, nn.Linear(widths[-1], out))
    side = 28
    for i, width in enumerate(net.hidden):
        if side % 2:  # what is left over is fully connected
            layers += [] if isinstance(layers[-1], nn.Flatten) else [nn.Flatten()]
            layers += [nn.LazyLinear(width), act]
            continue
        norm = [nn.BatchNorm2d(width)] if net.norm == "batch" and i else []
        layers += [nn.Conv2d(depth, width, 4, 2, 1), *norm, act]
        depth, side = width, side // 2
    layers += [nn.Flatten(), nn.LazyLinear(out)]
    made = nn.Sequential(*layers)
    made(torch.zeros(2, *rules.data.shape))  # lazy layers learn their size
    return made


def decoder_of(rules: RunConfig) -> nn.Sequential:
    net, shape, act = rules.generator, rules.data.shape, ACTIVATIONS[rules.generator.activation]
    end = [nn.Tanh()] if len(shape) == 3 else []
    layers: list[nn.Module] = []
    if net.kind == "mlp":
        widths = (rules.latent.dim, *net.hidden)
        for pair in pairwise(widths):
            layers += [nn.Linear(*pair), act]
        layers += [nn.Linear(widths[-1], math.prod(shape)), *end, nn.Unflatten(1, shape)]
        return nn.Sequential(*layers)
    first, side = net.hidden[0], 28 // 2 ** len(net.hidden)
    layers = [nn.Linear(rules.latent.dim, first * side**2), nn.Unflatten(1, (first, side, side))]
    for n_in, n_out in pairwise((*net.hidden, shape[0])):
        norm = [nn.BatchNorm2d(n_in)] if net.norm == "batch" else []
        layers += [*norm, act, nn.ConvTranspose2d(n_in, n_out, 4, 2, 1)]
    return nn.Sequential(*layers, *end)


def parameters_of(module: nn.Sequential) -> list[nn.Parameter]:
    """In the order of a Net: those of normalisations come last."""
    layers = [layer for layer in module if any(True for _ in layer.parameters())]
    layers.sort(key=lambda layer: isinstance(layer, nn.BatchNorm2d))
    return [parameter for layer in layers for parameter in (layer.weight, layer.bias)]


class Reference:
    """Run k of a VAE at its present parameters, in torch's own words."""

    def __init__(self, v: VAE, k: int):
        self.rules, self.k = v.config, k
        self.encoder, self.decoder = encoder_of(v.config).double(), decoder_of(v.config).double()
        self.parameters: list[nn.Parameter] = []
        for module, net in ((self.encoder, v.encoder.net), (self.decoder, v.decoder.net)):
            self._fill(parameters_of(module), net)

    def _fill(self, own: list[nn.Parameter], net: Net) -> None:
        for parameter, leaf in zip(own, net.leaves, strict=True):
            parameter.data = leaf[self.k].detach().clone().view_as(parameter)
        self.parameters += own

    def flat(self) -> Tensor:
        return torch.cat([p.detach().flatten() for p in self.parameters])

    def bound(self, x: Tensor, noise: Tensor, beta: float, most: float) -> Tensor:
        """The loss a sample, with a learned variance of at most `most`; its slope is followed."""
        mean, log_variance = self.encoder(x).chunk(2, -1)
        q = Normal(mean, log_variance.exp().sqrt())
        made = self.decoder(q.loc + q.scale * noise)
        sigma = torch.ones(())
        if self.rules.vae.variance == "learned":
            sigma = nn.functional.mse_loss(made, x).clamp(max=most).sqrt()
        log_likelihood = Normal(made, sigma).log_prob(x).flatten(1).sum(1)
        return (beta * kl_divergence(q, Normal(0.0, 1.0)).sum(1) - log_likelihood).mean()


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
@pytest.mark.parametrize("variance", ["unit", "learned"])
@pytest.mark.parametrize("case", CASES)
def test_gradient_is_that_of_torch(case: str, variance: str, beta: float, late: bool) -> None:
    rules = config(case, **{"vae.variance": variance, "vae.beta": beta})
    runs = 1 if "dcgan" in case else 2
    v, twin = (vae(rules, runs, dtype=torch.float64) for _ in range(2))
    v.step = 10**6 if late else 0  # later on nothing bounds the variance
    references = [Reference(v, k) for k in range(runs)]
    batch = twin.draws.next()
    assert batch.real is not None
    v.advance(1)
    moments = torch.cat([player.optimizer.moments[0] for player in (v.encoder, v.decoder)], 1)
    for k, reference in enumerate(references):
        most = math.inf if late else FIRST_VARIANCE
        value = reference.bound(batch.real[k], batch.z[k], beta, most)
        gradients = torch.autograd.grad(value, reference.parameters)
        found = moments[k] / 0.1  # Adam's first mean is a tenth of the gradient
        theirs = torch.cat([gradient.flatten() for gradient in gradients])
        torch.testing.assert_close(found, theirs, rtol=1e-8, atol=1e-10)
        assert theirs.norm() > 1e-3
        bound = reference.bound(batch.real[k], batch.z[k], 1.0, most)
        assert v.loss(k) == pytest.approx(bound.item(), rel=1e-12)


@pytest.mark.parametrize("variance", ["unit", "learned"])
@pytest.mark.parametrize("case", CASES)
def test_updates_are_those_of_torchs_adam(case: str, variance: str) -> None:
    rules = config(case, **{"vae.variance": variance, "vae.lr": 0.01})
    v, twin = (vae(rules, dtype=torch.float64) for _ in range(2))
    v._since = -(10**6)
    reference = Reference(v, 0)
    adam = torch.optim.Adam(reference.parameters, lr=0.01, betas=(0.9, 0.999), eps=1e-8)
    values = []
    for _ in range(8):
        batch = twin.draws.next()
        assert batch.real is not None
        value = reference.bound(batch.real[0], batch.z[0], 1.0, math.inf)
        adam.zero_grad()
        value.backward()
        adam.step()
        values.append(value.item())
    v.advance(8)
    # a bias before a normalisation has no gradient but rounding, of which Adam makes the most
    squares = [adam.state[p]["exp_avg_sq"].flatten() for p in reference.parameters]
    kept = torch.cat(squares) > 1e-24
    assert kept.double().mean() > 0.5
    torch.testing.assert_close(flats(v)[0][kept], reference.flat()[kept], rtol=1e-7, atol=1e-9)
    assert v.loss(0) == pytest.approx(np.mean(values), rel=1e-9)


# ---- runs side by side, kept and changed


@pytest.mark.parametrize("variance", ["unit", "learned"])
@pytest.mark.parametrize("case", ["points", "digits, mlp"])
def test_run_k_is_the_single_run_of_its_seed(case: str, variance: str) -> None:
    rules = config(case, **{"vae.variance": variance})
    stacked = vae(rules, 3, seed=5, dtype=torch.float64)
    stacked.advance(20)
    z, x = normal(4, 3), rules.data.sample(4, Generator().manual_seed(1))
    for k in range(3):
        single = vae(rules, seed=5 + k, dtype=torch.float64)
        single.advance(20)
        torch.testing.assert_close(flats(stacked)[k], flats(single)[0], rtol=1e-9, atol=1e-11)
        for look in (lambda v, j: v.generate(z, j), lambda v, j: v.reconstruct(x, j)):
            torch.testing.assert_close(look(stacked, k), look(single, 0))
        assert stacked.sigma(k) == pytest.approx(single.sigma(0))
        assert stacked.loss(k) == pytest.approx(single.loss(0))
    assert not torch.allclose(flats(stacked)[0], flats(stacked)[1])


@pytest.mark.parametrize("case", ["points", "digits, dcgan"])
def test_same_seed_same_run_however_it_is_looked_at(case: str) -> None:
    rules = config(case, **{"vae.variance": "learned"})
    at_once, in_pieces = vae(rules), vae(rules)
    at_once.advance(12)
    x = rules.data.sample(4, Generator().manual_seed(1))
    for _ in range(4):
        in_pieces.advance(3)
        in_pieces.sample(normal(4, 3), torch.randn_like(x), 0)
        in_pieces.reconstruct(x, 0)
        in_pieces.forget()
    assert torch.equal(flats(at_once), flats(in_pieces))
    assert at_once.sigma(0) == in_pieces.sigma(0)


def test_gan_does_not_notice_the_vae() -> None:
    alone, beside = (Trainer(config(**{"vae.on": on}), 2) for on in (False, True))
    for trainer in (alone, beside):
        trainer.advance(70)
    for a, b in zip(alone.stacks, beside.stacks, strict=True):
        assert torch.equal(a.generator.net.flat, b.generator.net.flat)
        assert torch.equal(a.critic.net.flat, b.critic.net.flat)


def test_vae_does_not_notice_the_gans_settings() -> None:
    rules, v, other = config(), vae(config()), vae(config())
    gan = {"latent.prior": "uniform", "aids.instance_noise": 0.5, "penalty.name": "gp", "loss": "wgan",
           "generator.lr": 0.1, "aids.pack": 3}  # fmt: skip
    v.advance(10)
    other.advance(4)
    other.use(rules.updated(gan))
    other.advance(6)
    assert torch.equal(flats(v), flats(other))


def leaves_of(state: Any) -> list[Any]:
    if isinstance(state, dict):
        return [
            leaf for name, part in state.items() if name != "config" for leaf in leaves_of(part)
        ]
    return (
        [leaf for part in state for leaf in leaves_of(part)] if isinstance(state, list) else [state]
    )


@pytest.mark.parametrize("case", ["points", "digits, dcgan"])
def test_state_goes_on_as_if_never_stopped(case: str) -> None:
    first = vae(config(case))
    first.advance(5)
    first.use(config(case, **{"vae.variance": "learned", "vae.beta": 2.0}))
    first.advance(4)
    state = first.state_dict()
    first.advance(7)
    second = vae(config(case), seed=9)
    second.load_state_dict(state)
    second.advance(7)
    assert (first.step, first.config, first.sigma(0)) == (
        second.step,
        second.config,
        second.sigma(0),
    )
    assert torch.equal(flats(first), flats(second))
    assert all(isinstance(leaf, Tensor | int) for leaf in leaves_of(state))


def test_settings_change_mid_run() -> None:
    v = vae(config())
    v.advance(3)
    v.use(config(**{"vae.lr": 1e-12, "batch_size": 40}))
    before = flats(v).clone()
    v.advance(3)
    torch.testing.assert_close(flats(v), before, rtol=0, atol=1e-9)
    assert v.draws.next().z.shape == (1, 40, 3)
    z = normal(4, 3)
    made = v.generate(z, 0)
    v.use(config(**{"generator.activation": "tanh", "vae.variance": "learned"}))
    assert not torch.allclose(v.generate(z, 0), made)
    assert math.isnan(v.loss(0))
    assert v.sigma(0) != 1.0


def test_copy_stays_as_it_was() -> None:
    v = vae(config("digits, dcgan", **{"vae.variance": "learned"}))
    v.advance(3)
    z = normal(4, 3)
    twin, made, sigma, loss = v.copy(), v.generate(z, 0), v.sigma(0), v.loss(0)
    v.advance(3)
    assert torch.equal(twin.generate(z, 0), made)
    assert (twin.sigma(0), twin.loss(0)) == (sigma, loss)
    assert not torch.allclose(v.generate(z, 0), made)


def test_divergence_is_told_of_the_run_it_happens_to() -> None:
    v = vae(config(), 3)
    assert v.diverged() == [False] * 3
    v.decoder.net.flat[1, 2] = math.nan
    assert v.diverged() == [False, True, False]


# ---- what it makes


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("digits")])
def test_pictures_are_learned_and_do_not_hang_together(case: str) -> None:
    v = vae(config(case, **{"batch_size": 32, "vae.lr": 0.01}))
    v.advance(1)
    first = v.loss(0)
    v.advance(40)
    v.forget()
    v.advance(10)
    assert v.loss(0) < first - 100
    z = normal(5, 3)
    made = v.generate(z, 0)
    assert made.shape == (5, 1, 28, 28)
    assert made.abs().max() <= 1
    torch.testing.assert_close(v.generate(z[3:4], 0)[0], made[3], rtol=1e-4, atol=1e-5)
    x = v.config.data.sample(400, Generator().manual_seed(0))
    decoder, many = v.decoder.net.only(0), normal(400, 3)
    for found, own in (
        (v.generate(many, 0), many),
        (v.reconstruct(x, 0), posterior(v, x).loc),
    ):
        assert found.shape == x.shape
        as_one_batch = decoder(own[None]).detach().view_as(x)
        assert nn.functional.mse_loss(found, as_one_batch) < 0.01 * as_one_batch.var()


def test_sample_adds_the_decoders_noise() -> None:
    v = vae(config(**{"vae.variance": "learned"}))
    v.advance(50)
    z, noise = normal(6, 3), normal(6, 2, seed=1)
    assert 0.1 < v.sigma(0) < 2
    torch.testing.assert_close(v.sample(z, noise, 0), v.generate(z, 0) + v.sigma(0) * noise)


def gaussian(scales: tuple[float, float], turn: float) -> tuple[str, Tensor]:
    """Packed points of a Gaussian, and their covariance."""
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    points = np.random.default_rng(0).normal(size=(4000, 2)) * scales @ rotation.T
    packed = encode_points(points)
    return packed, torch.from_numpy(np.cov(decode_points(packed).T))


def test_linear_vae_is_probabilistic_pca() -> None:
    """Tipping and Bishop 1999, eq. 7 and 8: sigma^2 is the mean of the eigenvalues left out, here
    one, and the likelihood is that of the Gaussian with W W^T + sigma^2 I, here the data's own."""
    packed, covariance = gaussian((0.6, 0.25), 0.5)
    linear = {"generator.hidden": (), "discriminator.hidden": (), "latent.dim": 1}
    rules = config(
        **{"data.name": "points", "data.points": packed, "vae.variance": "learned"},
        **{"vae.lr": 0.01, "batch_size": 512} | linear,
    )
    v = vae(rules, 4)
    v.advance(1200)
    v.use(rules.updated({"vae.lr": 0.001}))
    v.advance(300)
    v.forget()
    v.advance(300)
    entropy = 0.5 * torch.logdet(2 * math.pi * math.e * covariance).item()
    left_out = torch.linalg.eigvalsh(covariance)[0].item()
    for k in range(4):
        assert v.loss(k) == pytest.approx(entropy, abs=0.02)
        assert v.sigma(k) ** 2 == pytest.approx(left_out, rel=0.05)
        made = v.sample(normal(40_000, 1), normal(40_000, 2, seed=1), k)
        torch.testing.assert_close(made.T.cov(), covariance.float(), rtol=0, atol=0.03)


def test_large_beta_leaves_nothing_to_tell() -> None:
    rules = RunConfig().updated({"vae.on": True, "data.name": "unbalanced", "vae.lr": 0.01})
    x = rules.data.sample(4000, Generator().manual_seed(0))
    kept = vae(rules, 2)
    collapsed = vae(rules.updated({"vae.beta": 100.0}), 2)
    for v in (kept, collapsed):
        v.advance(400)
    for k in range(2):
        assert divergence(kept, x, k) > 0.3
        assert kept.reconstruct(x, k).std(0).min() > 0.2
        assert divergence(collapsed, x, k) < 0.02
        assert (collapsed.reconstruct(x, k) - x.mean(0)).norm(dim=1).mean() < 0.25


@pytest.mark.parametrize(
    ("variance", "iterations", "off_mode", "high_quality"),
    [("unit", 600, (0.6, 0.8), (0.04, 0.12)), ("learned", 1500, (0.1, 0.4), (0.35, 0.65))],
)
def test_mass_lies_between_the_modes(
    variance: str,
    iterations: int,
    off_mode: tuple[float, float],
    high_quality: tuple[float, float],
) -> None:
    """Off-mode is further than 6 sigma from every centre; a good GAN has 2 % of that."""
    rules = RunConfig().updated({"vae.on": True, "latent.dim": 2, "vae.variance": variance})
    v, parts = vae(rules, 8), rules.data.parts()
    v.advance(iterations)
    for k in range(8):
        x = v.sample(normal(2500, 2, seed=k), normal(2500, 2, seed=99 + k), k)
        away = torch.cdist(x, parts.centres).min(1).values / parts.sigma
        assert off_mode[0] < (away > 6).float().mean() < off_mode[1]
        assert high_quality[0] < (away <= 3).float().mean() < high_quality[1]


@pytest.mark.parametrize("name", ["swiss_roll", "spiral"])
@pytest.mark.parametrize("switched", [False, True])
def test_learned_variance_does_not_stay_that_of_the_data(name: str, switched: bool) -> None:
    rules = RunConfig().updated({"vae.on": True, "data.name": name, "latent.dim": 2})
    v = vae(rules if switched else rules.updated({"vae.variance": "learned"}), 8)
    v.advance(300)
    v.use(rules.updated({"vae.variance": "learned"}))
    v.advance(1000)
    spread = rules.data.sample(4000, Generator().manual_seed(0)).std()
    assert sum(v.sigma(k) < 0.4 * spread for k in range(8)) >= 7


def test_learned_variance_is_the_mean_square_error() -> None:
    rules = config(**{"vae.variance": "learned"})
    v = vae(rules, 2)
    v.advance(400)
    v.use(config(**{"vae.variance": "learned", "vae.lr": 1e-12, "batch_size": 256}))
    v.advance(100)
    x = rules.data.sample(20_000, Generator().manual_seed(0))
    for k in range(2):
        q = posterior(v, x, k)
        made = v.generate(q.loc + q.scale * normal(20_000, 3), k)
        square = nn.functional.mse_loss(made, x).item()
        assert v.sigma(k) ** 2 == pytest.approx(square, rel=0.05)


def test_far_points_do_not_overflow() -> None:
    rules = RunConfig().updated({"vae.on": True, "data.name": "heavy_tail", "vae.lr": 0.01})
    v = vae(rules.updated({"vae.variance": "learned"}), 8)
    v.advance(300)
    assert not any(v.diverged())
