"""Runs one command and leaves nothing of it behind.

    python imjoy_supervisor.py [--null-input] [--scratch DIR] [--unless-done DIR] -- COMMAND [ARGUMENT ...]

The host holds the writing end of our standard input. When the command ends, or when that end closes because the host
is done or dead, or on SIGTERM, every process that descends from the command is killed (also those that left its
process group or session). The folder given by --scratch is made before the command starts and removed afterwards; the
one given by --unless-done is removed when the command did not end well. The exit status is the command's own.
"""
import fcntl
import os
import select
import shutil
import signal
import sys
import time

# What a plugin may use to end by itself once the host is gone.
GRACE_SECONDS = 3.0
# How long we try to kill; a process that hangs inside the system cannot be.
KILL_SECONDS = 5.0
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


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


def catch_signals():
    """Returns a descriptor on which the numbers of arriving signals can be read, so that none interrupts us."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return reader


def process_control():
    """Returns Linux's prctl, or a stand-in that does nothing."""
    try:
        import ctypes

        return ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return lambda *_: -1


def lock_folder(folder):
    """Tells other hosts that `folder` is still being written or removed, for as long as we live."""
    path = folder + ".building"
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            # A holder removes the file before it lets go, so the name may lead to another file by now.
            if os.stat(path).st_ino == os.fstat(file).st_ino:
                return path
        except FileNotFoundError:
            pass
        os.close(file)


def host_is_gone():
    poll = select.poll()
    poll.register(0, 0)
    return bool(poll.poll(0))


def start(command, null_input, prctl):
    supervisor = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        # Without us nobody would end it.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != supervisor:
            os._exit(127)
        # Python ignores some of these; the command shall find them as a shell would leave them.
        for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        if null_input:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, "cannot start {}: {}\n".format(command[0], error.strerror).encode(errors="replace"))
    finally:
        os._exit(127)


def close_output():
    """Leaves the output to the command alone; its readers would wait for us otherwise."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def wait(child, signals, grace):
    """Waits for the child's end and returns its status; None when it is to be killed."""
    poll = select.poll()
    poll.register(signals, select.POLLIN)
    # No events are asked for, but the closing of the other end is always told.
    poll.register(0, 0)
    deadline = None
    while True:
        status, _ = reap(child)
        if status is not None:
            return status
        pause = None if deadline is None else max(0, deadline - time.monotonic()) * 1000
        for number, _ in poll.poll(pause):
            if number == 0:
                poll.unregister(0)
                deadline = time.monotonic() + grace
            elif signal.SIGTERM in os.read(signals, 512):
                return None
        if deadline is not None and time.monotonic() >= deadline:
            return None


def reap(child=None):
    """Takes note of every process of ours that has ended.

    Returns the status of `child` when it is among them, and whether we still have children.
    """
    status = None
    try:
        while True:
            ended, how = os.waitpid(-1, os.WNOHANG)
            if ended == 0:
                return status, True
            if ended == child:
                status = how
    except ChildProcessError:
        return status, False


def remaining():
    """Returns the processes that are our children, adopted ones included, or belong to our session."""
    own = os.getpid()
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == own:
            continue
        try:
            with open("/proc/{}/stat".format(name), "rb") as file:
                state, parent, _, session = file.read().rpartition(b")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if state not in (b"Z", b"X") and own in (int(parent), int(session)):
            found.append(int(name))
    return found


def kill_all():
    """Kills our children until there are none; theirs become ours on the way."""
    deadline = time.monotonic() + KILL_SECONDS
    while time.monotonic() < deadline:
        try:
            left = remaining()
        except OSError:
            # No Linux: at least those that stayed in our group.
            os.killpg(0, signal.SIGTERM)
            return
        for process in left:
            try:
                os.kill(process, signal.SIGKILL)
            except OSError:
                pass
        # A process may look dead while a thread of it still ends; its children become ours only after that.
        _, has_children = reap()
        if not left and not has_children:
            return
        time.sleep(0.001)


def leave(status):
    """Ends as the command has ended."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            import resource

            # The command left a core dump if it was to; ours would say nothing.
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


def main():
    options, command = parse(sys.argv[1:])
    scratch, product = options["--scratch"], options["--unless-done"]
    signals = catch_signals()
    prctl = process_control()
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    lock = lock_folder(product) if product else None
    status = None
    try:
        # Whoever is to clean up after a dead host looks at the lock, which we hold by now.
        if not host_is_gone():
            if scratch:
                os.mkdir(scratch, 0o700)
            child = start(command, options["--null-input"], prctl)
            close_output()
            status = wait(child, signals, 0 if options["--null-input"] else GRACE_SECONDS)
    except OSError as error:
        os.write(2, "imjoy_supervisor: {}\n".format(error).encode(errors="replace"))
    finally:
        kill_all()
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
        if product and status != 0:
            shutil.rmtree(product, ignore_errors=True)
        if lock:
            os.unlink(lock)
    leave(signal.SIGKILL if status is None else status)


main()
