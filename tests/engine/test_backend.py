"""What is known of a device, as a key."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

from engine.backends import facts_of

PROGRAM = "from engine.backends import facts_of; print(facts_of('cpu').fingerprint)"


def test_facts_have_the_same_fingerprint_in_every_process() -> None:
    """Sets of names are in another order in each; a key made of them would never be found again."""

    def told(seed: int) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True, timeout=120
        ).stdout.strip()

    assert told(1) == told(2) == facts_of("cpu").fingerprint


def test_other_facts_have_another_fingerprint() -> None:
    facts = facts_of("cpu")
    assert replace(facts, integer_ops=facts.integer_ops - {"Conv"}).fingerprint != facts.fingerprint
    assert replace(facts, few_channels=facts.few_channels + 1).fingerprint != facts.fingerprint


def test_a_target_that_is_not_here_is_known_all_the_same() -> None:
    assert facts_of("tensorrt:0").symmetric
