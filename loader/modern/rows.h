// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// What a machine keeps for the loader in the kernel; fixed formats (docs/machine-file.md).

#include <cstdint>
#include <string>
#include <string_view>

namespace retromod {

enum class ModuleState : std::uint32_t { live, coming, going, unformed };

/// Kinds of memory that a module has. Releases before 6.4 have two areas: core, in the place of text, and init.
enum class MemoryKind : std::uint8_t { text, data, rodata, ro_after_init, init_text, init_data, init_rodata };
constexpr std::size_t memory_kinds = 7;

/// A loaded module, or one that is being loaded. Its struct module is in guest memory.
struct ModernModuleRow {
    static constexpr std::string_view table_name = "modern_modules";
    static constexpr std::uint32_t table_capacity = 2048;
    std::uint32_t used;
    ModuleState state;
    std::uint64_t order;     ///< of arrival in the list; the newest has the highest
    std::uint64_t address;   ///< of struct module
    std::uint64_t area[memory_kinds];      ///< 0: none
    std::uint32_t area_bytes[memory_kinds];
    std::uint32_t uses_gpl_only;
    std::uint64_t symbols, crcs, gpl_symbols, gpl_crcs; ///< __ksymtab and the like, in guest memory
    std::uint32_t symbol_count, gpl_symbol_count;
    std::uint64_t parameters;///< __param
    std::uint32_t parameter_count;
    std::uint32_t reserved;
    std::uint64_t init, exit;///< functions; 0: none
    std::uint64_t arguments; ///< kmalloc'ed text
    std::uint64_t percpu;
    char name[64];
    char version[64];
    char source_version[32];
};

/// A section of a loaded module, for /sys/module/NAME/sections.
struct ModernSectionRow {
    static constexpr std::string_view table_name = "modern_sections";
    static constexpr std::uint32_t table_capacity = 1 << 16;
    std::uint32_t used;
    std::uint32_t module; ///< row of its module
    std::uint64_t address;
    std::uint64_t bytes;
    std::uint32_t is_note;
    std::uint32_t reserved;
    char name[64];
};

/// A module that uses another's symbols.
struct ModernUseRow {
    static constexpr std::string_view table_name = "modern_uses";
    static constexpr std::uint32_t table_capacity = 1 << 14;
    std::uint32_t used;
    std::uint32_t user, provider; ///< rows
    std::uint32_t reserved;
    std::uint64_t order;
};

/// What the kernel itself keeps; one row.
struct ModernRow {
    static constexpr std::string_view table_name = "modern_kernel";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t options;          ///< ModernOptions
    std::uint32_t modules_disabled;
    std::uint32_t signature_enforced;
    std::uint32_t lockdown;         ///< 0 none, 1 integrity, 2 confidentiality
    std::uint32_t lock_debugging_off;
    std::uint32_t said_unsigned, said_livepatch; ///< messages that come once per boot
    std::uint32_t lockdown_messages;///< in the current 5 seconds
    std::uint32_t reserved;
    std::uint64_t lockdown_since;   ///< jiffies at which those began
    std::uint64_t next_order;
    char blacklist[512];            ///< module_blacklist=, without the key
    char keys[8192];                ///< trusted certificates, PEM
};

/// The text of a row's fixed field.
template <std::size_t N>
std::string_view row_text(const char (&field)[N])
{
    std::string_view text(field, N);
    return text.substr(0, text.find('\0'));
}
template <std::size_t N>
void set_row_text(char (&field)[N], std::string_view text)
{
    for (std::size_t i = 0; i < N; ++i) field[i] = i + 1 < N && i < text.size() ? text[i] : '\0';
}

} // namespace retromod
