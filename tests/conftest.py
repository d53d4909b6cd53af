import importlib
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))


def reference(name):
    "Import a reference the tests compare with; without it the test is skipped, but fails in CI."
    try: return importlib.import_module(name)
    except ImportError:
        if os.environ.get("CI"): pytest.fail(f"{name} is missing, and CI skips nothing")
        pytest.skip(f"{name} is not installed")
