# SPDX-License-Identifier: GPL-2.0-or-later
"""A debugger that says over gdb's remote protocol exactly what a test wants."""
import socket
import subprocess

TIME_LIMIT = 60  # seconds for one answer


def checksum(payload: bytes) -> bytes:
    return b"%02x" % (sum(payload) & 0xFF)


class Remote:
    """One `retromod gdb --stdio` and the conversation with it."""

    def __init__(self, bin_dir, command, environment, cwd, options=()):
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(TIME_LIMIT)
        self.process = subprocess.Popen([bin_dir / "retromod", "gdb", "--stdio", *options, *command], cwd=cwd, env=environment,
                                        stdin=theirs, stdout=theirs, stderr=subprocess.PIPE)
        theirs.close()
        self.buffer = b""

    def _byte(self) -> bytes:
        if not self.buffer:
            self.buffer = self.socket.recv(65536)
            if not self.buffer:
                raise EOFError("the other side is gone")
        first, self.buffer = self.buffer[:1], self.buffer[1:]
        return first

    def send_raw(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send(self, payload: str | bytes) -> None:
        payload = payload.encode() if isinstance(payload, str) else payload
        self.send_raw(b"$" + payload + b"#" + checksum(payload))

    def receive(self) -> str:
        """The next packet; acknowledgements are passed over."""
        while self._byte() != b"$":
            pass
        payload = b""
        while (byte := self._byte()) != b"#":
            payload += bytes([self._byte()[0] ^ 0x20]) if byte == b"}" else byte
        sum_said = self._byte() + self._byte()
        assert len(sum_said) == 2, payload
        try:
            self.send_raw(b"+")
        except OSError:
            pass  # that was the last one
        return payload.decode("latin1")

    def ask(self, payload: str | bytes) -> str:
        self.send(payload)
        return self.receive()

    def monitor(self, line: str) -> str:
        """What a monitor command shows."""
        self.send("qRcmd," + line.encode().hex())
        text = ""
        while (answer := self.receive()) != "OK":
            assert answer.startswith("O"), answer
            text += bytes.fromhex(answer[1:]).decode()
        return text

    def registers(self) -> str:
        return self.ask("g")

    def close(self) -> tuple[int, str]:
        """Hangs up, and waits for the end: exit status and what was said on standard error."""
        self.socket.close()
        return self.wait()

    def wait(self) -> tuple[int, str]:
        error = self.process.communicate(timeout=TIME_LIMIT)[1].decode()
        return self.process.returncode, error
