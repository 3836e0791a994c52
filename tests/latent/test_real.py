"""Real pictures beside a model's: of its data set, and fresh ones."""

import torch

from ganplay.data.faces import SEED, faces
from ganplay.data.images import hold
from ganplay.data.pictures import scaled, shipped_digits
from ganplay.latent import real
from ganplay.stand_in import blank

from .small import small_model


def test_digits_are_some_of_those_shipped() -> None:
    model = small_model()
    known = real.training(model)
    assert known is not None
    assert torch.equal(known, shipped_digits()[0])
    some = real.some(model, 50)
    assert some is not None
    assert some.shape == (50, 1, 28, 28)
    assert torch.equal(some, real.some(model, 50))
    apart = torch.cdist(some.flatten(1), scaled(known).flatten(1))
    assert (apart.min(1).values < 0.05).all()
    assert len(set(apart.argmin(1).tolist())) == 50
    assert real.fresh(model, 5) is None


def test_faces_are_the_first_of_the_data_set_and_fresh_ones_are_none_of_it() -> None:
    model = small_model(data__name="faces")
    known, some, fresh = real.training(model), real.some(model, 20), real.fresh(model, 30)
    assert known is not None
    assert some is not None
    assert fresh is not None
    every = faces(real.MOST + 5000, SEED)[0]
    assert len(known) == real.MOST
    assert torch.equal(known, every[: real.MOST])
    assert torch.equal(some, scaled(every[:20]))
    few = real.training(small_model(data__name="faces", data__count=1000))
    assert few is not None
    assert torch.equal(few, every[:1000])
    nearest = torch.cdist(fresh.flatten(1), scaled(every[::4]).flatten(1)).min(1).values
    assert (nearest > 3).all()


def test_stacked_digits_are_too_many_to_compare_but_can_be_shown() -> None:
    model = small_model(data__name="stacked_mnist")
    assert real.training(model) is None
    some = real.some(model, 12)
    assert some is not None
    assert some.shape == (12, 3, 28, 28)


def test_few_pictures_are_all_and_what_stands_for_data_is_none() -> None:
    own = torch.randint(0, 256, (20, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    few = small_model(data__name="images", data__key=hold(own.byte()))
    some = real.some(few, 64)
    assert some is not None
    assert len(some) == 20
    elsewhere = small_model(data__name="images", data__key=blank((1, 28, 28)).key)
    assert real.training(elsewhere) is None
    assert real.some(elsewhere, 5) is None
