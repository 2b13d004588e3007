"""`python -m documenting`: write what is generated anew. `make docs` runs it."""

import sys

from documenting import pictures, rule_pages
from documenting.outputs import Stale, refreshed
from documenting.pages import named, pages


def main() -> int:
    """Rule pages, quoted outputs, pictures. 0, or 1 with a sentence where something had to stay as it was."""
    wrong = []
    rule_pages.write()
    for page in pages():
        text = page.read_text(encoding="utf-8")
        try:
            anew = refreshed(page, text)
        except Stale as error:
            wrong.append(str(error))
            continue
        if anew != text:
            page.write_text(anew, encoding="utf-8")
            sys.stderr.write(f"{named(page)}: quotes what the commands print now\n")
    pictures.FOLDER.mkdir(exist_ok=True)
    pictures.TEXT.write_text(pictures.text_report(), encoding="utf-8")
    try:
        pictures.HTML.write_bytes(pictures.html_report())
    except pictures.NoChromium as error:
        wrong.append(str(error))
    sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
