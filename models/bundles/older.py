"""What bundles of schema 2 hold otherwise: boosted trees in XGBoost's UBJ.

XGBoost ends its whole process on a damaged UBJ. So another process turns it into JSON, which is
checked like that of today; whatever becomes of that process, this one goes on.
"""

from __future__ import annotations

import subprocess
import sys

SECONDS = 120
_BYTES = 8 << 30
_CONVERT = f"""
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, ({_BYTES}, {_BYTES}))
except (ImportError, ValueError, OSError):  # elsewhere than on Unix, or lower already
    pass
# XGBoost would import them if they are there, and takes three times as long then.
sys.modules |= dict.fromkeys(("pandas", "sklearn"))
from xgboost import Booster
trees = Booster()
trees.load_model(bytearray(sys.stdin.buffer.read()))
sys.stdout.buffer.write(trees.save_raw("json"))
"""


def json_of_ubj(data: bytes) -> bytes:
    """Return boosted trees in UBJ as XGBoost's JSON, still to be checked.

    Raises
    ------
    ValueError
        If XGBoost cannot read them.
    """
    command = [sys.executable, "-I", "-c", _CONVERT]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"XGBoost has not read it within {SECONDS} s") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        told = next((line for line in said if "rror" in line), "it ended")[:200]
        raise ValueError(f"XGBoost cannot read it: {told}")
    return done.stdout
