"""PyTorch rebuilt from nothing. Every module here is exported from a notebook in `nbs/`."""

__version__ = "0.1.0"
