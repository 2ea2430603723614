"""Builds the wheel (PEP 517): the hand-written package, the generated module, its stub and the native library.

`cargo xtask test python` puts the generated parts into target/bindings; MEDLOT_BINDINGS and MEDLOT_LIBRARY name others.
"""
import base64
import hashlib
import os
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import stubs

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LIBRARIES = {"linux": "libmedlot_ffi.so", "macosx": "libmedlot_ffi.dylib", "win": "medlot_ffi.dll"}


def _library():
    named = os.environ.get("MEDLOT_LIBRARY")
    if named:
        return Path(named)
    platform = sysconfig.get_platform()
    name = next(name for start, name in LIBRARIES.items() if platform.startswith(start))
    return ROOT / "target/release" / name


def _metadata(project):
    lines = ["Metadata-Version: 2.4", f"Name: {project['name']}", f"Version: {project['version']}"]
    lines += [f"Summary: {project['description']}", f"Requires-Python: {project['requires-python']}"]
    lines += [f"License-Expression: {project['license']}"]
    for extra, needs in project["optional-dependencies"].items():
        lines += [f"Provides-Extra: {extra}"] + [f"Requires-Dist: {need}; extra == '{extra}'" for need in needs]
    return "\n".join(lines) + "\n"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """The wheel for this machine; the same bytes from the same files."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    bindings = Path(os.environ.get("MEDLOT_BINDINGS", ROOT / "target/bindings"))
    generated = (bindings / "python/medlot.py").read_text()
    library = _library()
    tag = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")
    info = f"medlot-{project['version']}.dist-info"
    files = {f"medlot/{path.name}": path.read_bytes() for path in sorted((HERE / "src/medlot").iterdir()) if path.is_file()}
    files["medlot/_medlot.py"] = generated.encode()
    files["medlot/_medlot.pyi"] = stubs.stub(generated).encode()
    files[f"medlot/{library.name}"] = library.read_bytes()
    files[f"{info}/METADATA"] = _metadata(project).encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: medlot\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    for name in ("LICENSE-MIT", "LICENSE-APACHE", "NOTICE"):
        files[f"{info}/licenses/{name}"] = (ROOT / name).read_bytes()
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        record += f"{name},sha256={digest},{len(content)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    wheel = f"medlot-{project['version']}-{tag}.whl"
    with zipfile.ZipFile(Path(wheel_directory) / wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return wheel
