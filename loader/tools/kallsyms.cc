// SPDX-License-Identifier: GPL-2.0-or-later
// kallsyms: makes an object of a kernel's symbols, for linking into that kernel; options and texts are modutils 2.4's.
#include "loader/legacy/kallsyms.h"

#include "loader/api/insmod_run.h"
#include "loader/elf/module_file.h"
#include "loader/legacy/messages.h"
#include "loader/legacy/sentences.h"
#include "loader/tools/module_commands.h"
#include "loader/tools/modutils_options.h"

#include <fmt/format.h>

#include <cstdio>

namespace retromod {
namespace {

// Source: modutils 2.4 kallsyms.c.
constexpr const char* usage = "Usage:\n"
                              "kallsyms [-Vh] file\n"
                              "\n"
                              "  -V, --version         Show version\n"
                              "  -h, --help            Print this message\n"
                              "  file                  Filename of a kernel (e.g. vmlinux)\n";

constexpr option long_options[] = {{"version", no_argument, nullptr, 'V'}, {"help", no_argument, nullptr, 'h'}, {}};

/// The object of the kernel in that file; or what is wrong with the file.
ProblemOr<std::vector<std::byte>> object_of_kernel(const std::string& path, std::vector<Problem>& complaints)
{
    const auto file = read_module_file(path);
    if (!file) return file.problem();
    const auto elf = ElfFile::open(file->bytes, elf::et_exec);
    if (!elf) return elf.problem();
    const auto* arch = elf->header().arch();
    if (!arch) return Problem{.kind = ProblemKind::unknown_architecture, .where = path};
    const auto symbols = Object::load(*elf, *arch, complaints);
    if (!symbols) return symbols.problem();
    return kallsyms_object(*elf, *symbols);
}

} // namespace

int kallsyms_command(const Invocation& invocation)
{
    std::optional<int> over;
    const auto take = [&](int letter, const char*) {
        over = letter == '?' ? exit_status::failure : 0;
        if (letter == 'V') fmt::print(stderr, "kallsyms version {}\n", modutils_version);
        else std::fputs(usage, stderr);
    };
    const auto words = read_modutils_options(invocation, "Vh", long_options, take, &over);
    if (over) return *over;
    if (words.size() != 1) {
        std::fputs(usage, stderr);
        return exit_status::failure;
    }
    Messages messages(standard_sinks(), words.front());
    std::vector<Problem> complaints;
    const auto object = object_of_kernel(words.front(), complaints);
    for (const auto& complaint : complaints) messages.error(modutils_sentence(complaint, words.front()));
    if (!object) {
        messages.error(modutils_sentence(object.problem(), words.front()));
        return exit_status::failure;
    }
    std::fwrite(object->data(), 1, object->size(), stdout);
    return 0;
}

} // namespace retromod
