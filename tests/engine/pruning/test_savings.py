"""What a cut saves, said before it is made."""

from __future__ import annotations

import pytest

from engine.errors import UsageError
from engine.pruning.groups import find_groups
from engine.pruning.savings import savings
from tests.engine.pruning.net import Net


def _net() -> Net:
    net = Net(x=[1, 3, 4, 4])
    net.output(net.conv(net.op("Relu", net.conv("x", 3, 8)), 8, 2))
    return net


def test_parameters_macs_and_bytes_that_go() -> None:
    model = _net().model()
    saved = savings(model, find_groups(model), {"Conv_0": [0, 1, 2, 3, 4, 5]})
    assert saved.parameters == 2 * 3 + 2 + 2 * 2, "two filters, two biases, two columns of the reader"
    assert saved.macs == 16 * (2 * 3 + 2 * 2)
    assert saved.weight_bytes == 4 * saved.parameters
    assert saved.activation_bytes == 4 * 16 * 2 * 2, "two channels behind the Conv, and behind the Relu"
    assert saved.estimated_us is None


def test_time_is_estimated_by_the_work_that_is_left() -> None:
    model = _net().model()
    times = {"Conv_0": 80.0, "Relu_1": 8.0, "Conv_2": 40.0}
    saved = savings(model, find_groups(model), {"Conv_0": [0, 1, 2, 3]}, times)
    assert saved.estimated_us == pytest.approx(64.0)


def test_nothing_is_predicted_of_a_cut_that_would_be_refused() -> None:
    model = _net().model()
    with pytest.raises(UsageError, match="no such group"):
        savings(model, find_groups(model), {"nobody": [0]})
    with pytest.raises(UsageError, match="reaches the model's output"):
        savings(model, find_groups(model), {"Conv_2": [0]})
