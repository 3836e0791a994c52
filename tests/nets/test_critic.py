"""What is done to points and weights before D judges, against its formulas and `torch.nn.utils`."""

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from ganplay.config import RunConfig
from ganplay.nets import MLP, Critic, DCGANDiscriminator
from ganplay.trainer import Trainer

RUNS = 3
BATCH = 12


def rngs(seed: int = 0) -> list[Generator]:
    return [Generator().manual_seed(seed + k) for k in range(RUNS)]


def normal(*shape: int, seed: int = 9) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=Generator().manual_seed(seed))


def critic(
    pack: int = 1, waves: int = 0, stddev: bool = False, hidden: tuple[int, ...] = (7, 5)
) -> Critic:
    widths = (pack * (2 + 2 * waves), *hidden, 1)
    net = MLP(widths, "tanh", "xavier", rngs(), torch.float64, stddev)
    return Critic(net, pack, normal(RUNS, 2, waves, seed=5) if waves else None)


def of_pictures(pack: int = 1, normalise: bool = True) -> Critic:
    """One that sees 3x16x16 pictures by two convolutions and a linear layer."""
    own = (normalise, "tanh", "xavier", rngs()[:1], torch.float64)
    return Critic(DCGANDiscriminator((pack * 3, 16, 16), (4, 5), *own), pack)


def layers_of(critic: Critic, k: int) -> list[nn.Linear]:
    """Run k's layers as torch's, with the net's own weights."""
    layers = []
    for weight, bias in critic.net.layers:
        linear = nn.Linear(*weight.shape[:0:-1], dtype=torch.float64)
        linear.load_state_dict({"weight": weight[k].detach(), "bias": bias[k, 0].detach()})
        layers.append(linear)
    return layers


def through(layers: list[nn.Linear], x: Tensor) -> Tensor:
    for layer in layers[:-1]:
        x = layer(x).tanh()
    return layers[-1](x)[:, 0]


def same(ours: Tensor, theirs: Tensor, tolerance: float = 1e-12) -> None:
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


# ---- what D sees


@pytest.mark.parametrize("pack", [1, 2, 4, 12])
@pytest.mark.parametrize("shape", [(2,), (3, 4, 4)], ids=str)
def test_a_pack_is_its_points_side_by_side(shape: tuple[int, ...], pack: int) -> None:
    """A perceptron takes pictures as rows of numbers."""
    x = normal(RUNS, BATCH, *shape)
    packs = critic(pack).packs(x)
    for k in range(RUNS):
        for i in range(BATCH // pack):
            members = [x[k, i * pack + j].flatten() for j in range(pack)]
            assert torch.equal(packs[k, i], torch.cat(members))
    assert packs.shape[:2] == (RUNS, BATCH // pack)


@pytest.mark.parametrize("pack", [1, 2, 4])
@pytest.mark.parametrize("flat", [False, True])
def test_a_pack_of_pictures_is_one_of_more_colours(flat: bool, pack: int) -> None:
    """Also of pictures as a perceptron makes them, without their shape."""
    x = normal(1, BATCH, 3, 16, 16)
    packs = of_pictures(pack).packs(x.flatten(2) if flat else x)
    assert packs.shape == (1, BATCH // pack, 3 * pack, 16, 16)
    for i in range(BATCH // pack):
        assert torch.equal(packs[0, i], torch.cat(list(x[0, i * pack : (i + 1) * pack])))


@pytest.mark.parametrize("kind", ["points", "waves", "stddev", "pictures"])
def test_in_log_points_are_seen_by_their_logarithm(kind: str) -> None:
    """The logits are those of points that were moved beforehand."""
    given = {"waves": {"waves": 3}, "stddev": {"stddev": True}}
    d = of_pictures() if kind == "pictures" else critic(**given.get(kind, {}))
    x = 20 * (normal(1, BATCH, 3, 16, 16) if kind == "pictures" else normal(RUNS, BATCH, 2))
    moved = torch.where(x < 0, -torch.log(1 - x), torch.log(1 + x))
    expected, feature = d(moved).detach(), d.feature(moved)
    d.in_log = True
    assert not d.is_plain
    same(d(x).detach(), expected)
    same(d.only(0)(x[:1]).detach(), expected[:1])
    assert (feature is None) == (kind != "stddev")
    if feature is not None:
        same(d.feature(x).detach(), feature.detach())
    d.in_log = False
    assert not torch.allclose(d(x).detach(), expected)


def test_the_slope_in_log_is_finite_everywhere() -> None:
    """Also at 0, where the sign has none: d/dx sign(x) log(1 + |x|) = 1 / (1 + |x|)."""
    d = critic(hidden=())
    d.in_log = True
    x = torch.tensor([0.0, 1e-9, -3.0, 1e30]).double().view(1, 4, 1).repeat(RUNS, 1, 2)
    x.requires_grad_()
    (slope,) = torch.autograd.grad(d(x).sum(), x)
    weight = d.net.leaves[0].detach()
    away = x.detach().abs() > 0
    expected = weight / (1 + x.detach().abs())
    same(slope[away], expected[away])
    assert slope.isfinite().all()


@pytest.mark.parametrize("pack", [1, 3])
@pytest.mark.parametrize("waves", [0, 4])
def test_points_are_seen_as_the_formula_says(waves: int, pack: int) -> None:
    d, x = critic(pack, waves), normal(RUNS, BATCH, 2)
    logits = d(d.packs(x)).detach()
    assert logits.shape == (RUNS, BATCH // pack)
    for k in range(RUNS):
        rows = []
        for point in x[k]:
            seen = [point]
            if d.frequencies is not None:
                phases = torch.stack([point @ wave for wave in d.frequencies[k].T])
                seen += [torch.sin(phases), torch.cos(phases)]
            rows.append(torch.cat(seen))
        packed = torch.stack([torch.cat(rows[i : i + pack]) for i in range(0, BATCH, pack)])
        same(logits[k], through(layers_of(d, k), packed).detach())


def test_waves_are_drawn_for_each_run_with_the_deviation_asked_for() -> None:
    config = RunConfig().updated({"discriminator.fourier_features": 128, "seed": 4})
    waves = Trainer(config, 3).stacks[0].critic.frequencies
    assert waves.shape == (3, 2, 128)
    assert float(waves.std()) == pytest.approx(2, rel=5 / (2 * waves.numel()) ** 0.5)
    assert float(waves.mean()) == pytest.approx(0, abs=5 * 2 / waves.numel() ** 0.5)
    for k in range(3):
        alone = Trainer(config.updated({"seed": 4 + k})).stacks[0].critic.frequencies
        assert torch.equal(alone[0], waves[k])
    assert not torch.equal(waves[0], waves[1])


@pytest.mark.parametrize("hidden", [(), (7,), (7, 5)], ids=str)
def test_last_layer_is_told_the_mean_standard_deviation(hidden: tuple[int, ...]) -> None:
    d, x = critic(stddev=True, hidden=hidden), normal(RUNS, BATCH, 2)
    logits, feature = d(x).detach(), d.feature(x)
    for k in range(RUNS):
        *inner, last = layers_of(d, k)
        values = x[k]
        for layer in inner:
            values = layer(values).tanh()
        deviation = torch.std(values, 0, correction=0).mean().detach()
        same(feature[k, 0, 0].detach(), deviation, 1e-6)  # 1e-8 is added under its root
        told = torch.cat((values, deviation.expand(BATCH, 1)), 1)
        same(logits[k], last(told)[:, 0].detach(), 1e-6)
    apart = torch.cat([d(x[:, i : i + 1], feature=feature) for i in range(BATCH)], 1)
    same(apart.detach(), logits)


def test_a_batch_of_one_and_the_same_point_has_finite_gradients() -> None:
    d = critic(stddev=True)
    x = normal(RUNS, 1, 2).repeat(1, BATCH, 1).requires_grad_()
    value = d(x).square().sum(1)
    (by_x,) = torch.autograd.grad(value.sum(), x, create_graph=True)
    assert by_x.isfinite().all()
    assert d.net.gradient_of(by_x.square().sum((1, 2))).isfinite().all()
    same(d.feature(x).detach(), torch.full((RUNS, 1, 1), 1e-4, dtype=torch.float64), 1e-9)


@pytest.mark.parametrize(
    ("given", "plain"),
    [({}, True), ({"pack": 3}, True), ({"waves": 2}, False), ({"stddev": True}, False)],
    ids=str,
)
def test_a_logit_is_the_layers_own_or_not(given: dict[str, int], plain: bool) -> None:
    d = critic(**given)
    assert d.is_plain == plain
    assert (d.feature(d.packs(normal(RUNS, BATCH, 2))) is None) == ("stddev" not in given)
    d.use_spectral_norm(True, rngs())
    assert not d.is_plain
    d.use_spectral_norm(False, rngs())
    assert d.is_plain == plain


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("stddev", [False, True])
def test_one_alone_is_the_same_on_the_same_memory(stddev: bool, norm: bool) -> None:
    d = critic(3, 2, stddev)
    d.use_spectral_norm(norm, rngs(3))
    packs = d.packs(normal(RUNS, BATCH, 2))
    for step in range(2):
        for k in range(RUNS):
            same(d.only(k)(packs[k : k + 1]).detach(), d(packs)[k : k + 1].detach())
        before = d(packs).detach()
        d.net.flat.mul_(1.5).add_(0.1 * step)
        d.refine()
        assert not torch.allclose(d(packs), before)


@pytest.mark.parametrize("normalise", [True, False])
def test_a_normalised_logit_depends_on_its_batch(normalise: bool) -> None:
    d, x = of_pictures(normalise=normalise), normal(1, BATCH, 3, 16, 16)
    assert (d.sees_batch, d.is_plain) == (normalise, not normalise)
    assert d.feature(x) is None
    mates = torch.cat((x[:, :1], 3 * x[:, 1:]), 1)
    assert torch.allclose(d(x)[0, 0], d(mates)[0, 0], rtol=0, atol=1e-9) != normalise


# ---- spectral norm


def settled(hidden: tuple[int, ...] = (7, 5), **given: int) -> Critic:
    d = critic(hidden=hidden, **given)
    d.net.flat.mul_(3)
    d.use_spectral_norm(True, rngs(3))
    for _ in range(1000):
        d.refine()
    return d


@pytest.mark.parametrize("given", [{}, {"pack": 3, "waves": 2}, {"stddev": True}], ids=str)
def test_weights_in_force_have_a_largest_singular_value_of_1(given: dict[str, int]) -> None:
    d = settled(**given)
    for weight, own in zip(d.weights()[::2], d.net.leaves[::2], strict=True):
        largest = torch.linalg.svdvals(weight)[:, 0].detach()
        same(largest, torch.ones(RUNS, dtype=torch.float64), 1e-10)
        assert torch.linalg.svdvals(own)[:, 0].min() > 1.5
    assert d.weights()[1::2] == d.net.leaves[1::2]


def test_value_and_gradient_are_those_of_torch_once_settled() -> None:
    d, x = settled(), normal(RUNS, BATCH, 2)
    logits = d(x)
    gradient = d.net.gradient_of(logits.square().sum(1))
    for k in range(RUNS):
        layers = [spectral_norm(layer, n_power_iterations=1000) for layer in layers_of(d, k)]
        value = through(layers, x[k])
        same(logits[k].detach(), value.detach(), 1e-9)
        value.square().sum().backward()
        expected = [
            grad.flatten()
            for layer in layers
            for grad in (layer.parametrizations.weight.original.grad, layer.bias.grad)
        ]
        same(gradient[k], torch.cat(expected), 1e-8)


def test_gradient_is_also_that_through_the_norm_by_singular_values() -> None:
    d, x = settled(), normal(RUNS, BATCH, 2)
    gradient = d.net.gradient_of(d(x).square().sum(1))
    leaves = [leaf.detach().clone().requires_grad_() for leaf in d.net.leaves]
    normed = [
        leaf if i % 2 else leaf / torch.linalg.matrix_norm(leaf, 2, keepdim=True)
        for i, leaf in enumerate(leaves)
    ]
    expected = torch.autograd.grad(d(x, normed).square().sum(), leaves)
    same(gradient, torch.cat([each.flatten(1) for each in expected], 1), 1e-8)


def test_it_begins_near_the_norm_and_is_kept_while_on() -> None:
    d = critic()
    d.use_spectral_norm(True, rngs(3))
    for weight in d.weights()[::2]:
        assert torch.linalg.svdvals(weight)[:, 0].max() < 1.05
    begun = [u.clone() for u in d.directions]
    d.use_spectral_norm(True, rngs(8))
    assert all(torch.equal(u, first) for u, first in zip(d.directions, begun, strict=True))
    d.use_spectral_norm(False, rngs(8))
    assert d.weights() == d.net.leaves
    d.use_spectral_norm(True, rngs(8))
    assert not all(torch.equal(u, first) for u, first in zip(d.directions, begun, strict=True))


def test_each_run_searches_from_a_draw_of_its_own() -> None:
    d = critic()
    d.use_spectral_norm(True, rngs(3))
    for k in range(RUNS):
        alone = d.only(k)
        alone.directions = None
        alone.use_spectral_norm(True, rngs(3)[k : k + 1])
        for one, all_of_them in zip(alone.directions, d.directions, strict=True):
            same(one[0], all_of_them[k])


@pytest.mark.parametrize("pack", [1, 2])
@pytest.mark.parametrize("normalise", [True, False])
def test_convolutions_are_normed_as_torch_does_it(normalise: bool, pack: int) -> None:
    """By the singular value of the kernels as a matrix, with a row for each map that they give; the
    scales of a batch normalisation stay as they are."""
    d, x = of_pictures(pack, normalise), normal(1, BATCH // pack, 3 * pack, 16, 16)
    d.net.flat.mul_(3)
    for weight in d.net.leaves[d.net.weights][:4:2]:
        weight.data[0, 0] *= 4  # so that one singular value stands out, and is found soon
    layers: list[nn.Module] = [
        nn.Conv2d(3 * pack, 4, 4, 2, 1), nn.Conv2d(4, 5, 4, 2, 1), nn.Linear(5 * 4**2, 1)
    ]  # fmt: skip
    norm = [nn.BatchNorm2d(5)] if normalise else []
    modules = nn.Sequential(
        layers[0], nn.Tanh(), layers[1], *norm, nn.Tanh(), nn.Flatten(), layers[2]
    ).double()
    own = [parameter for layer in [*layers, *norm] for parameter in layer.parameters()]
    for parameter, leaf in zip(own, d.net.leaves, strict=True):
        parameter.data = leaf.detach()[0].clone().view_as(parameter)

    d.use_spectral_norm(True, rngs(3)[:1])
    for _ in range(200):
        d.refine()
    normed = [spectral_norm(layer, n_power_iterations=200) for layer in layers]
    theirs, ours = modules(x[0])[:, 0], d(x)
    same(ours[0].detach(), theirs.detach(), 1e-9)
    gradient = d.net.gradient_of(ours.square().sum(1))[0]
    theirs.square().sum().backward()
    gradients = [each for layer in normed for each in
                 (layer.parametrizations.weight.original.grad, layer.bias.grad)]  # fmt: skip
    gradients += [parameter.grad for layer in norm for parameter in layer.parameters()]
    same(gradient, torch.cat([each.flatten() for each in gradients]), 1e-8)
    assert gradient.norm() > 0.1
    changed = [not torch.equal(*pair) for pair in zip(d.weights(), d.net.leaves, strict=True)]
    assert changed == [True, False] * 3 + [False, False] * normalise
