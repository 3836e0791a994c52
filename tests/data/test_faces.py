"""Drawn faces have the attributes they are said to have, for all to see, and nothing hides one."""

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor, nn

from ganplay.data.faces import (
    ATTRIBUTES,
    RATES,
    Face,
    Faces,
    all_faces,
    draw,
    draw_all,
    faces,
    people,
)
from ganplay.data.pictures import on_device

NUMBERS = [field.name for field in fields(Face)][5:]

WHERE: dict[str, tuple[slice, slice]] = {
    "smile": (slice(18, 26), slice(9, 23)),
    "glasses": (slice(12, 22), slice(5, 27)),
    "long_hair": (slice(3, 31), slice(3, 29)),
    "beard": (slice(17, 29), slice(5, 27)),
    "hat": (slice(2, 20), slice(2, 30)),
}
"""The rows and columns that an attribute may change."""

CLEAR = {"smile": 4, "glasses": 25, "long_hair": 30, "beard": 20, "hat": 75}
"""The pixels of 1,024 that it changes by at least 40 of 255, in whatever face."""


@cache
def crowd() -> list[Face]:
    return people(20_000, 3)


def column(name: str) -> np.ndarray:
    return np.array([getattr(face, name) for face in crowd()])


def light(colours: Tensor) -> Tensor:
    return (colours.double() * torch.tensor([[0.3], [0.59], [0.11]])).sum(-2)


# ---- the draws


def test_there_are_five_attributes_and_eleven_numbers() -> None:
    assert ATTRIBUTES == ("smile", "glasses", "long_hair", "beard", "hat")
    assert [field.name for field in fields(Face)][:5] == list(ATTRIBUTES)
    assert list(RATES.values()) == [0.5, 0.4, 0.5, 0.35, 0.35]
    assert len(NUMBERS) == 11


def test_faces_depend_on_the_seed_alone() -> None:
    pictures, attributes = faces(60, 1)
    assert (pictures.shape, pictures.dtype) == ((60, 3, 32, 32), torch.uint8)
    assert (attributes.shape, attributes.dtype) == ((60, 5), torch.bool)
    np.random.seed(5)  # noqa: NPY002  which nobody may look at
    torch.manual_seed(5)
    for again, known in (faces(60, 1), tuple(part[:60] for part in faces(70, 1))):
        assert torch.equal(again, pictures)
        assert torch.equal(known, attributes)
    assert not torch.equal(faces(60, 2)[0], pictures)
    assert [faces(0, 1)[k].shape for k in (0, 1)] == [(0, 3, 32, 32), (0, 5)]


def test_a_picture_depends_on_its_face_alone() -> None:
    found = people(60, 1)
    pictures, attributes = faces(60, 1)
    assert torch.equal(torch.stack([draw(face) for face in found]), pictures)
    assert torch.equal(draw_all(reversed(found)).flip(0), pictures)
    known = [[getattr(face, name) for name in ATTRIBUTES] for face in found]
    assert attributes.tolist() == known


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_fixed_attribute_changes_nothing_else(name: str) -> None:
    free = people(50, 1)
    for value in (False, True):
        assert people(50, 1, **{name: value}) == [replace(face, **{name: value}) for face in free]
        pictures, attributes = faces(50, 1, **{name: value})
        assert (attributes[:, ATTRIBUTES.index(name)] == value).all()
        assert torch.equal(pictures, draw_all(replace(face, **{name: value}) for face in free))


def test_a_field_nobody_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="moustache"):
        people(1, 0, moustache=True)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes_are_as_frequent_as_they_are_said_to_be(name: str) -> None:
    count = int(column(name).sum())
    assert stats.binomtest(count, len(crowd()), RATES[name]).pvalue > 1e-3


def test_attributes_are_independent() -> None:
    for one, other in combinations(ATTRIBUTES, 2):
        table = np.zeros((2, 2))
        np.add.at(table, (column(one).astype(int), column(other).astype(int)), 1)
        assert stats.chi2_contingency(table).pvalue > 1e-4, (one, other)
    has = np.stack([column(name) for name in ATTRIBUTES])
    counts = np.bincount(2 ** np.arange(5) @ has, minlength=32)
    rates = np.array(list(RATES.values()))[:, None]
    wanted = np.where(np.arange(32) >> np.arange(5)[:, None] & 1, rates, 1 - rates).prod(0)
    assert stats.chisquare(counts, wanted * len(crowd())).pvalue > 1e-4


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_uniform_and_independent_of_the_rest(name: str) -> None:
    values = column(name)
    assert stats.kstest(values, "uniform").pvalue > 1e-4
    for attribute in ATTRIBUTES:
        has = column(attribute)
        assert stats.ks_2samp(values[has], values[~has]).pvalue > 1e-5, attribute
    for other in NUMBERS:
        if other != name:
            assert stats.pearsonr(values, column(other)).pvalue > 1e-5, other


# ---- the pictures


@pytest.mark.parametrize("others", ["random", "all on", "all off"])
@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_is_seen_where_it_belongs(name: str, others: str) -> None:
    fixed = {} if others == "random" else dict.fromkeys(ATTRIBUTES, others == "all on")
    without, with_it = (
        faces(400, 7, **(fixed | {name: value}))[0].int() for value in (False, True)
    )
    change = (with_it - without).abs().amax(1)
    assert int((change >= 40).sum((1, 2)).min()) >= CLEAR[name]
    outside = change.clone()
    outside[:, *WHERE[name]] = 0
    assert not outside.any()


@pytest.mark.parametrize("name", ["glasses", "long_hair", "beard", "hat"])
def test_nothing_hides_the_mouth(name: str) -> None:
    """It lies .62 of half a face, 8 to 9.2 pixels, below the middle, which is at 15.7 to 17.3."""
    for smile in (False, True):
        found = people(200, 8, smile=smile)
        without, with_it = (
            draw_all(replace(face, **{name: value}) for face in found) for value in (False, True)
        )
        for face, one, other in zip(found, without, with_it, strict=True):
            x = round(14.8 + 2.4 * face.across + 2.4 * (face.turn - 0.5))
            y = round(15.7 + 1.6 * face.down + 0.62 * (8 + 1.2 * face.height))
            mouth = (slice(None), slice(y - 1, y + 1), slice(x - 2, x + 2))
            assert torch.equal(one[mouth], other[mouth])


def test_glasses_leave_the_eyes_free() -> None:
    """Two dark pupils on something light, the left and the right of them."""
    for face in people(200, 9, turn=0.5, across=0.5, eye_spacing=0.5):
        row = round(15.6 + 1.6 * face.down)
        seen = light(draw(face)[:, row].float())
        for middle in (12.35, 19.65):
            eye = seen[int(middle) - 2 : int(middle) + 3]
            assert float(eye.min()) < 90
            assert float(eye.max()) > float(eye.min()) + 60


@pytest.mark.parametrize("skin", np.linspace(0, 1, 9))
def test_hair_is_never_taken_for_skin(skin: float) -> None:
    for hair in np.linspace(0, 1, 33):
        face = draw(Face(skin=float(skin), hair=float(hair)))
        top, forehead = light(face[:, 9, 16, None]), light(face[:, 12, 16, None])
        assert abs(float(top - forehead)) > 50


def test_skin_and_hair_go_from_light_to_dark() -> None:
    tones = np.linspace(0, 1, 33)
    skins = torch.stack([draw(Face(skin=float(t)))[:, 12, 16] for t in tones])
    assert (light(skins[..., None])[:, 0].diff() <= 0).all()
    assert float(light(skins[0, :, None])) > 220
    assert float(light(skins[-1, :, None])) < 90
    hair = torch.stack([draw(Face(skin=0.0, hair=float(t)))[:, 9, 16] for t in tones])
    assert float(light(hair[0, :, None])) < 40
    assert len(hair.unique(dim=0)) > 20


def test_edges_are_as_smooth_as_areas_say() -> None:
    """The light disc of radius 14.5 behind the head covers a part of each pixel on its rim."""
    fine = (torch.arange(9 * 64).double() + 0.5) / 64 - 16
    inside = torch.cartesian_prod(fine, fine).norm(dim=-1) <= 14.5
    covered = inside.view(9, 64, 9, 64).double().mean((1, 3))
    assert ((covered > 0.02) & (covered < 0.98)).sum() >= 9
    for tone in (0.0, 0.4, 1.0):
        picture = draw(Face(background=tone)).double()
        outer, inner = picture[:, 0, 0, None, None], picture[:, 9, 5, None, None]
        seen = ((picture[:, :9, :9] - outer) / (inner - outer)).mean(0)
        torch.testing.assert_close(seen, covered, atol=0.08, rtol=0)


def test_shapes_are_flat_and_edges_are_not() -> None:
    for picture in faces(100, 10)[0]:
        colours, counts = picture.flatten(1).unique(dim=1, return_counts=True)
        assert colours.shape[1] > 100, "as many as only mixtures of the few that are painted give"
        assert counts.topk(8).values.sum() > 500


# ---- the data set


@pytest.fixture(params=[torch.float32, torch.float64], ids=str)
def dtype(request: pytest.FixtureRequest) -> Iterator[torch.dtype]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(request.param)
    yield request.param
    torch.set_default_dtype(before)


def test_twenty_thousand_different_faces() -> None:
    pictures, attributes = all_faces(20_000)
    assert (pictures.shape, pictures.dtype) == ((20_000, 3, 32, 32), torch.uint8)
    assert (attributes.shape, attributes.dtype) == ((20_000, 5), torch.bool)
    assert len({picture.tobytes() for picture in pictures.numpy()}) == 20_000
    assert Faces().pictures() is pictures, "drawn once"


def test_samples_are_faces_from_minus_one_to_one(dtype: torch.dtype) -> None:
    before = all_faces(20_000)[0].clone()
    known = {picture.tobytes() for picture in before.numpy()}
    samples = Faces().sample(500, torch.Generator().manual_seed(1))
    assert samples.dtype == dtype
    assert samples.shape == (500, *Faces().shape) == (500, 3, 32, 32)
    assert -1 <= samples.min() < -0.8
    assert 0.95 < samples.max() <= 1
    pixels = ((samples + 1) * 127.5).round().to(torch.uint8).numpy()
    assert all(picture.tobytes() in known for picture in pixels)
    samples.fill_(0)
    assert torch.equal(on_device(Faces(), torch.device("cpu")), before)


def test_a_small_net_learns_to_see_each_attribute() -> None:
    """From 3,000 faces, of 1,000 others: it could not if a picture did not show what it is said to."""
    pictures, attributes = (part[:4000] for part in all_faces(20_000))
    x, y = pictures.float() / 127.5 - 1, attributes.float()
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU(),
        nn.Flatten(), nn.Linear(2048, 5),
    )  # fmt: skip
    steps = torch.optim.Adam(net.parameters(), 2e-3)
    for _ in range(10):
        for batch in torch.randperm(3000).split(50):
            steps.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(net(x[batch]), y[batch]).backward()
            steps.step()
    with torch.no_grad():
        right = ((net(x[3000:]) > 0) == attributes[3000:]).double().mean(0)
    assert float(right.min()) >= 0.97
    assert int((right >= 0.99).sum()) >= 4
