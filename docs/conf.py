"""Sphinx configuration: ``make docs``."""

project = "pytest-fitness"
extensions = ["myst_parser"]
html_theme = "furo"
exclude_patterns = ["_build"]
myst_heading_anchors = 2
suppress_warnings = ["myst.xref_missing"]
