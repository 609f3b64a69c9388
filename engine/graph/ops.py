"""Facts per op type, one row each.

The columns: which inputs are weight, bias, and normalisation statistics (scale, shift, mean, variance); how the work
is counted (a family of ``engine.graph.cost``); how many scalar operations it does per element beside its
multiply-accumulates; and along which axis of the weight its output channels lie. An op without a row is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import onnx_ir as ir

STANDARD_DOMAINS = ("", "ai.onnx")
MICROSOFT = "com.microsoft"

Family = Literal[
    "conv",
    "conv_transpose",
    "gemm",
    "matmul",
    "matmul_packed",
    "einsum",
    "recurrent",
    "attention",
    "packed_attention",
    "per_output",
    "per_input",
    "pool",
    "move",
    "control",
    "uncounted",
]


@dataclass(frozen=True, slots=True)
class OpFacts:
    """What is known of an op type.

    Attributes:
        family: how ``engine.graph.cost`` counts it; "uncounted" has no multiply-accumulates, and unknown other work.
        weights, biases, statistics: input positions.
        operations: scalar operations per element; of the output, or of the input in the family "per_input".
        data: position of the input that is multiplied with the weight.
        weight_output_axis: of the weight, the axis of the output channels; None where that depends on attributes.
        maybe_parameters: inputs that are parameters where they are vectors of floats, as the bias in MatMul and Add.
    """

    family: Family
    weights: tuple[int, ...] = ()
    biases: tuple[int, ...] = ()
    statistics: tuple[int, ...] = ()
    operations: int = 0
    data: int = 0
    weight_output_axis: int | None = None
    maybe_parameters: tuple[int, ...] = ()

    @property
    def parameters(self) -> tuple[int, ...]:
        return (*self.weights, *self.biases, *self.statistics)


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_QUANTIZED = names(
    "QuantizeLinear DequantizeLinear DynamicQuantizeLinear ConvInteger MatMulInteger MatMulNBits QAttention QGemm QMoE "
    "MatMulIntegerToFloat DynamicQuantizeMatMul DynamicQuantizeLSTM GatherBlockQuantized"
)


def is_quantized(node: ir.Node) -> bool:
    """Whether the node quantizes, dequantizes or computes with quantized numbers."""
    return node.op_type in _QUANTIZED or node.op_type.startswith("QLinear")


def facts(node: ir.Node) -> OpFacts | None:
    """The row of a node's op, None where the op is unknown."""
    domain = "" if node.domain in STANDARD_DOMAINS else node.domain
    return _OPS.get((domain, node.op_type))


def _rows(domain: str, names: str, row: OpFacts) -> dict[tuple[str, str], OpFacts]:
    return {(domain, name): row for name in names.split()}


_VECTOR_OPERANDS = OpFacts("per_output", operations=1, maybe_parameters=(0, 1))

_OPS: dict[tuple[str, str], OpFacts] = {
    ("", "Conv"): OpFacts("conv", weights=(1,), biases=(2,), weight_output_axis=0),
    ("", "ConvInteger"): OpFacts("conv", weights=(1,), weight_output_axis=0),
    ("", "QLinearConv"): OpFacts("conv", weights=(3,), biases=(8,), weight_output_axis=0),
    ("", "DeformConv"): OpFacts("conv", weights=(1,), biases=(3,), weight_output_axis=0),
    ("", "ConvTranspose"): OpFacts("conv_transpose", weights=(1,), biases=(2,), weight_output_axis=1),
    ("", "Gemm"): OpFacts("gemm", weights=(0, 1), biases=(2,), data=0),
    ("", "MatMul"): OpFacts("matmul", weights=(0, 1), weight_output_axis=-1),
    ("", "MatMulInteger"): OpFacts("matmul", weights=(0, 1), weight_output_axis=-1),
    ("", "QLinearMatMul"): OpFacts("matmul", weights=(0, 3), weight_output_axis=-1),
    ("", "Einsum"): OpFacts("einsum", weights=(0, 1)),
    ("", "RNN"): OpFacts("recurrent", weights=(1, 2), biases=(3,), weight_output_axis=1),
    ("", "GRU"): OpFacts("recurrent", weights=(1, 2), biases=(3,), weight_output_axis=1),
    ("", "LSTM"): OpFacts("recurrent", weights=(1, 2, 7), biases=(3,), weight_output_axis=1),
    ("", "Attention"): OpFacts("attention"),
    ("", "BatchNormalization"): OpFacts("per_output", statistics=(1, 2, 3, 4), operations=2),
    ("", "InstanceNormalization"): OpFacts("per_output", statistics=(1, 2), operations=7),
    ("", "GroupNormalization"): OpFacts("per_output", statistics=(1, 2), operations=7),
    ("", "LayerNormalization"): OpFacts("per_output", statistics=(1, 2), operations=7),
    ("", "RMSNormalization"): OpFacts("per_output", statistics=(1,), operations=4),
    ("", "PRelu"): OpFacts("per_output", weights=(1,), operations=2),
    ("", "Gather"): OpFacts("move", maybe_parameters=(0,)),
    ("", "LRN"): OpFacts("uncounted"),
    ("", "LpNormalization"): OpFacts("per_output", operations=3),
    ("", "MeanVarianceNormalization"): OpFacts("per_output", operations=7),
    **_rows("", "Add Sub Mul Div", _VECTOR_OPERANDS),
    **_rows(
        "",
        "Abs Acos Acosh And Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Ceil Clip Cos "
        "Cosh Equal Erf Exp Floor Greater GreaterOrEqual IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Min Mod Neg "
        "Not Or Pow Reciprocal Relu Round Sigmoid Sign Sin Sinh Sqrt Sum Mean Tan Tanh ThresholdedRelu Where Xor "
        "QuantizeLinear DequantizeLinear",
        OpFacts("per_output", operations=1),
    ),
    **_rows("", "HardSigmoid Elu Celu Selu Softplus Softsign Shrink", OpFacts("per_output", operations=2)),
    **_rows("", "HardSwish Swish SwiGLU Mish Gelu DynamicQuantizeLinear", OpFacts("per_output", operations=4)),
    **_rows("", "Softmax LogSoftmax Hardmax", OpFacts("per_output", operations=5)),
    **_rows(
        "",
        "ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp "
        "ReduceSumSquare ArgMax ArgMin GlobalAveragePool GlobalMaxPool GlobalLpPool CumSum CumProd",
        OpFacts("per_input", operations=1),
    ),
    **_rows("", "AveragePool MaxPool LpPool", OpFacts("pool")),
    **_rows(
        "",
        "BitCast Cast CastLike CenterCropPad Col2Im Compress Concat ConcatFromSequence Constant ConstantOfShape "
        "DepthToSpace Dropout Expand EyeLike Flatten GatherElements GatherND Identity MaxUnpool Optional "
        "OptionalGetElement OptionalHasElement OneHot Pad Range Reshape ReverseSequence Scatter ScatterElements "
        "ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength Shape "
        "Size Slice SpaceToDepth Split SplitToSequence Squeeze TensorScatter Tile Transpose Trilu Unsqueeze",
        OpFacts("move"),
    ),
    **_rows("", "If Loop Scan SequenceMap", OpFacts("control")),
    **_rows(
        "",
        "AffineGrid Bernoulli BlackmanWindow DFT Det GridSample HammingWindow HannWindow ImageDecoder MaxRoiPool "
        "MelWeightMatrix Multinomial NegativeLogLikelihoodLoss NonMaxSuppression NonZero RandomNormal RandomNormalLike "
        "RandomUniform RandomUniformLike RegexFullMatch Resize RoiAlign RotaryEmbedding STFT SoftmaxCrossEntropyLoss "
        "StringConcat StringNormalizer StringSplit TfIdfVectorizer TopK Unique Upsample",
        OpFacts("uncounted"),
    ),
    **_rows(
        "ai.onnx.ml",
        "ArrayFeatureExtractor Binarizer CategoryMapper DictVectorizer FeatureVectorizer Imputer LabelEncoder "
        "Normalizer OneHotEncoder Scaler TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor ZipMap",
        OpFacts("uncounted"),
    ),
    (MICROSOFT, "FusedConv"): OpFacts("conv", weights=(1,), biases=(2,), weight_output_axis=0),
    (MICROSOFT, "FusedGemm"): OpFacts("gemm", weights=(0, 1), biases=(2,)),
    (MICROSOFT, "FusedMatMul"): OpFacts("matmul", weights=(0, 1)),
    (MICROSOFT, "TransposeMatMul"): OpFacts("matmul", weights=(0, 1)),
    (MICROSOFT, "DynamicQuantizeMatMul"): OpFacts("matmul", weights=(1,), biases=(4,), weight_output_axis=-1),
    (MICROSOFT, "DynamicQuantizeLSTM"): OpFacts("recurrent", weights=(1, 2, 7), biases=(3,), weight_output_axis=2),
    (MICROSOFT, "MatMulIntegerToFloat"): OpFacts("matmul", weights=(0, 1), biases=(6,), weight_output_axis=-1),
    (MICROSOFT, "MatMulNBits"): OpFacts("matmul_packed", weights=(1,), biases=(5,)),
    (MICROSOFT, "GatherBlockQuantized"): OpFacts("move", weights=(0,)),
    (MICROSOFT, "QGemm"): OpFacts("gemm", weights=(3,), biases=(6,)),
    (MICROSOFT, "Attention"): OpFacts("packed_attention", weights=(1,), biases=(2,)),
    (MICROSOFT, "QAttention"): OpFacts("packed_attention", weights=(1,), biases=(2,)),
    (MICROSOFT, "MultiHeadAttention"): OpFacts("attention", biases=(3,)),
    (MICROSOFT, "GroupQueryAttention"): OpFacts("attention"),
    (MICROSOFT, "LayerNormalization"): OpFacts("per_output", statistics=(1, 2), operations=7),
    (MICROSOFT, "SkipLayerNormalization"): OpFacts("per_output", biases=(4,), statistics=(2, 3), operations=8),
    (MICROSOFT, "SkipSimplifiedLayerNormalization"): OpFacts("per_output", biases=(3,), statistics=(2,), operations=5),
    ("", "SimplifiedLayerNormalization"): OpFacts("per_output", statistics=(1,), operations=4),
    (MICROSOFT, "SimplifiedLayerNormalization"): OpFacts("per_output", statistics=(1,), operations=4),
    (MICROSOFT, "EmbedLayerNormalization"): OpFacts("uncounted", weights=(2, 3, 4), statistics=(5, 6)),
    (MICROSOFT, "BiasGelu"): OpFacts("per_output", biases=(1,), operations=5),
    (MICROSOFT, "FastGelu"): OpFacts("per_output", biases=(1,), operations=8),
    **_rows(MICROSOFT, "Gelu QuickGelu", OpFacts("per_output", operations=4)),
    **_rows(
        MICROSOFT,
        "QLinearAdd QLinearMul QLinearSigmoid QLinearLeakyRelu QLinearSoftmax QLinearWhere QuantizeLinear "
        "DequantizeLinear",
        OpFacts("per_output", operations=1),
    ),
    **_rows(MICROSOFT, "QLinearGlobalAveragePool QLinearReduceMean", OpFacts("per_input", operations=1)),
    (MICROSOFT, "QLinearAveragePool"): OpFacts("pool"),
    (MICROSOFT, "QLinearConcat"): OpFacts("move"),
}
