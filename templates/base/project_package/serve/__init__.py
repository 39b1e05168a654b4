"""The service: FastAPI and ONNX Runtime, without any training framework."""
