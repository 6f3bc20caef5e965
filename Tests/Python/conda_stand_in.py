#!/usr/bin/env python3
"""Behaves like conda as far as imjoy uses it, without conda and without a network.

An environment is a virtual environment with a conda-meta folder; packages are only written down there, except `pip`
and `python`, which are in every environment. What it was asked is appended to $CONDA_STAND_IN_LOG, one JSON list a
line. Packages whose name starts with `no-such-` are not found; `hang` as a package waits forever.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time


def specs_of(file):
    """The dependencies of an environment file of the plainest form."""
    lines = open(file).read().splitlines()
    start = lines.index("dependencies:")
    return [line.strip()[2:] for line in lines[start + 1:] if line.strip().startswith("- ")]


def write_down(prefix, specs):
    os.makedirs(os.path.join(prefix, "conda-meta"), exist_ok=True)
    for spec in specs:
        channel, _, rest = spec.rpartition("::")
        name, version = re.match(r"([A-Za-z0-9._-]+?)(?:[=<>!~]+(.*))?$", rest).groups()
        if name == "hang":
            time.sleep(1000)
        if name.startswith("no-such-"):
            sys.exit("PackagesNotFoundError: The following packages are not available:\n  - " + spec)
        record = {"name": name, "version": version or "1.0", "channel": channel or "stand-in"}
        with open(os.path.join(prefix, "conda-meta", name + ".json"), "w") as file:
            json.dump(record, file)


def create(prefix, specs):
    if os.path.exists(prefix):
        sys.exit("CondaValueError: prefix already exists: " + prefix)
    if any(re.match(r"python(\W|$)", spec.rpartition("::")[2]) for spec in specs):
        subprocess.run([sys.executable, "-I", "-m", "venv", prefix], check=True)
    write_down(prefix, specs)


def main():
    arguments = sys.argv[1:]
    with open(os.environ["CONDA_STAND_IN_LOG"], "a") as file:
        file.write(json.dumps(arguments) + "\n")
    if arguments == ["--version"]:
        return print("conda 24.1.0 (stand-in)")
    parser = argparse.ArgumentParser(prog="conda")
    parser.add_argument("--prefix", "-p", required=True)
    parser.add_argument("--yes", "-y", action="store_true")
    parser.add_argument("--channel", "-c", action="append")
    parser.add_argument("--file", "-f", action="append", default=[])
    parser.add_argument("--override-channels", action="store_true")
    parser.add_argument("--strict-channel-priority", action="store_true")
    parser.add_argument("specs", nargs="*")
    is_description = arguments[:2] == ["env", "create"]
    options = parser.parse_args(arguments[2 if is_description else 1:])
    if arguments[0] == "create" or is_description:
        create(options.prefix, options.specs + [spec for file in options.file for spec in specs_of(file)])
    elif arguments[0] == "install":
        if not os.path.isdir(os.path.join(options.prefix, "conda-meta")):
            sys.exit("EnvironmentLocationNotFound: Not a conda environment: " + options.prefix)
        write_down(options.prefix, options.specs)
    else:
        sys.exit("conda: no such command: " + arguments[0])
    print("stand-in: done")


main()
