"""Project: the folder of a user's work and its places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from anolyte.datasets.files import project_root as names


@dataclass(frozen=True)
class Project:
    """A project folder.

    Attributes
    ----------
    root
        The folder; nothing need be there yet.

    Examples
    --------
    >>> from pathlib import Path
    >>> from anolyte.experiments.project import Project
    >>> Project(Path("sodium")).models.as_posix()
    'sodium/anolyte-models'
    """

    root: Path = Path()

    @classmethod
    def here(cls, start: str | Path = "") -> Project:
        """Return the project that a folder, by default the working folder, belongs to.

        The nearest of the folder and its parents that holds any of the places, or a file
        ``.anolyte``; where there is none, the folder itself.
        """
        return cls(names.project_root(start))

    @property
    def data(self) -> Path:
        """Folder of the project's own measurements and pending experiments."""
        return self.root / names.DATA

    @property
    def models(self) -> Path:
        """Folder of the trained models, one for each metal."""
        return self.root / names.MODELS

    @property
    def outbox(self) -> Path:
        """Folder of the runs that the tracking store could not take."""
        return self.root / names.OUTBOX

    @property
    def libraries(self) -> Path:
        """Folder of what was computed of molecules of libraries; it may be removed."""
        return self.root / names.LIBRARIES

    @property
    def database(self) -> Path:
        """File of the tracking store; the files of its runs lie beside it."""
        return self.root / names.DATABASE

    @property
    def tracking_uri(self) -> str:
        """Address of the tracking store."""
        return f"sqlite:///{self.database.as_posix()}"
