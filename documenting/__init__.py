"""What of the documentation is generated: the pages of the rules, the outputs that pages quote, and the pictures.

`make docs` writes it all anew; `tests/documenting/` holds that it is fresh. The package `auditor` needs none of it.
"""
