from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx_ir as ir
import pytest

import engine.export as export_module
from engine.backend import RunSettings, Runtime, SessionRequest
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.errors import Cancelled, CheckError, DeviceError, EngineError, UsageError
from engine.export import Exported, export
from engine.format import Source
from engine.formats import open_source
from engine.progress import Progress
from engine.recipe import Recipe, Rule
from engine.verification.compare import Comparison, OutputError

WEIGHT = np.arange(2000, dtype=np.float32).reshape(4, 500) / 100
RECIPE = Recipe(rules=(Rule("quantization", "int8_static", "op:Conv"),))


class Here:
    """A host without a process of its own."""

    def call(self, function: Callable[..., Any], *args: Any, progress: Progress) -> Any:
        return function(*args, progress=progress)


@dataclass(frozen=True)
class Pair:
    model: ir.Model
    cleaned: ir.Model


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def network(weight: np.ndarray = WEIGHT) -> onnx.ModelProto:
    made = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[n, 4] x) => (float[n, 500] y) { y = MatMul(x, w) }'
    )
    made.graph.initializer.append(onnx.numpy_helper.from_array(weight, "w"))
    return made


def opened(path: Path, external: bool = False) -> Source:
    path.parent.mkdir(exist_ok=True)
    onnx.save(network(), path, save_as_external_data=external, location="weights.bin", size_threshold=0)
    return Source(path, "onnx", ir.load(path), path.stat().st_size)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return opened(tmp_path / "source" / "model.onnx")


def exported(source: Source, path: Path, model: ir.Model | None = None, **more: Any) -> Exported:
    cleaned = more.pop("cleaned", source.model)
    return export(
        Pair(model or source.model, cleaned),
        path,
        source=source,
        recipe=RECIPE,
        runtime=Runtime(backend_of("cpu"), RunSettings(), more.pop("host", Here())),
        samples=synthetic(source.model, RunSettings(), 2),
        progress=more.pop("progress", Progress()),
        **more,
    )


def test_the_file_is_checked_and_says_where_it_came_from(source: Source, tmp_path: Path) -> None:
    found = exported(source, tmp_path / "out.onnx")
    assert found.checks["checker"] and found.checks["loads"] and found.checks["parity"]["exact"]
    assert found.file_bytes == (tmp_path / "out.onnx").stat().st_size
    metadata = ir.load(tmp_path / "out.onnx").metadata_props
    assert Recipe.from_json(json.loads(metadata["lathe.recipe"])) == RECIPE
    assert metadata["lathe.source"] == "model.onnx" and len(metadata["lathe.source_sha256"]) == 64
    assert names(tmp_path) == ["out.onnx", "source"]


@pytest.mark.parametrize(("most", "how"), [(0, "basic"), (10, None)])
def test_many_nodes_are_checked_without_the_optimizations_that_fuse(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, how: str | None
) -> None:
    asked: list[object] = []

    class Listening(Here):
        def call(self, function: Callable[..., Any], *args: Any, progress: Progress) -> Any:
            asked.extend(arg.settings.options.get("optimization") for arg in args if isinstance(arg, SessionRequest))
            return super().call(function, *args, progress=progress)

    monkeypatch.setattr(export_module, "MANY_NODES", most)
    exported(source, tmp_path / "out.onnx", host=Listening())
    assert asked == [how] * 4, "the source and the cleaned model, then the model and the file"


@pytest.mark.parametrize("fate", ["moved", "overwritten"])
def test_a_source_that_is_not_there_any_more_is_not_named_by_its_hash(tmp_path: Path, fate: str) -> None:
    opened(tmp_path / "source" / "model.onnx")
    source = open_source(tmp_path / "source" / "model.onnx", Progress())
    assert exported(source, tmp_path / "before.onnx").checks["source_unchanged"]
    if fate == "moved":
        source.path.rename(tmp_path / "elsewhere.onnx")
    else:
        onnx.save(network(WEIGHT[:, :10]), source.path)
    assert not exported(source, tmp_path / "out.onnx").checks["source_unchanged"]
    written = ir.load(tmp_path / "out.onnx")
    assert "lathe.source_sha256" not in written.metadata_props
    assert written.metadata_props["lathe.source"] == "model.onnx"
    assert written.graph.outputs[0].shape[1] == 500, "what was opened is exported"


def test_weights_that_have_changed_since_are_not_exported(tmp_path: Path) -> None:
    opened(tmp_path / "source" / "model.onnx", external=True)
    source = open_source(tmp_path / "source" / "model.onnx", Progress())
    (tmp_path / "source" / "weights.bin").write_bytes(b"\0" * WEIGHT.nbytes)
    os.utime(tmp_path / "source" / "weights.bin", ns=(0, 0))
    with pytest.raises(CheckError, match="not there any more as it was opened"):
        exported(source, tmp_path / "out.onnx")
    assert names(tmp_path) == ["source"]


def test_the_same_recipe_gives_the_same_bytes(source: Source, tmp_path: Path) -> None:
    for name in ("one.onnx", "two.onnx"):
        exported(source, tmp_path / name)
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "two.onnx").read_bytes()


def test_a_treated_model_may_differ_from_the_source(source: Source, tmp_path: Path) -> None:
    treated = ir.from_proto(network(np.round(WEIGHT)))
    found = exported(source, tmp_path / "out.onnx", treated)
    assert found.checks["reproduces"]["exact"]
    assert (onnx.numpy_helper.to_array(onnx.load(tmp_path / "out.onnx").graph.initializer[0]) == np.round(WEIGHT)).all()


@pytest.mark.parametrize("external", [True, False])
def test_external_weights_of_the_source_are_embedded_or_written_beside(tmp_path: Path, external: bool) -> None:
    source = opened(tmp_path / "source" / "model.onnx", external=True)
    found = exported(source, tmp_path / "out.onnx", external=external)
    files = sorted(p.name for p in tmp_path.iterdir() if p.is_file())
    assert files == (["out.onnx", "out.onnx.data"] if external else ["out.onnx"])
    assert found.file_bytes == sum((tmp_path / name).stat().st_size for name in files)
    (tmp_path / "source" / "weights.bin").unlink()
    assert (onnx.numpy_helper.to_array(onnx.load(tmp_path / "out.onnx").graph.initializer[0]) == WEIGHT).all()


def test_weights_past_the_limit_go_beside_the_model(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_module, "EMBED_BYTES", 4000)
    exported(source, tmp_path / "out.onnx")
    assert (tmp_path / "out.onnx.data").stat().st_size == WEIGHT.nbytes


@pytest.mark.parametrize("how", ["itself", "spelling", "symlink", "hardlink"])
def test_the_source_is_never_written(source: Source, tmp_path: Path, how: str) -> None:
    other = tmp_path / "other.onnx"
    if how == "itself":
        other = source.path
    elif how == "spelling":
        other = source.path.parent / ".." / source.path.parent.name / source.path.name
    elif how == "symlink":
        other.symlink_to(source.path)
    else:
        other.hardlink_to(source.path)
    before = source.path.read_bytes()
    with pytest.raises(UsageError, match="never written"):
        exported(source, other)
    assert source.path.read_bytes() == before


def test_the_weight_file_of_the_source_is_never_written(tmp_path: Path) -> None:
    source = opened(tmp_path / "source" / "model.onnx", external=True)
    with pytest.raises(UsageError, match="own weight file"):
        exported(source, tmp_path / "source" / "weights.bin")


def refused(kind: type[BaseException], words: str, source: Source, path: Path, **more: Any) -> None:
    """Exporting over a file fails, leaves that file as it was and nothing else."""
    path.write_bytes(b"what was there before")
    with pytest.raises(kind, match=words):
        exported(source, path, **more)
    assert path.read_bytes() == b"what was there before"
    assert names(path.parent) == sorted([path.name, "source"])


def after_writing(monkeypatch: pytest.MonkeyPatch, fault: Callable[[Path], None]) -> None:
    """Let a fault happen to the written file, as a bad disk would."""
    write = export_module._write

    def broken(model: ir.Model, path: Path, *, external: bool) -> None:
        write(model, path, external=external)
        fault(path)

    monkeypatch.setattr(export_module, "_write", broken)


def test_a_flipped_bit_in_a_weight_is_found(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[content.index(WEIGHT.tobytes()) + 4] ^= 1
        path.write_bytes(content)

    after_writing(monkeypatch, flip)
    refused(CheckError, "weight 'w' did not arrive", source, tmp_path / "out.onnx")


def test_a_file_that_computes_something_else_is_found(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def negate(path: Path) -> None:
        made = onnx.load(path)
        made.graph.node[0].output[0] = "z"
        made.graph.node.append(onnx.helper.make_node("Neg", ["z"], ["y"]))
        onnx.save(made, path)

    after_writing(monkeypatch, negate)
    refused(CheckError, "computes something else", source, tmp_path / "out.onnx")


def test_a_file_that_the_checker_refuses_is_not_kept(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(path: Path) -> None:
        made = onnx.load(path)
        made.graph.node[0].input[0] = "nowhere"
        onnx.save(made, path)

    after_writing(monkeypatch, cut)
    refused(CheckError, "checker refuses", source, tmp_path / "out.onnx")


def test_a_file_that_does_not_load_is_not_kept(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(path: Path) -> None:
        made = onnx.load(path)
        made.graph.node[0].domain = "nobody.knows"
        made.opset_import.append(onnx.helper.make_opsetid("nobody.knows", 1))
        onnx.save(made, path)

    after_writing(monkeypatch, unknown)
    refused(CheckError, "does not run", source, tmp_path / "out.onnx")


def test_cleaning_that_changes_results_is_refused(source: Source, tmp_path: Path) -> None:
    wrong = ir.from_proto(network(WEIGHT * 1.2))
    refused(CheckError, "disagrees with the source", source, tmp_path / "out.onnx", cleaned=wrong)


def test_a_full_disk_leaves_nothing(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    after_writing(monkeypatch, full)
    refused(CheckError, "disk is full", source, tmp_path / "out.onnx")


def test_cancelling_leaves_nothing(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress = Progress()
    after_writing(monkeypatch, lambda path: progress.cancel())
    refused(Cancelled, "^$", source, tmp_path / "out.onnx", progress=progress)


def test_data_that_cannot_be_followed_by_its_model_is_taken_back(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(source, tmp_path / "out.onnx", external=True)
    before = {name: (tmp_path / name).read_bytes() for name in ("out.onnx", "out.onnx.data")}
    treated = ir.from_proto(network(WEIGHT + 1))
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if Path(target).name == "out.onnx":
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(UsageError, match="Permission denied"):
        exported(source, tmp_path / "out.onnx", treated, external=True)
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert names(tmp_path) == ["out.onnx", "out.onnx.data", "source"]


@pytest.mark.parametrize(("name", "words"), [("missing/out.onnx", "does not exist"), ("source", "is a folder")])
def test_a_target_that_cannot_be_is_wrong_usage(source: Source, tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(EngineError, match=words) as caught:
        exported(source, tmp_path / name)
    assert caught.value.exit_status == 2 and caught.value.way_out


def test_a_source_that_no_runtime_takes_can_be_mended(tmp_path: Path) -> None:
    made = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[1, 4] x) => (float[1, 4] y) { a = Neg(x) y = Neg(a) }'
    )
    for node in made.graph.node:
        node.name = "twice"
    onnx.save(made, tmp_path / "source.onnx")
    source = Source(tmp_path / "source.onnx", "onnx", ir.load(tmp_path / "source.onnx"), 1)
    cleaned = source.model.clone()
    for number, node in enumerate(cleaned.graph):
        node.name = str(number)
    parity = exported(source, tmp_path / "out.onnx", cleaned, cleaned=cleaned).checks["parity"]
    assert not parity["exact"] and "does not run" in parity["reason"]
    with pytest.raises(DeviceError):
        exported(source, tmp_path / "none.onnx")


def test_a_model_that_does_not_agree_with_itself_can_be_exported(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noisy = Comparison(1, (OutputError("y", 3.0, 0.5, 1.0),), None)
    monkeypatch.setattr(export_module, "compare", lambda *_, **__: noisy)
    monkeypatch.setattr(export_module, "compare_files", lambda *_, **__: noisy)
    found = exported(source, tmp_path / "out.onnx")
    assert not found.checks["parity"]["exact"] and (tmp_path / "out.onnx").exists()
