"""PyTorch programs: what a file holds, how it is loaded in the child, converted to ONNX, and run as it is."""
