"""The model that is measured: MobileNetV2 where the folder of real models lies beside the repository, else a sample."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True, slots=True)
class Subject:
    title: str
    model: Path
    data: Path


def find_subject(shared: Path = SHARED) -> Subject:
    name = "mobilenet_v2_1.0_224_fp32"
    model, data = shared / "models" / name / f"{name}.onnx", shared / "data" / "imagenet_samples"
    if model.exists() and data.exists():
        return Subject("MobileNetV2", model, data)
    from resources import samples

    sample = samples()[0]
    return Subject(f"{sample.title} (sample)", sample.model, sample.data)
