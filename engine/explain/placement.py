"""Where a model ran: what each provider took, and what falling back and copying cost."""

from __future__ import annotations

from dataclasses import dataclass

from engine.profiling.profile import Profile


@dataclass(frozen=True, slots=True)
class ProviderShare:
    """What one provider ran; ``share`` is of the kernel sum.

    Attributes:
        layers: that lead a kernel there.
        fallback: it is not the provider that was asked for.
        copies_us: of ``median_us``, what moving data between devices took.
    """

    provider: str
    layers: int
    kernels: int
    median_us: float
    share: float
    fallback: bool
    copies: int
    copies_us: float


def placement(profile: Profile) -> tuple[ProviderShare, ...]:
    """One row for each provider that ran a kernel, the one that took longest first; their shares sum to 1."""
    total = sum(kernel.median_us for kernel in profile.kernels)
    found = []
    for provider in dict.fromkeys(kernel.provider for kernel in profile.kernels):
        kernels = [kernel for kernel in profile.kernels if kernel.provider == provider]
        spent = sum(kernel.median_us for kernel in kernels)
        found.append(
            ProviderShare(
                provider=provider,
                layers=len({kernel.lead for kernel in kernels if kernel.lead is not None}),
                kernels=len(kernels),
                median_us=spent,
                share=spent / total if total else 0.0,
                fallback=any(kernel.fallback for kernel in kernels),
                copies=sum(kernel.copy for kernel in kernels),
                copies_us=sum(kernel.median_us for kernel in kernels if kernel.copy),
            )
        )
    return tuple(sorted(found, key=lambda row: -row.median_us))
