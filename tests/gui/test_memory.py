"""Few heaps and nothing large in them, shown by what glibc says of itself."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys

import pytest

from gui.memory import HEAPS

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="tells of glibc's heaps"
)

THREADS = 6
SHOWN = f"""
import ctypes, json, os, sys, tempfile, threading
from gui.memory import hand_back, keep_together

library = ctypes.CDLL(None)
library.malloc.restype = library.fdopen.restype = ctypes.c_void_p
library.malloc.argtypes, library.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
library.malloc_info.argtypes, library.fflush.argtypes = [ctypes.c_int, ctypes.c_void_p], [ctypes.c_void_p]

def told():
    with tempfile.TemporaryFile() as file:
        stream = library.fdopen(file.fileno(), b"w")
        library.malloc_info(0, stream)
        library.fflush(stream)
        file.seek(0)
        return file.read().decode()

def with_pages_of_their_own():
    return int(told().rsplit('type="mmap" count="', 1)[1].split('"')[0])

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

if sys.argv[1] == "together":
    keep_together()
together = threading.Barrier({THREADS})

def allocate():
    together.wait()
    library.malloc(1000)
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range({THREADS})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library.free(library.malloc(8 << 20))
before = with_pages_of_their_own()
large = library.malloc(4 << 20)
pages = with_pages_of_their_own() - before

small = [library.malloc(1000) for _ in range(30_000)]
held = library.malloc(1000)
for block in small:
    library.free(block)
kept = resident()
hand_back()
print(json.dumps({{"heaps": told().count("<heap nr="), "pages": pages, "freed": kept - resident()}}))
"""


def shown(how: str) -> dict[str, int]:
    ran = subprocess.run([sys.executable, "-c", SHOWN, how], capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, int] = json.loads(ran.stdout)
    return found


def test_threads_share_two_heaps_and_large_blocks_go_back() -> None:
    usual, together = shown("usual"), shown("together")
    assert usual["heaps"] > HEAPS >= together["heaps"]
    assert (usual["pages"], together["pages"]) == (0, 1), "of 4 MB, after 8 MB were freed"


def test_what_is_free_is_handed_back() -> None:
    assert shown("together")["freed"] > 20e6, "of 30 MB below a block that is held"
