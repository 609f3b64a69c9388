"""The two networks of the sample models, for greyscale images of 28 × 28 in 0 .. 1.

``DigitsCnn`` is the classic small one: Conv 32, max-pool, dense 64, dense 10.

``DigitsResNet`` is large enough that optimizing it shows, and has one of everything that makes optimizing interesting:
residual adds, a depthwise convolution, a concat and a squeeze-and-excite block. All channel counts except the one input
and the ten classes are multiples of 16, where ONNX Runtime has its fast kernels.

    stem       1 -> 96     28 × 28   Conv 3 × 3
    stage1    96 -> 96     28 × 28   residual blocks
    stage2    96 -> 128    14 × 14   residual blocks, the first with a stride and a projected shortcut
    mixer    128 -> 128    14 × 14   depthwise 3 × 3, pointwise, squeeze-and-excite, residual add
    stage3   128 -> 160     7 × 7    residual block with a stride
    branches 160 -> 256     7 × 7    three branches side by side and a concat
    head     256 -> 10               global average, dense
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class DigitsCnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 32, 3)
        self.pool = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.3)
        self.dense = nn.Linear(32 * 13 * 13, 64)
        self.classifier = nn.Linear(64, 10)

    def forward(self, image: Tensor) -> Tensor:
        features = self.flatten(self.pool(torch.relu(self.conv(image))))
        return self.classifier(self.dropout(torch.relu(self.dense(features))))


class ConvNorm(nn.Module):
    """Convolution and batch normalization, with a ReLU unless told otherwise."""

    def __init__(
        self, inputs: int, outputs: int, size: int = 3, stride: int = 1, groups: int = 1, relu: bool = True
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU() if relu else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.norm(self.conv(x)))


class Residual(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut, which is projected where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = ConvNorm(inputs, outputs, stride=stride)
        self.conv2 = ConvNorm(outputs, outputs, relu=False)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else ConvNorm(inputs, outputs, 1, stride, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.conv2(self.conv1(x)) + self.shortcut(x))


class SqueezeExcite(nn.Module):
    """Weighs each channel by what the whole image says: average, squeeze, excite, multiply."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.average = nn.AdaptiveAvgPool2d(1)
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.excite(torch.relu(self.squeeze(self.average(x)))))


class Mixer(nn.Module):
    """Depthwise and pointwise convolution with squeeze-and-excite, beside a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = ConvNorm(channels, channels, groups=channels)
        self.pointwise = ConvNorm(channels, channels, 1, relu=False)
        self.attention = SqueezeExcite(channels, 32)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.attention(self.pointwise(self.depthwise(x))))


class Branches(nn.Module):
    """Pointwise, 3 × 3 and pooled branches side by side, joined by a concat."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.point = ConvNorm(inputs, 96, 1)
        self.reduce = ConvNorm(inputs, 64, 1)
        self.wide = ConvNorm(64, 96)
        self.pool = nn.MaxPool2d(3, 1, 1)
        self.pooled = ConvNorm(inputs, 64, 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.point(x), self.wide(self.reduce(x)), self.pooled(self.pool(x))], dim=1)


class DigitsResNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(1, 96)
        self.stage1 = nn.Sequential(*(Residual(96, 96) for _ in range(7)))
        self.stage2 = nn.Sequential(Residual(96, 128, stride=2), *(Residual(128, 128) for _ in range(2)))
        self.mixer = Mixer(128)
        self.stage3 = Residual(128, 160, stride=2)
        self.branches = Branches(160)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(256, 10)

    def forward(self, image: Tensor) -> Tensor:
        x = self.mixer(self.stage2(self.stage1(self.stem(image))))
        x = self.branches(self.stage3(x))
        return self.classifier(self.flatten(self.average(x)))
