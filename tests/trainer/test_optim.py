from __future__ import annotations

import torch

from codekiln.trainer.model import Decoder
from codekiln.trainer.optim import Optimizer, learning_rate, orthogonal
from codekiln.trainer.spec import TrainerSpec

from .material import TINY


def trained(model: Decoder, optimizer: Optimizer, steps: range) -> None:
    for step in steps:
        ids = torch.randint(0, 64, (2, 17), generator=torch.Generator().manual_seed(step))
        torch.nn.functional.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten()).backward()
        optimizer.step(step, 0.01)


def new() -> tuple[Decoder, Optimizer]:
    model = Decoder(TINY, 64)
    model.initialize(0)
    return model, Optimizer(model, 0.1)


def test_the_rate_warms_up_stays_and_falls_to_almost_nothing() -> None:
    spec = TrainerSpec(steps=100, warmup_steps=10, decay_share=0.4, learning_rate=1.0)
    rates = [learning_rate(step, spec) for step in range(100)]
    assert rates[0] == 0.1 and rates[9:60] == [1.0] * 51
    assert rates[:10] == sorted(rates[:10]) and rates[60:] == sorted(rates[60:], reverse=True)
    assert 0 < rates[99] < 0.03


def test_the_rate_is_positive_at_every_step_of_the_shortest_training() -> None:
    for share in (0.0, 0.4, 1.0):
        assert learning_rate(0, TrainerSpec(steps=1, warmup_steps=0, decay_share=share)) > 0


def test_orthogonal_brings_singular_values_near_one_whatever_the_shape() -> None:
    generator = torch.Generator().manual_seed(0)
    for size in ((3, 16, 40), (2, 40, 16), (1, 16, 16)):
        values = torch.linalg.svdvals(orthogonal(torch.randn(size, generator=generator)))
        assert values.min() > 0.2 and values.max() < 1.4


def test_a_restored_optimizer_goes_on_as_if_it_had_not_been_cut() -> None:
    unbroken, optimizer = new()
    trained(unbroken, optimizer, range(3))
    state = {name: value.clone() for name, value in optimizer.state.items()}
    weights = {name: value.clone() for name, value in unbroken.state_dict().items()}
    trained(unbroken, optimizer, range(3, 6))

    resumed, restored = new()
    resumed.load_state_dict(weights)
    restored.load(state)
    trained(resumed, restored, range(3, 6))
    for name, value in unbroken.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_embedding_and_norms_are_updated_as_torch_does() -> None:
    model, optimizer = new()
    reference = Decoder(TINY, 64)
    reference.load_state_dict(model.state_dict())
    matrices = {name for name, _ in model.matrices()}
    others = [weight for name, weight in reference.named_parameters() if name not in matrices]
    adam = torch.optim.AdamW(others, lr=0.01, betas=(0.9, 0.95), weight_decay=0.0)
    for step in range(4):
        for name, weight in model.named_parameters():
            weight.grad = torch.randn(weight.shape, generator=torch.Generator().manual_seed(step + len(name)))
            reference.get_parameter(name).grad = weight.grad.clone()
        optimizer.step(step, 0.01)
        adam.step()
    for name, weight in reference.named_parameters():
        if name not in matrices:
            assert torch.allclose(weight, model.get_parameter(name), atol=1e-6), name


def test_the_weights_depend_on_the_seed_only() -> None:
    one, same, other = (Decoder(TINY, 64) for _ in range(3))
    torch.manual_seed(1)
    one.initialize(0)
    torch.manual_seed(2)
    same.initialize(0)
    other.initialize(1)
    weights = [model.state_dict()["model.layers.0.mlp.up_proj.weight"] for model in (one, same, other)]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])
