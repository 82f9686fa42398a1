// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"

#include <cstdint>
#include <span>
#include <string_view>

// The kernel's structures as rows. Each member is declared once, in order, with the kernels that have it; offsets
// are never written down, LayoutSet computes them. Source: include/linux, include/net and include/asm-* of 2.2.1, 2.2.6,
// 2.2.26, 2.4.0, 2.4.18-14, 2.4.20, 2.4.27, 2.4.31 (i386), 2.4.22 (i386, x86_64) and 2.4.37.11 (all architectures).
namespace retromod::layouts {

/// Sets of architectures. mips stands for both byte orders; others are those whose layouts were never measured.
using CpuSet = std::uint16_t;
namespace cpu {
constexpr CpuSet i386 = 1, alpha = 2, arm = 4, m68k = 8, mips = 16, ppc = 32, sparc = 64, x86_64 = 128, others = 256, all = 511;
constexpr CpuSet all_but(CpuSet set) { return all & static_cast<CpuSet>(~set); }
} // namespace cpu

enum class Smp : std::uint8_t { either, yes, no };
enum class Gcc : std::uint8_t { any, v2, v3 };
enum class Vendor : std::uint8_t { either, yes, no }; ///< Red Hat's 2.4.18-14, which has its own scheduler and more

/// Whether a spinlock takes room: it does with SMP, and without it where gcc 2.95 compiled (its empty structures had
/// to be avoided). Structures that were measured only as a whole have a size for each.
enum class Locks : std::uint8_t { either, real, empty };

enum class Highmem : std::uint8_t { either, yes, no }; ///< CONFIG_HIGHMEM

/// The kernels that a row holds for; everything by default.
struct When {
    LayoutVersion since = LayoutVersion::v2_2_1;
    LayoutVersion until = LayoutVersion::v2_4_37_11;
    Smp smp = Smp::either;
    Gcc gcc = Gcc::any;
    Vendor vendor = Vendor::either;
    Locks locks = Locks::either;
    CpuSet arches = cpu::all;
    Highmem highmem = Highmem::either;
};

/// One member. A member of an anonymous structure or union ("union {anonymous}") follows it as "outer.inner";
/// "int:1" is a bit-field. `alignment` in bytes where an attribute raises it.
struct Member {
    std::string_view name;
    std::string_view type;
    When when = {};
    unsigned alignment = 0;
};

/// A structure. Several rows of one name stand for different architectures or releases: the first that holds counts.
/// `alignment` in bytes where an attribute raises it (cache lines).
struct Structure {
    std::string_view name;
    std::span<const Member> members;
    When when = {};
    unsigned alignment = 0;
};

struct Typedef {
    std::string_view name;
    std::string_view type;
    When when = {};
};

/// A type of which only the size is known, in bytes; an anonymous one is named after its place, "struct proto.stats".
/// Alignment is the largest power of two that divides the size, up to a word, unless given.
struct Opaque {
    std::string_view name;
    std::uint32_t size;
    When when = {};
    unsigned alignment = 0;
};

std::span<const Structure> block_structures();
std::span<const Structure> cpu_structures();
std::span<const Structure> file_structures();
std::span<const Structure> inode_structures();
std::span<const Structure> interrupt_structures();
std::span<const Structure> lock_structures();
std::span<const Structure> memory_structures();
std::span<const Structure> module_structures();
std::span<const Structure> net_device_structures();
std::span<const Structure> pci_structures();
std::span<const Structure> proc_structures();
std::span<const Structure> scsi_structures();
std::span<const Structure> small_structures();
std::span<const Structure> socket_structures();
std::span<const Structure> task_structures();
std::span<const Structure> tty_structures();
std::span<const Typedef> typedefs();
std::span<const Opaque> opaque_types();
std::span<const Opaque> opaque_file_system_types();
std::span<const Opaque> opaque_types_x86_64();

} // namespace retromod::layouts
