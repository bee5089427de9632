"""Workers of one package share its files, so that Python compiles them once and not for each.

ministack unpacks a function's package for every worker of its own. Here the package is unpacked
once, and each worker's folder has links to what is in it. On Lambda, too, the code of a function is
there to be read only.
"""

import hashlib
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from rehearsal.world.inside.parties import like
from rehearsal.world.inside.setting import Setting

BYTECODE = "__pycache__"


def install(world: Setting) -> None:
    """Let workers link what is unpacked already."""
    folder, lock = Path(tempfile.mkdtemp(prefix="packages-")), threading.Lock()

    class Shared(zipfile.ZipFile):
        def extractall(self, path: Any = None, *_more: Any) -> None:
            package = folder / hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
            with lock:
                if not package.exists():
                    super().extractall(package)
                    (package / BYTECODE).mkdir(exist_ok=True)
            for entry in package.iterdir():
                Path(path, entry.name).symlink_to(entry)

    world.seams.put("lambda_runtime.zipfile", like(zipfile, ZipFile=Shared))
