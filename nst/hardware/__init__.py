"""What a run is computed on: its device, CUDA streams and the settings of PyTorch."""
