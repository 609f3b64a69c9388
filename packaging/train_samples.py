"""Train the two sample models and write them, with their data, into ``resources/samples``.

    python packaging/train_samples.py            needs torch and scikit-learn; 10 to 15 minutes on two cores

The images are the 1,797 handwritten digits that scikit-learn ships. They are 8 × 8; here they are upsampled to 28 × 28,
bilinearly, so they look soft: no detail of a real 28 × 28 digit is in them. Grey values 0 .. 16 become 0 .. 1.

A quarter of the digits, drawn by class, is held out as the evaluation part: no training step and no choice saw it. The
calibration part is drawn from the training part. Training is seeded and runs its epochs to the end; the arithmetic is
bfloat16 with float32 weights, because that halves the time on processors that have it.
"""

from __future__ import annotations

import ast
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F  # noqa: N812 (torch's own idiom)
from numpy.typing import NDArray
from sample_networks import ConvNorm, DigitsCnn, DigitsResNet
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

SAMPLES = Path(__file__).resolve().parents[1] / "resources" / "samples"
DATA = SAMPLES / "digits"
SEED = 20
SIDE = 28
HELD_OUT = 450
CALIBRATION = 200
THREADS = 2
OPSET = 18
SCOPES = "pkg.torch.onnx.name_scopes"
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Part:
    """Images as float32 [count, 1, 28, 28] in 0 .. 1 and their digits."""

    images: Floats
    labels: NDArray[np.int64]


def load_parts() -> tuple[Part, Part]:
    """The training part and the held-out evaluation part."""
    digits = load_digits()
    small = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
    images = F.interpolate(small, size=(SIDE, SIDE), mode="bilinear", align_corners=False).clamp(0, 1).numpy()
    labels = digits.target.astype(np.int64)
    train, held_out = train_test_split(
        np.arange(len(labels)), test_size=HELD_OUT, random_state=SEED, stratify=labels, shuffle=True
    )
    return Part(images[train], labels[train]), Part(images[held_out], labels[held_out])


def jitter(images: Tensor) -> Tensor:
    """Each image turned by up to 12 degrees, scaled by up to 12 % and moved by up to 2.5 pixels."""
    count = len(images)
    angle = (torch.rand(count) - 0.5) * np.deg2rad(24)
    scale = 1 + (torch.rand(count) - 0.5) * 0.24
    moved = (torch.rand(count, 2) - 0.5) * (2 * 2.5 * 2 / SIDE)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    affine = torch.stack([torch.stack([cos, -sin, moved[:, 0]], 1), torch.stack([sin, cos, moved[:, 1]], 1)], 1)
    grid = F.affine_grid(affine, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def train(network: nn.Module, part: Part, *, epochs: int, batch: int, rate: float) -> None:
    """SGD with Nesterov momentum and one cycle of the learning rate."""
    images, labels = torch.from_numpy(part.images), torch.from_numpy(part.labels)
    steps = len(images) // batch
    optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9, nesterov=True, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, epochs=epochs, steps_per_epoch=steps, pct_start=0.25
    )
    network.train().to(memory_format=torch.channels_last)
    for epoch in range(epochs):
        started, total = time.monotonic(), 0.0
        order = torch.randperm(len(images))
        for step in range(steps):
            chosen = order[step * batch : (step + 1) * batch]
            x = jitter(images[chosen]).to(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16):
                loss = F.cross_entropy(network(x).float(), labels[chosen], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"  epoch {epoch + 1}/{epochs}: loss {total / steps:.3f}, {time.monotonic() - started:.0f} s", flush=True)
    network.eval().to(memory_format=torch.contiguous_format)


def fuse_norms(network: nn.Module) -> nn.Module:
    """Batch normalizations folded into their convolutions, so that the file's scopes name the convolutions."""
    for module in network.modules():
        if isinstance(module, ConvNorm):
            module.conv = nn.utils.fuse_conv_bn_eval(module.conv, module.norm)
            module.norm = nn.Identity()
    return network


def export(network: nn.Module, path: Path) -> None:
    """Write the network as ONNX with a dynamic batch, nodes named after the modules that they come from."""
    program = torch.onnx.export(
        fuse_norms(network),
        (torch.zeros(2, 1, SIDE, SIDE),),
        dynamo=True,
        input_names=["image"],
        output_names=["scores"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        opset_version=OPSET,
        verbose=False,
    )
    assert program is not None
    program.save(str(path))
    model = onnx.load(path)
    name_after_modules(model, network)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def name_after_modules(model: onnx.ModelProto, network: nn.Module) -> None:
    """``stage1/0/conv1/conv`` for the node of a module, ``stage1/0/add`` for one that a module's ``forward`` makes.

    The exporter's notes are dropped, except for the scopes: they hold source lines and paths of this machine.
    """
    taken: set[str] = set()
    for node in model.graph.node:
        notes = {entry.key: entry.value for entry in node.metadata_props}
        module = ast.literal_eval(notes[SCOPES])[-2]
        leaf = module and not list(network.get_submodule(module).children())
        path = module.split(".") if leaf else [*filter(None, module.split(".")), node.op_type.lower()]
        name = wanted = "/".join(path)
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted}_{number}"
        taken.add(name)
        node.name = name
        node.doc_string = ""
        del node.metadata_props[:]
        node.metadata_props.add(key=SCOPES, value=notes[SCOPES])
    for value in (*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    model.graph.doc_string = model.doc_string = ""
    model.graph.name = type(network).__name__


def write_data(training: Part, evaluation: Part) -> None:
    """The two parts as arrays named after the models' input, and the ``dataset.json`` that says so."""
    DATA.mkdir(parents=True, exist_ok=True)
    chosen, _ = train_test_split(
        np.arange(len(training.labels)), train_size=CALIBRATION, random_state=SEED, stratify=training.labels
    )
    np.savez_compressed(DATA / "calibration.npz", image=training.images[chosen], labels=training.labels[chosen])
    np.savez_compressed(DATA / "evaluation.npz", image=evaluation.images, labels=evaluation.labels)
    about = {
        "kind": "arrays",
        "calibration": "calibration.npz",
        "evaluation": "evaluation.npz",
        "labels": "labels",
    }
    (DATA / "dataset.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def measure(path: Path, evaluation: Part) -> tuple[float, float]:
    """The share of right answers on the held-out digits, and the median latency in ms of one image."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (scores,) = session.run(None, {"image": evaluation.images})
    one, times_ms = {"image": evaluation.images[:1]}, []
    for _ in range(200):
        started = time.perf_counter()
        session.run(None, one)
        times_ms.append((time.perf_counter() - started) * 1e3)
    return float((scores.argmax(1) == evaluation.labels).mean()), float(np.median(times_ms[20:]))


def main(wanted: list[str]) -> None:
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    training, evaluation = load_parts()
    write_data(training, evaluation)
    plans = {
        "digits_cnn": (DigitsCnn, {"epochs": 60, "batch": 64, "rate": 0.05}),
        "digits_resnet": (DigitsResNet, {"epochs": 20, "batch": 64, "rate": 0.1}),
    }
    for key in wanted or plans:
        build, settings = plans[key]
        torch.manual_seed(SEED)
        network, path = build(), SAMPLES / f"{key}.onnx"
        print(f"{key}: {sum(p.numel() for p in network.parameters()):,} parameters", flush=True)
        train(network, training, **settings)
        export(network, path)
        accuracy, median_ms = measure(path, evaluation)
        print(
            f"{key}: {accuracy:.2%} of {len(evaluation.labels)} held-out digits, {median_ms:.2f} ms with {THREADS} "
            f"threads, {path.stat().st_size / 1e6:.2f} MB"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
