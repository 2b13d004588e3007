"""The pictures of README: the text report as a terminal shows it, and the HTML report as Chromium does."""

import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from documenting.outputs import run
from documenting.pages import ROOT

FOLDER = ROOT / "docs" / "pictures"
TEXT = FOLDER / "text-report.svg"
HTML = FOLDER / "html-report.png"
TEXT_COMMAND = ("check", "sample_logs/identify-after-track.jsonl")
HTML_COMMAND = ("check", "sample_logs/incidents/events-dropped-by-a-redirect", "-f", "html")
_WIDTH, _HEIGHT = 1280, 1000
_WEB_FONT = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)


class NoChromium(Exception):
    """There is no browser to make the picture with."""


def text_report() -> str:
    """The text report of a sample log in the colours of a terminal, as SVG. The same report gives the same picture."""
    shown = run(*TEXT_COMMAND, "--color", "always")
    console = Console(record=True, width=80, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(shown.rstrip("\n")))
    drawn = console.export_svg(title=f"auditor {' '.join(TEXT_COMMAND)}", unique_id="auditor")
    # A picture in a page loads nothing, so the fonts that rich names would only be a request that fails.
    return "\n".join(line.rstrip() for line in _WEB_FONT.sub("\n", drawn).splitlines()) + "\n"


def html_report() -> bytes:
    """The first screen of the HTML report of a sample log, as PNG. Raises ``NoChromium``."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise NoChromium("the picture of the HTML report needs chromium, which is not installed; it stays as it is")
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder) / "report.html", Path(folder) / "report.png"
        page.write_text(run(*HTML_COMMAND), encoding="utf-8")
        words = [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb",
            f"--user-data-dir={folder}/profile", f"--window-size={_WIDTH},{_HEIGHT}", f"--screenshot={picture}",
            page.as_uri(),
        ]  # fmt: skip
        subprocess.run(words, capture_output=True, timeout=120, check=True)
        return picture.read_bytes()
