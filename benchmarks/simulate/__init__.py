"""A simulator of people, sites and analytics SDKs, whose logs come with an answer key of planted mistakes.

Nothing here edits a log. A mistake is a change of what the site's code calls; the SDKs' state machines
(domain.md 2, 3 and 11), the network and the browser make the log of it, and the key is read from what truly happened:
which document called what, what left it, and what the collector got. Nothing here imports ``auditor``.
"""
