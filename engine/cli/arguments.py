"""The flags that every subcommand shares wherever a model runs, and what they mean for the engine."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.backend import RunSettings
from engine.data.options import KEY, DataOptions
from engine.errors import UsageError
from engine.format import LIMIT_S, Opening
from engine.options import OptionValue, specs, with_values

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.data.samples import Dataset
    from engine.format import Source
    from engine.progress import Progress
    from engine.quantization.calibrate import RangeCache
    from engine.verification.gains import GainsStore

CALIBRATION = "calibration"
_CUSTOM_OPS = "custom_ops"
MOST_THREADS = 1024
"""More than any processor has; the system takes minutes to start a hundred times as many."""


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """``--data``, ``--shape``, ``--threads`` and the others; read them with ``run_settings``."""
    group = parser.add_argument_group("how the model is run")
    group.add_argument("--device", default="cpu", help="a device id of `lathe devices` (default: cpu)")
    group.add_argument("--data", type=Path, help="samples: a folder with dataset.json, images, .npz, test_data_set_*")
    group.add_argument("--samples", type=_count, metavar="N", help="use N samples of the data (default: all)")
    group.add_argument(
        "--bad-samples",
        choices=[choice for spec in specs(DataOptions) if spec.name == "bad_samples" for choice in spec.choices],
        help="what to do about samples that cannot be used: leave them out and say so (default), or refuse the data",
    )
    group.add_argument("--seed", type=_whole, default=0, help="of synthetic inputs and of the choice of samples")
    group.add_argument("--shape", action="append", default=[], metavar="NAME=1,3,224,224", help="shape of an input")
    group.add_argument("--input", action="append", default=[], metavar="NAME=VALUE|FILE.npy", help="value of an input")
    group.add_argument("--threads", type=_threads, default=0, metavar="N", help="threads (default: physical cores)")
    group.add_argument("--batch", type=_count, default=1, metavar="N", help="size of a dynamic batch (default: 1)")
    group.add_argument("--runs", type=_whole, default=0, metavar="N", help="measured runs (default: until steady)")
    group.add_argument(
        "--warmup", type=_whole, default=0, metavar="N", help="runs before measuring (default: until steady)"
    )
    group.add_argument(
        "--trust", action="store_true", help="code in the file MODEL may run: a pickled module, or model.py:build"
    )
    group.add_argument(
        "--convert-limit",
        type=_count,
        default=int(LIMIT_S),
        metavar="SECONDS",
        help=f"how long converting a PyTorch program to ONNX may take (default: {LIMIT_S:g})",
    )
    group.add_argument(
        "--custom-ops",
        metavar="LIBRARY",
        help="operators that the runtime does not know, from a library of native code, or onnxruntime-extensions",
    )
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY.OPTION=VALUE",
        help="an option of the device's runtime, as in onnxruntime_cpu.spinning=no (`lathe devices` lists them), of a "
        "scheme or pruning method that the same command uses, or of the data: "
        + ", ".join(f"{KEY}.{spec.name}" for spec in specs(DataOptions)),
    )


def opening_of(args: argparse.Namespace, *, runs: bool = True, device: str = "") -> Opening:
    """What the flags say about a file before it is opened.

    Args:
        runs: the command runs the model; on a device of PyTorch the program itself, which need not be converted.
        device: where, if not on that of ``--device``.
    """
    return Opening(
        shapes={name: _shape(name, text) for name, text in (_pair("--shape", item) for item in args.shape)},
        values=dict(_pair("--input", item) for item in args.input),
        trusted=args.trust,
        limit_s=float(args.convert_limit),
        as_it_is=not runs or (device or str(args.device)).startswith("torch:"),
        inputs_later=not runs,
    )


def add_cache_argument(parser: argparse.ArgumentParser) -> None:
    """``--no-cache``, of commands that calibrate; ``range_cache`` heeds it."""
    parser.add_argument(
        "--no-cache", action="store_true", help="calibrate anew, and keep nothing of it for later commands"
    )


def range_cache(args: argparse.Namespace) -> RangeCache:
    """What calibration found, kept in the user's cache folder from one command to the next."""
    from engine.caches import cache_folder
    from engine.quantization.calibrate import RangeCache
    from engine.quantization.statistics import StatisticsStore

    return RangeCache() if args.no_cache else RangeCache(StatisticsStore(cache_folder() / CALIBRATION))


def gains_store(args: argparse.Namespace) -> GainsStore:
    """What was measured to choose layers, kept in the same way."""
    from engine.verification.gains import GainsStore, kept_gains

    return GainsStore(None) if args.no_cache else kept_gains()


@dataclass(frozen=True, slots=True)
class Setting:
    """One ``--set``."""

    key: str
    option: str
    value: str

    @property
    def where(self) -> str:
        return f"--set {self.key}.{self.option}={self.value}"


def settings_of(args: argparse.Namespace) -> list[Setting]:
    """Every ``--set`` in its order, but those of the data (``data_options``).

    Raises:
        UsageError: one that is not of the form KEY.OPTION=VALUE.
    """
    return [setting for setting in _all_settings(args) if setting.key != KEY]


def data_options(args: argparse.Namespace) -> DataOptions:
    """What ``--set data.OPTION=VALUE`` and ``--bad-samples`` say.

    Raises:
        UsageError: an unknown option, or an impossible value.
    """
    said: dict[str, OptionValue] = {} if args.bad_samples is None else {"bad_samples": args.bad_samples}
    said |= {setting.option: setting.value for setting in _all_settings(args) if setting.key == KEY}
    return with_values(DataOptions(), said, f"--set {KEY}")


def _all_settings(args: argparse.Namespace) -> list[Setting]:
    found = []
    for text in args.set:
        path, equals, value = text.partition("=")
        key, dot, name = path.partition(".")
        if not (equals and dot and key and name):
            raise UsageError(f"{text!r} is not KEY.OPTION=VALUE", where="--set")
        found.append(Setting(key, name, value))
    return found


def run_settings(args: argparse.Namespace, treatments: Collection[str] = ()) -> RunSettings:
    """The settings that the flags say.

    Args:
        treatments: keys of schemes and pruning methods, whose options are the recipe's.

    Raises:
        UsageError: a ``--shape`` or ``--input`` that is not of the form NAME=..., a ``--set`` that nothing uses or with
            an impossible value.
    """
    return RunSettings(
        device=args.device,
        threads=args.threads,
        batch=args.batch,
        runs=args.runs,
        warmup=args.warmup,
        seed=args.seed,
        shapes={name: _shape(name, text) for name, text in (_pair("--shape", item) for item in args.shape)},
        inputs=dict(_pair("--input", item) for item in args.input),
        options=_runtime_options(args, treatments),
    )


def _runtime_options(args: argparse.Namespace, treatments: Collection[str]) -> dict[str, OptionValue]:
    wanted = [setting for setting in settings_of(args) if setting.key not in treatments]
    if not wanted and not args.custom_ops:
        return {}
    from engine.backends import backends, driver_of

    backend = driver_of(args.device)
    if backend is None:  # no such device, or nothing drives it: the command says so when it gets there
        return {}
    if args.custom_ops:
        if _CUSTOM_OPS not in {spec.name for spec in specs(backend.options)}:
            raise UsageError(f"{args.device} takes no custom operators", where="--custom-ops")
        wanted = [Setting(backend.key, _CUSTOM_OPS, args.custom_ops), *wanted]
    has = ", ".join(f"{backend.key}.{spec.name}" for spec in specs(backend.options))
    for setting in wanted:
        if setting.key != backend.key:
            runs_others = setting.key in backends()
            raise UsageError(
                f"{setting.key!r} does not run {args.device}" if runs_others else f"nothing uses {setting.key!r}",
                where=setting.where,
                way_out=f"For {args.device} there are {has}"
                + (f", and the options of {', '.join(treatments)}." if treatments else "."),
            )
    options: dict[str, OptionValue] = {setting.option: setting.value for setting in wanted}
    chosen = with_values(backend.options(), options, backend.key)
    return {name: getattr(chosen, name) for name in options}


def dataset_of(
    args: argparse.Namespace,
    model: ir.Model,
    settings: RunSettings,
    progress: Progress | None = None,
    *,
    timed_batch: int | None = None,
) -> Dataset:
    """The samples of ``--data``, or synthetic ones where there is none.

    Args:
        timed_batch: times of batches up to this size are all that is wanted, and few samples do for that.
    """
    from engine.data.dataset import open_dataset
    from engine.data.samples import Dataset
    from engine.data.synthetic import synthetic
    from engine.graph.shapes import inputs
    from engine.profiling.blocks import FEEDS

    options = data_options(args)
    if args.data is None:
        of_data = [setting.where for setting in _all_settings(args) if setting.key == KEY]
        if of_data or args.bad_samples is not None:
            raise UsageError(
                "inputs are made up without data, and this says how data is read",
                where=of_data[0] if of_data else "--bad-samples",
                way_out="Give the data with --data, or leave this out.",
            )
        samples = synthetic(model, settings, max(args.samples or 1, settings.batch))
        return Dataset(samples, samples, "none")
    infos, samples_wanted = inputs(model), args.samples
    if timed_batch is not None:
        fixed = [info.shape[0] for info in infos if info.shape and isinstance(info.shape[0], int)]
        few = FEEDS * max(timed_batch, *fixed, 1)
        samples_wanted = few if samples_wanted is None else min(samples_wanted, few)
    return open_dataset(
        args.data,
        infos,
        samples=samples_wanted,
        seed=args.seed,
        values=settings.inputs,
        shapes=settings.shapes,
        options=options,
        progress=progress,
    )


def files_read(args: argparse.Namespace, source: Source) -> dict[Path, str]:
    """What the command reads and must therefore not write, see ``engine.targets``."""
    from engine.format import files_of

    given = [Path(text) for _, text in (_pair("--input", item) for item in args.input)]
    data = [] if args.data is None else [args.data]
    return {
        **dict.fromkeys((path for path in given if path.suffix == ".npy"), "an input of the model"),
        **dict.fromkeys(data, "the data of --data"),
        **files_of(source),
    }


def _pair(flag: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise UsageError(f"{text!r} is not NAME=...", where=flag)
    return name, value


def _shape(name: str, text: str) -> tuple[int, ...]:
    try:
        shape = tuple(int(part) for part in text.replace("x", ",").split(","))
    except ValueError:
        shape = (-1,)
    if any(size < 0 for size in shape):
        raise UsageError(
            f"{text!r} is no shape", where=f"--shape {name}", way_out="Write sizes with commas: 1,3,224,224."
        )
    return shape


def _whole(text: str) -> int:
    return _at_least(text, 0)


def _threads(text: str) -> int:
    number = _whole(text)
    if number > MOST_THREADS:
        raise argparse.ArgumentTypeError(f"{text!r} is more than {MOST_THREADS}")
    return number


def _count(text: str) -> int:
    return _at_least(text, 1)


def _at_least(text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least {least}")
    return number
