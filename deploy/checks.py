"""`make check`'s last part: rules that no general tool knows, and files that tools of their own check."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links")
# What can run code when loaded, or would hide a lost message, never stands in the product.
FORBIDDEN = {
    re.compile(r"^\s*(import|from) (pickle|marshal|shelve|dill|joblib)\b"): "can run code",
    re.compile(r"torch\.load|yaml\.load\("): "can run code",
    re.compile(r"(no_ack|auto_ack)\s*=\s*True"): "acknowledges before the work is done",
    re.compile(r"(price|amount|fen|total|fee)\w*: float"): "money is whole fen",
    re.compile(r"\bfloat\(.*(price|amount|fen|total|fee)"): "money is whole fen",
}


def locks_carry_no_addresses() -> Iterator[str]:
    for lock in (ROOT / "locks").glob("*.lock"):
        if ADDRESS.search(lock.read_text(encoding="utf-8")):
            yield f"{lock.name} carries a download address"


def nothing_forbidden_stands_in_the_product() -> Iterator[str]:
    for folder in ("shared", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for pattern, reason in FORBIDDEN.items():
                    if pattern.search(line):
                        yield f"{path.relative_to(ROOT)}:{number}: {reason}"


def deployment_files_are_valid() -> Iterator[str]:
    """compose against its schema, the Dockerfile by hadolint, manifests against Kubernetes' own schemas."""
    commands = [["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]]
    commands += [["hadolint", "deploy/Dockerfile"]]
    commands += [["kubernetes-validate", "--strict", str(path)] for path in _manifests()]
    for command in commands:
        program = Path(sys.executable).parent / command[0]
        done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"{' '.join(command)}:\n{done.stdout}{done.stderr}"


def _manifests() -> list[Path]:
    return sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))


CHECKS: tuple[Callable[[], Iterator[str]], ...] = (
    locks_carry_no_addresses,
    nothing_forbidden_stands_in_the_product,
    deployment_files_are_valid,
)


def main() -> int:
    failures = [failure for check in CHECKS for failure in check()]
    print("\n".join(failures) or "locks, forbidden calls and deployment files: all well")
    return bool(failures)


if __name__ == "__main__":
    raise SystemExit(main())
