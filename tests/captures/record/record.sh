#!/bin/sh
# Installs the SDKs, then records every scenario, or those whose folder name begins with one of the words given.
set -eu
cd "$(dirname "$0")"
npm install --no-package-lock --no-audit --no-fund --silent
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/pip install --quiet segment-analytics-python==2.4.0
exec node record.mjs "$@"
