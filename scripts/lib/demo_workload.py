"""The demo's function: its packages and its releases, done the way a delivery pipeline does them."""

import io
import zipfile
from pathlib import Path

FUNCTION = "shop-checkout"
ALIAS = "live"
# Zip cannot hold a time before 1980; a constant makes equal sources give equal packages.
EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def package(root: Path, release: int) -> bytes:
    """The zip of release 1 (good) or 2 (its rounding divides by the smallest coin, which is 0 for the euro)."""
    workload = root / "infrastructure/environments/local/demo/workload"
    sources = [*workload.glob("checkout/*.py"), *workload.glob(f"release-{release}/*.py")]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in sorted(sources, key=lambda path: path.name):
            entry = zipfile.ZipInfo(source.name, EPOCH_OF_ZIP)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, source.read_bytes())
    return packed.getvalue()


def write_package(root: Path, target: Path) -> Path:
    """Writes release 1's zip for Terraform."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(package(root, 1))
    return target


def serving(functions) -> str:
    """The version that the alias serves now."""
    return functions.get_alias(FunctionName=FUNCTION, Name=ALIAS)["FunctionVersion"]


def release(functions, code: bytes) -> str:
    """Publishes the code and moves the alias to it; the new version."""
    functions.update_function_code(FunctionName=FUNCTION, ZipFile=code)
    functions.get_waiter("function_updated_v2").wait(FunctionName=FUNCTION, WaiterConfig={"Delay": 1})
    version = functions.publish_version(FunctionName=FUNCTION)["Version"]
    functions.get_waiter("published_version_active").wait(FunctionName=FUNCTION, Qualifier=version, WaiterConfig={"Delay": 1})
    functions.update_alias(FunctionName=FUNCTION, Name=ALIAS, FunctionVersion=version)
    return version
