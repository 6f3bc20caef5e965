"""Writes the smallest wheel: python make_wheel.py FOLDER NAME VERSION; prints its path and its SHA-256."""
import hashlib
import os
import sys
import zipfile

folder, name, version = sys.argv[1:]
stem = "{}-{}".format(name, version)
path = os.path.join(folder, stem + "-py3-none-any.whl")
files = {
    name + ".py": "VERSION = {!r}\n".format(version),
    stem + ".dist-info/METADATA": "Metadata-Version: 2.1\nName: {}\nVersion: {}\n".format(name, version),
    stem + ".dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: make_wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
record = "".join("{},,\n".format(file) for file in files) + stem + ".dist-info/RECORD,,\n"
with zipfile.ZipFile(path, "w") as archive:
    for file, text in files.items():
        archive.writestr(file, text)
    archive.writestr(stem + ".dist-info/RECORD", record)
print(path, hashlib.sha256(open(path, "rb").read()).hexdigest())
