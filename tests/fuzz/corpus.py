"""What is damaged: the real models that are small, and models of the onnx package with rare features."""

from __future__ import annotations

import tempfile
import warnings
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LARGEST = 600_000
_RARE = (
    "loop13_seq",
    "scan_sum",
    "loop16_seq_none",
    "if_seq",
    "if_opt",
    "sequence_map_add_2_sequences",
    "optional_get_element_sequence",
    "quantizelinear_int4",
    "quantizelinear_e4m3fn",
    "dequantizelinear_blocked",
    "cast_FLOAT_to_UINT4",
    "lstm_with_peepholes",
    "gru_seq_length",
    "convtranspose_group_2",
    "einsum_batch_matmul",
    "attention_4d_gqa_with_past_and_present",
    "layer_normalization_4d_axis1_epsilon_expanded",
    "strsplit_basic",
    "string_concat",
    "topk",
    "resize_upsample_sizes_cubic",
    "batchnorm_epsilon_training_mode",
    "split_variable_parts_1d_opset18",
    "nonmaxsuppression_two_classes",
)


@cache
def sources() -> list[Path]:
    """Files, in a fixed order."""
    import onnx
    from onnx.backend.test.case.node import collect_testcases

    data = Path(onnx.__file__).parent / "backend" / "test" / "data"
    found = sorted((ROOT.parent / "shared" / "models").rglob("*.onnx"))
    found += sorted((data / "simple").rglob("*.onnx")) + sorted((data / "light").rglob("*.onnx"))
    folder = Path(tempfile.mkdtemp(prefix="lathe-fuzz-sources-"))
    with warnings.catch_warnings(action="ignore"):
        cases = {case.name.removeprefix("test_"): case.model for case in collect_testcases(None)}  # type: ignore[arg-type]
    for name in _RARE:
        if name in cases:
            path = folder / f"{name}.onnx"
            path.write_bytes(cases[name].SerializeToString())
            found.append(path)
    return [path for path in found if path.stat().st_size <= _LARGEST]
