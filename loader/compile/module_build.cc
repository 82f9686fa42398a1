// SPDX-License-Identifier: GPL-2.0-or-later
// Modules out of sources. Flags and headers are those of the sample modules (images); the build puts them into
// share/retromod/modules beside the folder of the program, as `install` does.
#include "loader/compile/module_build.h"

#include "emu/machine/host_text.h"
#include "loader/compile/compiler.h"
#include "loader/compile/module_supplement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace retromod {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view i386_commands[] = {"i686-linux-gnu-gcc", "i386-linux-gnu-gcc", "gcc -m32"};
constexpr std::string_view x86_64_commands[] = {"x86_64-linux-gnu-gcc", "gcc -m64"};
constexpr CompilerChoice i386_compiler{i386_commands, "i386", "gcc-i686-linux-gnu"};
constexpr CompilerChoice x86_64_compiler{x86_64_commands, "x86-64", "gcc (gcc-x86-64-linux-gnu on other machines)"};

/// How modules of some kernels are compiled.
struct Recipe {
    std::string_view flags;                   ///< file of the compiler's arguments
    std::array<std::string_view, 4> includes; ///< folders of headers, in that order
    const CompilerChoice* compiler;
};
constexpr Recipe recipe_2_2{"i386-2.2.flags", {"both", "old", "old/i386", "structures/i386-2.2"}, &i386_compiler};
constexpr Recipe recipe_2_4{"i386.flags", {"both", "old", "old/i386", "structures/i386"}, &i386_compiler};
constexpr Recipe recipe_2_6{"i386-2.6.flags", {"both", "modern"}, &i386_compiler};
constexpr Recipe recipe_x86_64{"x86_64.flags", {"both", "modern"}, &x86_64_compiler};

const Recipe& recipe_of(const MachineOptions& machine, const std::string& source)
{
    if (machine.release->modern && machine.arch->name == "x86_64") return recipe_x86_64;
    if (machine.arch->name != "i386")
        throw SourceRefused(fmt::format("{}: sources are compiled for i386 and for kernels of x86-64 only, not for {} on {}",
                                        source, machine.release->name, machine.arch->name));
    if (machine.release->modern) return recipe_2_6;
    return machine.release->is_2_2() ? recipe_2_2 : recipe_2_4;
}

fs::path kept_folder()
{
    return fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "share/retromod/modules";
}

/// LINUX_VERSION_CODE of "2.4.18-14": 0x020412.
unsigned version_code(std::string_view release)
{
    unsigned version = 0, patch = 0, more = 0;
    std::sscanf(std::string(release).c_str(), "%u.%u.%u", &version, &patch, &more);
    return version << 16 | (patch & 0xff) << 8 | std::min(more, 255u);
}

std::vector<std::byte> read_bytes(const fs::path& path)
{
    const auto text = read_host_text(path);
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

void run_compiler(std::vector<std::string> words, std::initializer_list<std::string> more, const std::string& source)
{
    words.insert(words.end(), more);
    if (const auto status = run_program(words))
        throw SourceRefused(fmt::format("{}: does not compile: {} came to exit status {}", source, words.front(), status));
}

} // namespace

fs::path build_module(const std::string& source, const MachineOptions& machine, std::span<const std::string> flags,
                      const fs::path& folder)
{
    const auto& recipe = recipe_of(machine, source);
    const auto kept = kept_folder();
    if (std::error_code error; !fs::exists(kept / recipe.flags, error))
        throw SourceRefused(fmt::format("{}: our headers are missing; they come with `scons all` and `scons install`",
                                        (kept / recipe.flags).string()));
    if (std::error_code error; !fs::is_regular_file(source, error)) throw SourceRefused(source + ": no such file");
    fs::create_directories(folder);
    const auto compiler = find_compiler(*recipe.compiler, folder);
    const auto name = fs::path(source).stem().string();

    auto words = compiler;
    words.push_back("@" + (kept / recipe.flags).string());
    for (const auto include : recipe.includes)
        if (!include.empty()) words.push_back("-I" + (kept / include).string());
    words.push_back(fmt::format("-DUTS_RELEASE=\"{}\"", machine.uts_release));
    words.push_back(fmt::format("-DLINUX_VERSION_CODE={:#x}",
                                version_code(machine.release->modern ? machine.release->name : machine.uts_release)));
    words.emplace_back("-Wa,-mx86-used-note=no"); // a note is a section that neither loader has a use for
    words.insert(words.end(), flags.begin(), flags.end());
    if (!machine.release->modern) {
        const auto object = folder / (name + ".o");
        run_compiler(words, {"-c", source, "-o", object.string()}, source);
        return object;
    }
    const auto unit = folder / "unit.o", extra = folder / "extra.S", extra_object = folder / "extra.o",
               module = folder / (name + ".ko");
    run_compiler(words, {"-c", source, "-o", unit.string()}, source);
    std::ofstream(extra) << module_supplement(read_bytes(unit), name, machine, source);
    run_compiler(compiler, {"-Wa,-mx86-used-note=no", "-c", extra.string(), "-o", extra_object.string()}, source);
    run_compiler(compiler, {"-nostdlib", "-r", unit.string(), extra_object.string(), "-o", module.string()}, source);
    return module;
}

} // namespace retromod
