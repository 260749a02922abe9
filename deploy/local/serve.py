"""`python -m deploy.local.serve DATA PORT`: the product's process; `deploy.local` starts and ends it."""

import json
import os
import sys
from pathlib import Path

from deploy.local.configuration import Demo
from deploy.local.front import Front
from deploy.local.secrets import load_or_make


def main() -> None:
    data, port = Path(sys.argv[1]), int(sys.argv[2])
    databases = json.loads(os.environ["HUAFANG_DATABASES"])
    Front(Demo(data, port, load_or_make(data), databases)).run()


if __name__ == "__main__":
    main()
