import os
import time
from pathlib import Path

from prefect import flow


@flow(name="Bench clients")
def waits(file: str) -> None:
    """Writes its process id to FILE.ready and waits until FILE is there; no clients are loaded."""
    Path(f"{file}.ready").write_text(str(os.getpid()))
    while not Path(file).exists():
        time.sleep(0.1)
