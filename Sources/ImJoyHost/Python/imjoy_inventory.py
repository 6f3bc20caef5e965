"""Tells what an environment holds; run by the Python of that environment.

    python imjoy_inventory.py RESULT FOLDER [PATH ...]

Puts each PATH on the search path of modules for good, then writes to RESULT, as JSON: the packages with their versions
and, where they have another than the package index, their source; the version of Python; the bytes that FOLDER takes.
"""
from __future__ import print_function

import io
import json
import os
import platform
import sys


def put_on_path(paths):
    import sysconfig

    if paths:
        name = os.path.join(sysconfig.get_paths()["purelib"], "imjoy-repositories.pth")
        with io.open(name, "w", encoding="utf-8") as file:
            file.write(u"".join(u"{}\n".format(path) for path in paths))


def distributions():
    """Yields name, version and the text of direct_url.json, or None, of each Python package."""
    try:
        from importlib.metadata import distributions as found
    except ImportError:
        try:
            import pkg_resources
        except ImportError:
            return
        for package in pkg_resources.working_set:
            yield package.project_name, package.version, None
        return
    for package in found():
        name = package.metadata["Name"]
        if name:
            yield name, package.version, package.read_text("direct_url.json")


def python_packages():
    for name, version, origin in distributions():
        package = {"name": name, "version": version}
        if origin:
            origin = json.loads(origin)
            commit = (origin.get("vcs_info") or {}).get("commit_id")
            package["source"] = origin.get("url", "") + ("@" + commit if commit else "")
        yield package


def conda_packages():
    folder = os.path.join(sys.prefix, "conda-meta")
    if not os.path.isdir(folder):
        return
    for name in os.listdir(folder):
        if name.endswith(".json"):
            with io.open(os.path.join(folder, name), encoding="utf-8") as file:
                record = json.load(file)
            yield {
                "name": record.get("name", name), "version": record.get("version", ""),
                "source": record.get("channel") or "conda",
            }


def size(folder):
    seen, total = set(), 0
    for place, _, names in os.walk(folder):
        for name in names:
            status = os.lstat(os.path.join(place, name))
            if status.st_nlink > 1:
                if (status.st_dev, status.st_ino) in seen:
                    continue
                seen.add((status.st_dev, status.st_ino))
            total += status.st_size
    return total


def main():
    result, folder, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    put_on_path(paths)
    packages = {}
    for package in list(conda_packages()) + list(python_packages()):
        packages.setdefault(package["name"].lower().replace("_", "-"), package)
    document = {
        "python": platform.python_implementation() + " " + platform.python_version(),
        "packages": [packages[name] for name in sorted(packages)],
        "size": size(folder),
    }
    with io.open(result, "w", encoding="utf-8") as file:
        file.write(u"" + json.dumps(document))


main()
