# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine and its calls."""
from __future__ import annotations

import ctypes
import enum
import os
from types import TracebackType
from typing import Optional, Type, Union

from . import library as _library

_STOPPED = -(1 << 63)
_FAILED = _STOPPED + 1
_NO_JAIL = -1

_loaded: Optional[ctypes.CDLL] = None

Path = Union[str, "os.PathLike[str]"]


def library_path() -> str:
    """Where the library is looked for: $RETROMOD_LIBRARY, the one inside this package, else the system's."""
    return _library.find()


def _lib() -> ctypes.CDLL:
    global _loaded
    if _loaded is None:
        _loaded = _library.load(library_path())
    return _loaded


def api_version() -> int:
    """RETROMOD_API_VERSION of the library that is loaded."""
    return int(_lib().retromod_api_version())


class Outcome(enum.IntEnum):
    """How a machine's last function ended."""
    DONE = 0
    OOPS = 1
    BUG = 2
    HANG = 3
    BREAKPOINT = 4
    DEADLOCK = 5
    BUDGET = 6
    TRAP = 7
    BAD_ARGUMENT = 8
    HOST_FAILURE = 9


class QueryKind(enum.IntEnum):
    """What query_module is asked for. Source: include/linux/module.h of 2.4."""
    MODULES = 1
    DEPS = 2
    REFS = 3
    SYMBOLS = 4
    INFO = 5


class Failed(RuntimeError):
    """The function was used wrongly, or the host failed: no system call was made."""

    def __init__(self, sentence: str, outcome: Outcome):
        super().__init__(sentence)
        self.outcome = outcome


class GuestStopped(RuntimeError):
    """The guest's kernel was reached and never returned: an oops, a hang, a loop without end."""

    def __init__(self, sentence: str, outcome: Outcome):
        super().__init__(sentence)
        self.outcome = outcome


class Result(int):
    """What a system call returned: the guest's word, or the negative of an error's number on the guest's architecture.

    `error` is the error's name ("EEXIST"), None where the call succeeded."""
    error: Optional[str]

    def __new__(cls, value: int, error: Optional[str] = None) -> "Result":
        made = super().__new__(cls, value)
        made.error = error
        return made

    def __repr__(self) -> str:
        return f"Result({int(self)}, {self.error})" if self.error else f"Result({int(self):#x})"


def _text(value: Optional[str]) -> Optional[bytes]:
    return None if value is None else value.encode("utf-8", "surrogateescape")


class UserMemory:
    """Zeroed user memory of the guest, `size` bytes; the byte behind the last is not there. Unmapped when its `with` ends."""

    def __init__(self, machine: "Machine", size: int, writable: bool = True):
        self._machine = machine
        self.size = size
        self.address = int(machine._call("user_map", size, 1 if writable else 0))

    def __enter__(self) -> "UserMemory":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.unmap()

    def write(self, data: bytes, offset: int = 0) -> None:
        """Stores bytes at `offset`. Failed where they do not fit."""
        self._machine._call("user_write", self.address + offset, data, len(data))

    def read(self, size: Optional[int] = None, offset: int = 0) -> bytes:
        """`size` bytes from `offset` (default: all that follow)."""
        into = ctypes.create_string_buffer(self.size - offset if size is None else size)
        self._machine._call("user_read", self.address + offset, into, len(into))
        return into.raw

    def unmap(self) -> None:
        """Ends the mapping."""
        self._machine._call("user_unmap", self.address)


class Machine:
    """A machine with its kernel, closed when its `with` ends.

    release      "2.4.20" (default), "2.2.1", "6.1", ...; the nearest measured one stands for others
    arch         "i386", "mipsel", ...; default: the release's own
    file         where the machine lives; default: in memory, gone when it is closed
    memory_bytes 16 to 896 MiB, default 128
    jail         guest code runs in a child process that can do nothing else (default)
    configuration, command_line, module_keys   of kernels since 2.6: "MODULE_SIG=n", "module_blacklist=a", PEM certificates

    Failed when there is no such machine."""

    def __init__(self, release: Optional[str] = None, arch: Optional[str] = None, *, file: Optional[Path] = None,
                 uts_release: Optional[str] = None, memory_bytes: int = 0, smp: bool = False, jail: bool = True,
                 command_line: Optional[str] = None, configuration: Optional[str] = None, module_keys: Optional[str] = None):
        options = _library.Options(size=ctypes.sizeof(_library.Options), file=None if file is None else os.fsencode(file),
                                   release=_text(release), arch=_text(arch), uts_release=_text(uts_release), memory_bytes=memory_bytes,
                                   smp=int(smp), jail=0 if jail else _NO_JAIL, command_line=_text(command_line),
                                   configuration=_text(configuration), module_keys=_text(module_keys))
        self._take(_lib().retromod_boot(ctypes.byref(options)))

    @classmethod
    def open(cls, file: Path) -> "Machine":
        """The machine in a file, having waited for its writer lock. Failed when there is none."""
        machine = cls.__new__(cls)
        machine._take(_lib().retromod_open(os.fsencode(file)))
        return machine

    def _take(self, handle: Optional[int]) -> None:
        self._handle: Optional[int] = handle
        if not handle:
            raise Failed(_lib().retromod_error(None).decode("utf-8", "replace"), Outcome(_lib().retromod_outcome(None)))

    def close(self) -> None:
        """Ends its use; what is in a file stays there."""
        if self._handle:
            _lib().retromod_close(self._handle)
        self._handle = None

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self.close()

    def _call(self, name: str, *arguments: object) -> Result:
        value = getattr(_lib(), "retromod_" + name)(self._handle, *arguments)
        if value in (_STOPPED, _FAILED):
            sentence = _lib().retromod_error(self._handle).decode("utf-8", "replace")
            kind = GuestStopped if value == _STOPPED else Failed
            raise kind(sentence, Outcome(_lib().retromod_outcome(self._handle)))
        error = _lib().retromod_errno_name(self._handle, value)
        return Result(value, error.decode() if error else None)

    def _long_text(self, name: str, *arguments: object) -> str:
        size = self._call(name, *arguments, None, 0)
        if size.error:
            raise OSError(-int(size), f"{name}: {size.error}")
        into = ctypes.create_string_buffer(int(size) + 1)
        self._call(name, *arguments, into, len(into))
        return into.value.decode("latin-1")

    # --- the five calls of 2.2 and 2.4 ---

    def create_module(self, name: Optional[str], size: int) -> Result:
        """The module's address. `size` in bytes, struct module included."""
        return self._call("create_module", _text(name), size)

    def init_module(self, name: Optional[str], image: Optional[bytes]) -> Result:
        """`image`: struct module in the guest's layout, relocated for the module's address, and what follows it."""
        return self._call("init_module", _text(name), image, 0 if image is None else len(image))

    def delete_module(self, name: Optional[str], flags: Optional[int] = None) -> Result:
        """delete_module(name) of before, or with `flags` that since 2.6 (0o4000 O_NONBLOCK, 0o1000 O_TRUNC). None for the name removes
        what nobody uses."""
        if flags is None:
            return self._call("delete_module", _text(name))
        return self._call("delete_module_flags", _text(name), flags)

    def query_module(self, name: Optional[str], which: int, size: int = 4096) -> "tuple[Result, bytes, int]":
        """(result, the buffer, what the call stored into *ret). None for the name: the kernel itself."""
        buffer, stored = ctypes.create_string_buffer(size), ctypes.c_uint64(0)
        result = self._call("query_module", _text(name), int(which), buffer, size, ctypes.byref(stored))
        return result, buffer.raw, stored.value

    def module_names(self) -> "list[str]":
        """The loaded modules, the newest first, as QM_MODULES or /proc/modules has them."""
        return [line.split()[0] for line in self.read("/proc/modules").splitlines()]

    # --- the calls since 2.6 ---

    def init_module_image(self, image: Optional[bytes], parameters: Optional[str] = "") -> Result:
        """init_module(image, len, params): `image` is the module's file, not linked."""
        return self._call("init_module_image", image, 0 if image is None else len(image), _text(parameters))

    def finit_module(self, descriptor: int, parameters: Optional[str] = "", flags: int = 0) -> Result:
        """finit_module(fd, params, flags) with a descriptor of this process."""
        return self._call("finit_module", descriptor, _text(parameters), flags)

    # --- any call, by the guest's own words ---

    def syscall(self, name: str, *arguments: int) -> Result:
        """The system call of that name with up to six words as they are. Failed for a name that no kernel here has."""
        words = (ctypes.c_uint64 * max(len(arguments), 1))(*[word & 0xFFFFFFFFFFFFFFFF for word in arguments])
        return self._call("syscall", name.encode(), words, len(arguments))

    def user_memory(self, size: int, writable: bool = True) -> UserMemory:
        """User memory for the pointers of `syscall`."""
        return UserMemory(self, size, writable)

    # --- programs ---

    def insmod(self, file: Path, *parameters: str, **named: object) -> int:
        """Loads a module file as insmod of the kernel's time does: 0 or 1; `output` has what it printed. Parameters are "name=value", or
        name=value."""
        words = [*parameters, *(f"{name}={value}" for name, value in named.items())]
        array = (ctypes.c_char_p * (len(words) + 1))(*[_text(word) for word in words], None)
        return int(self._call("insmod", os.fsencode(file), array))

    def run(self, milliseconds: int) -> None:
        """Lets that much guest time pass: timers, tasklets, kernel threads."""
        self._call("run", milliseconds)

    # --- what can be read and set ---

    def log(self) -> str:
        """The kernel's log, each line with its level: "<6>hello"."""
        return self._long_text("log")

    def output(self) -> str:
        """What the last insmod printed, standard output and error together."""
        return self._long_text("output")

    def read(self, path: str) -> str:
        """A file of the guest's /proc or /sys. OSError with the guest's error when it cannot be opened or read."""
        return self._long_text("read_file", _text(path))

    def write(self, path: str, text: str) -> Result:
        """Writes a file that a kernel since 2.6 has: a module's parameter below /sys/module."""
        return self._call("write_file", _text(path), _text(text))

    @property
    def release(self) -> str:
        """What uname says."""
        return str(_lib().retromod_release(self._handle).decode())

    @property
    def outcome(self) -> Outcome:
        """How the last function ended."""
        return Outcome(_lib().retromod_outcome(self._handle))

    def set_capable(self, capable: bool) -> None:
        """Whether the caller of the system calls has CAP_SYS_MODULE (default: yes)."""
        self._call("set_capable", int(capable))

    def set_budget(self, milliseconds: int) -> None:
        """How much guest time one call may take (default 50,000 ms)."""
        self._call("set_budget", milliseconds)

