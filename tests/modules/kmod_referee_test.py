#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kmod as referee: depmod's files over trees of modules made up by chance, and modprobe's plans under configurations
made up by chance, each tool reading the indexes that the other's depmod made.

usage: kmod_referee_test.py RESULT.json BIN_DIR
"""
import lzma
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import results

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ko_file  # noqa: E402

RELEASE = "6.1.0-50-amd64"
TREES, CONFIGURATIONS, REQUESTS = 6, 54, 8
DEPMOD, MODPROBE, MODINFO = "/sbin/depmod", "/sbin/modprobe", "/sbin/modinfo"
WORDS = ["zeta", "net-core", "snd_hda", "a", "usb-x", "fs9", "crypto_b", "md"]


def make_modules(chance: random.Random, count: int) -> dict[str, ko_file.KoFile]:
    """Modules by their paths below the release's folder; each imports of earlier ones."""
    modules, offered = {}, {}
    for number in range(count):
        name = f"{chance.choice(WORDS)}{chance.choice('-_')}{number}"
        exports = {f"sym_{name.replace('-', '_')}_{index}": chance.randrange(1, 1 << 32) for index in range(chance.randrange(4))}
        imports = {symbol: offered[symbol] for symbol in chance.sample(sorted(offered), min(len(offered), chance.choice([0, 0, 1, 2, 5])))}
        imports["_printk"] = 0x92997ed8
        if chance.random() < 0.2:
            imports[f"nobody_{number}"] = 7
        info = [("license", "GPL"), ("name", name.replace("-", "_"))]
        for _ in range(chance.choice([0, 0, 1, 3])):
            info.append(("alias", chance.choice([f"pci:v{number:08X}d*sv*sd*bc*sc*i*", f"usb:v{number:04X}p[0-9]*d*", f"fs-{name}",
                                                 f"char-major-{number}-{chance.randrange(4)}", f"devname:dev{number}", "shared-alias",
                                                 f"of:N*T*C{name},x-y*", f"bad]alias{number}"])))
        for parameter in chance.sample(["count", "who", "debug"], chance.randrange(4)):
            described, typed = ("parm", f"{parameter}:how {parameter} (0-3)"), ("parmtype", f"{parameter}:{chance.choice(['int', 'charp'])}")
            info += chance.choice([[described, typed], [typed, described], [described], [typed]])
        info += chance.choice([[], [("author", "A. Uthor"), ("author", "B.")], [("description", "what: it = does")], [("version", "")]])
        if chance.random() < 0.2:
            info.append(("softdep", f"pre: {chance.choice(WORDS)}_0 post: nothing_{number}"))
        weak = {symbol for symbol in imports if chance.random() < 0.05}
        place = chance.choice(["kernel/drivers", "kernel/fs/x", "kernel", "extra"])
        modules[f"{place}/{name}.ko"] = ko_file.KoFile(info, exports, imports, weak, versioned=chance.random() < 0.8)
        offered.update(exports)
        if chance.random() < 0.1:  # another of that name, which counts
            modules[f"updates/{name}.ko"] = ko_file.KoFile(info, exports, {}, set())
    return modules


def make_tree(root: pathlib.Path, chance: random.Random, count: int) -> list[str]:
    """Writes a release's folder; the modules' names."""
    folder = root / "lib/modules" / RELEASE
    paths = []
    for path, module in make_modules(chance, count).items():
        packed = chance.random() < 0.2
        place = folder / (path + ".xz" if packed else path)
        place.parent.mkdir(parents=True, exist_ok=True)
        data = ko_file.contents(module)
        place.write_bytes(lzma.compress(data, check=lzma.CHECK_CRC32) if packed else data)
        paths.append(path)
    chance.shuffle(paths)
    (folder / "modules.order").write_text("".join(f"{path}\n" for path in paths), encoding="ascii")
    (folder / "modules.builtin").write_text("kernel/lib/built-one.ko\nkernel/lib/two.ko\n", encoding="ascii")
    (folder / "modules.builtin.modinfo").write_bytes(b"built_one.alias=pci:v1*\0two.alias=two-by-alias\0two.license=GPL\0")
    return sorted({pathlib.Path(path).stem for path in paths})


class Referee:
    """Our tools and Debian's over the same tree."""

    def __init__(self, folder: str, bin_dir: pathlib.Path):
        self.folder, self.bin_dir = pathlib.Path(folder), bin_dir
        self.environment = dict(os.environ, RETROMOD_MACHINE=f"{folder}/machine", LC_ALL="C")
        for tool in (DEPMOD, MODPROBE, MODINFO):
            assert os.path.exists(tool), f"{tool} is not there: ./bootstrap installs kmod"
        self.run([bin_dir / "retromod", "boot", "--release", "6.1"])

    def run(self, command: list, root: pathlib.Path | None = None) -> str:
        environment = dict(self.environment, RETROMOD_ROOT=str(root)) if root else self.environment
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, text=True)
        return f"{done.stdout}{done.stderr}exit {done.returncode}\n"

    def make_twins(self, seed: int, count: int) -> tuple[pathlib.Path, pathlib.Path, list[str]]:
        """One tree twice: with our depmod's files, and with Debian's."""
        ours, theirs = self.folder / f"ours{seed}", self.folder / f"theirs{seed}"
        names = []
        for root in (ours, theirs):
            names = make_tree(root, random.Random(seed), count)
        self.said_ours = self.run([self.bin_dir / "depmod", "-a", RELEASE], ours).replace(str(ours), "ROOT")
        self.said_theirs = self.run([DEPMOD, "-b", str(theirs), "-a", RELEASE]).replace(str(theirs), "ROOT")
        return ours, theirs, names


def compare_depmod(referee: Referee, seed: int) -> None:
    ours, theirs, _ = referee.make_twins(seed, 20 + 30 * seed)
    assert referee.said_ours == referee.said_theirs, f"{referee.said_ours}--- Debian's:\n{referee.said_theirs}"
    compared = 0
    for file in sorted((theirs / "lib/modules" / RELEASE).glob("modules.*")):
        mine, right = (ours / "lib/modules" / RELEASE / file.name).read_bytes(), file.read_bytes()
        if file.name == "modules.symbols":  # Debian's are in the order of a hash
            mine, right = b"\n".join(sorted(mine.split(b"\n"))), b"\n".join(sorted(right.split(b"\n")))
        assert mine == right, f"{file.name} differs"
        compared += 1
    assert compared == 13, f"{compared} files of depmod were there"


def make_configuration(folder: pathlib.Path, chance: random.Random, names: list[str]) -> None:
    folder.mkdir()
    for number in range(chance.randrange(1, 4)):
        lines = []
        for _ in range(chance.randrange(1, 8)):
            name, other = chance.choice(names), chance.choice(names)
            lines.append(chance.choice([
                f"alias my-{chance.randrange(5)} {name}", f"alias wild*{chance.randrange(3)} {name}", f"blacklist {name}",
                f"options {name} a={chance.randrange(9)} b=\"c d\"", f"options my-{chance.randrange(5)} of_alias=1",
                f"softdep {name} pre: {other} post: {chance.choice(names)} nosuch", f"install {name} /bin/true $CMDLINE_OPTS {name}",
                f"remove {name} /bin/false", "# a comment", "", f"softdep {name} pre: {other}", f"alias {name} {other}",
                f"options {name} \\\n  continued=1", "nonsense here", "alias alone", f"blacklist my-{chance.randrange(5)}"]))
        (folder / f"{number}{chance.choice('ab')}.conf").write_text("\n".join(lines) + "\n", encoding="ascii")


def compare_plans(referee: Referee, seed: int, twins: tuple) -> None:
    ours, theirs, names = twins
    chance = random.Random(1000 + seed)
    configuration = referee.folder / f"conf{seed}"
    make_configuration(configuration, chance, names)
    mine = referee.run([referee.bin_dir / "modprobe", "-C", str(configuration), "-c"], theirs)
    right = referee.run([MODPROBE, "-d", str(ours), "-S", RELEASE, "-C", str(configuration), "-c"])
    command_line = pathlib.Path("/proc/cmdline").read_text(encoding="utf-8").split()
    host_options = {f"options {word.replace('.', ' ', 1)}" for word in command_line if "." in word.split("=")[0]}
    right = "".join(line for line in right.splitlines(keepends=True) if line.rstrip("\n") not in host_options)
    assert mine == right, f"modprobe -c\n{mine}--- Debian's:\n{right}"
    for _ in range(REQUESTS):
        words = chance.choice([["-D"], ["-n", "-v"], ["-D", "-b"], ["-n", "-v", "-b"], ["-D", "-i"], ["-R"], ["-n", "-v", "-a"], ["-n"]])
        words = words + [chance.choice(names + [f"my-{chance.randrange(5)}", f"wild-{chance.randrange(3)}", "nosuch", "built-one",
                                                "two-by-alias", "shared_alias", "pci:v0000000Ad1sv2sd3bc4sc5i6", "usb:v0003p5d9",
                                                "symbol:nosuch"])]
        if chance.random() < 0.3:
            words += [f"x={chance.randrange(9)}", "who=a b"]
        # Each reads what the other's depmod made.
        mine = referee.run([referee.bin_dir / "modprobe", "-C", str(configuration)] + words, theirs)
        right = referee.run([MODPROBE, "-d", str(ours), "-S", RELEASE, "-C", str(configuration)] + words)
        mine, right = mine.replace(str(theirs), ""), right.replace(str(ours), "")
        assert mine == right, f"modprobe {' '.join(words)}\n{mine}--- Debian's:\n{right}"


def compare_depmod_conf(referee: Referee, seed: int) -> None:
    """Modules of one name in several folders: depmod.d says which counts."""
    chance = random.Random(2000 + seed)
    root = referee.folder / f"copies{seed}"
    folder = root / "lib/modules" / RELEASE
    places = ["updates", "extra", "kernel/fs"]
    for number in range(12):
        for place in chance.sample(places, chance.randrange(1, 4)):
            module = ko_file.KoFile([("license", "GPL"), ("alias", f"of-{place[0]}-{number}")], {f"sym_{number}": number + 1},
                                    {f"sym_{number - 1}": number} if number else {}, set())
            (folder / place).mkdir(parents=True, exist_ok=True)
            (folder / place / f"mod-{number}.ko").write_bytes(ko_file.contents(module))
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        (folder / name).write_text("", encoding="ascii")
    lines = ["# a comment", "search " + " ".join(chance.sample(["updates", "extra", "built-in"], 3)), "", "nonsense"]
    for number in chance.sample(range(12), 4):
        lines.append(f"override mod_{number} {chance.choice(['*', RELEASE, '2.6.18'])} {chance.choice(places)}")
    conf = referee.folder / f"depmod{seed}.conf"
    conf.write_text("\n".join(chance.choice([lines, lines[2:], lines[:3]])) + "\n", encoding="ascii")
    made = []
    for command in ([referee.bin_dir / "depmod", "-C", str(conf), "-b", str(root), RELEASE], [DEPMOD, "-C", str(conf), "-b", str(root), RELEASE]):
        assert "exit 0" in referee.run(command, root)
        made.append({name: sorted((folder / name).read_text(encoding="ascii").splitlines())
                     for name in ("modules.dep", "modules.alias", "modules.symbols")})
    assert made[0] == made[1], f"{conf.read_text()}{made[0]}\n--- Debian's:\n{made[1]}"


def compare_symbols(referee: Referee) -> None:
    """--show-modversions and --show-exports of every module of a tree, of what is none, of nothing."""
    make_tree(referee.folder / "symbols", random.Random(77), 25)
    files = sorted((referee.folder / "symbols/lib/modules" / RELEASE).rglob("*.ko")) + ["/etc/passwd", "/nosuch/file.ko"]
    for option in ("--show-modversions", "--dump-modversions", "--show-exports"):
        for file in files:
            mine = referee.run([referee.bin_dir / "modprobe", option, file])
            right = referee.run([MODPROBE, option, file])
            assert mine == right, f"modprobe {option} {file}\n{mine}--- Debian's:\n{right}"


def compare_modinfo(referee: Referee, twins: tuple, options: list[str]) -> None:
    _, theirs, names = twins
    for name in names[::4] + ["nosuch", "my-file.ko"]:
        mine = referee.run([referee.bin_dir / "modinfo"] + options + [name], theirs)
        right = referee.run([MODINFO, "-b", str(theirs), "-k", RELEASE] + options + [name])
        mine, right = mine.replace(str(theirs), ""), right.replace(str(theirs), "")
        assert mine == right, f"modinfo {' '.join(options)} {name}\n{mine}--- Debian's:\n{right}"


def main() -> int:
    bin_dir = pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory(prefix="retromod-") as folder:
        referee = Referee(folder, bin_dir)
        cases = [(f"depmod's files are Debian's, tree {seed}", lambda seed=seed: compare_depmod(referee, seed)) for seed in range(TREES)]
        twins = referee.make_twins(TREES, 60)
        cases += [(f"modprobe's plans are Debian's, configuration {seed}", lambda seed=seed: compare_plans(referee, seed, twins))
                  for seed in range(CONFIGURATIONS)]
        cases += [(f"depmod.d is read as Debian's depmod reads it, {seed}", lambda seed=seed: compare_depmod_conf(referee, seed))
                  for seed in range(TREES)]
        cases.append(("--show-modversions and --show-exports are Debian's", lambda: compare_symbols(referee)))
        cases += [(f"modinfo {' '.join(options)} is Debian's", lambda options=options: compare_modinfo(referee, twins, options))
                  for options in ([], ["-0"], ["-p"], ["-F", "parm"], ["-F", "alias"], ["-a"], ["-d"], ["-n"], ["-F", "nosuch"])]
        return results.run_cases(sys.argv[1], "modules", cases)


if __name__ == "__main__":
    sys.exit(main())
