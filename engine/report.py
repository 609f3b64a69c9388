"""What a step did and did not do, said once where it was decided."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """Filled by the steps of one ``apply``; read by whoever shows the outcome."""

    changes: list[str] = field(default_factory=list)
    treated: dict[str, dict[str, str]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def change(self, text: str) -> None:
        """The model as a whole was changed (cleaning)."""
        self.changes.append(text)

    def treat(self, layer_id: str, kind: str, what: str) -> None:
        """A layer was treated; ``kind`` is "quantization" or "pruning"."""
        self.treated.setdefault(layer_id, {})[kind] = what

    def skip(self, layer_id: str, reason: str) -> None:
        """A layer that was asked for was left as it is."""
        self.skipped[layer_id] = reason
