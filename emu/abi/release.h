// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "emu/abi/modern_rules.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace retromod {

/// How the five calls of a release differ from those of the others.
/// Source: kernel/module.c of 2.2.1, 2.4.0, 2.4.18-14, 2.4.20, 2.4.37.11; docs/syscalls.md has the table.
struct CallRules {
    bool module_has_tail;           ///< struct module goes on behind can_unload (runsize .. kernel_data)
    bool bounds_from_image_header;  ///< pointers start at base + the image's size_of_struct, not at base + H
    bool whole_image_header;        ///< as many header bytes are read as the image says, not H
    bool checks_name_pointer;       ///< a name above TASK_SIZE is refused before a page is taken for it
    bool create_counts_nul;         ///< create_module's minimum is H + length + 1, not H + length
    bool compares_private_name;     ///< the name check uses a copy, not the stored text
    bool rewrites_old_name;         ///< a failed init writes the old name's text back
    bool reports_name_failure;      ///< `get_mod_name failure.` is logged
    bool checks_deps_first;         ///< all deps are checked before the first is linked
    bool accepts_kernel_as_dep;
    bool failing_init_returns_own;  ///< a negative init result is returned as it is; else always EBUSY
    bool has_initializing;          ///< MOD_INITIALIZING exists
    bool header_copy_can_fail;      ///< the header's copy is vmalloc'ed
    bool ksyms_by_seq_file;         ///< /proc/ksyms allocates when its read starts
    bool checks_gp_in_order;        ///< alpha's gp is checked among the header checks (row 15a), not after the body copy
    bool faults_search_live_only;   ///< exception tables are searched in RUNNING or INITIALIZING modules only
    bool finds_module_symbols;      ///< get_module_symbol looks into modules (2.2), instead of inter_module_*
};

/// A kernel whose exported symbols (five of them) or structures were measured.
enum class LayoutVersion : std::uint8_t {
    v2_2_1, v2_2_6, v2_2_26, v2_4_0, v2_4_18_14, v2_4_20, v2_4_22, v2_4_27, v2_4_31, v2_4_37_11,
};
constexpr LayoutVersion oldest_layouts = LayoutVersion::v2_2_1, newest_layouts = LayoutVersion::v2_4_37_11;

/// One kernel release that a machine can boot as.
struct Release {
    std::string_view name;    ///< "2.4.20"
    const CallRules* rules;
    LayoutVersion layouts;    ///< of a kernel that calls itself by this name: layouts_of() knows others
    LayoutVersion exports;
    unsigned series_minor;    ///< 2 for 2.2.x, 4 for 2.4.x and what has its structures
    const ModernRules* modern = nullptr;  ///< of a kernel that links modules itself (2.6 and later); else nothing
    std::string_view uts_release = {};    ///< what the measured kernel's uname says, where that is not `name`
    std::string_view arch = "i386";       ///< the machine it was measured on
    unsigned tick_rate = 0;               ///< HZ on that machine, where it is not the architecture's

    bool is_2_2() const { return series_minor == 2; }
};

/// The releases whose behaviour was measured and whose modules user space links, oldest first.
std::span<const Release> releases();

/// The releases since 2.6, which link modules themselves, oldest first. Their tasks, timers and other structures, which
/// modules of the tests do not look into, are 2.4.37.11's.
std::span<const Release> modern_releases();

/// The measured release of that exact name, or nothing.
const Release* find_release(std::string_view name);

/// The structures of a kernel that calls itself `uts_release` and whose calls are `release`'s: the release nearest to
/// "2.2.26" is 2.2.1, and its structures are not.
LayoutVersion layouts_of(const Release& release, std::string_view uts_release);

/// The numbers of `arch` in kernels of `release`; nothing when that release did not run on it yet (x86_64 before 2.4.20).
const Arch* arch_in_release(const Arch& arch, const Release& release);

/// The measured release that stands for `name`, or nothing when there is none: 2.2.x is 2.2.1; 2.4.0 to 2.4.15 are
/// 2.4.0; 2.4.16 to 2.4.21 are 2.4.20; from 2.4.22 on 2.4.37.11. A vendor's 2.4.18-N is 2.4.18-14. 2.6.x is 2.6.17; 6.0
/// to 6.3 are 6.1; 6.4 and later 6.12.
const Release* nearest_release(std::string_view name);

std::string_view layout_version_name(LayoutVersion version); ///< "2.4.22"

} // namespace retromod
