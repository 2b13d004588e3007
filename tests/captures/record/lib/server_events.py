"""Sends events through the real Python library: JSON on stdin, [{type, ...arguments}]; the endpoint as argv[1]."""

import json
import sys

from segment import analytics

analytics.write_key = "wk_toy_server"
analytics.host = sys.argv[1]
analytics.flush_interval = 0.1
for call in json.load(sys.stdin):
    arguments = dict(call)
    getattr(analytics, arguments.pop("type"))(**arguments)
analytics.shutdown()
