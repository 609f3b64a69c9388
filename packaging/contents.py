"""What goes into a bundle and what stays out, as tables.

What is left out was found by listing a bundle by size: parts of Qt that no window of Lathe loads, OpenVINO's
frontends for other formats, the tools and tests inside the packages.
"""

from __future__ import annotations

import fnmatch
from pathlib import Path

HIDDEN = ["openvino", "openvino.frontend.onnx", "onnx_ir", "sympy", "ml_dtypes"]
"""Imported by name at run time, or only by a package's compiled part."""
HIDDEN_FULL = ["torch", "onnxscript"]
METADATA: list[str] = ["onnxruntime"]
"""Packages that are asked for their version through their metadata."""

NOT_BUNDLED = ("openvino-telemetry", "scikit-learn", "scipy", "joblib", "threadpoolctl", "narwhals", "cloudpickle")
"""Packages that are required for training the samples, or that others require, and that no code of Lathe runs."""
ONLY_FULL = ("torch", "onnxscript", "networkx", "fsspec", "filelock", "jinja2", "markupsafe", "setuptools")
SYSTEM_PACKAGES = (
    "libbrotli1", "libbsd0", "libbz2-1.0", "libcap2", "libdbus-1-3", "libexpat1", "libffi8", "libfontconfig1",
    "libfreetype6", "libgcc-s1", "libgcrypt20", "libglib2.0-0", "libgpg-error0", "liblz4-1", "liblzma5", "libmd0",
    "libpcre2-8-0", "libpng16-16", "libssl3", "libstdc++6", "libsystemd0", "libtinfo6", "libuuid1", "libx11-6",
    "libx11-xcb1", "libxau6", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0",
    "libxcb-render-util0", "libxcb-render0", "libxcb-shape0", "libxcb-shm0", "libxcb-sync1", "libxcb-util1",
    "libxcb-xfixes0", "libxcb-xkb1", "libxcb1", "libxdmcp6", "libxkbcommon-x11-0", "libxkbcommon0", "libzstd1",
    "zlib1g",
)  # fmt: skip
"""The Debian packages whose libraries PyInstaller takes from the build machine into a bundle for Linux."""

EXCLUDED = [
    "IPython", "PIL.ImageQt", "PySide6.QtDBus", "PySide6.QtNetwork",
    "PySide6.QtTest", "_pytest", "hypothesis", "importlinter", "joblib", "jupyter", "lib2to3", "matplotlib", "mypy",
    "onnx.backend.test", "onnxruntime.quantization", "onnxruntime.tools", "onnxruntime.transformers", "openvino.tools",
    "openvino.torch", "openvino.frontend.pytorch", "openvino.frontend.tensorflow", "openvino.frontend.jax",
    "openvino_telemetry", "pandas", "pip", "pydoc_data", "pyqtgraph.examples", "pyqtgraph.opengl", "pytest", "readline",
    "ruff", "scipy", "sklearn", "sympy.testing", "test", "tkinter",
]  # fmt: skip
EXCLUDED_WITHOUT_TORCH = ["networkx", "onnxscript", "setuptools", "ssl", "torch", "unittest"]

OPENVINO_LIBRARIES = (
    "libopenvino.*", "libopenvino_intel_*_plugin*", "libopenvino_onnx_frontend*", "libopenvino_ir_frontend*",
    "libtbb.*", "libtbbmalloc.*", "libtbbbind*", "libhwloc*",
    "openvino.dll", "openvino_intel_*_plugin.dll", "openvino_onnx_frontend.dll", "openvino_ir_frontend.dll", "tbb*.dll",
)  # fmt: skip
"""What ONNX models on Intel's and AMD's processors and on Intel's GPUs and NPUs need."""

UNWANTED = (
    # Qt: what no window of Lathe loads. The GTK theme would bring GTK itself; the XDG portal does the file dialogs.
    "PySide6/Qt/translations/*", "PySide6/Qt/qml/*", "PySide6/Qt/plugins/generic/*", "PySide6/Qt/plugins/tls/*",
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
    "torch/include/*", "torch/test/*", "torch/bin/*", "torch/share/*", "torch/lib/*.a",
    "*/tests/*", "*/__pycache__/*",
)  # fmt: skip

MAC_DOCUMENTS = {
    "CFBundleDocumentTypes": [
        {"CFBundleTypeName": "ONNX model", "CFBundleTypeExtensions": ["onnx"], "CFBundleTypeRole": "Viewer"},
        {"CFBundleTypeName": "Lathe session", "CFBundleTypeExtensions": ["lathe"], "CFBundleTypeRole": "Editor"},
    ],
}


def wanted(name: str) -> bool:
    """Whether a file belongs into the bundle, by its path in there."""
    path = name.replace("\\", "/")
    return not any(fnmatch.fnmatchcase(path, pattern) for pattern in UNWANTED)


def openvino_libraries(package: Path) -> list[tuple[str, str]]:
    """The shared libraries that ONNX models on the CPU need, each with its folder in the bundle."""
    found = sorted(path for path in (package / "libs").iterdir() if any(path.match(p) for p in OPENVINO_LIBRARIES))
    return [(str(path), "openvino/libs") for path in found]
