"""Runs one command and leaves nothing of it behind.

    python imjoy_supervisor.py [--null-input] [--scratch DIR] [--unless-done DIR] -- COMMAND [ARGUMENT ...]

The host holds the writing end of our standard input. When the command ends, or when that end closes because the host
is done or dead, or on SIGTERM, every process that descends from the command is killed (also those that left its
process group or session). The folder given by --scratch is removed then, the one given by --unless-done only when the
command did not end well. The exit status is the command's own.
"""
import os
import select
import shutil
import signal
import sys
import time

GRACE_SECONDS = 3.0
PR_SET_CHILD_SUBREAPER = 36


class Stop(Exception):
    """The host asked for an end at once."""


def stop(_number, _frame):
    raise Stop


def parse(arguments):
    options = {"--null-input": False, "--scratch": None, "--unless-done": None}
    while arguments and arguments[0] != "--":
        option = arguments.pop(0)
        if option == "--null-input":
            options[option] = True
        elif option in options and arguments:
            options[option] = arguments.pop(0)
        else:
            sys.exit("imjoy_supervisor: unknown option " + option)
    if len(arguments) < 2:
        sys.exit("imjoy_supervisor: no command")
    return options, arguments[1:]


def adopt_orphans():
    """Makes us the parent of every descendant whose own parent dies."""
    try:
        import ctypes

        return ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    except (ImportError, OSError, AttributeError):
        return False


def start(command, null_input):
    child = os.fork()
    if child:
        return child
    try:
        # Python ignores these; the command shall find them as a shell would leave them.
        for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        if null_input:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, "cannot start {}: {}\n".format(command[0], error.strerror).encode())
    finally:
        os._exit(127)


def wait(child):
    """Waits for the child's end, or for the host's; returns the child's status, or None when it had to be left."""
    host = select.poll()
    host.register(0, 0)
    deadline = None
    pause = 0.002
    descriptor = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
    if descriptor is not None:
        host.register(descriptor, select.POLLIN)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        if deadline is None:
            # Without a descriptor of the process we have to look for its end now and then.
            events = host.poll(None if descriptor is not None else 50)
            if any(number == 0 for number, _ in events):
                deadline = time.monotonic() + GRACE_SECONDS
        elif time.monotonic() > deadline:
            return None
        else:
            time.sleep(pause)
            pause = min(pause * 2, 0.1)


def children():
    try:
        with open("/proc/self/task/{}/children".format(os.getpid())) as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def kill_descendants(adopting):
    """Kills our children until there are none; theirs become ours on the way."""
    if not adopting:
        os.killpg(0, signal.SIGTERM)
    while True:
        for child in children():
            try:
                os.kill(child, signal.SIGKILL)
            except OSError:
                pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def main():
    options, command = parse(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    adopting = adopt_orphans()
    child = start(command, options["--null-input"])
    # Only the command may hold the other descriptors, or their readers would wait for us.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    try:
        signal.signal(signal.SIGTERM, stop)
        status = wait(child)
    except Stop:
        status = None
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if status is None:
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
    kill_descendants(adopting)
    if options["--scratch"]:
        shutil.rmtree(options["--scratch"], ignore_errors=True)
    if options["--unless-done"] and status != 0:
        shutil.rmtree(options["--unless-done"], ignore_errors=True)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            import resource

            # The command left a core dump if it was to; ours would say nothing.
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


main()
