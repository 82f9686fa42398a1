// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/memory/buffered_user_memory.h"

#include <initializer_list>
#include <string_view>
#include <vector>

namespace retromod {

/// A 2.4.20 i386 machine in memory whose modules are a few bytes of code each.
struct Guest {
    static constexpr std::uint64_t header = 96, code_at = 256, table_at = 400, size = 512;

    Machine machine;
    BufferedUserMemory user;
    Kernel kernel;

    explicit Guest(const ExportTable& exports, const MachineOptions& options = {})
        : machine(options), user(machine.arch()), kernel(machine, exports)
    {
        machine.memory().set_user_memory(&user);
    }
    GuestAddr create(std::string_view name)
    {
        return {kernel.scheduler().call({"create_module", {user.place(name).value, size}, 2}).result.word};
    }
    Outcome remove(std::string_view name) { return kernel.scheduler().call({"delete_module", {user.place(name).value}, 1}); }

    /// Initializes a module with this code as its init routine; `fields` are further words of its image, by offset.
    Outcome init(std::string_view name, GuestAddr base, const std::vector<unsigned>& code,
                 std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> fields = {}, const RunLimits& limits = {})
    {
        std::vector<std::byte> image(size);
        const auto put = [&](std::uint64_t at, std::uint64_t value) {
            store<std::uint32_t>(image.data() + at, ByteOrder::little, static_cast<std::uint32_t>(value));
        };
        put(0, header);
        put(8, base.value + header);
        put(12, size);
        put(44, base.value + code_at);
        for (const auto& [at, value] : fields) put(at, value);
        for (std::size_t i = 0; i < name.size(); ++i) image[header + i] = static_cast<std::byte>(name[i]);
        auto at = image.begin() + code_at;
        for (const auto byte : code) *at++ = static_cast<std::byte>(byte);
        return kernel.scheduler().call({"init_module", {user.place(name).value, user.place(image).value}, 2}, {}, limits);
    }
};

/// The bytes of instructions and little-endian words, one after the other.
inline std::vector<unsigned> assemble(std::initializer_list<std::vector<unsigned>> parts)
{
    std::vector<unsigned> code;
    for (const auto& part : parts) code.insert(code.end(), part.begin(), part.end());
    return code;
}
inline std::vector<unsigned> word(GuestAddr value)
{
    return {static_cast<unsigned>(value.value & 0xff), static_cast<unsigned>(value.value >> 8 & 0xff),
            static_cast<unsigned>(value.value >> 16 & 0xff), static_cast<unsigned>(value.value >> 24 & 0xff)};
}

} // namespace retromod
