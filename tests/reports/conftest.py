"""What the tests of the HTML report share."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def page(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a document where a browser can open it."""

    def written(text: str) -> Path:
        (tmp_path / "report.html").write_text(text, encoding="utf-8", errors="replace")
        return tmp_path / "report.html"

    return written
