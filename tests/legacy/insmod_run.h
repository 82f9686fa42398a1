// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/insmod.h"
#include "tests/elf/elf_writer.h"
#include "tests/legacy/fake_kernel.h"

namespace retromod::test {

/// One insmod of a test module, and all it said and did.
struct InsmodRun {
    Captured text;
    InsmodResult result;

    InsmodRun(FakeKernel& kernel, std::vector<std::byte> bytes, InsmodOptions options = {})
    {
        if (options.file.empty()) options.file = "./foo.o";
        const ModuleFile file{
            .path = options.file, .real_path = "/lib/foo.o", .modified = 0x6B02A93F, .bytes = std::move(bytes)};
        result = insmod_file(options, file, kernel, kernel, text.sinks());
    }
    int status() const { return result.exit_status; }
};

/// A module for 2.4.20 under the GPL: .text with init_module, 8 bytes; further parts are the caller's.
struct SimpleModule {
    ElfWriter writer;
    std::uint32_t text = 0;

    explicit SimpleModule(std::vector<std::string> strings = {}, const Arch& arch = i386()) : writer(arch)
    {
        strings.insert(strings.begin(), {"kernel_version=2.4.20", "license=GPL"});
        writer.modinfo(strings);
        text = writer.text(std::vector<std::uint8_t>(8));
    }
    std::vector<std::byte> bytes()
    {
        writer.symbol("init_module", text, {.value = 0, .type = elf::stt_func});
        return writer.bytes();
    }
};

} // namespace retromod::test
