"""Starts the program with Pushover's address replaced by the one that the first argument names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from apprise.plugins.pushover import NotifyPushover

import app

NotifyPushover.notify_url = sys.argv[1]
app.main()
