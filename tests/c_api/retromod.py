# SPDX-License-Identifier: GPL-2.0-or-later
"""retromod.h for Python: the few lines that a test in another language needs."""
import ctypes

_library = None


class Options(ctypes.Structure):
    """retromod_options."""
    _fields_ = [("size", ctypes.c_size_t), ("file", ctypes.c_char_p), ("release", ctypes.c_char_p), ("arch", ctypes.c_char_p),
                ("uts_release", ctypes.c_char_p), ("memory_bytes", ctypes.c_uint64), ("smp", ctypes.c_int),
                ("jail", ctypes.c_int), ("command_line", ctypes.c_char_p), ("configuration", ctypes.c_char_p),
                ("module_keys", ctypes.c_char_p)]


def load_library(path):
    global _library
    _library = ctypes.CDLL(path)
    for name in ("create_module", "init_module", "delete_module", "query_module", "get_kernel_syms", "insmod", "log",
                 "read_file", "write_file", "output", "syscall", "user_map",
                 "init_module_image", "finit_module", "delete_module_flags"):
        getattr(_library, "retromod_" + name).restype = ctypes.c_int64
    _library.retromod_boot.restype = ctypes.c_void_p
    _library.retromod_error.restype = ctypes.c_char_p
    _library.retromod_errno_name.restype = ctypes.c_char_p
    _library.retromod_errno_name.argtypes = [ctypes.c_void_p, ctypes.c_int64]
    _library.retromod_error.argtypes = [ctypes.c_void_p]


def library():
    return _library


class Machine:
    """A machine, closed when its `with` ends."""

    def __init__(self, **options):
        given = Options(size=ctypes.sizeof(Options), **options)
        self.handle = ctypes.c_void_p(library().retromod_boot(ctypes.byref(given)))
        if not self.handle:
            raise RuntimeError(library().retromod_error(None).decode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        library().retromod_close(self.handle)

    def call(self, name, *arguments):
        return getattr(library(), "retromod_" + name)(self.handle, *arguments)

    def insmod(self, file, *parameters):
        words = (ctypes.c_char_p * (len(parameters) + 1))(*[word.encode() for word in parameters], None)
        return self.call("insmod", file.encode(), words)

    def _text(self, name, *arguments):
        size = self.call(name, *arguments, None, ctypes.c_size_t(0))
        if size < 0:
            raise OSError(-size, name)
        into = ctypes.create_string_buffer(size + 1)
        self.call(name, *arguments, into, ctypes.c_size_t(size + 1))
        return into.value.decode("latin-1")

    def log(self):
        return self._text("log")

    def read(self, path):
        return self._text("read_file", path.encode())
