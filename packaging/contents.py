"""What goes into a bundle and what stays out, as tables.

What is left out was found by listing a bundle by size: parts of Qt that no window of Lathe loads, OpenVINO's
frontends for other formats, the tools and tests inside the packages.
"""

from __future__ import annotations

import fnmatch
import importlib.util
import sys
from pathlib import Path

HIDDEN = ["openvino", "openvino.frontend.onnx", "onnx_ir", "sympy", "ml_dtypes"]
"""Imported by name at run time, or only by a package's compiled part."""
HIDDEN_FULL = ["torch", "onnxscript"]
READS_ITS_SOURCE = ["onnxscript", "torch"]
"""Packages that compile their own functions from the text of the source, which must lie beside the program then."""
METADATA = ["onnx", "onnxruntime", "openvino"]
"""Packages that are asked for their version through their metadata."""
METADATA_FULL = ["onnxscript", "torch"]

STANDARD_LEFT_OUT = frozenset((
    "__phello__", "_aix_support", "_osx_support", "antigravity", "curses", "dbm", "distutils", "ensurepip", "idlelib",
    "lib2to3", "msilib", "nis", "ossaudiodev", "pydoc_data", "readline", "spwd", "sqlite3", "ssl", "test", "this",
    "tkinter", "turtle", "turtledemo", "venv", "xxlimited", "xxlimited_35", "xxsubtype",
))  # fmt: skip
"""Of Python's own library: tests, other toolkits, databases, networks. The rest is there for the Python files that
users bring (a metric, a PyTorch module), whose imports nobody knows beforehand."""

EXCLUDED = [
    "IPython", "PIL.ImageQt", "PIL._avif", "PIL._imagingcms", "PIL._imagingft", "PIL._imagingtk", "PySide6.QtDBus",
    "PySide6.QtNetwork", "PySide6.QtTest", "_pytest", "curses", "hypothesis", "importlinter", "joblib", "jupyter",
    "lib2to3", "markdown_it", "matplotlib", "mdurl", "mypy", "onnx.backend.test", "onnxruntime.quantization",
    "onnxruntime.tools", "onnxruntime.transformers", "openvino.tools", "openvino.torch", "openvino.frontend.pytorch",
    "openvino.frontend.tensorflow", "openvino.frontend.jax", "openvino_telemetry", "pandas", "pip", "py", "pydoc_data",
    "pygments", "pyqtgraph.examples", "pyqtgraph.opengl", "pytest", "readline", "rich", "ruff", "scipy", "sklearn",
    "sqlite3", "ssl", "sympy.testing", "test", "threadpoolctl", "tkinter",
]  # fmt: skip
EXCLUDED_WITHOUT_TORCH = ["networkx", "onnxscript", "setuptools", "torch"]
EXCLUDED_WITH_TORCH = [
    "tensorboard", "torch._inductor.kernel", "torch._vendor.quack", "torch.contrib", "torch.distributed.checkpoint",
    "torch.distributed.elastic", "torch.distributed.pipelining", "torch.testing._internal.common_methods_invocations",
    "torch.testing._internal.distributed", "torch.testing._internal.generated", "torch.testing._internal.opinfo",
    "torch.utils.benchmark", "torch.utils.bottleneck", "torch.utils.hipify", "torch.utils.tensorboard",
    "torch.utils.viz", "torchgen.dest", "torchgen.static_runtime", "triton",
]  # fmt: skip
"""Kernels for GPUs in languages that a bundle has no compiler for, training on several machines, PyTorch's own tests.
Most of ``torch.distributed`` and ``torch._inductor`` must stay: ``torch.export`` imports them."""

OPENVINO_LIBRARIES = (
    "libopenvino.*", "libopenvino_intel_*_plugin*", "libopenvino_arm_cpu_plugin*", "libopenvino_onnx_frontend*",
    "libopenvino_ir_frontend*", "libtbb.*", "libtbbmalloc.*", "libtbbbind*", "libhwloc*",
    "openvino.dll", "openvino_intel_*_plugin.dll", "openvino_onnx_frontend.dll", "openvino_ir_frontend.dll", "tbb*.dll",
)  # fmt: skip
"""What ONNX models on processors and on Intel's GPUs and NPUs need."""

UNWANTED = (
    # Qt: what no window of Lathe loads. The GTK theme would bring GTK itself; the XDG portal does the file dialogs.
    "PySide6/*translations/*", "resources/translations/*.ts", "PySide6/Qt/qml/*", "PySide6/Qt/plugins/generic/*",
    "PySide6/Qt/plugins/tls/*",
    "PySide6/Qt/plugins/networkinformation/*", "PySide6/Qt/plugins/egldeviceintegrations/*",
    "PySide6/Qt/plugins/platforms/libqeglfs*", "PySide6/Qt/plugins/platforms/libqlinuxfb*",
    "PySide6/Qt/plugins/platforms/libqvnc*", "PySide6/Qt/plugins/platforms/libqvkkhrdisplay*",
    "PySide6/Qt/plugins/platforms/libqminimalegl*", "PySide6/Qt/plugins/platforminputcontexts/libqtvirtual*",
    "PySide6/Qt/plugins/platformthemes/libqgtk3*",
    "*libQt6Quick*", "*libQt6Qml*", "*libQt6VirtualKeyboard*", "*libQt6Network*", "*libQt6Pdf*", "*libQt6EglF*",
    "*libQt6Test*",
    # What only those are linked to.
    "libgtk-3*", "libgdk*", "libatk*", "libatspi*", "libcairo*", "libpango*", "libepoxy*", "libpixman*",
    "libharfbuzz.so*", "libfribidi*", "libthai*", "libdatrie*", "libgraphite2*", "libX[cdfiIr]*", "libgio*",
    "libgmodule*", "libgobject*", "libmount*", "libblkid*", "libselinux*", "libgssapi*", "libkrb5*", "libk5crypto*",
    "libcom_err*", "libkeyutils*", "libjpeg.so*",
    # Newer systems have newer ones, and their drivers for graphics and OpenCL want those.
    "libstdc++.so*", "libgcc_s.so*", "libexpat.so*",
    # Headers, tests and tools; the licences of packages are collected elsewhere.
    "torch/include/*", "torch/test/*", "torch/bin/[!t]*", "torch/bin/test*", "torch/share/*", "torch/lib/*.a",
    "torch/lib/*test*", "torch/lib/libbackend_with_compiler*", "torch/lib/libaoti_custom_ops*",
    "torch/_vendor/quack/*", "torch/testing/_internal/generated/*", "torch/utils/benchmark/*", "torch/utils/hipify/*",
    "*/tests/*", "*/__pycache__/*", "*.dist-info/licenses/*", "*.dist-info/RECORD", "*.dist-info/sboms/*",
)  # fmt: skip

UNWANTED_WITHOUT_TORCH = ("torch-*", "torchgen*", "onnxscript-*")
"""Metadata that PyInstaller adds because some code asks for it: what is not there must not be said to be there."""

QT_WORDS = ("PySide6/*qtbase_zh_CN.qm",)
"""Of Qt's own words (Cancel, Copy, names of keys) those in the languages that the window speaks."""

MAC_DOCUMENTS = {
    "CFBundleDocumentTypes": [
        {"CFBundleTypeName": "ONNX model", "CFBundleTypeExtensions": ["onnx"], "CFBundleTypeRole": "Viewer"},
        {"CFBundleTypeName": "Lathe session", "CFBundleTypeExtensions": ["lathe"], "CFBundleTypeRole": "Editor"},
    ],
}


def wanted(name: str, full: bool) -> bool:
    """Whether a file belongs into the bundle, by its path in there."""
    path = name.replace("\\", "/")
    patterns = UNWANTED if full else UNWANTED + UNWANTED_WITHOUT_TORCH
    if any(fnmatch.fnmatchcase(path, pattern) for pattern in QT_WORDS):
        return True
    return not any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def standard_modules() -> list[str]:
    """The top-level modules of Python's own library that a bundle has."""
    public = {name for name in sys.stdlib_module_names - STANDARD_LEFT_OUT if not name.startswith("_")}
    return sorted(name for name in public if importlib.util.find_spec(name) is not None)


def openvino_libraries(package: Path) -> list[tuple[str, str]]:
    """The shared libraries that ONNX models on the CPU need, each with its folder in the bundle."""
    found = sorted(path for path in (package / "libs").iterdir() if any(path.match(p) for p in OPENVINO_LIBRARIES))
    return [(str(path), "openvino/libs") for path in found]
